package password_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// TestApplicationPassword_ephemeralCLI has Terraform open a password and an access token, and look at them. The
// watch looks for them in the plan, the states, what is printed and the log at TRACE.
func TestApplicationPassword_ephemeralCLI(t *testing.T) {
	acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
		h.SecretsOf("addPassword", "ephemeral."+applicationType+".value")
		h.SecretsOf("token", "ephemeral.workloadid_access_token.token")
		file := config.StaticFile("testdata/ephemeral.tf")
		removed := func(*terraform.State) error {
			for _, app := range h.Tenant.Objects("applications") {
				if left, _ := app["passwordCredentials"].([]any); app["appId"] != emulator.CallerClientID && len(left) > 0 {
					return fmt.Errorf("%s has %d passwords", app["displayName"], len(left))
				}
			}
			return nil
		}
		used := func(*terraform.State) error {
			for _, request := range h.Requests() {
				if request.Method == http.MethodPost && request.Status == http.StatusOK && len(request.Path) > 12 && request.Path[len(request.Path)-12:] == "/addPassword" {
					return nil
				}
			}
			return errors.New("no password was made")
		}
		return resource.TestCase{
			TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_11_0)},
			Steps: []resource.TestStep{
				{ConfigFile: file, Check: resource.ComposeTestCheckFunc(used, removed)},
				{ConfigFile: file, ConfigVariables: config.Variables{"run": config.StringVariable("2")}, Check: removed},
			},
		}
	})
}

// TestApplicationPassword_renewalCLI is a renewal as Terraform has it: planned within the window, the former one removed by
// a later apply.
func TestApplicationPassword_renewalCLI(t *testing.T) {
	acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
		if h.Tenant == nil {
			t.Skip("the time of a real tenant does not pass")
		}
		h.SecretsOf("addPassword", applicationType+".value")
		const address = applicationType + ".ci"
		configuration := `
resource "workloadid_application" "orders" {
  display_name = "Orders"
}

resource "workloadid_application_password" "ci" {
  application_id = workloadid_application.orders.id
  expires_after  = "90d"
  renew_before   = "30d"
  overlap        = "7d"
}
`
		var key string
		step := func(after time.Duration, want plancheck.ResourceActionType, passwords int, renewed bool) resource.TestStep {
			return resource.TestStep{
				PreConfig:        func() { h.Tenant.Clock().Advance(after) },
				Config:           configuration,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, want)}},
				Check: func(s *terraform.State) error {
					attributes := s.RootModule().Resources[address].Primary.Attributes
					there := held(t, h, "/applications/"+attributes["application_id"])
					if len(there) != passwords || there[attributes["key_id"]] == nil || (attributes["key_id"] != key) != renewed {
						return fmt.Errorf("the tenant has %d passwords, want %d; the state has %s after %s", len(there), passwords, attributes["key_id"], key)
					}
					key = attributes["key_id"]
					return nil
				},
			}
		}
		return resource.TestCase{Steps: []resource.TestStep{
			step(0, plancheck.ResourceActionCreate, 1, true),
			step(59*day, plancheck.ResourceActionNoop, 1, false),
			step(2*day, plancheck.ResourceActionUpdate, 2, true),
			step(6*day, plancheck.ResourceActionNoop, 2, false),
			step(2*day, plancheck.ResourceActionUpdate, 1, false),
			step(365*day, plancheck.ResourceActionUpdate, 2, true),
		}}
	})
}
