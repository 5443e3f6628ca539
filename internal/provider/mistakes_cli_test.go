package provider_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
)

// said matches a text however the CLI breaks its lines.
func said(text string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(text), " ", `[\s│]+`))
}

// TestCLI_idOfNothing: a typing error in an id that replaces is an error of the plan, and what is there stays.
func TestCLI_idOfNothing(t *testing.T) {
	acctest.RunCLI(t, func(*testing.T, *acctest.Harness) resource.TestCase {
		config := func(application string) string {
			return required + `
resource "workloadid_application" "shop" {
  display_name = "Shop"
}

resource "workloadid_federated_identity_credential" "main" {
  application_id = ` + application + `
  name           = "main"
  issuer         = "https://issuer.example"
  subject        = "shop"
}
`
		}
		const right = "workloadid_application.shop.id"
		return resource.TestCase{Steps: []resource.TestStep{
			{Config: config(right)},
			{Config: config(`"0c4c6f2e-7a0e-4f55-9a53-9b9b2d3fd3c1"`), ExpectError: said("There is no application with the object id 0c4c6f2e-7a0e-4f55-9a53-9b9b2d3fd3c1")},
			{Config: config(right), ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
		}}
	})
}

// TestCLI_changedBehindItsBack: what somebody changes right after an apply is believed in seconds.
func TestCLI_changedBehindItsBack(t *testing.T) {
	acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
		config := required + `
resource "workloadid_application" "shop" {
  display_name = "Shop"
  description  = "Sells."
}
`
		const application = "workloadid_application.shop"
		var id string
		var began time.Time
		return resource.TestCase{Steps: []resource.TestStep{
			{Config: config, Check: func(state *terraform.State) error {
				id = state.RootModule().Resources[application].Primary.ID
				return nil
			}},
			{
				PreConfig: func() {
					h.Graph(t, "PATCH", "/applications/"+id, map[string]any{"description": "Somebody else was here."})
					began = time.Now()
				},
				Config:             config,
				PlanOnly:           true,
				ExpectNonEmptyPlan: true,
			},
			{
				PreConfig: func() {
					if took := time.Since(began); took > time.Minute {
						t.Errorf("the plan took %s", took)
					}
				},
				Config: config,
			},
		}}
	})
}

// TestCLI_scopesWithTheirClients: scopes and the clients that use them are made by one apply, and changed by one.
func TestCLI_scopesWithTheirClients(t *testing.T) {
	acctest.RunCLI(t, func(*testing.T, *acctest.Harness) resource.TestCase {
		config := func(scopes ...string) string {
			declared, used := "", ""
			for _, scope := range scopes {
				declared += scope + ` = { admin_consent_display_name = "` + scope + `", admin_consent_description = "` + scope + `" }` + "\n"
				used += `"` + scope + `", `
			}
			return required + `
resource "workloadid_application" "api" {
  display_name = "Orders"
  api = {
    oauth2_permission_scopes = {
      ` + declared + `
    }
    pre_authorized_applications = { "04b07795-8ddb-461a-bbee-02f9e1bf7b46" = [` + used + `] }
  }
}
`
		}
		empty := resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
		return resource.TestCase{Steps: []resource.TestStep{
			{Config: config("Read"), ConfigPlanChecks: empty},
			{Config: config("Read", "Write", "Delete"), ConfigPlanChecks: empty},
		}}
	})
}

// TestCLI_slips: what the services would refuse, or misunderstand, is said by the plan with the value that is meant.
func TestCLI_slips(t *testing.T) {
	acctest.RunCLI(t, func(*testing.T, *acctest.Harness) resource.TestCase {
		refused := func(body, want string) resource.TestStep {
			return resource.TestStep{Config: required + body, PlanOnly: true, ExpectError: said(want)}
		}
		application := func(body string) string {
			return "resource \"workloadid_application\" \"shop\" {\n  display_name = \"Shop\"\n" + body + "\n}\n"
		}
		return resource.TestCase{Steps: []resource.TestStep{
			refused(application(`  identifier_uris = ["shop.contoso.com"]`), "shop.contoso.com"),
			refused(application(`  web = { redirect_uris = ["https://a.example", "https://b.example", "http://[::1]", "https://c.example"] }`), "http://[::1]"),
			refused(`
resource "workloadid_azure_role_assignment" "shop" {
  scope        = "/subscriptions/c0ffee00-0000-4000-8000-00000000a20e/resource_groups/local"
  role_name    = "Reader"
  principal_id = "0c4c6f2e-7a0e-4f55-9a53-9b9b2d3fd3c1"
}
`, `"resource_groups" after the subscription, where only resourceGroups/`),
			refused(`
resource "workloadid_application_certificate" "shop" {
  application_id = "0c4c6f2e-7a0e-4f55-9a53-9b9b2d3fd3c1"
  certificate    = "308201fd30820166020101300d06092a864886f70d01010b"
}
`, "certificate_data_base64"),
		}}
	})
}
