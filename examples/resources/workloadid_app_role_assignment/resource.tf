resource "workloadid_application" "worker" {
  display_name = "orders-worker"
}

resource "workloadid_service_principal" "worker" {
  client_id = workloadid_application.worker.client_id
}

# An application permission of Microsoft Graph, with an administrator's consent.
resource "workloadid_app_role_assignment" "read_users" {
  principal_id = workloadid_service_principal.worker.id
  api          = "Microsoft Graph"
  app_role     = "User.Read.All"
}
