package provider_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
)

// required is what a configuration with imports needs.
const required = `
terraform {
  required_providers {
    workloadid = { source = "workloadid/workloadid" }
  }
}
`

// TestCLI_idsInCapitals writes every id in capitals that was in small letters before, and imports by ids in capitals.
func TestCLI_idsInCapitals(t *testing.T) {
	acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
		config := func(capitals bool) string {
			id := func(reference string) string { return reference }
			if capitals {
				id = func(reference string) string { return "upper(" + reference + ")" }
			}
			return required + `
resource "workloadid_application" "shop" {
  display_name = "Shop"
  required_resource_access = {
    (` + id(`"00000003-0000-0000-c000-000000000000"`) + `) = { app_role_ids = [` + id(`"9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30"`) + `] }
  }
}

resource "workloadid_service_principal" "shop" {
  client_id = ` + id("workloadid_application.shop.client_id") + `
}

resource "workloadid_federated_identity_credential" "main" {
  application_id = ` + id("workloadid_application.shop.id") + `
  name           = "main"
  issuer         = "https://token.actions.githubusercontent.com"
  subject        = "repo:contoso/shop:environment:production"
}

resource "workloadid_app_role_assignment" "read" {
  principal_id = ` + id("workloadid_service_principal.shop.id") + `
  api          = ` + id(`"00000003-0000-0000-c000-000000000000"`) + `
  app_role_id  = ` + id(`"9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30"`) + `
}
`
		}
		empty := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
		steps := []resource.TestStep{{Config: config(false)}, {Config: config(true), ConfigPlanChecks: empty}, {Config: config(false), ConfigPlanChecks: empty}}
		for _, name := range []string{"workloadid_application.shop", "workloadid_service_principal.shop", "workloadid_federated_identity_credential.main"} {
			steps = append(steps, resource.TestStep{
				Config: config(true), ResourceName: name, ImportState: true, ImportStateVerify: true,
				ImportStateIdFunc: func(state *terraform.State) (string, error) {
					attributes := state.RootModule().Resources[name].Primary.Attributes
					id := strings.ToUpper(attributes["id"])
					if application := attributes["application_id"]; application != "" {
						id = strings.ToUpper(application) + "/" + attributes["name"]
					}
					return id, nil
				},
			})
		}
		return resource.TestCase{Steps: append(steps, resource.TestStep{Config: config(false), Destroy: true}, resource.TestStep{Config: config(true)}, resource.TestStep{Config: config(false), ConfigPlanChecks: empty})}
	})
}

// TestCLI_nullElements: a variable that nobody set is an error before anything is sent.
func TestCLI_nullElements(t *testing.T) {
	acctest.RunCLI(t, func(*testing.T, *acctest.Harness) resource.TestCase {
		const nobody = `
variable "nobody" {
  type    = string
  default = null
}
`
		refused := func(config, want string) resource.TestStep {
			return resource.TestStep{Config: nobody + config, PlanOnly: true, ExpectError: regexp.MustCompile(strings.ReplaceAll(want, " ", `\s+`))}
		}
		return resource.TestCase{Steps: []resource.TestStep{
			refused(`
resource "workloadid_application" "shop" {
  display_name = "Shop"
  owners       = ["c0ffee00-0000-4000-8000-000000000001", var.nobody]
}
`, "owners has null among its elements"),
			refused(`
resource "workloadid_application" "shop" {
  display_name = "Shop"
  web          = { redirect_uris = ["https://shop.example/callback", var.nobody] }
}
`, "web.redirect_uris has null among its elements"),
			refused(`
resource "workloadid_user_assigned_identity" "shop" {
  name                = "shop"
  resource_group_name = "local"
  location            = "westeurope"
  tags                = { team = var.nobody }
}
`, `tags has the key "team" with null as its value`),
			refused(`
data "workloadid_applications" "shop" {
  ids = [var.nobody]
}
`, "ids has null among its elements"),
			{
				Config: `
resource "terraform_data" "nobody" {}

resource "workloadid_application" "shop" {
  display_name = "Shop"
  tags         = ["shop", terraform_data.nobody.output]
}
`,
				ExpectError: regexp.MustCompile(`tags\s+has\s+null\s+among\s+its\s+elements`),
			},
		}}
	})
}

// TestCLI_tagsOfTwoOwners: Microsoft Graph shows the tags of an application among those of its service principal.
func TestCLI_tagsOfTwoOwners(t *testing.T) {
	acctest.RunCLI(t, func(*testing.T, *acctest.Harness) resource.TestCase {
		config := func(application, principal string) string {
			return required + `
resource "workloadid_application" "shop" {
  display_name = "Shop"
  tags         = ` + application + `
}

resource "workloadid_service_principal" "shop" {
  client_id = workloadid_application.shop.client_id
  tags      = ` + principal + `
}
`
		}
		const principal = "workloadid_service_principal.shop"
		stays := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(principal, plancheck.ResourceActionNoop)}}
		changes := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(principal, plancheck.ResourceActionUpdate)}}
		imported := func(config string) resource.TestStep {
			return resource.TestStep{Config: config, ResourceName: principal, ImportState: true, ImportStateKind: resource.ImportBlockWithID}
		}
		return resource.TestCase{Steps: []resource.TestStep{
			{Config: config(`["shop"]`, `["HideApp"]`)}, // and an empty plan
			imported(config(`["shop"]`, `["HideApp"]`)),
			{Config: config(`["shop", "orders"]`, `["HideApp"]`), ConfigPlanChecks: stays},
			{Config: config(`["orders"]`, `["HideApp"]`), ConfigPlanChecks: stays},
			{Config: config(`["orders"]`, `["HideApp", "ops"]`), ConfigPlanChecks: changes},
			{Config: config(`[]`, `["ops"]`), ConfigPlanChecks: changes},
			{Config: config(`["ops", "shop"]`, `["ops"]`), ConfigPlanChecks: stays},
			{Config: config(`["ops", "shop"]`, `["ops", "shop"]`), ConfigPlanChecks: stays},
			imported(config(`["ops", "shop"]`, `["ops", "shop"]`)),
			{Config: config(`["ops", "shop"]`, `[]`), ConfigPlanChecks: changes},
		}}
	})
}
