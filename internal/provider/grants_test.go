package provider_test

import (
	"sync"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// TestGrants_ofMany: 300 at one API take one request each to make, and a handful to refresh.
func TestGrants_ofMany(t *testing.T) {
	t.Parallel()
	const count = 300
	for typeName, config := range map[string]func(principal string) map[string]any{
		"workloadid_app_role_assignment": func(principal string) map[string]any {
			return map[string]any{"principal_id": principal, "api": "Microsoft Graph", "app_role": "User.Read.All"}
		},
		"workloadid_delegated_permission_grant": func(principal string) map[string]any {
			return map[string]any{"service_principal_id": principal, "api": "Microsoft Graph", "scopes": []any{"openid", "User.Read"}}
		},
	} {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			h := acctest.New(t, acctest.WithSeed(emulator.Seed{Estate: count}))
			resources := make([]*acctest.Resource, count)
			var parallel sync.WaitGroup
			turns := make(chan struct{}, 10)
			for i := range resources {
				parallel.Go(func() {
					turns <- struct{}{}
					defer func() { <-turns }()
					resources[i] = h.Resource(typeName)
					resources[i].Apply(t, config(emulator.EstateID("servicePrincipal", i+1)))
				})
			}
			parallel.Wait()
			h.ExpectRequestCount(t, 1+count) // the API, once

			refreshAll(t, h, resources)
			// Ten single reads in any case, a count and a page.
			expectAtMost(t, h, 10+2)
			for i, resource := range resources {
				if plan := resource.Plan(t, config(emulator.EstateID("servicePrincipal", i+1))); plan.Action != protocol.NoOp {
					t.Errorf("%d is to be changed: %v", i, plan.Changes)
				}
			}
		})
	}
}
