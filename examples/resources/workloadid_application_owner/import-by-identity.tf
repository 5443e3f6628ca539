import {
  to = workloadid_application_owner.deployer
  identity = {
    application_id = "00000000-0000-0000-0000-000000000000"
    owner_id       = "55555555-5555-5555-5555-555555555555"
  }
}
