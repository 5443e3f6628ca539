import {
  to = workloadid_app_role_assignment.read_users
  id = "7b5622c0-21df-5154-ad41-71e769799258/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
}
