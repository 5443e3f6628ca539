# The id of the identity in Azure:
terraform import workloadid_user_assigned_identity.worker /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shop/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop-worker
