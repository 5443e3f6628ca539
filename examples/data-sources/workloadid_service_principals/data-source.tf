data "workloadid_service_principals" "microsoft" {
  client_ids = [
    "00000003-0000-0000-c000-000000000000", # Microsoft Graph
    "00000002-0000-0000-c000-000000000000", # Azure AD Graph
  ]
}

output "object_ids" {
  value = { for principal in data.workloadid_service_principals.microsoft.service_principals : principal.display_name => principal.id }
}
