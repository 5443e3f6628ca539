output "roles" {
  description = "Who has which role of which API."
  value = [for assignment in [
    workloadid_app_role_assignment.job_reads_users,
    workloadid_app_role_assignment.job_reads_orders,
    workloadid_app_role_assignment.shop_processes_orders,
  ] : "${assignment.principal_display_name}: ${assignment.app_role} of ${assignment.resource_display_name}"]
}
