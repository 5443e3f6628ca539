data "workloadid_group" "readers" {
  display_name = "Orders database readers"
}

resource "workloadid_application" "worker" {
  display_name = "orders-worker"
}

resource "workloadid_service_principal" "worker" {
  client_id = workloadid_application.worker.client_id
}

# The workload has what the group has been given.
resource "workloadid_group_member" "worker" {
  group_id  = data.workloadid_group.readers.id
  member_id = workloadid_service_principal.worker.id
}

# A managed identity is a member by its principal_id.
resource "workloadid_user_assigned_identity" "checkout" {
  name                = "checkout"
  resource_group_name = "shop"
  location            = "westeurope"
}

resource "workloadid_group_member" "checkout" {
  group_id  = data.workloadid_group.readers.id
  member_id = workloadid_user_assigned_identity.checkout.principal_id
}
