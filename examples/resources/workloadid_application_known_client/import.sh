# The object id of the application and the client id of the client:
terraform import workloadid_application_known_client.shop 00000000-0000-0000-0000-000000000000/44444444-4444-4444-4444-444444444444
