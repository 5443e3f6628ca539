resource "workloadid_application" "orders" {
  display_name = "orders"
}

# The host needs the application, and the application the host's address.
resource "terraform_data" "host" {
  input = "https://orders-${workloadid_application.orders.client_id}.contoso.com"
}

resource "workloadid_application_redirect_uris" "host" {
  application_id = workloadid_application.orders.id
  platform       = "web"
  redirect_uris  = ["${terraform_data.host.output}/signin-oidc"]
}
