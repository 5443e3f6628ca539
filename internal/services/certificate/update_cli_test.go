package certificate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
)

// TestCertificate_createBeforeDestroy changes all that a certificate has, one after the other, with the lifecycle that the
// page recommends. After each step the plan must be empty, and the tenant have what is declared.
func TestCertificate_createBeforeDestroy(t *testing.T) { acctest.RunCLI(t, createBeforeDestroy) }

func createBeforeDestroy(t *testing.T, h *acctest.Harness) resource.TestCase {
	one, two := newPair(t, "one", year), newPair(t, "two", year)
	config := func(p pair, more string) string {
		block := func(noun, parent string) string {
			return fmt.Sprintf("resource \"workloadid_%s_certificate\" \"shop\" {\n  %s_id = workloadid_%s.shop.id\n  certificate = <<-EOT\n%sEOT\n%s\n  lifecycle {\n    create_before_destroy = true\n  }\n}\n", noun, noun, noun, p.pem, more)
		}
		return "resource \"workloadid_application\" \"shop\" {\n  display_name = \"Shop\"\n}\n\nresource \"workloadid_service_principal\" \"shop\" {\n  client_id = workloadid_application.shop.client_id\n}\n\n" +
			block("application", "application") + block("service_principal", "service_principal")
	}
	action := func(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
		return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction("workloadid_application_certificate.shop", action),
			plancheck.ExpectResourceAction("workloadid_service_principal_certificate.shop", action),
		}}
	}
	end := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	named := "  display_name = \"Main\""
	ending := named + "\n  end = \"" + end + "\""
	held := func(p pair, name string) resource.TestCheckFunc {
		return func(*terraform.State) error {
			for _, set := range []string{"applications", "servicePrincipals"} {
				for _, o := range h.Tenant.Objects(set) {
					keys, _ := o["keyCredentials"].([]any)
					if o["displayName"] != "Shop" {
						continue
					}
					if len(keys) != 1 || keys[0].(object)["customKeyIdentifier"] != p.thumbprint() || keys[0].(object)["displayName"] != name {
						return fmt.Errorf("the tenant holds %v", keys)
					}
				}
			}
			return nil
		}
	}
	return resource.TestCase{Steps: []resource.TestStep{
		{Config: config(one, ""), Check: held(one, "CN=one")},
		{Config: config(one, named), ConfigPlanChecks: action(plancheck.ResourceActionUpdate), Check: held(one, "Main")},
		{Config: config(one, ending), ConfigPlanChecks: action(plancheck.ResourceActionUpdate), Check: held(one, "Main")},
		{Config: config(two, named), ConfigPlanChecks: action(plancheck.ResourceActionCreateBeforeDestroy), Check: held(two, "Main")},
	}}
}
