import {
  to = workloadid_api_access.graph
  id = "00000000-0000-0000-0000-000000000000/Microsoft Graph/app_roles/Mail.Send,User.Read.All/delegated_scopes/User.Read"
}
