resource "workloadid_service_principal" "service_principal_NUMBER" {
  client_id = workloadid_application.application_NUMBER.client_id
  notes     = "Run by the shop team."
}
