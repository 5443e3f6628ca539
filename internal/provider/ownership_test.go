package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
)

const ownedBy = "Application.ReadWrite.OwnedBy"

// ownersOf are the ids of those who own an object of the tenant.
func ownersOf(t *testing.T, h *acctest.Harness, collection, id string) []string {
	t.Helper()
	var ids []string
	for _, owner := range h.Graph(t, "GET", "/"+collection+"/"+id+"/owners?$select=id", nil)["value"].([]any) {
		ids = append(ids, owner.(map[string]any)["id"].(string))
	}
	slices.Sort(ids)
	return ids
}

// TestOwnership_ofWhatItMade: with Application.ReadWrite.OwnedBy alone a caller makes a workload's identity, is its owner, and
// manages it in later runs to its end.
func TestOwnership_ofWhatItMade(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithPermissions(ownedBy))
	me := h.ReadDataSource(t, "workloadid_client_config", map[string]any{})["object_id"].(string)
	resources, configs := mainJob(t, h)
	made := map[string]string{"applications": resources[0].String("id"), "servicePrincipals": resources[1].String("id")}
	for collection, id := range made {
		if owners := ownersOf(t, h, collection, id); !slices.Equal(owners, []string{me}) {
			t.Errorf("the owners of the %s are %v, want %s", collection, owners, me)
		}
	}
	configs[0]["description"], configs[1]["notes"], configs[2]["subject"] = "changed", "changed", "changed"
	h.Restart(t)
	for i := range resources {
		resources[i] = resources[i].In(h)
		resources[i].Refresh(t)
		resources[i].Apply(t, configs[i])
		resources[i].ExpectNoChanges(t, configs[i])
	}
	application := h.Graph(t, "GET", "/applications/"+resources[0].String("id"), nil)
	principal := h.Graph(t, "GET", "/servicePrincipals/"+resources[1].String("id"), nil)
	if application["description"] != "changed" || principal["notes"] != "changed" {
		t.Errorf("the tenant holds %v and %v", application, principal)
	}
	imported := h.Resource("workloadid_application")
	imported.Import(t, resources[0].String("id"))
	imported.ExpectNoChanges(t, configs[0])
	for _, resource := range slices.Backward(resources) {
		resource.Destroy(t)
	}
	for collection, id := range made {
		if status := h.GraphStatus(t, "/"+collection+"/"+id); status != 404 {
			t.Errorf("%s %s: status %d", collection, id, status)
		}
	}
}

// TestOwnership_ofOthers: it can neither read nor change what it does not own.
func TestOwnership_ofOthers(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	resources, configs := mainJob(t, h) // by a caller that owns nothing of it
	h.SignIn(t, ownedBy)
	configs[0]["description"], configs[1]["notes"], configs[2]["subject"] = "taken", "taken", "taken"
	for i, resource := range resources {
		resource = resource.In(h)
		if refused := resource.ApplyFails(t, configs[i]).String(); !strings.Contains(refused, "Authorization_RequestDenied") || !strings.Contains(refused, ownedBy) {
			t.Errorf("%d: the error does not name the permission:\n%s", i, refused)
		}
		if refused := resource.DestroyFails(t).String(); !strings.Contains(refused, "Authorization_RequestDenied") {
			t.Errorf("%d: got %s", i, refused)
		}
	}
	for collection, property := range map[string]string{"applications": "description", "servicePrincipals": "notes"} {
		for _, object := range h.Tenant.Objects(collection) {
			if object[property] == "taken" {
				t.Errorf("%v was changed", object["id"])
			}
		}
	}
	// Nor does it become an owner of it by making its service principal.
	lonely := h.Graph(t, "POST", "/applications", map[string]any{"displayName": "Theirs"})
	h.Resource("workloadid_service_principal").ApplyFails(t, map[string]any{"client_id": lonely["appId"]})
}

// TestOwnership_ofSeveral shares what it made with others and remains an owner.
func TestOwnership_ofSeveral(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithPermissions(ownedBy, "Directory.Read.All"))
	me := h.ReadDataSource(t, "workloadid_client_config", map[string]any{})["object_id"].(string)
	user, other := h.Tenant.Objects("users")[0]["id"].(string), h.Tenant.Objects("users")[1]["id"].(string)
	var clientID any
	for _, kind := range []struct {
		typeName, collection string
		config               func() map[string]any
	}{
		{"workloadid_application", "applications", func() map[string]any { return map[string]any{"display_name": "Shared"} }},
		{"workloadid_service_principal", "servicePrincipals", func() map[string]any { return map[string]any{"client_id": clientID} }},
	} {
		resource := h.Resource(kind.typeName)
		apply := func(owners ...any) {
			t.Helper()
			config := kind.config()
			if owners != nil {
				config["owners"] = owners
			}
			resource.Apply(t, config)
			resource.Refresh(t)
			resource.ExpectNoChanges(t, config)
			for _, owner := range owners {
				if !slices.Contains(ownersOf(t, h, kind.collection, resource.String("id")), strings.ToLower(owner.(string))) {
					t.Errorf("%s: %s is no owner", kind.typeName, owner)
				}
			}
			if got, want := len(ownersOf(t, h, kind.collection, resource.String("id"))), max(1, len(owners)); got != want {
				t.Errorf("%s: %d owners, want %d", kind.typeName, got, want)
			}
		}
		apply() // owned by the caller alone
		apply(me, user)
		apply(user, strings.ToUpper(me), other)
		apply(me)

		// Not among the owners, it could do nothing any more.
		lost := kind.config()
		lost["owners"] = []any{user}
		for _, resource := range []*acctest.Resource{resource, h.Resource(kind.typeName)} {
			refused := resource.PlanFails(t, lost).String()
			for _, want := range []string{"owners", "The caller would not be an owner", me, ownedBy, "workloadid_client_config"} {
				if !strings.Contains(refused, want) {
					t.Errorf("%s: the error does not say %q:\n%s", kind.typeName, want, refused)
				}
			}
		}
		lost["owners"] = []any{}
		resource.PlanFails(t, lost)
		lost["owners"] = []any{acctest.Unknown} // which may turn out to be the caller, and is planned again when it is known
		if plan := resource.Plan(t, lost); plan.Action != protocol.Update {
			t.Errorf("%s: got %s", kind.typeName, plan.Action)
		}
		if clientID == nil {
			clientID = resource.String("client_id")
		}
		apply(me)
	}
	// At creation too.
	created := h.Resource("workloadid_application")
	config := map[string]any{"display_name": "Shared from the beginning", "owners": []any{user, me}}
	created.Apply(t, config)
	created.Refresh(t)
	created.ExpectNoChanges(t, config)
}

// TestOwnership_notNeeded: who may touch all applications need not own them.
func TestOwnership_notNeeded(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithPermissions("Application.ReadWrite.All", "Directory.Read.All", ownedBy))
	resource := h.Resource("workloadid_application")
	config := map[string]any{"display_name": "Theirs", "owners": []any{h.Tenant.Objects("users")[0]["id"]}}
	resource.Apply(t, config)
	resource.Refresh(t)
	resource.ExpectNoChanges(t, config)
}
