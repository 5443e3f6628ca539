resource "workloadid_application" "billing" {
  display_name = "billing"
}

# Made for the run and removed at its end. It is in no plan and no state.
ephemeral "workloadid_application_password" "run" {
  application_id = workloadid_application.billing.id
  display_name   = "Terraform run"
}

# Ephemeral values go where nothing keeps them: write-only arguments, provider blocks, other ephemeral resources.
locals {
  signs_in_as = {
    client_id     = workloadid_application.billing.client_id
    client_secret = ephemeral.workloadid_application_password.run.value
  }
}
