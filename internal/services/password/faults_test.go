package password_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

// TestApplicationPassword_withoutAnswer: what a create made that got no answer is found and removed, for nobody has its
// password, and another one is made. Passwords of the same name, of others, stay.
func TestApplicationPassword_withoutAnswer(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := application(t, h)
	path := "/applications/" + id
	config := object{"application_id": id, "display_name": "CI"}
	other := h.Resource(applicationType)
	other.Apply(t, config)
	documented(h, other, applicationType)
	byHand := h.Graph(t, http.MethodPost, path+"/addPassword", object{"passwordCredential": object{"displayName": "CI"}})
	h.ResetRequests()

	h.Tenant.Faults().Set(fault.MustParse("POST /applications/*/addPassword reset after count=1")...)
	password := h.Resource(applicationType)
	password.Apply(t, config)
	documented(h, password, applicationType)
	h.ExpectRequests(
		t,
		"POST /v1.0/applications/{id}/addPassword",
		"GET /v1.0/applications/{id}", "POST /v1.0/applications/{id}/removePassword",
		"POST /v1.0/applications/{id}/addPassword",
		"GET /v1.0/applications/{id}", // nothing came to light later
	)
	h.Tenant.Faults().Clear()
	expectKeys(t, h, path, byHand["keyId"].(string), other.String("key_id"), password.String("key_id"))

	// The same for one that takes the place of another.
	config["display_name"] = "CD"
	h.Tenant.Faults().Set(fault.MustParse("POST /applications/*/addPassword reset after count=1")...)
	password.Apply(t, config)
	h.Tenant.Faults().Clear()
	documented(h, password, applicationType)
	expectKeys(t, h, path, byHand["keyId"].(string), other.String("key_id"), password.String("key_id"))

	// It was not carried out at all.
	config["display_name"] = "CC"
	h.Tenant.Faults().Set(fault.MustParse("POST /applications/*/addPassword reset count=1")...)
	password.Apply(t, config)
	h.Tenant.Faults().Clear()
	documented(h, password, applicationType)
	expectKeys(t, h, path, byHand["keyId"].(string), other.String("key_id"), password.String("key_id"))
	password.ExpectNoChanges(t, config)
}

// TestApplicationPassword_killed has Terraform be killed between a renewal and the state that would tell of it: the next
// run knows what was left, and removes it. Where replicas keep it from that run, the one after it does.
func TestApplicationPassword_killed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		overlap any
		unseen  bool
	}{
		"with an overlap": {overlap: "7d"}, "without": {},
		"with an overlap, unseen": {overlap: "7d", unseen: true}, "without, unseen": {unseen: true},
	} {
		overlap := test.overlap
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := acctest.New(t)
			id := application(t, h)
			path := "/applications/" + id
			password := h.Resource(applicationType)
			config := object{"application_id": id, "rotate_when_changed": object{"run": "1"}, "overlap": overlap}
			password.Apply(t, config)
			documented(h, password, applicationType)
			byHand := h.Graph(t, http.MethodPost, path+"/addPassword", object{})["keyId"].(string)
			former := password.String("key_id")

			config["rotate_when_changed"] = object{"run": "2"}
			saved := password.In(h)
			password.Apply(t, config) // and its state is lost
			documented(h, password, applicationType)
			lost := password.String("key_id")

			time.Sleep(acctest.ConsistencyWindow)
			h.Restart(t)
			saved = saved.In(h)
			if test.unseen {
				saved.Apply(t, config)
				documented(h, saved, applicationType)
				saved.ExpectNoChanges(t, config)
				time.Sleep(acctest.ConsistencyWindow)
			}
			saved.Refresh(t)
			if previous, _ := saved.State()["previous_key_ids"].(object); previous[lost] == nil || previous[byHand] != nil {
				t.Errorf("what is known of before is %v", previous)
			}
			if plan := saved.Plan(t, config); plan.Action != protocol.Update {
				t.Errorf("got %s", plan.Action)
			}
			saved.Apply(t, config)
			documented(h, saved, applicationType)
			want := []string{byHand, saved.String("key_id")}
			if overlap != nil {
				want = append(want, former)
			}
			expectKeys(t, h, path, want...)
			saved.ExpectNoChanges(t, config)
		})
	}
}

func TestApplicationPassword_policy(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := application(t, h)
	restrict := func(restriction string) {
		t.Helper()
		body := `{"isEnabled":true,"applicationRestrictions":{"passwordCredentials":[` + restriction + `]}}`
		request, err := http.NewRequest(http.MethodPatch, h.URL+"/v1.0/policies/defaultAppManagementPolicy", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+h.Tenant.Token("Policy.ReadWrite.ApplicationConfiguration"))
		request.Header.Set("Content-Type", "application/json")
		if response, err := (emulator.RoundTripper{Tenant: h.Tenant}).RoundTrip(request); err != nil || response.StatusCode != http.StatusNoContent {
			t.Fatalf("restricting passwords: %v, %v", response, err)
		}
	}
	restrict(`{"restrictionType":"passwordLifetime","maxLifetime":"P30D"}`)
	for config, at := range map[*object]string{
		{"expires_after": "31d"}: "expires_after", {"end": h.Tenant.Clock().Now().Add(40 * day).UTC().Format(time.RFC3339)}: "end",
	} {
		(*config)["application_id"] = id
		diags := h.Resource(applicationType).ApplyFails(t, *config)
		text := diags.String()
		if !strings.Contains(diags[0].Attribute, at) {
			t.Errorf("the error is at %s", diags[0].Attribute)
		}
		for _, want := range []string{"creating application password: a policy of the tenant does not allow a password to live so long", "as per assigned policy '", "/policies/defaultAppManagementPolicy", "Set expires_after"} {
			if !strings.Contains(text, want) {
				t.Errorf("got\n%s\nwant %q", text, want)
			}
		}
	}
	// Exactly what is allowed is.
	password := h.Resource(applicationType)
	config := object{"application_id": id, "expires_after": "30d"}
	password.Apply(t, config)
	documented(h, password, applicationType)
	opened := h.Open(t, applicationType, object{"application_id": id})
	h.Secret(opened.String("value"), "ephemeral."+applicationType+".value")
	opened.Close(t)

	restrict(`{"restrictionType":"passwordAddition"}`)
	for _, got := range []string{
		h.Resource(applicationType).ApplyFails(t, config).String(),
		h.OpenFails(t, applicationType, object{"application_id": id}).String(),
	} {
		for _, want := range []string{"a policy of the tenant does not allow new passwords", "as per assigned policy '", "federated identity credential"} {
			if !strings.Contains(got, want) {
				t.Errorf("got\n%s\nwant %q", got, want)
			}
		}
	}
	// The one that there is stays when it cannot be renewed.
	key := password.String("key_id")
	h.Tenant.Clock().Advance(31 * day)
	if got := password.ApplyFails(t, config).String(); !strings.Contains(got, "renewing application password: a policy") {
		t.Error(got)
	}
	if password.String("key_id") != key {
		t.Error("the state has another password")
	}
	expectKeys(t, h, "/applications/"+id, key)
}

// TestApplicationPassword_many: 2,000 passwords, of as many applications, are read with a handful of requests.
func TestApplicationPassword_many(t *testing.T) {
	t.Parallel()
	const count = 2000
	var seed emulator.Seed
	ids := make([]string, count)
	for i := range ids {
		ids[i] = fmt.Sprintf("a0000000-0000-4000-8000-%012d", i)
		seed.Applications = append(seed.Applications, map[string]any{"id": ids[i], "appId": fmt.Sprintf("b0000000-0000-4000-8000-%012d", i), "displayName": fmt.Sprint("Orders ", i), "signInAudience": "AzureADMyOrg"})
	}
	h := acctest.New(t, acctest.WithSeed(seed))
	names := make([]string, count)
	for i, id := range ids {
		answer := h.Graph(t, http.MethodPost, "/applications/"+id+"/addPassword", object{"passwordCredential": object{"displayName": "CI"}})
		names[i] = id + "/" + answer["keyId"].(string)
	}
	h.Restart(t)
	h.ResetRequests()
	var parallel sync.WaitGroup
	turns := make(chan struct{}, 10)
	for _, name := range names {
		parallel.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			password := h.Resource(applicationType)
			password.Import(t, name)
			if password.String("display_name") != "CI" {
				t.Errorf("%s: imported %v", name, password.State())
			}
		})
	}
	parallel.Wait()
	// At most ten single reads, a count, and three pages; the next ones to be read single are those that a page comes for.
	requests := h.Requests()
	t.Logf("%d requests", len(requests))
	if len(requests) > 10+1+5 {
		t.Errorf("%d requests: %v", len(requests), requests)
	}
}
