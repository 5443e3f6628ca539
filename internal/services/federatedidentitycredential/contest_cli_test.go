package federatedidentitycredential_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// TestFederatedIdentityCredential_siblings changes the subjects that the credentials of one application, and of one identity,
// share out among them, with a real CLI. Each change is one apply, after which the plan is empty: plugin-testing looks.
func TestFederatedIdentityCredential_siblings(t *testing.T) { acctest.RunCLI(t, siblings) }

// TestFederatedIdentityCredential_siblingsLag has replicas lag behind meanwhile.
func TestFederatedIdentityCredential_siblingsLag(t *testing.T) {
	acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
		if err := h.Tenant.SetReplication(emulator.Replication{Replicas: 3, Lag: emulator.Lag{Max: 2 * time.Second}, Seed: 5}); err != nil {
			t.Fatal(err)
		}
		return steps(h, list("a", "b", "c"), list("b", "c", "a"), list("c", "a"))
	}, acctest.WithConsistencyWindow(time.Minute))
}

func list(subjects ...string) []string { return subjects }

func siblings(_ *testing.T, h *acctest.Harness) resource.TestCase {
	var many []string
	for i := range 18 {
		many = append(many, fmt.Sprintf("many-%02d", i))
	}
	return steps(
		h,
		list("a", "b"),
		list("b", "a"),           // swapped
		list("b", "a", "c"),      // and one more
		list("a", "c", "b"),      // rotated
		list("c", "b"),           // shifted, by the first one that goes
		list("d", "c", "b"),      // shifted the other way, by one that comes
		list("b", "c", "d", "e"), // two swapped, one comes
		many,
		many[1:],                                // shifted, more than a CLI does at once
		append(many[2:], many[1]),               // rotated
		list("x"),                               // most of them go
		list("y", "x"),                          // and its subject passes to a new one
		slices.Concat(list("x", "y"), many[:5]), // swapped
	)
}

// steps give an application and an identity credentials with the subjects in turn.
func steps(h *acctest.Harness, all ...[]string) resource.TestCase {
	var test resource.TestCase
	for _, subjects := range all {
		block := func(name, parent string) string {
			return fmt.Sprintf("resource \"workloadid_federated_identity_credential\" \"%s\" {\n  count = %d\n  %s\n  name = \"%s-${count.index}\"\n  issuer = \"https://issuer.example\"\n  subject = [%s][count.index]\n}\n",
				name, len(subjects), parent, name, `"`+strings.Join(subjects, `", "`)+`"`)
		}
		test.Steps = append(test.Steps, resource.TestStep{
			Config: "resource \"workloadid_application\" \"shop\" {\n  display_name = \"Shop\"\n}\n\nresource \"workloadid_user_assigned_identity\" \"shop\" {\n  name = \"shop\"\n  resource_group_name = \"local\"\n  location = \"westeurope\"\n}\n\n" +
				block("app", "application_id = workloadid_application.shop.id") + block("identity", "user_assigned_identity_id = workloadid_user_assigned_identity.shop.id"),
			Check: func(*terraform.State) error {
				held := map[string]any{}
				for _, credential := range h.Tenant.Objects("federatedIdentityCredentials") {
					held[credential["name"].(string)] = credential["subject"]
				}
				for i, subject := range subjects {
					for _, name := range []string{fmt.Sprintf("app-%d", i), fmt.Sprintf("identity-%d", i)} {
						if held[name] != subject {
							return fmt.Errorf("%s trusts %v, want %s", name, held[name], subject)
						}
					}
				}
				if len(held) != 2*len(subjects) {
					return fmt.Errorf("the tenant holds %v", held)
				}
				return nil
			},
		})
	}
	return test
}
