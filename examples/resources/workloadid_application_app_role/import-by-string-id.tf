import {
  to = workloadid_application_app_role.approver
  id = "00000000-0000-0000-0000-000000000000/33333333-3333-3333-3333-333333333333" # application_id/app_role_id
}
