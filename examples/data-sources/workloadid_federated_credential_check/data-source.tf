resource "workloadid_application" "deployer" {
  display_name = "shop-deployer"
}

resource "workloadid_federated_identity_credential" "production" {
  application_id = workloadid_application.deployer.id
  name           = "github-production"
  issuer         = "https://token.actions.githubusercontent.com"
  subject        = "repo:contoso/shop:environment:production"
}

# Why is this workflow refused? provider::workloadid::decode_token(file("token.jwt")) has the claims of a token.
data "workloadid_federated_credential_check" "refused" {
  application_id = workloadid_application.deployer.id
  claims = {
    iss = "https://token.actions.githubusercontent.com"
    sub = "repo:contoso/Shop:environment:production"
    aud = "api://AzureADTokenExchange"
  }
  depends_on = [workloadid_federated_identity_credential.production]
}

output "error" {
  value = "${data.workloadid_federated_credential_check.refused.error_code}: ${data.workloadid_federated_credential_check.refused.error_message}"
}

output "explanation" {
  value = data.workloadid_federated_credential_check.refused.credentials["github-production"].explanation
}
