import {
  to = workloadid_application_identifier_uri.by_client_id
  id = "00000000-0000-0000-0000-000000000000/api://22222222-2222-2222-2222-222222222222" # application_id/identifier_uri
}
