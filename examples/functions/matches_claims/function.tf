resource "workloadid_application" "deployer" {
  display_name = "shop-deployer"
}

resource "workloadid_federated_identity_credential" "releases" {
  application_id = workloadid_application.deployer.id
  name           = "github-releases"
  issuer         = provider::workloadid::issuer_url("github_actions")
  claims_matching_expression = provider::workloadid::github_expression({
    repository    = "contoso/shop"
    repository_id = 821093847
    tag           = "v*"
  })

  # Asserted in each plan, and in those of terraform test and tofu test.
  lifecycle {
    postcondition {
      condition = provider::workloadid::matches_claims(self.claims_matching_expression, {
        sub           = "repo:contoso@5544123/shop@821093847:ref:refs/tags/v1.2.3"
        repository_id = 821093847
      })
      error_message = "Releases must be trusted."
    }
    postcondition {
      condition = !provider::workloadid::matches_claims(self.claims_matching_expression, {
        sub           = "repo:contoso@5544123/shop@821093847:pull_request"
        repository_id = 821093847
      })
      error_message = "Pull requests must not be trusted."
    }
  }
}
