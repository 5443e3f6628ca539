// Package examples_test runs every example on a local tenant, with each CLI there is: what the documentation shows
// works.
package examples_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// TestExamples applies each example, plans it again (nothing to do), and destroys it.
func TestExamples(t *testing.T) {
	for _, pattern := range []string{"resources/*/resource.tf", "data-sources/*/data-source.tf", "functions/*/function.tf", "ephemeral-resources/*/ephemeral-resource.tf"} {
		for _, file := range find(t, pattern) {
			t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
				acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
					seedAzure(t, h)
					documentSecrets(h)
					return resource.TestCase{
						Steps:        []resource.TestStep{{Config: read(t, file)}},
						CheckDestroy: leaves(h),
					}
				})
			})
		}
	}
}

// TestExamples_demo does so with the configuration that `make demo` shows, all but main.tf: the provider is the test's.
func TestExamples_demo(t *testing.T) {
	var configuration strings.Builder
	for _, file := range find(t, "demo/*.tf") {
		if filepath.Base(file) != "main.tf" {
			configuration.WriteString(read(t, file))
		}
	}
	acctest.RunCLI(t, func(_ *testing.T, h *acctest.Harness) resource.TestCase {
		return resource.TestCase{
			Steps: []resource.TestStep{{
				Config:          configuration.String(),
				ConfigVariables: config.Variables{"cluster_issuer": config.StringVariable("https://oidc.cluster.example.com")},
			}},
			CheckDestroy: leaves(h),
		}
	})
}

// TestExamples_access applies the configuration in access, all but main.tf, and looks at what the tenant holds.
func TestExamples_access(t *testing.T) {
	var configuration strings.Builder
	for _, file := range find(t, "access/*.tf") {
		if filepath.Base(file) != "main.tf" {
			configuration.WriteString(read(t, file))
		}
	}
	acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
		seedAzure(t, h)
		gone := leaves(h)
		return resource.TestCase{
			Steps: []resource.TestStep{{
				Config: configuration.String(),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("roles", knownvalue.ListExact([]knownvalue.Check{
					knownvalue.StringExact("orders-report: User.Read.All of Microsoft Graph"),
					knownvalue.StringExact("orders-report: Orders.Read of orders-api"),
					knownvalue.StringExact("shop: Orders.Process of orders-api"),
				}))},
			}},
			CheckDestroy: gone,
		}
	})
}

// group is where the examples have what lives in Azure.
const group = "/subscriptions/" + placeholder + "/resourceGroups/shop"

// documentSecrets names the attributes that hold a secret, as their documentation says.
func documentSecrets(h *acctest.Harness) {
	h.SecretsOf("addPassword", "workloadid_application_password.value", "workloadid_service_principal_password.value", "ephemeral.workloadid_application_password.value")
	h.SecretsOf("token", "ephemeral.workloadid_access_token.token")
}

// readers is the id of the group that the examples refer to by its name.
const readers = "44444444-4444-4444-4444-444444444444"

// seedAzure gives the tenant the subscription and the resource groups of the examples, in it and in the provider's, a group, and a
// management group, of which the caller is Owner.
func seedAzure(t *testing.T, h *acctest.Harness) {
	t.Helper()
	if h.Tenant == nil {
		return
	}
	seed := emulator.Seed{
		Subscriptions:    []map[string]any{{"id": placeholder, "displayName": "Shop", "managementGroup": "landing-zones"}},
		ManagementGroups: []map[string]any{{"name": "landing-zones", "displayName": "Landing zones"}},
		Groups:           []map[string]any{{"id": readers, "displayName": "Orders database readers", "securityEnabled": true, "groupTypes": []any{}}},
	}
	for _, id := range []string{group, "/subscriptions/" + emulator.SubscriptionID + "/resourceGroups/shop"} {
		seed.ResourceGroups = append(seed.ResourceGroups, map[string]any{"id": id, "location": "westeurope"})
	}
	if err := h.Tenant.AddSeed(seed); err != nil {
		t.Fatal(err)
	}
}

// leaves checks that the tenant holds no other applications, credentials and grants than it does now, and that its service
// principals are those of now too.
func leaves(h *acctest.Harness) func(*terraform.State) error {
	if h.Tenant == nil {
		return nil // a real tenant, which others use too
	}
	collections := []string{"applications", "servicePrincipals", "federatedIdentityCredentials", "appRoleAssignments", "oauth2PermissionGrants", "roleManagement/directory/roleDefinitions", "roleManagement/directory/roleAssignments"}
	ids := func(collection string) []string {
		var ids []string
		for _, object := range h.Tenant.Objects(collection) {
			ids = append(ids, fmt.Sprint(object["id"]))
		}
		slices.Sort(ids)
		return ids
	}
	before := map[string][]string{}
	for _, collection := range collections {
		before[collection] = ids(collection)
	}
	return func(*terraform.State) error {
		for _, collection := range collections {
			if after := ids(collection); !slices.Equal(after, before[collection]) {
				return fmt.Errorf("the tenant's %s were %q and are %q", collection, before[collection], after)
			}
		}
		return nil
	}
}

func find(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no example is at %s", pattern)
	}
	return files
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
