# An API of one's own. Whoever has none of its roles gets no token for it.

resource "workloadid_application" "orders" {
  display_name    = "orders-api"
  identifier_uris = ["api://{client_id}"]
  app_roles = {
    "Orders.Read" = {
      display_name         = "Read orders"
      description          = "Reads all orders."
      allowed_member_types = ["Application"]
    }
    "Orders.Process" = {
      display_name         = "Process orders"
      description          = "Takes orders and changes their state."
      allowed_member_types = ["Application"]
    }
    "Orders.Approve" = {
      display_name         = "Approve orders"
      description          = "Approves orders above the limit."
      allowed_member_types = ["User"]
    }
  }
  api = {
    oauth2_permission_scopes = {
      "Orders.View" = {
        admin_consent_display_name = "See the orders of a user"
        admin_consent_description  = "Sees the orders of the user who is signed in."
      }
    }
  }
}

resource "workloadid_service_principal" "orders" {
  client_id                    = workloadid_application.orders.client_id
  app_role_assignment_required = true
}
