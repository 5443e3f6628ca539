import {
  to = workloadid_application_optional_claims.names
  identity = {
    application_id = "00000000-0000-0000-0000-000000000000"
  }
}
