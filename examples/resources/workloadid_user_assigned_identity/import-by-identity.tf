import {
  to = workloadid_user_assigned_identity.worker
  identity = {
    id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shop/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop-worker"
  }
}
