# The object ids of the application and of the owner:
terraform import workloadid_application_owner.deployer 00000000-0000-0000-0000-000000000000/55555555-5555-5555-5555-555555555555
