import {
  to = workloadid_delegated_permission_grant.portal
  id = "AAAAAAAAAAAAAAAAAAAAAMAiVnvfIVRRrUFx52l5klg"
}
