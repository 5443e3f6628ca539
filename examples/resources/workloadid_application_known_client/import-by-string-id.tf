import {
  to = workloadid_application_known_client.shop
  id = "00000000-0000-0000-0000-000000000000/44444444-4444-4444-4444-444444444444" # application_id/known_client_id
}
