import {
  to = workloadid_application_permission_scope.read
  id = "00000000-0000-0000-0000-000000000000/33333333-3333-3333-3333-333333333333" # application_id/scope_id
}
