resource "workloadid_application" "deployer" {
  display_name = "shop-deployer"
}

resource "workloadid_federated_identity_credential" "releases" {
  application_id = workloadid_application.deployer.id
  name           = "gitlab-releases"
  issuer         = provider::workloadid::issuer_url("gitlab")
  claims_matching_expression = provider::workloadid::gitlab_expression({
    project_path = "contoso/web/shop"
    project_id   = 57382910
    tag          = "v*"
  })
}
