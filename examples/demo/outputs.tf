output "deployer_client_id" {
  description = "AZURE_CLIENT_ID of the workflow that deploys."
  value       = workloadid_application.deployer.client_id
}

output "checkout_client_id" {
  description = "The annotation azure.workload.identity/client-id of the service account."
  value       = workloadid_application.checkout.client_id
}

output "checkout_credential" {
  description = "Where the credential of the service account is in Microsoft Graph."
  value       = "applications/${workloadid_application.checkout.id}/federatedIdentityCredentials/${workloadid_federated_identity_credential.checkout.id}"
}
