import {
  to = workloadid_api_access.graph
  identity = {
    service_principal_id = "00000000-0000-0000-0000-000000000000"
    api_id               = "7b5622c0-21df-5154-ad41-71e769799258"
  }
}
