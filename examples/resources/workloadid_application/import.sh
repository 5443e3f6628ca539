# The object id, not the client id:
terraform import workloadid_application.orders 00000000-0000-0000-0000-000000000000
