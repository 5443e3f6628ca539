resource "workloadid_application" "billing" {
  display_name = "billing"
}

resource "workloadid_service_principal" "billing" {
  client_id = workloadid_application.billing.client_id
}

# Of the service principal, so that it is good for this tenant alone.
resource "workloadid_service_principal_password" "billing" {
  service_principal_id = workloadid_service_principal.billing.id
  display_name         = "legacy mail gateway"
  expires_after        = "90d"
  renew_before         = "30d"

  # Renewed as well when another team is in charge.
  rotate_when_changed = {
    team = "payments"
  }
}
