# The API is named by its name, its client id, or the object id of its service principal.
terraform import workloadid_api_access.graph "00000000-0000-0000-0000-000000000000/Microsoft Graph"
