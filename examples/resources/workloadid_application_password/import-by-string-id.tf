import {
  to = workloadid_application_password.billing
  id = "00000000-0000-0000-0000-000000000000/33333333-3333-3333-3333-333333333333" # application_id/key_id
}
