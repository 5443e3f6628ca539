terraform {
  required_providers {
    workloadid = {
      source = "workloadid/workloadid"
    }
  }
}

# Whatever is not set comes from the ARM_* variables that azurerm and azuread use.
provider "workloadid" {
  tenant_id = "11111111-2222-3333-4444-555555555555"
}
