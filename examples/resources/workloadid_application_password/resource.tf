resource "workloadid_application" "billing" {
  display_name = "billing"
}

# Lives 90 days. The first plan within 30 days of its end renews it, and the password of before stays valid for another week.
resource "workloadid_application_password" "billing" {
  application_id = workloadid_application.billing.id
  display_name   = "legacy mail gateway"
  expires_after  = "90d"
  renew_before   = "30d"
  overlap        = "7d"
}
