# The identity that deploys.

locals {
  github = "https://token.actions.githubusercontent.com"
}

resource "workloadid_application" "deployer" {
  display_name = "shop-deployer"
  description  = "Deploys the shop from GitHub Actions."
}

resource "workloadid_service_principal" "deployer" {
  client_id = workloadid_application.deployer.client_id
}

# Jobs of the production environment, which GitHub guards with reviewers.
resource "workloadid_federated_identity_credential" "production" {
  application_id = workloadid_application.deployer.id
  name           = "github-production"
  issuer         = local.github
  subject        = "repo:${var.repository}:environment:production"
}

# Every release branch: one expression instead of a credential for each, of which there can be only 20.
resource "workloadid_federated_identity_credential" "release_branches" {
  application_id             = workloadid_application.deployer.id
  name                       = "github-release-branches"
  issuer                     = local.github
  claims_matching_expression = "claims['sub'] matches 'repo:${var.repository}:ref:refs/heads/release/*' and claims['repository_id'] eq '${var.repository_id}'"
}
