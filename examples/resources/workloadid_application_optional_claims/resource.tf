resource "workloadid_application" "orders" {
  display_name = "orders"
}

resource "workloadid_application_optional_claims" "names" {
  application_id = workloadid_application.orders.id
  id_token = {
    upn = { essential = true }
  }
  access_token = {
    idtyp = {}
  }
}
