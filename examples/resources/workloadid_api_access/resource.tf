resource "workloadid_application" "worker" {
  display_name = "orders-worker"
}

resource "workloadid_service_principal" "worker" {
  client_id = workloadid_application.worker.client_id
}

# What else the service principal has been given stays, because exclusive is not set.
resource "workloadid_api_access" "graph" {
  service_principal_id = workloadid_service_principal.worker.id
  api                  = "Microsoft Graph"
  app_roles            = ["User.Read.All", "Mail.Send"]
  delegated_scopes     = ["User.Read"]
}
