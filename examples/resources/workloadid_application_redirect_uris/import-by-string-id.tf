import {
  to = workloadid_application_redirect_uris.host
  id = "00000000-0000-0000-0000-000000000000/web" # application_id/platform
}
