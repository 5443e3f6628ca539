terraform {
  required_providers {
    workloadid = {
      source = "workloadid/workloadid"
    }
  }
}

variable "description" {
  type    = string
  default = "Deploys the shop."
}

resource "workloadid_application" "deployer" {
  display_name    = "deployer"
  description     = var.description
  identifier_uris = ["api://{client_id}"]

  app_roles = {
    "Shop.Deploy" = {
      allowed_member_types = ["Application"]
      display_name         = "Deploy"
      description          = "Deploys the shop."
    }
  }
}

resource "workloadid_service_principal" "deployer" {
  client_id                    = workloadid_application.deployer.client_id
  app_role_assignment_required = true
}

resource "workloadid_federated_identity_credential" "production" {
  application_id = workloadid_application.deployer.id
  name           = "github-production"
  issuer         = "https://token.actions.githubusercontent.com"
  subject        = "repo:contoso/shop:environment:production"
}

resource "workloadid_federated_identity_credential" "releases" {
  application_id             = workloadid_application.deployer.id
  name                       = "github-releases"
  issuer                     = "https://token.actions.githubusercontent.com"
  claims_matching_expression = "claims['sub'] matches 'repo:contoso/shop:ref:refs/tags/*' and claims['repository_id'] eq '17'"
}

data "workloadid_application" "deployer" {
  client_id = workloadid_service_principal.deployer.client_id
}
