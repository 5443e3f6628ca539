resource "workloadid_application" "orders" {
  display_name = "orders"
}

resource "workloadid_application_fallback_public_client" "this" {
  application_id = workloadid_application.orders.id
  enabled        = true
}
