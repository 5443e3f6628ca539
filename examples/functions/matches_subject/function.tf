resource "workloadid_application" "deployer" {
  display_name = "shop-deployer"
}

resource "workloadid_federated_identity_credential" "production" {
  application_id = workloadid_application.deployer.id
  name           = "github-production"
  issuer         = provider::workloadid::issuer_url("github_actions")
  subject = provider::workloadid::github_subject({
    repository  = "contoso/shop"
    environment = "production"
  })

  lifecycle {
    postcondition {
      condition     = provider::workloadid::matches_subject(self.subject, { sub = "repo:contoso/shop:environment:production" })
      error_message = "The environment must be trusted."
    }
  }
}
