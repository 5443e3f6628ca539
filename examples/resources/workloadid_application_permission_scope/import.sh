# The object id of the application and the id of the scope:
terraform import workloadid_application_permission_scope.read 00000000-0000-0000-0000-000000000000/33333333-3333-3333-3333-333333333333
