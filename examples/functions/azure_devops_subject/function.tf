resource "workloadid_application" "deployer" {
  display_name = "shop-deployer"
}

data "workloadid_client_config" "current" {}

resource "workloadid_federated_identity_credential" "production" {
  application_id = workloadid_application.deployer.id
  name           = "azure-devops-production"
  issuer         = provider::workloadid::issuer_url("azure_devops", { tenant_id = data.workloadid_client_config.current.tenant_id })
  subject = provider::workloadid::azure_devops_subject({
    tenant_id             = data.workloadid_client_config.current.tenant_id
    organization_id       = "6b8b4567-327b-43c6-b3c9-869174b0dc51"
    service_connection_id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
  })
}

# A service connection from before 2025, whose issuer is https://vstoken.dev.azure.com/<organization_id>.
output "older" {
  value = provider::workloadid::azure_devops_subject({
    organization       = "contoso"
    project            = "Web shop"
    service_connection = "azure-production"
  })
}
