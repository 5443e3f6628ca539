resource "workloadid_user_assigned_identity" "worker" {
  name                = "shop-worker"
  resource_group_name = "shop"
  location            = "westeurope"
}

data "workloadid_user_assigned_identity" "worker" {
  name                = workloadid_user_assigned_identity.worker.name
  resource_group_name = "shop"
}

output "client_id" {
  value = data.workloadid_user_assigned_identity.worker.client_id
}
