package applicationpart_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
)

// TestParts_ofTwoApplications have two applications refer to each other: the client asks for a scope of the API, and the API
// knows the client.
func TestParts_ofTwoApplications(t *testing.T) {
	const configuration = `
resource "workloadid_application" "api" {
  display_name = "Orders"
  api = {
    oauth2_permission_scopes = {
      "Orders.Read" = { admin_consent_display_name = "Read orders", admin_consent_description = "Reads orders." }
    }
  }
}

resource "workloadid_service_principal" "api" { client_id = workloadid_application.api.client_id }

resource "workloadid_application" "client" {
  display_name        = "Shop"
  required_api_access = { (workloadid_service_principal.api.id) = { scopes = ["Orders.Read"] } }
}

resource "workloadid_application_known_client" "shop" {
  application_id  = workloadid_application.api.id
  known_client_id = workloadid_application.client.client_id
}

resource "workloadid_application_pre_authorized_client" "shop" {
  application_id       = workloadid_application.api.id
  authorized_client_id = workloadid_application.client.client_id
  scopes               = ["Orders.Read"]
}
`
	acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
		return resource.TestCase{
			Steps: []resource.TestStep{
				{
					Config: configuration,
					Check: func(*terraform.State) error {
						for _, application := range h.Tenant.Objects("applications") {
							api := application["api"].(map[string]any)
							if application["displayName"] == "Orders" && (len(api["knownClientApplications"].([]any)) != 1 || len(api["preAuthorizedApplications"].([]any)) != 1) {
								return fmt.Errorf("the tenant holds %v", api)
							}
							if application["displayName"] == "Shop" && len(application["requiredResourceAccess"].([]any)) != 1 {
								return fmt.Errorf("the tenant holds %v", application)
							}
						}
						return nil
					},
				},
				{Config: configuration, PlanOnly: true},
			},
			CheckDestroy: noApplication(h, "Orders", "Shop"),
		}
	})
}

// TestParts_ofAHost has the redirect URI of an application be that of something that needs the application.
func TestParts_ofAHost(t *testing.T) {
	configuration := func(path string) string {
		return `
resource "workloadid_application" "shop" {
  display_name = "Shop"
  web          = { homepage_url = "https://contoso.com" }
}

resource "terraform_data" "host" { input = "https://shop-${workloadid_application.shop.client_id}.contoso.com" }

resource "workloadid_application_redirect_uris" "host" {
  application_id = workloadid_application.shop.id
  platform       = "web"
  redirect_uris  = ["${terraform_data.host.output}` + path + `"]
}

resource "workloadid_application_app_role" "reader" {
  application_id       = workloadid_application.shop.id
  value                = "Reader"
  display_name         = "Reader"
  description          = "Reads."
  allowed_member_types = ["User"]
}
`
	}
	acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
		return resource.TestCase{
			Steps: []resource.TestStep{
				{Config: configuration("/a")},
				{Config: configuration("/a"), PlanOnly: true},
				{Config: configuration("/b")},
				{Config: configuration("/b"), PlanOnly: true},
				// Declared in both places, which the plan refuses whichever comes second.
				{
					Config:      regexp.MustCompile(`homepage_url = "https://contoso.com"`).ReplaceAllString(configuration("/b"), `redirect_uris = ["https://contoso.com/c"]`),
					ExpectError: regexp.MustCompile(`(?s)(declares it too|is declared by itself)`),
				},
				{Config: configuration("/b"), PlanOnly: true},
			},
			CheckDestroy: noApplication(h, "Shop"),
		}
	})
}

// noApplication expects that there is none of these names any more.
func noApplication(h *acctest.Harness, names ...string) func(*terraform.State) error {
	return func(*terraform.State) error {
		for _, application := range h.Tenant.Objects("applications") {
			for _, name := range names {
				if application["displayName"] == name && application["deletedDateTime"] == nil {
					return fmt.Errorf("there is still %v", application)
				}
			}
		}
		return nil
	}
}
