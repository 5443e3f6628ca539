package credential_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
)

// TestCredentials_check warns, and fails where that is wanted, 30 days before something ends, and not a day before that.
func TestCredentials_check(t *testing.T) { acctest.RunCLI(t, check) }

func check(t *testing.T, h *acctest.Harness) resource.TestCase {
	if h.Tenant == nil {
		t.Skip("nobody can put a real tenant's clock forward")
	}
	const common = `
data "workloadid_credentials" "ending" {
  expiring_within = "30d"
  kinds           = ["certificate"]
`
	const warns = common + `}
check "ending" {
  assert {
    condition     = length(data.workloadid_credentials.ending.credentials) == 0
    error_message = "soon: ${join(", ", data.workloadid_credentials.ending.credentials[*].display_name)}"
  }
}
output "ending" { value = join(", ", data.workloadid_credentials.ending.credentials[*].display_name) }
`
	const fails = common + `
  lifecycle {
    postcondition {
      condition     = length(self.credentials) == 0
      error_message = "soon: ${join(", ", self.credentials[*].display_name)}"
    }
  }
}
`
	estate(t, h) // its first certificate ends in 100 days
	days := func(n int) func() {
		return func() {
			h.Tenant.Clock().Reset()
			h.Tenant.Clock().Advance(time.Duration(n) * 24 * time.Hour)
		}
	}
	found := func(names string) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("ending", knownvalue.StringExact(names))}
	}
	soon := regexp.MustCompile(`soon: a 100`)
	return resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_5_0)},
		Steps: []resource.TestStep{
			{PreConfig: days(69), Config: warns, ConfigStateChecks: found("")},
			{Config: fails},
			{PreConfig: days(71), Config: warns, ConfigStateChecks: found("a 100")},
			{Config: fails, ExpectError: soon},
			{PreConfig: days(101), Config: fails},
		},
	}
}
