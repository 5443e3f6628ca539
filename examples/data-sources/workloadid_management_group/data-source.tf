data "workloadid_management_group" "landing_zones" {
  display_name = "Landing zones"
}

resource "workloadid_application" "audit" {
  display_name = "audit"
}

resource "workloadid_service_principal" "audit" {
  client_id = workloadid_application.audit.client_id
}

# The role holds in every subscription below the management group.
resource "workloadid_azure_role_assignment" "audit" {
  scope        = data.workloadid_management_group.landing_zones.id
  role_name    = "Reader"
  principal_id = workloadid_service_principal.audit.id
}
