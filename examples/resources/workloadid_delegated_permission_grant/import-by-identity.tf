import {
  to = workloadid_delegated_permission_grant.portal
  identity = {
    id = "AAAAAAAAAAAAAAAAAAAAAMAiVnvfIVRRrUFx52l5klg"
  }
}
