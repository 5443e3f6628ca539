terraform {
  required_providers {
    workloadid = {
      source = "workloadid/workloadid"
    }
  }
}

variable "token_file" {
  type = string
}

variable "tag" {
  type    = string
  default = "v1"
}

locals {
  production = provider::workloadid::github_subject({
    repository    = "contoso/shop"
    owner_id      = 123
    repository_id = 456
    environment   = "production"
  })
  releases = provider::workloadid::github_expression({
    repository    = "contoso/shop"
    repository_id = 456
    tag           = "v*"
  })
}

resource "workloadid_application" "deployer" {
  display_name = "shop-deployer"
}

resource "workloadid_federated_identity_credential" "production" {
  application_id = workloadid_application.deployer.id
  name           = "production"
  issuer         = provider::workloadid::issuer_url("github_actions")
  subject        = local.production
}

resource "workloadid_federated_identity_credential" "releases" {
  application_id             = workloadid_application.deployer.id
  name                       = "releases"
  issuer                     = provider::workloadid::issuer_url("github_actions")
  claims_matching_expression = local.releases
}

data "workloadid_federated_credential_check" "pasted" {
  application_id = workloadid_application.deployer.id
  claims         = provider::workloadid::decode_token(file(var.token_file))
  depends_on     = [workloadid_federated_identity_credential.production, workloadid_federated_identity_credential.releases]
}

output "from_unknown" {
  value = provider::workloadid::azure_devops_subject({
    tenant_id             = "72f988bf-86f1-41af-91ab-2d7cd011db47"
    organization_id       = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    service_connection_id = workloadid_application.deployer.id
  })
}

output "trusted" {
  value = local.releases

  precondition {
    condition     = provider::workloadid::matches_claims(local.releases, { sub = "repo:contoso@123/shop@456:ref:refs/tags/v1.0.0", repository_id = 456 })
    error_message = "A release of the repository must be trusted."
  }
  precondition {
    condition     = !provider::workloadid::matches_claims(local.releases, { sub = "repo:contoso/shop:ref:refs/heads/main", repository_id = 456 })
    error_message = "A branch must not be trusted."
  }
  precondition {
    condition     = provider::workloadid::matches_subject(local.production, { sub = "repo:contoso@123/shop@456:environment:production" })
    error_message = "The environment must be trusted."
  }
  precondition {
    condition     = provider::workloadid::matches_claims(local.releases, { sub = "repo:contoso/shop:ref:refs/tags/${var.tag}", repository_id = 456 })
    error_message = "The tag ${var.tag} must be trusted."
  }
}
