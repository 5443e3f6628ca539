import {
  to = workloadid_application_required_api_access.graph
  id = "00000000-0000-0000-0000-000000000000/00000003-0000-0000-c000-000000000000" # application_id/api_client_id
}
