resource "workloadid_application" "orders" {
  display_name = "orders"
}

# Its id follows from the value, as in the application's own app_roles.
resource "workloadid_application_app_role" "approver" {
  application_id       = workloadid_application.orders.id
  value                = "Orders.Approve"
  display_name         = "Approver"
  description          = "Approves orders."
  allowed_member_types = ["User", "Application"]
}
