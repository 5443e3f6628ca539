data "workloadid_groups" "orders" {
  filter = "startswith(displayName, 'Orders')"
}

output "object_ids" {
  value = { for group in data.workloadid_groups.orders.groups : group.display_name => group.id }
}
