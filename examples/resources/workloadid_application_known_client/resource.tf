# The shop asks for a permission of orders, and consent to the shop covers orders: each refers to the other.
resource "workloadid_application" "orders" {
  display_name = "orders"
  api = {
    oauth2_permission_scopes = {
      "Orders.Read" = {
        admin_consent_display_name = "Read orders"
        admin_consent_description  = "Reads the orders that the user can see."
      }
    }
  }
}

resource "workloadid_application" "shop" {
  display_name = "shop"
  required_resource_access = {
    (workloadid_application.orders.client_id) = {
      scope_ids = [workloadid_application.orders.api.oauth2_permission_scopes["Orders.Read"].id]
    }
  }
}

resource "workloadid_application_known_client" "shop" {
  application_id  = workloadid_application.orders.id
  known_client_id = workloadid_application.shop.client_id
}
