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

# The Azure CLI needs no consent.
resource "workloadid_application_pre_authorized_client" "azure_cli" {
  application_id       = workloadid_application.orders.id
  authorized_client_id = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
  scopes               = ["Orders.Read"]
}
