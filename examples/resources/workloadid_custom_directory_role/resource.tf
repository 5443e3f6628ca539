resource "workloadid_custom_directory_role" "credential_keeper" {
  display_name = "Credential keeper"
  description  = "Renews the credentials of applications, and nothing else."
  permissions = [
    "microsoft.directory/applications/credentials/update",
    "microsoft.directory/applications/standard/read",
  ]
}
