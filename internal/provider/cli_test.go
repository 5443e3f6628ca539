package provider_test

import (
	"os"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
)

// TestCLI_mainJob takes an application, its service principal and two credentials through their life with each CLI.
func TestCLI_mainJob(t *testing.T) {
	acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
		const application, credential = "workloadid_application.deployer", "workloadid_federated_identity_credential.production"
		var id string
		file := config.StaticFile("testdata/main_job.tf")
		return resource.TestCase{Steps: []resource.TestStep{
			{
				ConfigFile: file,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(application, tfjsonpath.New("app_roles").AtMapKey("Shop.Deploy").AtMapKey("id"), knownvalue.StringExact("e6674cb0-2806-5589-83f4-0bc4286c129c")),
					statecheck.CompareValuePairs(application, tfjsonpath.New("id"), "data."+application, tfjsonpath.New("id"), compare.ValuesSame()),
				},
				Check: func(state *terraform.State) error {
					id = state.RootModule().Resources[application].Primary.ID
					return nil
				},
			},
			{
				ConfigFile:       file,
				ConfigVariables:  config.Variables{"description": config.StringVariable("Deploys everything.")},
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(application, plancheck.ResourceActionUpdate), plancheck.ExpectResourceAction(credential, plancheck.ResourceActionNoop)}},
			},
			{
				// Drift is found, and what was deleted is made again.
				PreConfig: func() {
					h.Graph(t, "PATCH", "/applications/"+id, map[string]any{"description": "Someone else was here."})
					h.Graph(t, "DELETE", "/applications/"+id+"/federatedIdentityCredentials(name='github-production')", nil)
				},
				ConfigFile:       file,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(application, plancheck.ResourceActionUpdate), plancheck.ExpectResourceAction(credential, plancheck.ResourceActionCreate)}},
			},
			{ConfigFile: file, ResourceName: application, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"identifier_uris", "timeouts"}},
			{ConfigFile: file, ResourceName: "workloadid_service_principal.deployer", ImportState: true, ImportStateVerify: true},
			{ConfigFile: file, ResourceName: application, ImportState: true, ImportStateKind: resource.ImportBlockWithID},
		}}
	})
}

// TestCLI_unknownTenant configures the provider with a value that no plan can know.
func TestCLI_unknownTenant(t *testing.T) {
	acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
		if h.Tenant == nil {
			t.Skip("needs a tenant whose id is known")
		}
		// As text: plugin-testing refuses files that hold a provider block.
		configuration, err := os.ReadFile("testdata/unknown_tenant.tf")
		if err != nil {
			t.Fatal(err)
		}
		return resource.TestCase{Steps: []resource.TestStep{{
			Config:          string(configuration),
			ConfigVariables: config.Variables{"tenant_id": config.StringVariable(h.Tenant.TenantID())},
		}}}
	})
}
