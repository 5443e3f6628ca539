import {
  to = workloadid_application.orders
  identity = {
    id = "00000000-0000-0000-0000-000000000000"
  }
}
