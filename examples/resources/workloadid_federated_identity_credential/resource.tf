resource "workloadid_application" "deployer" {
  display_name = "shop-deployer"
}

# Jobs of one environment of a GitHub repository.
resource "workloadid_federated_identity_credential" "production" {
  application_id = workloadid_application.deployer.id
  name           = "github-production"
  issuer         = "https://token.actions.githubusercontent.com"
  subject        = "repo:contoso/shop:environment:production"
}

# All release branches, with an expression.
resource "workloadid_federated_identity_credential" "release_branches" {
  application_id             = workloadid_application.deployer.id
  name                       = "github-release-branches"
  issuer                     = "https://token.actions.githubusercontent.com"
  claims_matching_expression = "claims['sub'] matches 'repo:contoso/shop:ref:refs/heads/release/*' and claims['repository_id'] eq '472919120'"
}

# A service account of a Kubernetes cluster.
resource "workloadid_federated_identity_credential" "kubernetes" {
  application_id = workloadid_application.deployer.id
  name           = "kubernetes-deployer"
  issuer         = "https://oidc.cluster.example.com"
  subject        = "system:serviceaccount:shop:deployer"
  description    = "Argo CD in the cluster."
}
