import {
  to = workloadid_application_fallback_public_client.this
  identity = {
    application_id = "00000000-0000-0000-0000-000000000000"
  }
}
