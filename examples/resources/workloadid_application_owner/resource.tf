resource "workloadid_application" "orders" {
  display_name = "orders"
}

resource "workloadid_application" "deployer" {
  display_name = "orders-deployer"
}

resource "workloadid_service_principal" "deployer" {
  client_id = workloadid_application.deployer.client_id
}

resource "workloadid_application_owner" "deployer" {
  application_id = workloadid_application.orders.id
  owner_id       = workloadid_service_principal.deployer.id
}
