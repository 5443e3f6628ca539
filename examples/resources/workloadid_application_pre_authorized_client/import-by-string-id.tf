import {
  to = workloadid_application_pre_authorized_client.azure_cli
  id = "00000000-0000-0000-0000-000000000000/04b07795-8ddb-461a-bbee-02f9e1bf7b46" # application_id/authorized_client_id
}
