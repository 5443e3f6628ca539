resource "workloadid_application" "deployer" {
  display_name = "shop-deployer"
}

# One credential for plans and applies.
resource "workloadid_federated_identity_credential" "production" {
  application_id = workloadid_application.deployer.id
  name           = "hcp-terraform-production"
  issuer         = provider::workloadid::issuer_url("hcp_terraform")
  claims_matching_expression = provider::workloadid::terraform_cloud_expression({
    organization = "contoso"
    project      = "Web shop"
    workspace    = "production"
  })
}
