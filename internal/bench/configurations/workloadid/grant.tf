resource "workloadid_api_access" "grant_NUMBER" {
  service_principal_id = workloadid_service_principal.service_principal_NUMBER.id
  api                  = "Microsoft Graph"
  app_roles            = ["User.Read.All"]
}
