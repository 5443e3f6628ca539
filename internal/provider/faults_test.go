package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

// TestFaults_createIsMadeOnce breaks the connection of every create, before and after the service acted.
func TestFaults_createIsMadeOnce(t *testing.T) {
	t.Parallel()
	for _, effect := range []string{"reset count=1", "reset after count=1", "truncated count=1", "503 count=1", "500 after count=1", "504 after count=1"} {
		t.Run(effect, func(t *testing.T) {
			t.Parallel()
			h := acctest.New(t)
			before := map[string]int{}
			for _, collection := range []string{"applications", "servicePrincipals", "federatedIdentityCredentials"} {
				before[collection] = len(h.Tenant.Objects(collection))
			}
			h.Tenant.Faults().Set(fault.MustParse(
				"POST /v1.0/applications "+effect,
				"POST /v1.0/servicePrincipals "+effect,
				"POST /v1.0/applications/*/federatedIdentityCredentials "+effect,
			)...)
			resources, configs := mainJob(t, h)
			for _, report := range h.Tenant.Faults().Report() {
				if report.Applied != 1 {
					t.Errorf("%s: applied %d times", report.Rule, report.Applied)
				}
			}
			h.Tenant.Faults().Clear()
			for i, r := range resources {
				r.ExpectNoChanges(t, configs[i])
			}
			for collection, count := range before {
				if got := len(h.Tenant.Objects(collection)); got != count+1 {
					t.Errorf("%s: %d, want one more than %d", collection, got, count)
				}
			}
			resources[0].Destroy(t)
		})
	}
}

// TestFaults_severalCandidatesAreListed: what can't be told apart is not guessed.
func TestFaults_severalCandidatesAreListed(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	twin := h.Graph(t, "POST", "/applications", map[string]any{"displayName": "Twin", "signInAudience": "AzureADMyOrg"})
	h.Tenant.Faults().Set(fault.MustParse("POST /v1.0/applications reset after count=1")...)
	app := h.Resource("workloadid_application")
	text := app.ApplyFails(t, map[string]any{"display_name": "Twin"}).String()
	if !strings.Contains(text, fmt.Sprint(twin["id"])) || !strings.Contains(text, "import") {
		t.Errorf("the error does not list what it may be:\n%s", text)
	}
	if app.State() != nil {
		t.Errorf("one of them was taken: %v", app.State())
	}
}

// TestFaults_throttlingIsWaitedOut obeys Retry-After, to the fraction of a second.
func TestFaults_throttlingIsWaitedOut(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	h.Tenant.Faults().Set(fault.MustParse("* /v1.0/** 429 retry-after=0.05 count=12")...)
	resources, configs := mainJob(t, h)
	for i, r := range resources {
		r.ExpectNoChanges(t, configs[i])
	}
}
