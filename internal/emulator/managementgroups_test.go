package emulator_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/resourcemanager"
)

// TestManagementGroups: what holds at a management group holds in the groups and subscriptions below it, and nobody sees others.
func TestManagementGroups(t *testing.T) {
	t.Parallel()
	const at = "/providers/Microsoft.Management/managementGroups"
	c := start(t).azure()
	if err := c.tenant.AddSeed(emulator.Seed{
		ManagementGroups: []map[string]any{{"name": "landing-zones", "displayName": "Landing zones"}, {"name": "shop", "displayName": "Shop", "parent": "landing-zones"}, {"name": "other"}},
		Subscriptions:    []map[string]any{{"id": "aaaaaaaa-0000-4000-8000-00000000000a", "managementGroup": "shop"}},
	}); err != nil {
		t.Fatal(err)
	}
	version := "?api-version=2020-05-01"
	same(t, "those of the seed, which are the caller's", c.get(at+version).want(http.StatusOK).values("name"), `["landing-zones","other","shop"]`)
	c.get(at + "/" + emulator.DefaultTenantID + version).want(http.StatusForbidden)
	withoutRoles := c.tenant.Snapshot()
	withoutRoles.Objects = slices.DeleteFunc(withoutRoles.Objects, func(object *directory.Object) bool { return object.Type == resourcemanager.RoleAssignment.Name })
	if err := c.tenant.Restore(withoutRoles); err != nil {
		t.Fatal(err)
	}
	if got := c.get(at + version).want(http.StatusOK).values("name"); len(got) != 0 {
		t.Errorf("without a role: %v", got)
	}
	c.get(at + "/shop" + version).want(http.StatusForbidden)
	if err := c.tenant.AddSeed(emulator.Seed{RoleAssignments: []map[string]any{{
		"scope": at + "/landing-zones", "roleName": "Management Group Reader", "principalId": "c0ffee00-0000-4000-8000-0000000005e1", "principalType": "ServicePrincipal",
	}}}); err != nil {
		t.Fatal(err)
	}
	same(t, "those that the role is about", c.get(at+version).want(http.StatusOK).values("name"), `["landing-zones","shop"]`)
	shop := c.get(at + "/SHOP" + version).want(http.StatusOK)
	same(t, "its name", shop.at("properties", "displayName"), `"Shop"`)
	same(t, "its parent", shop.at("properties", "details", "parent", "id"), `"/providers/Microsoft.Management/managementGroups/landing-zones"`)
	c.get(at + "/other" + version).want(http.StatusForbidden)
	c.get(at + "/" + emulator.DefaultTenantID + version).want(http.StatusForbidden)
}
