resource "workloadid_application" "deployer" {
  display_name = "shop-deployer"
}

resource "workloadid_service_principal" "deployer" {
  client_id = workloadid_application.deployer.client_id
}

data "workloadid_service_principal_access" "deployer" {
  service_principal_id = workloadid_service_principal.deployer.id
}

# What this identity can do, for a review.
output "app_roles" {
  value = [for role in data.workloadid_service_principal_access.deployer.app_roles : "${role.api_name}: ${role.value}"]
}

check "no_directory_roles" {
  assert {
    condition     = length(data.workloadid_service_principal_access.deployer.directory_roles) == 0
    error_message = "The deployer has roles in the directory."
  }
}
