import {
  to = workloadid_federated_identity_credential.production
  id = "00000000-0000-0000-0000-000000000000/github-production" # application_id/name
}
