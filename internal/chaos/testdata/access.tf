terraform {
  required_providers {
    workloadid = { source = "workloadid/workloadid" }
  }
}

# What the applications have: nothing ("none"), something ("first"), or that with everything about it changed ("second").
variable "stage" { type = string }

variable "certificate" { type = string }

locals {
  given  = var.stage == "none" ? 0 : 1
  second = var.stage == "second"
}

resource "workloadid_application" "each" {
  for_each     = toset(["billing", "orders", "shipping"])
  display_name = title(each.key)
}

resource "workloadid_service_principal" "each" {
  for_each  = workloadid_application.each
  client_id = each.value.client_id
}

resource "workloadid_application_password" "overlapping" {
  count               = local.given
  application_id      = workloadid_application.each["orders"].id
  display_name        = "CI"
  overlap             = "7d"
  rotate_when_changed = { stage = var.stage }
}

# A first password that is made and not saved is left over. These are made one after the other, so that no more than one
# of them can be on its way when something is killed.
resource "workloadid_application_password" "replaced" {
  count               = local.given
  application_id      = workloadid_application.each["shipping"].id
  display_name        = "CI"
  rotate_when_changed = { stage = var.stage }
  depends_on          = [workloadid_application_password.overlapping]
}

resource "workloadid_application_certificate" "one" {
  count          = local.given
  application_id = workloadid_application.each["billing"].id
  certificate    = var.certificate
  display_name   = var.stage
}

# Others have granted a scope in the same grant.
resource "workloadid_api_access" "shared" {
  count                = local.given
  service_principal_id = workloadid_service_principal.each["orders"].id
  api                  = "Microsoft Graph"
  app_roles            = local.second ? ["User.Read.All", "Mail.Send"] : ["User.Read.All", "Group.Read.All"]
  delegated_scopes     = local.second ? ["User.Read", "Mail.Send"] : ["User.Read", "Mail.Read"]
}

resource "workloadid_api_access" "own" {
  count                = local.given
  service_principal_id = workloadid_service_principal.each["billing"].id
  api                  = "Microsoft Graph"
  delegated_scopes     = local.second ? ["User.Read", "Mail.Send"] : ["User.Read", "Mail.Read"]
}

resource "workloadid_app_role_assignment" "one" {
  count        = local.given
  principal_id = workloadid_service_principal.each["shipping"].id
  api          = "Microsoft Graph"
  app_role     = local.second ? "Mail.Send" : "User.Read.All"
}

resource "workloadid_delegated_permission_grant" "one" {
  count                = local.given
  service_principal_id = workloadid_service_principal.each["shipping"].id
  api                  = "Microsoft Graph"
  scopes               = local.second ? ["User.Read", "Mail.Send"] : ["User.Read", "Mail.Read"]
}
