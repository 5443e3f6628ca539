data "workloadid_azure_role_definitions" "built_in" {
  role_type = "BuiltInRole"
}

output "storage_roles" {
  value = [for role in data.workloadid_azure_role_definitions.built_in.azure_role_definitions : role.role_name if startswith(role.role_name, "Storage")]
}
