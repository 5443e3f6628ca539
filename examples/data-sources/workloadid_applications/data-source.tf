data "workloadid_applications" "deployers" {
  filter = "startswith(displayName, 'deploy')"
}

output "deployers" {
  value = { for application in data.workloadid_applications.deployers.applications : application.client_id => application.display_name }
}
