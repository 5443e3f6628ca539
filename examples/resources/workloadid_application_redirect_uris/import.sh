# The object id of the application and the platform:
terraform import workloadid_application_redirect_uris.host 00000000-0000-0000-0000-000000000000/web
