data "workloadid_api" "graph" {
  display_name = "Microsoft Graph"
}

output "read_all_users" {
  value = data.workloadid_api.graph.app_roles["User.Read.All"].id
}

output "administrators_decide" {
  value = [for scope, details in data.workloadid_api.graph.delegated_scopes : scope if details.admin_consent_required]
}
