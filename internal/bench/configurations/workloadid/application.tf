resource "workloadid_application" "application_NUMBER" {
  display_name = "benchmark NUMBER"
  description  = "Takes orders and answers where they are."
  tags         = ["benchmark", "orders"]

  # User.Read.All of Microsoft Graph.
  required_resource_access = {
    "00000003-0000-0000-c000-000000000000" = {
      app_role_ids = ["df021288-bdef-4463-88db-98f22de89214"]
    }
  }

  web = {
    homepage_url  = "https://orders-NUMBER.example.com"
    redirect_uris = ["https://orders-NUMBER.example.com/signin-oidc"]
  }
}
