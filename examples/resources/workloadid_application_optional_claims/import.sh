# The object id of the application:
terraform import workloadid_application_optional_claims.names 00000000-0000-0000-0000-000000000000
