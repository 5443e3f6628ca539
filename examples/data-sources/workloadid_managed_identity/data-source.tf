# The identity that Azure made for a resource of its own, such as a virtual machine or a function app, is found by the id
# of that resource; a user-assigned one by its own.
resource "workloadid_user_assigned_identity" "shop" {
  name                = "shop"
  resource_group_name = "shop"
  location            = "westeurope"
}

data "workloadid_managed_identity" "shop" {
  resource_id = workloadid_user_assigned_identity.shop.id
}

resource "workloadid_azure_role_assignment" "shop" {
  scope        = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shop"
  role_name    = "Storage Blob Data Reader"
  principal_id = data.workloadid_managed_identity.shop.id
}
