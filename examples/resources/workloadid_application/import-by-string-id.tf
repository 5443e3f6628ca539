import {
  to = workloadid_application.orders
  id = "00000000-0000-0000-0000-000000000000" # the object id, not the client id
}
