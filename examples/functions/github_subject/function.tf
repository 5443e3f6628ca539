resource "workloadid_application" "deployer" {
  display_name = "shop-deployer"
}

# A repository made since July 15, 2026: its subjects have ids.
resource "workloadid_federated_identity_credential" "production" {
  application_id = workloadid_application.deployer.id
  name           = "github-production"
  issuer         = provider::workloadid::issuer_url("github_actions")
  subject = provider::workloadid::github_subject({
    repository    = "contoso/shop"
    owner_id      = 5544123
    repository_id = 821093847
    environment   = "production"
  })
}

# An older one, which has not switched to ids: names alone.
resource "workloadid_federated_identity_credential" "legacy" {
  application_id = workloadid_application.deployer.id
  name           = "github-legacy-main"
  issuer         = provider::workloadid::issuer_url("github_actions")
  subject = provider::workloadid::github_subject({
    repository = "contoso/legacy"
    branch     = "main"
  })
}

# One where the organization has customised the subject claim to have repository, context and reusable workflow: only
# jobs that use this workflow can sign in.
resource "workloadid_federated_identity_credential" "reusable_workflow" {
  application_id = workloadid_application.deployer.id
  name           = "github-reusable-workflow"
  issuer         = provider::workloadid::issuer_url("github_actions")
  subject = provider::workloadid::github_subject({
    repository       = "contoso/billing"
    environment      = "production"
    job_workflow_ref = "contoso/workflows/.github/workflows/deploy.yml@refs/heads/main"
  })
}
