resource "workloadid_application" "orders" {
  display_name = "orders"
}

resource "workloadid_service_principal" "orders" {
  client_id                    = workloadid_application.orders.client_id
  app_role_assignment_required = true
  notes                        = "Run by the shop team."
}

# One that exists already, here Microsoft's own: destroying this leaves it in place.
resource "workloadid_service_principal" "microsoft_graph" {
  client_id      = "00000003-0000-0000-c000-000000000000"
  adopt_existing = true
}
