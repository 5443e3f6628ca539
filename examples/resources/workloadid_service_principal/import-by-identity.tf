import {
  to = workloadid_service_principal.orders
  identity = {
    id = "00000000-0000-0000-0000-000000000000"
  }
}
