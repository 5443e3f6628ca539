data "workloadid_user_assigned_identities" "shop" {
  resource_group_name = "shop"
}

output "client_ids" {
  value = { for identity in data.workloadid_user_assigned_identities.shop.user_assigned_identities : identity.name => identity.client_id }
}
