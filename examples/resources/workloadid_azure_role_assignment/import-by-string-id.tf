import {
  to = workloadid_azure_role_assignment.deployer
  id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shop/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-000000000000"
}
