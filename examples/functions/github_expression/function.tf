resource "workloadid_application" "deployer" {
  display_name = "shop-deployer"
}

# One credential for the production environment of every repository of an organization.
resource "workloadid_federated_identity_credential" "production" {
  application_id = workloadid_application.deployer.id
  name           = "github-production"
  issuer         = provider::workloadid::issuer_url("github_actions")
  claims_matching_expression = provider::workloadid::github_expression({
    repository  = "contoso/*"
    owner_id    = 5544123
    environment = "production"
  })
}

# Every release of one repository, if it is deployed by the organization's own workflow.
resource "workloadid_federated_identity_credential" "releases" {
  application_id = workloadid_application.deployer.id
  name           = "github-releases"
  issuer         = provider::workloadid::issuer_url("github_actions")
  claims_matching_expression = provider::workloadid::github_expression({
    repository    = "contoso/shop"
    repository_id = 821093847
    tag           = "v*"
    workflow      = "contoso/workflows/.github/workflows/deploy.yml@refs/heads/main"
  })
}
