package application_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
)

// TestApplication_siblings moves what is unique in a tenant from one application to another, with a real CLI. Each change is
// one apply, after which the plan is empty: plugin-testing looks.
func TestApplication_siblings(t *testing.T) { acctest.RunCLI(t, siblings) }

func siblings(_ *testing.T, h *acctest.Harness) resource.TestCase {
	type app struct{ unique, uris string }
	const x, y, z = `"api://x.entralocal.onmicrosoft.com"`, `"api://y.entralocal.onmicrosoft.com"`, `"api://{client_id}"`
	step := func(apps ...app) resource.TestStep {
		config := ""
		for i, app := range apps {
			config += fmt.Sprintf("resource \"workloadid_application\" \"app_%d\" {\n  display_name = \"App %[1]d\"\n  unique_name = %[2]s\n  identifier_uris = [%[3]s]\n}\n", i, app.unique, app.uris)
		}
		return resource.TestStep{Config: config, Check: func(*terraform.State) error {
			for i, app := range apps {
				for _, held := range h.Tenant.Objects("applications") {
					if held["displayName"] != fmt.Sprintf("App %d", i) {
						continue
					}
					if app.unique != "null" && fmt.Sprintf("%q", held["uniqueName"]) != app.unique {
						return fmt.Errorf("application %d is called %v", i, held["uniqueName"])
					}
					if uris := held["identifierUris"].([]any); app.uris == x && (len(uris) != 1 || fmt.Sprintf("%q", uris[0]) != x) {
						return fmt.Errorf("application %d has %v", i, uris)
					}
				}
			}
			return nil
		}}
	}
	return resource.TestCase{Steps: []resource.TestStep{
		step(app{"null", x}, app{"null", y}),
		step(app{"null", y}, app{"null", x}),             // swapped
		step(app{"null", ""}, app{"null", x + "," + y}),  // moved
		step(app{"null", y + "," + z}, app{"null", x}),   // moved back, in part
		step(app{`"one"`, x}, app{`"two"`, y + "," + z}), // named
		step(app{`"two"`, x}, app{`"one"`, y + "," + z}), // names swapped: both are replaced
		step(app{`"two"`, y}),                            // moved from one that goes
		step(app{`"two"`, ""}, app{"null", y}),           // and to one that comes
	}}
}
