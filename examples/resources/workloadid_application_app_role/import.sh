# The object id of the application and the id of the role:
terraform import workloadid_application_app_role.approver 00000000-0000-0000-0000-000000000000/33333333-3333-3333-3333-333333333333
