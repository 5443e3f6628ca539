terraform {
  required_providers {
    inert = {
      source = "workloadid/inert"
    }
  }
}
