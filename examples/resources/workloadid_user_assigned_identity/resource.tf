resource "workloadid_user_assigned_identity" "worker" {
  name                = "shop-worker"
  resource_group_name = "shop"
  location            = "westeurope"
  tags = {
    team = "shop"
  }
}

# Pods of one service account of a Kubernetes cluster sign in as the identity.
resource "workloadid_federated_identity_credential" "worker" {
  user_assigned_identity_id = workloadid_user_assigned_identity.worker.id
  name                      = "kubernetes-worker"
  issuer                    = "https://oidc.cluster.example.com"
  subject                   = "system:serviceaccount:shop:worker"
}
