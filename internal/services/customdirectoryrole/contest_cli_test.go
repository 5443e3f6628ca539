package customdirectoryrole_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
)

// TestCustomDirectoryRole_siblings shifts and swaps the names of roles with a real CLI. Each change is one apply, after which
// the plan is empty: plugin-testing looks.
func TestCustomDirectoryRole_siblings(t *testing.T) { acctest.RunCLI(t, siblings) }

func siblings(_ *testing.T, h *acctest.Harness) resource.TestCase {
	var test resource.TestCase
	for _, names := range [][]string{{"a", "b"}, {"b", "a"}, {"a", "c", "b"}, {"c", "b"}, {"d", "c", "b"}} {
		config := ""
		for i, name := range names {
			config += fmt.Sprintf("resource \"workloadid_custom_directory_role\" \"role_%d\" {\n  display_name = %q\n  description = \"%[1]d\"\n  permissions = [\"microsoft.directory/applications/standard/read\"]\n}\n", i, name)
		}
		test.Steps = append(test.Steps, resource.TestStep{Config: config, Check: func(*terraform.State) error {
			found := 0
			for _, role := range h.Tenant.Objects("roleManagement/directory/roleDefinitions") {
				for i, name := range names {
					if role["description"] == fmt.Sprint(i) && role["displayName"] == name {
						found++
					}
				}
			}
			if found != len(names) {
				return fmt.Errorf("the tenant holds %d of the roles", found)
			}
			return nil
		}})
	}
	return test
}
