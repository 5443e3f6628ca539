package provider_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
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
	time.Sleep(acctest.ConsistencyWindow)
	h.Restart(t)
	h.ResetRequests()
	var parallel sync.WaitGroup
	turns := make(chan struct{}, 10) // as many as Terraform reads at a time
	for i, resource := range resources {
		parallel.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			resource.In(h).ExpectNoChanges(t, configs[i])
		})
	}
	parallel.Wait()
	// The first ten are single reads in any case; then there are, of each of five listings, one single read, a count and
	// a page.
	if got, most := len(h.Requests()), 10+5*3; got > most {
		t.Errorf("%d requests for %d resources, want at most %d", got, len(resources), most)
		for _, request := range h.Requests() {
			t.Log(request.Method, request.Path)
		}
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
