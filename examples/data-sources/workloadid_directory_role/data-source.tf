data "workloadid_directory_role" "administrator" {
  display_name = "Application Administrator"
}

output "allowed" {
  value = data.workloadid_directory_role.administrator.permissions
}
