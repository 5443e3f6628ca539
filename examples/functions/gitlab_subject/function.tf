output "main" {
  value = provider::workloadid::gitlab_subject({
    project_path = "contoso/web/shop"
    branch       = "main"
  })
}

# Where the project has its id in subjects.
output "release" {
  value = provider::workloadid::gitlab_subject({
    project_id = 57382910
    tag        = "v1.2.3"
  })
}
