import {
  to = workloadid_application_required_api_access.graph
  identity = {
    application_id = "00000000-0000-0000-0000-000000000000"
    api_client_id  = "00000003-0000-0000-c000-000000000000"
  }
}
