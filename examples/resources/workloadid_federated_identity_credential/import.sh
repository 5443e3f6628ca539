# The object id of the application and the name of the credential:
terraform import workloadid_federated_identity_credential.production 00000000-0000-0000-0000-000000000000/github-production

# Or the id, in Azure, of a credential of a managed identity:
# terraform import workloadid_federated_identity_credential.production /subscriptions/…/userAssignedIdentities/shop-worker/federatedIdentityCredentials/github-production
