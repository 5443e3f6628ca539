data "workloadid_client_config" "current" {}

data "workloadid_service_principal" "microsoft_graph" {
  client_id = "00000003-0000-0000-c000-000000000000"
}

resource "workloadid_application" "orders" {
  display_name    = "orders"
  description     = "Takes orders and answers where they are."
  owners          = [data.workloadid_client_config.current.object_id]
  identifier_uris = ["api://{client_id}"] # the application's own client id

  api = {
    requested_access_token_version = 2
    oauth2_permission_scopes = {
      "orders.read" = {
        admin_consent_display_name = "Read orders"
        admin_consent_description  = "Read the orders of the signed-in user."
      }
    }
  }

  # The ids of roles and scopes are generated, the same ones on every run.
  app_roles = {
    "orders.write" = {
      display_name         = "Write orders"
      description          = "Create and change orders."
      allowed_member_types = ["Application"]
    }
  }

  required_resource_access = {
    (data.workloadid_service_principal.microsoft_graph.client_id) = {
      app_role_ids = [data.workloadid_service_principal.microsoft_graph.app_role_ids["User.Read.All"]]
    }
  }

  web = {
    homepage_url  = "https://orders.example.com"
    redirect_uris = ["https://orders.example.com/signin-oidc"]
  }
}
