resource "workloadid_application" "portal" {
  display_name = "orders-portal"
}

resource "workloadid_service_principal" "portal" {
  client_id = workloadid_application.portal.client_id
}

# What the portal may do on behalf of whoever is signed in to it, of which nobody is asked any more.
resource "workloadid_delegated_permission_grant" "portal" {
  service_principal_id = workloadid_service_principal.portal.id
  api                  = "Microsoft Graph"
  scopes               = ["openid", "User.Read"]
}
