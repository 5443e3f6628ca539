# The job reads users and orders.

resource "workloadid_app_role_assignment" "job_reads_users" {
  principal_id = workloadid_user_assigned_identity.job.principal_id
  api          = "Microsoft Graph"
  app_role     = "User.Read.All"
}

resource "workloadid_app_role_assignment" "job_reads_orders" {
  principal_id = workloadid_user_assigned_identity.job.principal_id
  resource_id  = workloadid_service_principal.orders.id
  app_role     = "Orders.Read"
}

# The shop processes orders by itself, and shows users theirs.

resource "workloadid_app_role_assignment" "shop_processes_orders" {
  principal_id = workloadid_service_principal.shop.id
  resource_id  = workloadid_service_principal.orders.id
  app_role     = "Orders.Process"
}

resource "workloadid_delegated_permission_grant" "shop_shows_orders" {
  service_principal_id = workloadid_service_principal.shop.id
  resource_id          = workloadid_service_principal.orders.id
  scopes               = ["Orders.View"]
}

resource "workloadid_delegated_permission_grant" "shop_knows_users" {
  service_principal_id = workloadid_service_principal.shop.id
  api                  = "Microsoft Graph"
  scopes               = ["openid", "profile", "User.Read"]
}
