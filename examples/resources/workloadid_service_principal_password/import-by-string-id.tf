import {
  to = workloadid_service_principal_password.billing
  id = "00000000-0000-0000-0000-000000000000/33333333-3333-3333-3333-333333333333" # service_principal_id/key_id
}
