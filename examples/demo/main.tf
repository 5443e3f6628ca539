# An online shop. GitHub Actions deploys it; it runs in a Kubernetes cluster. Neither holds a secret: both come with
# a token of their own platform, which Microsoft Entra ID trades for one of Microsoft's.

terraform {
  required_providers {
    workloadid = {
      source = "workloadid/workloadid"
    }
  }
}

# Everything comes from the environment: ARM_TENANT_ID, ARM_CLIENT_ID and a credential, or `entra-local env`.
provider "workloadid" {}
