resource "workloadid_application" "orders" {
  display_name = "orders"
  unique_name  = "orders"
}

# By unique_name, display_name, client_id or id.
data "workloadid_application" "orders" {
  unique_name = workloadid_application.orders.unique_name
}

output "orders_client_id" {
  value = data.workloadid_application.orders.client_id
}
