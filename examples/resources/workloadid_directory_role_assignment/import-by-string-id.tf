import {
  to = workloadid_directory_role_assignment.deployer
  id = "kl2Jm9Msx0SdAqasLV6lwwAAAAAAAAAAAAAAAAAAAAA-1"
}
