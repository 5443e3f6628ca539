# The object id of the service principal and the key id of the certificate:
terraform import workloadid_service_principal_certificate.current 00000000-0000-0000-0000-000000000000/33333333-3333-3333-3333-333333333333
