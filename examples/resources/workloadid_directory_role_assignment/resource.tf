resource "workloadid_application" "deployer" {
  display_name = "shop-deployer"
}

resource "workloadid_service_principal" "deployer" {
  client_id = workloadid_application.deployer.client_id
}

# May manage the registrations and service principals of all applications. With application_id it is those of one alone.
resource "workloadid_directory_role_assignment" "deployer" {
  role_name    = "Application Administrator"
  principal_id = workloadid_service_principal.deployer.id
}
