# The object id of the application:
terraform import workloadid_application_fallback_public_client.this 00000000-0000-0000-0000-000000000000
