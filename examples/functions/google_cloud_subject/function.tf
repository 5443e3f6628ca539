output "service_account" {
  value = provider::workloadid::google_cloud_subject({
    unique_id = "107517467455664443766"
  })
}
