data "workloadid_users" "on_call" {
  user_principal_names = ["ada@entralocal.onmicrosoft.com", "grace@entralocal.onmicrosoft.com"]
}

output "on_call" {
  value = { for user in data.workloadid_users.on_call.users : user.user_principal_name => user.id }
}
