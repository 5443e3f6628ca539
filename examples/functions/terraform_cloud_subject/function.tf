output "production_applies" {
  value = provider::workloadid::terraform_cloud_subject({
    organization = "contoso"
    project      = "Web shop"
    workspace    = "production"
    run_phase    = "apply"
  })
}
