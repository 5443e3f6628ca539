resource "workloadid_application" "orders" {
  display_name = "orders"
}

resource "workloadid_application_required_api_access" "graph" {
  application_id = workloadid_application.orders.id
  api            = "Microsoft Graph"
  app_roles      = ["User.Read.All"]
  scopes         = ["User.Read"]
}
