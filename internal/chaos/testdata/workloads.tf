terraform {
  required_providers {
    workloadid = { source = "workloadid/workloadid" }
  }
}

variable "workloads" { type = number }

locals {
  # Every third one has a unique name, every fifth one an identifier that contains its own client id, which takes a
  # request of its own.
  workloads = { for i in range(var.workloads) : format("workload-%02d", i) => {
    named      = i % 3 == 0
    identified = i % 5 == 0
  } }
}

resource "workloadid_application" "each" {
  for_each        = local.workloads
  display_name    = each.key
  unique_name     = each.value.named ? each.key : null
  identifier_uris = each.value.identified ? ["api://{client_id}"] : []
}

resource "workloadid_service_principal" "each" {
  for_each  = workloadid_application.each
  client_id = each.value.client_id
}

resource "workloadid_federated_identity_credential" "each" {
  for_each       = workloadid_application.each
  application_id = each.value.id
  name           = "main"
  issuer         = "https://token.actions.githubusercontent.com"
  subject        = "repo:contoso/${each.key}:ref:refs/heads/main"
}
