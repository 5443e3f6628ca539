resource "workloadid_application" "deployer" {
  display_name = "shop-deployer"
}

resource "workloadid_federated_identity_credential" "production" {
  application_id = workloadid_application.deployer.id
  name           = "github-production"
  issuer         = "https://token.actions.githubusercontent.com"
  subject        = "repo:contoso/shop:environment:production"
}

data "workloadid_federated_identity_credential" "production" {
  application_id = workloadid_application.deployer.id
  name           = workloadid_federated_identity_credential.production.name
}

output "trusted_subject" {
  value = data.workloadid_federated_identity_credential.production.subject
}
