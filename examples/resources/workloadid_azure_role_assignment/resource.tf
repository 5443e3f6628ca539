resource "workloadid_application" "deployer" {
  display_name = "shop-deployer"
}

resource "workloadid_service_principal" "deployer" {
  client_id = workloadid_application.deployer.client_id
}

resource "workloadid_azure_role_assignment" "deployer" {
  scope        = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shop"
  role_name    = "Contributor"
  principal_id = workloadid_service_principal.deployer.id
  description  = "Deploys the shop."
}
