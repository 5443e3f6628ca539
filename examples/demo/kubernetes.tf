# The identity of the shop while it runs.

resource "workloadid_application" "checkout" {
  display_name = "shop-checkout"
  description  = "Takes orders, in the cluster."
}

resource "workloadid_service_principal" "checkout" {
  client_id = workloadid_application.checkout.client_id
}

# Pods that run as this service account.
resource "workloadid_federated_identity_credential" "checkout" {
  application_id = workloadid_application.checkout.id
  name           = "kubernetes-checkout"
  issuer         = var.cluster_issuer
  subject        = "system:serviceaccount:shop:checkout"
}
