resource "workloadid_api_access" "access_NUMBER" {
  service_principal_id = workloadid_service_principal.service_principal_NUMBER.id
  api                  = "Microsoft Graph"
  app_roles            = ["User.Read.All", "Mail.Send"]
  delegated_scopes     = ["User.Read"]
}
