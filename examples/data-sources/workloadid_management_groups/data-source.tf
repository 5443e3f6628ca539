data "workloadid_management_groups" "all" {}

output "ids" {
  value = { for group in data.workloadid_management_groups.all.management_groups : group.display_name => group.id }
}
