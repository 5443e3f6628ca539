resource "workloadid_federated_identity_credential" "further_credential_NUMBER" {
  application_id = workloadid_application.application_1.id
  name           = "kubernetes-NUMBER"
  issuer         = "https://oidc.example.com"
  subject        = "system:serviceaccount:orders:worker-NUMBER"
}
