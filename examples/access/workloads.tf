# A job in Azure.
resource "workloadid_user_assigned_identity" "job" {
  name                = "orders-report"
  resource_group_name = "shop"
  location            = "westeurope"
}

# A shop in a cluster, which also has users.
resource "workloadid_application" "shop" {
  display_name = "shop"
}

resource "workloadid_service_principal" "shop" {
  client_id = workloadid_application.shop.client_id
}

resource "workloadid_federated_identity_credential" "shop" {
  application_id = workloadid_application.shop.id
  name           = "cluster"
  issuer         = "https://oidc.cluster.example.com"
  subject        = "system:serviceaccount:shop:shop"
}
