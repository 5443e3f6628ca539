# The object id of the application and the name of the credential:
terraform import workloadid_federated_identity_credential.production 00000000-0000-0000-0000-000000000000/github-production
