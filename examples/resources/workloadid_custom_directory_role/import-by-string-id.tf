import {
  to = workloadid_custom_directory_role.credential_keeper
  id = "00000000-0000-0000-0000-000000000000"
}
