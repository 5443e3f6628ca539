import {
  to = workloadid_application_app_role.approver
  identity = {
    application_id = "00000000-0000-0000-0000-000000000000"
    app_role_id    = "33333333-3333-3333-3333-333333333333"
  }
}
