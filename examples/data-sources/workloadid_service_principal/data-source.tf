data "workloadid_service_principal" "microsoft_graph" {
  client_id = "00000003-0000-0000-c000-000000000000"
}

output "application_permissions" {
  value = data.workloadid_service_principal.microsoft_graph.app_role_ids
}
