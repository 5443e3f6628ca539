resource "workloadid_application" "shop" {
  display_name = "shop"
}

# The certificate that the shop signs in with. Its private key stays where the shop runs. A file is read with
# file("shop.pem"), or filebase64("shop.cer").
resource "workloadid_application_certificate" "current" {
  application_id = workloadid_application.shop.id
  certificate    = <<-EOT
    -----BEGIN CERTIFICATE-----
    MIIBCjCBsaADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMTBHNob3AwHhcN
    MjUwMTAxMDAwMDAwWhcNNDUwMTAxMDAwMDAwWjAPMQ0wCwYDVQQDEwRzaG9wMFkw
    EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEuhD0q9cCMhT7jIKjhPaBLBNR7SEAQbBQ
    CE81HN7CuAZI7K5qewF0juzicoKFpeuH1TNciCAaovFGh+iJwA9EtTAKBggqhkjO
    PQQDAgNIADBFAiBC5A0xsGNoBr5NQwOH27J2g+IYTPI3CXV9cEEY1nokHAIhAOzM
    IXByGssHclw5hYOEXXE8fp9nEkgiTacWxX9U02Ro
    -----END CERTIFICATE-----
  EOT

  # Another certificate is added before this one goes.
  lifecycle {
    create_before_destroy = true
  }
}

# The next one, which the shop changes to when it likes: until then both are valid.
resource "workloadid_application_certificate" "next" {
  application_id = workloadid_application.shop.id
  display_name   = "from 2030"
  certificate    = <<-EOT
    -----BEGIN CERTIFICATE-----
    MIIBFDCBu6ADAgECAgECMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMTCXNob3AtbmV4
    dDAeFw0yNTAxMDEwMDAwMDBaFw00NTAxMDEwMDAwMDBaMBQxEjAQBgNVBAMTCXNo
    b3AtbmV4dDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDRMBXttdc6fUxPFjRdF
    QzU4Mq1MFBCKgGOqjRMMBAogPfmhb0FXudqh7JrQy8LSLkFAWcZ9KTliNVFuhfTB
    dyUwCgYIKoZIzj0EAwIDSAAwRQIgQdhC9bZoqN6wxhSdo+J5AT7roas3MXxdI9CB
    nW5QA0kCIQDj5l2341YRfCq55gy1QF9mDVFHqrb6bc6yPU7uVGWGYg==
    -----END CERTIFICATE-----
  EOT
}
