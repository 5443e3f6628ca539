resource "workloadid_application" "deployer" {
  display_name = "shop-deployer"
}

data "workloadid_federated_identity_credentials" "deployer" {
  application_id = workloadid_application.deployer.id
}

output "trusted" {
  value = [for credential in data.workloadid_federated_identity_credentials.deployer.federated_identity_credentials : "${credential.issuer} ${coalesce(credential.subject, credential.claims_matching_expression)}"]
}
