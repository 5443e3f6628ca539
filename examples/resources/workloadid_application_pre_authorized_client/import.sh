# The object id of the application and the client id of the client:
terraform import workloadid_application_pre_authorized_client.azure_cli 00000000-0000-0000-0000-000000000000/04b07795-8ddb-461a-bbee-02f9e1bf7b46
