terraform {
  required_providers {
    workloadid = {
      source = "workloadid/workloadid"
    }
  }
}

# The tenant is known only once something else has been made.
variable "tenant_id" {
  type = string
}

resource "terraform_data" "tenant" {
  input = var.tenant_id
}

provider "workloadid" {
  tenant_id = terraform_data.tenant.output
}

resource "workloadid_application" "late" {
  display_name = "late"
}
