data "workloadid_user" "ada" {
  user_principal_name = "ada@entralocal.onmicrosoft.com"
}

# Who may administrate an application is often a person.
resource "workloadid_application" "orders" {
  display_name = "orders"
  owners       = [data.workloadid_user.ada.id]
}
