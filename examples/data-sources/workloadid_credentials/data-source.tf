# What ends within 30 days, in the whole tenant.
data "workloadid_credentials" "ending" {
  expiring_within = "30d"
}

# Every plan warns of it.
check "credentials" {
  assert {
    condition = length(data.workloadid_credentials.ending.credentials) == 0
    error_message = join("\n", [
      for c in data.workloadid_credentials.ending.credentials :
      "${c.owner_display_name}: ${c.kind} ${coalesce(c.display_name, c.key_id)} ends in ${c.days_to_expiry} days"
    ])
  }
}

# Passwords of one application, also those that have ended. Plans fail while one of them has less than a week left.
resource "workloadid_application" "shop" {
  display_name = "shop"
}

data "workloadid_credentials" "shop" {
  application_ids = [workloadid_application.shop.id]
  kinds           = ["password"]
  include_expired = true

  lifecycle {
    postcondition {
      condition     = alltrue([for c in self.credentials : c.expired || c.days_to_expiry >= 7])
      error_message = "A password of the shop ends within a week."
    }
  }
}
