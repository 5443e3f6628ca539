resource "workloadid_application" "orders" {
  display_name = "orders"
}

resource "workloadid_application_permission_scope" "read" {
  application_id             = workloadid_application.orders.id
  value                      = "Orders.Read"
  admin_consent_display_name = "Read orders"
  admin_consent_description  = "Reads the orders that the user can see."
}
