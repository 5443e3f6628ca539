package userassignedidentity_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

const (
	typeName = "workloadid_user_assigned_identity"
	group    = "/subscriptions/" + emulator.SubscriptionID + "/resourceGroups/local/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
	inGroup  = "/subscriptions/{id}/resourceGroups/local/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
)

func shop(more object) object {
	config := object{"name": "shop", "resource_group_name": "local", "location": "westeurope"}
	maps.Copy(config, more)
	return config
}

func TestUserAssignedIdentity_lifecycle(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	identity := h.Resource(typeName)
	config := shop(object{"tags": object{"team": "shop", "cost": "1"}})
	identity.Apply(t, config)
	h.ExpectRequests(t, "POST /{id}/oauth2/v2.0/token", "GET "+inGroup+"/shop", "PUT "+inGroup+"/shop")
	identity.ExpectNoChanges(t, config)
	h.ExpectRequests(t, "GET "+inGroup+"/shop")
	principal := h.Graph(t, "GET", "/servicePrincipals/"+identity.String("principal_id"), nil)
	for attribute, want := range map[string]any{
		"id": group + "/shop", "subscription_id": emulator.SubscriptionID, "tenant_id": h.Tenant.TenantID(), "client_id": principal["appId"], "isolation_scope": "None",
	} {
		if got := identity.State()[attribute]; got != want {
			t.Errorf("%s is %v, want %v", attribute, got, want)
		}
	}
	h.ResetRequests()

	config = shop(object{"tags": object{"team": "ops"}, "isolation_scope": "Regional"})
	identity.Apply(t, config)
	h.ExpectRequests(t, "PATCH "+inGroup+"/shop")
	identity.ExpectNoChanges(t, config)
	held := h.Tenant.Objects("userAssignedIdentities")[0]
	if fmt.Sprint(held["tags"]) != "map[team:ops]" || held["isolationScope"] != "Regional" || held["location"] != "westeurope" {
		t.Errorf("the tenant holds %v", held)
	}
	identity.ExpectNoChanges(t, shop(nil)) // what is unset is left alone
	cleared := shop(object{"tags": object{}})
	identity.Apply(t, cleared)
	identity.ExpectNoChanges(t, cleared)
	if held := h.Tenant.Objects("userAssignedIdentities")[0]; fmt.Sprint(held["tags"]) != "map[]" || held["isolationScope"] != "Regional" {
		t.Errorf("the tenant holds %v", held)
	}
	h.ResetRequests()
	identity.Destroy(t)
	h.ExpectRequests(t, "DELETE "+inGroup+"/shop")
	if left := h.Tenant.Objects("userAssignedIdentities"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Azure has no letter case in names, and spaces in regions mean nothing.
func TestUserAssignedIdentity_spelling(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	identity := h.Resource(typeName)
	config := object{"name": "Shop", "resource_group_name": "LOCAL", "location": "West Europe", "subscription_id": strings.ToUpper(emulator.SubscriptionID)}
	identity.Apply(t, config)
	identity.ExpectNoChanges(t, config)
	identity.ExpectNoChanges(t, shop(object{"subscription_id": emulator.SubscriptionID}))
	if plan := identity.Plan(t, shop(object{"tags": object{"a": "b"}})); plan.Action != protocol.Update {
		t.Errorf("another spelling and a tag give %s because of %v", plan.Action, plan.Changes)
	}
}

func TestUserAssignedIdentity_replace(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	identity := h.Resource(typeName)
	identity.Apply(t, shop(nil))
	for attribute, value := range map[string]any{
		"name": "other", "resource_group_name": "other", "location": "northeurope", "subscription_id": acctest.Unknown,
	} {
		if plan := identity.Plan(t, shop(object{attribute: value})); plan.Action != protocol.Replace {
			t.Errorf("another %s gives %s", attribute, plan.Action)
		}
	}
	before := identity.String("principal_id")
	moved := shop(object{"location": "northeurope"})
	identity.Apply(t, moved)
	identity.ExpectNoChanges(t, moved)
	if held := h.Tenant.Objects("userAssignedIdentities"); len(held) != 1 || held[0]["location"] != "northeurope" || identity.String("principal_id") == before {
		t.Errorf("the tenant holds %v", held)
	}
}

func TestUserAssignedIdentity_import(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	config := shop(object{"tags": object{"a": "b"}})
	h.Resource(typeName).Apply(t, config)
	for _, id := range []string{group + "/shop", strings.ToLower(group) + "/SHOP"} {
		byID := h.Resource(typeName)
		byID.Import(t, id)
		byID.ExpectNoChanges(t, config)
		byIdentity := h.Resource(typeName)
		byIdentity.ImportIdentity(t, object{"id": id})
		byIdentity.ExpectNoChanges(t, config)
	}
	for _, wrong := range []string{"shop", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", group, group + "/missing", group + "/shop/federatedIdentityCredentials/main", group + "/shop/", group + "/../shop"} {
		h.Resource(typeName).ImportFails(t, wrong)
	}
	h.Resource(typeName).ImportIdentityFails(t, object{"id": "shop"})
}

func TestUserAssignedIdentity_drift(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	identity, other := h.Resource(typeName), h.Resource(typeName)
	config := shop(object{"tags": object{"a": "b"}})
	identity.Apply(t, config)
	other.Import(t, group+"/shop")
	other.Apply(t, shop(object{"tags": object{"a": "c"}}))
	h.Restart(t)
	identity = identity.In(h)
	identity.Refresh(t)
	if plan := identity.Plan(t, config); plan.Action != protocol.Update {
		t.Errorf("a changed tag gives %s", plan.Action)
	}
	other.Destroy(t)
	identity.Refresh(t)
	if identity.State() != nil {
		t.Errorf("it is gone, and the state has %v", identity.State())
	}
}

// What is there already is neither changed nor taken over, unless it is what an interrupted run left behind.
func TestUserAssignedIdentity_exists(t *testing.T) {
	t.Parallel()
	id := group + "/shop"
	h := acctest.New(t, acctest.WithSeed(emulator.Seed{UserAssignedIdentities: []map[string]any{{"id": id, "location": "westeurope"}}}))
	identity := h.Resource(typeName)
	text := identity.ApplyFails(t, shop(object{"tags": object{"a": "b"}})).String()
	for _, want := range []string{"creating user assigned identity", "exists already", "import id is " + id} {
		if !strings.Contains(text, want) {
			t.Errorf("the error does not say %q:\n%s", want, text)
		}
	}
	identity.ApplyFails(t, shop(nil)) // just as declared, and not made by this caller
	if held := h.Tenant.Objects("userAssignedIdentities"); len(held) != 1 || fmt.Sprint(held[0]["tags"]) != "map[]" {
		t.Errorf("the tenant holds %v", held)
	}
	for _, request := range h.Requests() {
		if request.Method != "GET" && strings.HasPrefix(request.Path, "/subscriptions") {
			t.Errorf("%s %s", request.Method, request.Path)
		}
	}

	h = acctest.New(t)
	config := shop(object{"tags": object{"a": "b"}})
	h.Resource(typeName).Apply(t, config)
	h.AdoptLeftovers(t)
	h.Resource(typeName).ApplyFails(t, shop(object{"tags": object{"a": "c"}}))
	again := h.Resource(typeName)
	if warnings := again.Apply(t, config).String(); !strings.Contains(warnings, "existed already and is managed from now on") {
		t.Errorf("what was left behind was taken over without a word: %s", warnings)
	}
	again.ExpectNoChanges(t, config)
}

func TestUserAssignedIdentity_dataSources(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	identity := h.Resource(typeName)
	identity.Apply(t, shop(object{"tags": object{"a": "b"}}))
	h.Resource(typeName).Apply(t, shop(object{"name": "orders"}))
	h.ResetRequests()
	for _, key := range []object{{"id": group + "/shop"}, {"id": strings.ToLower(group) + "/shop"}, {"name": "shop", "resource_group_name": "local"}} {
		found := h.ReadDataSource(t, typeName, key)
		if found["principal_id"] != identity.String("principal_id") || fmt.Sprint(found["tags"]) != "map[a:b]" {
			t.Errorf("%v finds %v", key, found)
		}
	}
	for _, arguments := range []object{{}, {"resource_group_name": "local"}, {"subscription_id": emulator.SubscriptionID}} {
		if all := h.ReadDataSource(t, "workloadid_user_assigned_identities", arguments)["user_assigned_identities"].([]any); len(all) != 2 {
			t.Errorf("%v lists %v", arguments, all)
		}
	}
	for want, wrong := range map[string]object{
		"resource_group_name": {"name": "shop"},
		"set neither":         {"id": group + "/shop", "resource_group_name": "local"},
		"ResourceNotFound":    {"name": "missing", "resource_group_name": "local"},
		"must be the id":      {"id": "shop"},
	} {
		if text := h.ReadDataSourceFails(t, typeName, wrong).String(); !strings.Contains(text, want) {
			t.Errorf("%v: the error does not say %q:\n%s", wrong, want, text)
		}
	}
	h.ReadDataSourceFails(t, "workloadid_user_assigned_identities", object{"resource_group_name": "missing"})
}

func TestUserAssignedIdentity_invalid(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	identity := h.Resource(typeName)
	for attribute, values := range map[string][]any{
		"name":                {"ab", "-shop", "shop.1", strings.Repeat("x", 129)},
		"resource_group_name": {"", "local.", "a/b", strings.Repeat("x", 91)},
		"subscription_id":     {"main"},
		"location":            {""},
		"isolation_scope":     {"regional"},
		"tags":                {object{"a/b": "c"}, object{"": "c"}, object{"a": strings.Repeat("x", 257)}},
	} {
		for _, value := range values {
			if text := identity.PlanFails(t, shop(object{attribute: value})).String(); !strings.Contains(text, attribute) {
				t.Errorf("%s = %v: the error does not say so:\n%s", attribute, value, text)
			}
		}
	}
	h.ExpectRequests(t)

	h = acctest.New(t, acctest.WithEnvironment(map[string]string{"ARM_SUBSCRIPTION_ID": ""}))
	if text := h.Resource(typeName).PlanFails(t, shop(nil)).String(); !strings.Contains(text, "ARM_SUBSCRIPTION_ID") {
		t.Errorf("the error does not say how to choose a subscription:\n%s", text)
	}
	config := shop(object{"subscription_id": emulator.SubscriptionID})
	named := h.Resource(typeName)
	named.Apply(t, config)
	named.ExpectNoChanges(t, config)

	h = acctest.New(t, acctest.WithProvider(map[string]any{"subscription_id": acctest.Unknown}))
	h.Resource(typeName).Plan(t, shop(nil))
}

// A subscription that the caller does not see says nothing of what is in it.
func TestUserAssignedIdentity_unseen(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	identity := h.Resource(typeName)
	identity.Apply(t, shop(nil))
	h.Tenant.Faults().Set(fault.MustParse("GET /subscriptions/** 404 code=SubscriptionNotFound")...)
	identity.RefreshFails(t)
	if identity.State() == nil {
		t.Error("it was taken out of the state")
	}
}
