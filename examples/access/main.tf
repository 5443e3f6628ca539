# Two workloads and two APIs. A job runs in Azure, as a managed identity; a shop runs elsewhere, as an application. The job
# reads users from Microsoft Graph, and both call an API of one's own, each with a role of its own.

terraform {
  required_providers {
    workloadid = {
      source = "workloadid/workloadid"
    }
  }
}

# Everything comes from the environment: ARM_TENANT_ID, ARM_CLIENT_ID and a credential, or `entra-local env`.
provider "workloadid" {}
