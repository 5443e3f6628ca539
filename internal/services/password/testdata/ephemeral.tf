terraform {
  required_providers {
    workloadid = {
      source = "workloadid/workloadid"
    }
  }
}

variable "run" {
  type    = string
  default = "1"
}

resource "workloadid_application" "orders" {
  display_name = "Orders ${var.run}"
}

ephemeral "workloadid_application_password" "run" {
  application_id = workloadid_application.orders.id
  display_name   = "Terraform run"
}

ephemeral "workloadid_access_token" "own" {
  scope = "https://graph.microsoft.com/.default"
}

# Both are looked at while they are there.
data "workloadid_client_config" "own" {
  lifecycle {
    precondition {
      condition     = startswith(ephemeral.workloadid_application_password.run.value, ephemeral.workloadid_application_password.run.hint)
      error_message = "The hint is not the beginning of the password."
    }
    postcondition {
      condition     = ephemeral.workloadid_access_token.own.claims["appid"] == self.client_id
      error_message = "The token is of somebody else."
    }
  }
}
