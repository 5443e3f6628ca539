import {
  to = workloadid_federated_identity_credential.production
  identity = {
    application_id = "00000000-0000-0000-0000-000000000000"
    name           = "github-production"
  }
}
