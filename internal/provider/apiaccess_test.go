package provider_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// inParallel does something so many times, ten at a time as Terraform does.
func inParallel(times int, do func(i int)) {
	var parallel sync.WaitGroup
	turns := make(chan struct{}, 10)
	for i := range times {
		parallel.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			do(i)
		})
	}
	parallel.Wait()
}

const graphPrincipal = "/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')"

// TestListings_ofAPIAccess: a thousand of them come with the listing of the API's assignments and that of the grants; and
// what is missing from a listing is read singly.
func TestListings_ofAPIAccess(t *testing.T) {
	t.Parallel()
	const count, most = 1000, 40
	h := acctest.New(t, acctest.WithSeed(emulator.Seed{Estate: count}))
	api := h.Graph(t, http.MethodGet, graphPrincipal, nil)
	config := func(i int) map[string]any {
		return map[string]any{
			"service_principal_id": emulator.EstateID("servicePrincipal", i+1), "api": "Microsoft Graph",
			"app_roles": []any{"User.Read.All"}, "delegated_scopes": []any{"User.Read"},
		}
	}
	var assignments [count]string
	for i := range count {
		principal := config(i)["service_principal_id"]
		assignments[i] = h.Graph(t, http.MethodPost, graphPrincipal+"/appRoleAssignedTo", map[string]any{"principalId": principal, "resourceId": api["id"], "appRoleId": "df021288-bdef-4463-88db-98f22de89214"})["id"].(string)
		h.Graph(t, http.MethodPost, "/oauth2PermissionGrants", map[string]any{"clientId": principal, "resourceId": api["id"], "consentType": "AllPrincipals", "scope": "User.Read openid"})
	}
	resources := make([]*acctest.Resource, count)
	inParallel(count, func(i int) {
		resources[i] = h.Resource("workloadid_api_access")
		resources[i].Import(t, emulator.EstateID("servicePrincipal", i+1)+"/Microsoft Graph")
	})
	// The grant has a scope that the configuration does not: it is given up.
	inParallel(3, func(i int) { resources[i].Apply(t, config(i)) })
	refreshAll(t, h, resources)
	expectAtMost(t, h, most)
	for i := range 3 {
		if plan := resources[i].Plan(t, config(i)); plan.Action != protocol.NoOp {
			t.Errorf("%d is to be changed: %v", i, plan.Changes)
		}
	}
	h.Graph(t, http.MethodDelete, graphPrincipal+"/appRoleAssignedTo/"+assignments[500], nil)
	refreshAll(t, h, resources)
	expectAtMost(t, h, most)
	if roles := resources[500].State()["app_roles"]; roles != nil && len(roles.([]any)) > 0 {
		t.Errorf("what is gone is still in the state: %v", roles)
	}
	if roles := resources[501].State()["app_roles"].([]any); len(roles) != 1 {
		t.Errorf("the state has %v", roles)
	}
}

// TestCounts_ofAPIAccess: one request for each app role and one for the scopes, and one for the API.
func TestCounts_ofAPIAccess(t *testing.T) {
	t.Parallel()
	const count = 50
	h := acctest.New(t, acctest.WithSeed(emulator.Seed{Estate: count}))
	resources := make([]*acctest.Resource, count)
	inParallel(count, func(i int) {
		resources[i] = h.Resource("workloadid_api_access")
		resources[i].Apply(t, map[string]any{
			"service_principal_id": emulator.EstateID("servicePrincipal", i+1), "api": "Microsoft Graph",
			"app_roles": []any{"User.Read.All"}, "delegated_scopes": []any{"User.Read"},
		})
	})
	expectAtMost(t, h, 2*count+5)
	h.ResetRequests()
	inParallel(count, func(i int) { resources[i].Destroy(t) })
	// A grant is read before it is removed: others' scopes may be in it.
	expectAtMost(t, h, 3*count)
}
