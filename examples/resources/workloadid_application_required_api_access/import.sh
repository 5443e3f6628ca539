# The object id of the application and the client id of the API:
terraform import workloadid_application_required_api_access.graph 00000000-0000-0000-0000-000000000000/00000003-0000-0000-c000-000000000000
