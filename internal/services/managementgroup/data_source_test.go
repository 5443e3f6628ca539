package managementgroup_test

import (
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

const (
	prefix = "/providers/Microsoft.Management/managementGroups/"
	root   = prefix + emulator.DefaultTenantID
)

// groups are some, of which the caller has a role at the root.
func groups(t *testing.T, h *acctest.Harness, role string) {
	t.Helper()
	if err := h.Tenant.AddSeed(emulator.Seed{ManagementGroups: []map[string]any{
		{"name": "landing-zones", "displayName": "Landing zones"}, {"name": "shop", "displayName": "Shop", "parent": "landing-zones"}, {"name": "shop2", "displayName": "Shop"},
	}}); err != nil {
		t.Fatal(err)
	}
	h.AzureRoles(t, root, role)
}

func TestManagementGroup_lookup(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	groups(t, h, "Management Group Reader")
	for _, key := range []object{{"name": "landing-zones"}, {"name": "LANDING-zones"}, {"display_name": "landing zones"}, {"id": prefix + "landing-zones"}, {"id": strings.ToUpper(prefix) + "landing-zones"}} {
		config := object{}
		maps.Copy(config, key)
		found := h.ReadDataSource(t, "workloadid_management_group", config)
		if !strings.EqualFold(found["id"].(string), prefix+"landing-zones") || !strings.EqualFold(found["name"].(string), "landing-zones") ||
			!strings.EqualFold(found["display_name"].(string), "Landing zones") || found["parent_id"] != root || found["tenant_id"] != emulator.DefaultTenantID {
			t.Errorf("by %v: %v", key, found)
		}
	}
	if found := h.ReadDataSource(t, "workloadid_management_group", object{"name": emulator.DefaultTenantID}); found["parent_id"] != nil || found["display_name"] != "Tenant Root Group" {
		t.Errorf("the root is %v", found)
	}
	for _, test := range []struct {
		config object
		want   string
	}{
		{object{"display_name": "Shop"}, "2 objects match"},
		{object{"display_name": "Shopp"}, `there is no management group with the display name "Shopp"`},
		{object{"name": "nobody"}, "ManagementGroupNotFound"},
		{object{"id": "shop"}, "must be " + prefix},
		{object{}, "Set exactly one of name, display_name, id"},
	} {
		if text := h.ReadDataSourceFails(t, "workloadid_management_group", test.config).String(); !strings.Contains(text, test.want) {
			t.Errorf("%v: the error does not say %q:\n%s", test.config, test.want, text)
		}
	}
}

func TestManagementGroups(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	groups(t, h, "Reader")
	for _, test := range []struct {
		config object
		want   int
	}{
		{object{}, 4}, {object{"names": []any{"shop", "nobody"}}, 1}, {object{"display_names": []any{"Shop"}}, 2},
	} {
		if found := h.ReadDataSource(t, "workloadid_management_groups", test.config)["management_groups"].([]any); len(found) != test.want {
			t.Errorf("%v: %d found", test.config, len(found))
		}
	}
	h.ReadDataSourceFails(t, "workloadid_management_groups", object{"names": []any{"a"}, "display_names": []any{"b"}})
}

// TestManagementGroup_cli assigns a role at a management group.
func TestManagementGroup_cli(t *testing.T) {
	acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
		if h.Tenant == nil {
			t.Skip("a tenant need not have management groups")
		}
		groups(t, h, "Owner")
		return resource.TestCase{Steps: []resource.TestStep{
			{Config: `
				data "workloadid_management_group" "zones" { display_name = "Landing zones" }
				resource "workloadid_application" "audit" { display_name = "audit" }
				resource "workloadid_service_principal" "audit" { client_id = workloadid_application.audit.client_id }
				resource "workloadid_azure_role_assignment" "audit" {
				  scope        = data.workloadid_management_group.zones.id
				  role_name    = "Reader"
				  principal_id = workloadid_service_principal.audit.id
				}`},
			{Config: `data "workloadid_management_group" "zones" { display_name = "Landing zone" }`, ExpectError: regexp.MustCompile(`(?s)there is no\s+management\s+group`)},
		}}
	})
}
