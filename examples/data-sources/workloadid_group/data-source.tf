data "workloadid_group" "readers" {
  display_name = "Orders database readers"
}

# Everybody in the group may read the resource group.
resource "workloadid_azure_role_assignment" "readers" {
  scope          = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shop"
  role_name      = "Reader"
  principal_id   = data.workloadid_group.readers.id
  principal_type = "Group"
}
