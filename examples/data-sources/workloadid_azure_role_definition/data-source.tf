data "workloadid_azure_role_definition" "reader" {
  role_name = "Storage Blob Data Reader"
}

output "allowed" {
  value = data.workloadid_azure_role_definition.reader.permissions[0].data_actions
}
