import {
  to = workloadid_application_redirect_uris.host
  identity = {
    application_id = "00000000-0000-0000-0000-000000000000"
    platform       = "web"
  }
}
