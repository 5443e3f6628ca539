import {
  to = workloadid_application_known_client.shop
  identity = {
    application_id  = "00000000-0000-0000-0000-000000000000"
    known_client_id = "44444444-4444-4444-4444-444444444444"
  }
}
