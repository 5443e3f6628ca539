package provider_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// TestListings_aRefreshCostsAHandfulOfRequests: applications, service principals and credentials, with and without owners
// and expressions, are read as listings once they are many.
func TestListings_aRefreshCostsAHandfulOfRequests(t *testing.T) {
	t.Parallel()
	const count = 40
	h := acctest.New(t)
	var resources []*acctest.Resource
	var configs []map[string]any
	declare := func(typeName string, config map[string]any) *acctest.Resource {
		resource := h.Resource(typeName)
		resource.Apply(t, config)
		resources, configs = append(resources, resource), append(configs, config)
		return resource
	}
	owner := h.Tenant.Objects("users")[0]["id"]
	for i := range count {
		application := map[string]any{"display_name": fmt.Sprint("Shop ", i)}
		principal := map[string]any{}
		if i%2 == 0 {
			application["owners"], principal["owners"] = []any{owner}, []any{owner}
		}
		app := declare("workloadid_application", application)
		principal["client_id"] = app.String("client_id")
		declare("workloadid_service_principal", principal)
		credential := map[string]any{"application_id": app.String("id"), "name": "main", "issuer": "https://token.actions.githubusercontent.com"}
		if i%2 == 0 {
			credential["subject"] = fmt.Sprintf("repo:contoso/shop-%d:environment:production", i)
		} else {
			credential["claims_matching_expression"] = fmt.Sprintf("claims['sub'] matches 'repo:contoso/shop-%d:*' and claims['repository_owner_id'] eq '123'", i)
		}
		declare("workloadid_federated_identity_credential", credential)
	}
	refreshAll(t, h, resources)
	// The first ten are single reads in any case; then there are, of each of five listings, one single read, a count and
	// a page.
	expectAtMost(t, h, 10+5*3)
	for i, resource := range resources {
		if plan := resource.Plan(t, configs[i]); plan.Action != protocol.NoOp {
			t.Errorf("%v is to be changed: %v", configs[i], plan.Changes)
		}
	}
}

// refreshAll has a provider process of its own read these resources, in their order and ten at a time as Terraform does.
func refreshAll(t *testing.T, h *acctest.Harness, resources []*acctest.Resource) {
	t.Helper()
	time.Sleep(acctest.ConsistencyWindow)
	h.Restart(t)
	h.ResetRequests()
	var parallel sync.WaitGroup
	turns := make(chan struct{}, 10)
	for i := range resources {
		turns <- struct{}{} // before it starts: they are read in their order
		parallel.Go(func() {
			defer func() { <-turns }()
			resources[i] = resources[i].In(h)
			resources[i].Refresh(t)
		})
	}
	parallel.Wait()
}

func expectAtMost(t *testing.T, h *acctest.Harness, most int) {
	t.Helper()
	requests := h.Requests()
	t.Logf("%d requests", len(requests))
	if len(requests) <= most {
		return
	}
	t.Errorf("%d requests, want at most %d", len(requests), most)
	for _, request := range requests {
		t.Log(request.Method, request.Path)
	}
}

// TestListings_ofALargeTenant has the benchmark's counts, which are exact, without its times.
func TestListings_ofALargeTenant(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name                string
		tenant, state, most int
		kinds               bool
	}{
		{name: "most of 1,000, of three kinds", tenant: 1000, state: 100, most: 30, kinds: true},
		{name: "50 of 50,000", tenant: 50_000, state: 50, most: 60},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := acctest.New(t, acctest.WithSeed(emulator.Seed{Estate: test.tenant}))
			var resources []*acctest.Resource
			manage := func(typeName, id string) {
				resource := h.Resource(typeName)
				resource.Import(t, id)
				resources = append(resources, resource)
			}
			for i := range test.state {
				n := 1 + i*test.tenant/test.state // from every page
				manage("workloadid_application", emulator.EstateID("application", n))
			}
			// Terraform reads what others refer to first, so that these come when all applications were asked for.
			for i := range test.state {
				if n := 1 + i*test.tenant/test.state; test.kinds {
					manage("workloadid_service_principal", emulator.EstateID("servicePrincipal", n))
					manage("workloadid_federated_identity_credential", emulator.EstateID("application", n)+"/github")
				}
			}
			refreshAll(t, h, resources)
			expectAtMost(t, h, test.most)
			// What was changed outside is found.
			h.Graph(t, "PATCH", "/applications/"+emulator.EstateID("application", 1), map[string]any{"notes": "Changed outside."})
			refreshAll(t, h, resources)
			expectAtMost(t, h, test.most)
			if got := resources[0].String("notes"); got != "Changed outside." {
				t.Errorf("the drift was not found: %q", got)
			}
		})
	}
}

// TestLookups_ofOneThingAreOneRequest: however many data sources ask for it.
func TestLookups_ofOneThingAreOneRequest(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	var parallel sync.WaitGroup
	for range 200 {
		parallel.Go(func() {
			h.ReadDataSource(t, "workloadid_service_principal", map[string]any{"display_name": "Microsoft Graph"})
		})
	}
	parallel.Wait()
	h.ExpectRequestCount(t, 1)
}

// TestCounts_ofWrites: one request for each object that is made or deleted, however many belong to one application.
func TestCounts_ofWrites(t *testing.T) {
	t.Parallel()
	const applications, credentials = 5, 20
	h := acctest.New(t)
	var made []*acctest.Resource
	create := func(typeName string, config map[string]any) *acctest.Resource {
		resource := h.Resource(typeName)
		resource.Apply(t, config)
		made = append(made, resource)
		return resource
	}
	for i := range applications {
		app := create("workloadid_application", map[string]any{"display_name": fmt.Sprint("Shop ", i)})
		create("workloadid_service_principal", map[string]any{"client_id": app.String("client_id")})
		var parallel sync.WaitGroup
		resources := make([]*acctest.Resource, credentials)
		for j := range resources {
			parallel.Go(func() {
				resources[j] = h.Resource("workloadid_federated_identity_credential")
				resources[j].Apply(t, map[string]any{
					"application_id": app.String("id"), "name": fmt.Sprint("branch-", j),
					"issuer": "https://token.actions.githubusercontent.com", "subject": fmt.Sprint("repo:contoso/shop:ref:refs/heads/", j),
				})
			})
		}
		parallel.Wait()
		made = append(made, resources...)
	}
	h.ExpectRequestCount(t, applications*(1+1+credentials))
	h.ResetRequests()
	for _, resource := range slices.Backward(made) {
		resource.Destroy(t)
	}
	h.ExpectRequestCount(t, applications*(1+1+credentials))
}

// TestListings_inAzure: identities come with a listing of their subscription, and the credentials of one identity with
// another.
func TestListings_inAzure(t *testing.T) {
	t.Parallel()
	const identities, credentials = 120, 20
	h := acctest.New(t)
	var resources []*acctest.Resource
	var configs []map[string]any
	declare := func(typeName string, config map[string]any) *acctest.Resource {
		resource := h.Resource(typeName)
		resource.Apply(t, config)
		resources, configs = append(resources, resource), append(configs, config)
		return resource
	}
	var trusting *acctest.Resource
	for i := range identities {
		trusting = declare("workloadid_user_assigned_identity", map[string]any{"name": fmt.Sprint("shop-", i), "resource_group_name": "local", "location": "westeurope"})
	}
	for i := range credentials {
		declare("workloadid_federated_identity_credential", map[string]any{
			"user_assigned_identity_id": trusting.String("id"), "name": fmt.Sprint("number-", i), "issuer": "https://gitlab.com", "subject": fmt.Sprint(i),
		})
	}
	refreshAll(t, h, resources)
	// Ten single reads in any case, one for each page to come, two pages of identities, one of credentials, and the token.
	expectAtMost(t, h, 10+3+3+1)
	for i, resource := range resources {
		if plan := resource.Plan(t, configs[i]); plan.Action != protocol.NoOp {
			t.Errorf("%v is to be changed: %v", configs[i], plan.Changes)
		}
	}
	// What was changed outside is found, and what is gone is read singly before it is believed.
	changed := h.Resource("workloadid_user_assigned_identity")
	changed.Import(t, resources[7].String("id"))
	changed.Apply(t, map[string]any{"name": "shop-7", "resource_group_name": "local", "location": "westeurope", "tags": map[string]any{"a": "b"}})
	gone := h.Resource("workloadid_user_assigned_identity")
	gone.Import(t, resources[8].String("id"))
	gone.Destroy(t)
	refreshAll(t, h, resources)
	if fmt.Sprint(resources[7].State()["tags"]) != "map[a:b]" || resources[8].State() != nil || resources[9].State() == nil {
		t.Errorf("read as %v, %v, %v", resources[7].State(), resources[8].State(), resources[9].State())
	}
}

// TestListings_ofRoleAssignments: those at a subscription and everywhere in it come with one listing.
func TestListings_ofRoleAssignments(t *testing.T) {
	t.Parallel()
	const identities = 25
	h := acctest.New(t)
	subscription := "/subscriptions/" + emulator.SubscriptionID
	var resources []*acctest.Resource
	var configs []map[string]any
	for i := range identities {
		identity := h.Resource("workloadid_user_assigned_identity")
		identity.Apply(t, map[string]any{"name": fmt.Sprint("shop-", i), "resource_group_name": "local", "location": "westeurope"})
		for _, scope := range []string{subscription, subscription + "/resourceGroups/local", identity.String("id")} {
			assignment, config := h.Resource("workloadid_azure_role_assignment"), map[string]any{"scope": scope, "role_name": "Reader", "principal_id": identity.String("principal_id")}
			assignment.Apply(t, config)
			resources, configs = append(resources, assignment), append(configs, config)
		}
	}
	refreshAll(t, h, resources)
	// Ten single reads in any case, one page, and the token.
	expectAtMost(t, h, 10+1+1)
	for i, resource := range resources {
		if plan := resource.Plan(t, configs[i]); plan.Action != protocol.NoOp {
			t.Errorf("%v is to be changed: %v", configs[i], plan.Changes)
		}
	}
}
