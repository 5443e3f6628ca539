import {
  to = workloadid_application_pre_authorized_client.azure_cli
  identity = {
    application_id       = "00000000-0000-0000-0000-000000000000"
    authorized_client_id = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
  }
}
