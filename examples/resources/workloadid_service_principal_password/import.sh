# The object id of the service principal and the key id of the password. Its text can't be read: it stays unknown to Terraform until the password is renewed.
terraform import workloadid_service_principal_password.billing 00000000-0000-0000-0000-000000000000/33333333-3333-3333-3333-333333333333
