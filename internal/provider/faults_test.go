package provider_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

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

// TestFaults_whatAKilledRunLeftIsTakenOver: what a run made that was killed between a create and its state is an error with
// the block that imports it, or taken over where the provider block says so.
func TestFaults_whatAKilledRunLeftIsTakenOver(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app, config := h.Resource("workloadid_application"), map[string]any{"display_name": "Shop", "unique_name": "shop", "owners": []any{h.Tenant.Objects("users")[0]["id"]}}
	app.Apply(t, config)
	clientID, id := app.String("client_id"), app.String("id")
	principalConfig := map[string]any{"client_id": clientID}
	h.Resource("workloadid_service_principal").Apply(t, principalConfig)
	credentialConfig := map[string]any{"application_id": id, "name": "main", "issuer": "https://token.actions.githubusercontent.com", "subject": "repo:contoso/shop:environment:production"}
	h.Resource("workloadid_federated_identity_credential").Apply(t, credentialConfig)

	runs := []struct {
		typeName string
		config   map[string]any
	}{
		{"workloadid_application", config},
		{"workloadid_service_principal", principalConfig},
		{"workloadid_federated_identity_credential", credentialConfig},
	}
	h.Restart(t)
	for _, again := range runs {
		resource := h.Resource(again.typeName)
		text := resource.ApplyFails(t, again.config).String()
		for _, want := range []string{"import {\n  to = " + again.typeName + ".NAME\n  id = \"", "WORKLOADID_ADOPT_LEFTOVERS", "create_before_destroy"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the error does not say %q:\n%s", again.typeName, want, text)
			}
		}
	}
	h.AdoptLeftovers(t)
	for _, again := range runs {
		resource := h.Resource(again.typeName)
		diags := resource.Apply(t, again.config)
		if text := diags.String(); !strings.Contains(text, "existed already and is managed from now on") {
			t.Errorf("%s: nobody is told that it was taken over:\n%s", again.typeName, text)
		}
		resource.ExpectNoChanges(t, again.config)
	}
}

// TestFaults_whatOthersMadeIsNotTakenOver: what is there already, and has something that the configuration lacks, is
// an error that tells how to import it; what is managed by the same run is declared twice.
func TestFaults_whatOthersMadeIsNotTakenOver(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	app.Apply(t, map[string]any{"display_name": "Shop", "unique_name": "shop"})
	credential := map[string]any{"name": "main", "issuer": "https://token.actions.githubusercontent.com", "subject": "repo:contoso/shop:environment:production"}
	h.Graph(t, "POST", "/applications/"+app.String("id")+"/federatedIdentityCredentials", map[string]any{
		"name": credential["name"], "issuer": credential["issuer"], "subject": credential["subject"],
		"audiences": []string{"api://AzureADTokenExchange"}, "description": "Made by hand.",
	})
	credential["application_id"] = app.String("id")
	for _, test := range []struct {
		typeName string
		config   map[string]any
		want     string
	}{
		{"workloadid_application", map[string]any{"display_name": "Shop", "unique_name": "shop"}, "Another resource of this configuration manages it"},
		{"workloadid_federated_identity_credential", credential, "import"},
	} {
		if text := h.Resource(test.typeName).ApplyFails(t, test.config).String(); !strings.Contains(text, test.want) {
			t.Errorf("%s: the error does not say %q:\n%s", test.typeName, test.want, text)
		}
	}
	h.Restart(t)
	for _, config := range []map[string]any{
		{"display_name": "Another shop", "unique_name": "shop"},
		{"display_name": "Shop", "unique_name": "shop", "notes": "Not that one."},
	} {
		h.Resource("workloadid_application").ApplyFails(t, config)
	}
}

// TestFaults_theWrongIDOfAYoungObjectIsToldInSeconds: that an object was made a moment ago is a reason to wait for it, but
// not when it is named by an id of the wrong kind.
func TestFaults_theWrongIDOfAYoungObjectIsToldInSeconds(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithConsistencyWindow(2*time.Minute))
	app := h.Resource("workloadid_application")
	app.Apply(t, map[string]any{"display_name": "Shop"})
	started := time.Now()
	var parallel sync.WaitGroup
	for _, wrong := range []struct {
		typeName, want string
		config         map[string]any
	}{
		{"workloadid_service_principal", "takes its client id: " + app.String("client_id"), map[string]any{"client_id": app.String("id")}},
		{"workloadid_federated_identity_credential", "takes its object id: " + app.String("id"), map[string]any{
			"application_id": app.String("client_id"), "name": "main", "issuer": "https://issuer.example", "subject": "anybody",
		}},
	} {
		parallel.Go(func() {
			if text := h.Resource(wrong.typeName).ApplyFails(t, wrong.config).String(); !strings.Contains(text, wrong.want) {
				t.Errorf("%s: the error does not say that it %s:\n%s", wrong.typeName, wrong.want, text)
			}
		})
	}
	parallel.Wait()
	if took := time.Since(started); took > 30*time.Second {
		t.Errorf("it took %s", took)
	}
}
