import {
  to = workloadid_application_permission_scope.read
  identity = {
    application_id = "00000000-0000-0000-0000-000000000000"
    scope_id       = "33333333-3333-3333-3333-333333333333"
  }
}
