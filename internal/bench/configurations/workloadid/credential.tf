resource "workloadid_federated_identity_credential" "credential_NUMBER" {
  application_id = workloadid_application.application_NUMBER.id
  name           = "github-NUMBER"
  issuer         = "https://token.actions.githubusercontent.com"
  subject        = "repo:contoso/orders-NUMBER:ref:refs/heads/main"
}
