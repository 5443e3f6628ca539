# What the shop may do once it has signed in. To begin with that is nothing.
resource "workloadid_app_role_assignment" "checkout" {
  for_each = var.checkout_permissions

  principal_id = workloadid_service_principal.checkout.id
  api          = "Microsoft Graph"
  app_role     = each.key
}
