import {
  to = workloadid_group_member.worker
  identity = {
    group_id  = "44444444-4444-4444-4444-444444444444"
    member_id = "00000000-0000-0000-0000-000000000000"
  }
}
