resource "workloadid_application" "orders" {
  display_name = "orders"
}

resource "workloadid_application_identifier_uri" "by_client_id" {
  application_id = workloadid_application.orders.id
  identifier_uri = "api://${workloadid_application.orders.client_id}"
}
