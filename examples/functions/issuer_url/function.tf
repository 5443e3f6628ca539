output "github" {
  value = provider::workloadid::issuer_url("github_actions")
}

output "google_kubernetes_engine" {
  value = provider::workloadid::issuer_url("gke", {
    project  = "shop-production"
    location = "europe-west1"
    cluster  = "shop"
  })
}
