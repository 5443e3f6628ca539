resource "workloadid_application" "shop" {
  display_name = "shop"
}

resource "workloadid_service_principal" "shop" {
  client_id = workloadid_application.shop.client_id
}

# A certificate of the service principal alone. Its private key stays where the shop runs. A file is read with
# file("shop.pem"), or filebase64("shop.cer").
resource "workloadid_service_principal_certificate" "current" {
  service_principal_id = workloadid_service_principal.shop.id
  display_name         = "shop"
  end                  = "2040-01-31T00:00:00Z" # before the certificate itself ends
  certificate          = <<-EOT
    -----BEGIN CERTIFICATE-----
    MIIBCjCBsaADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMTBHNob3AwHhcN
    MjUwMTAxMDAwMDAwWhcNNDUwMTAxMDAwMDAwWjAPMQ0wCwYDVQQDEwRzaG9wMFkw
    EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEuhD0q9cCMhT7jIKjhPaBLBNR7SEAQbBQ
    CE81HN7CuAZI7K5qewF0juzicoKFpeuH1TNciCAaovFGh+iJwA9EtTAKBggqhkjO
    PQQDAgNIADBFAiBC5A0xsGNoBr5NQwOH27J2g+IYTPI3CXV9cEEY1nokHAIhAOzM
    IXByGssHclw5hYOEXXE8fp9nEkgiTacWxX9U02Ro
    -----END CERTIFICATE-----
  EOT
}
