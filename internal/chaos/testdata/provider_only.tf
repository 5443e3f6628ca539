terraform {
  required_providers {
    workloadid = { source = "workloadid/workloadid" }
  }
}
