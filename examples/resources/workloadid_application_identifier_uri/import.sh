# The object id of the application and the URI:
terraform import workloadid_application_identifier_uri.by_client_id 00000000-0000-0000-0000-000000000000/api://22222222-2222-2222-2222-222222222222
