import {
  to = workloadid_application_owner.deployer
  id = "00000000-0000-0000-0000-000000000000/55555555-5555-5555-5555-555555555555" # application_id/owner_id
}
