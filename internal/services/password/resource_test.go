package password_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

const (
	day = 24 * time.Hour

	applicationType = "workloadid_application_password"
	principalType   = "workloadid_service_principal_password"
)

// application makes an application for passwords to belong to, and returns its object id.
func application(t testing.TB, h *acctest.Harness) string {
	t.Helper()
	app := h.Resource("workloadid_application")
	app.Apply(t, object{"display_name": "Orders"})
	h.ResetRequests()
	return app.String("id")
}

// held are the passwords that the tenant has, by key id.
func held(t testing.TB, h *acctest.Harness, path string) map[string]object {
	t.Helper()
	found := map[string]object{}
	for _, credential := range h.Graph(t, http.MethodGet, path, nil)["passwordCredentials"].([]any) {
		found[credential.(object)["keyId"].(string)] = credential.(object)
	}
	h.ResetRequests()
	return found
}

// documented tells the watch where the password of a resource may be.
func documented(h *acctest.Harness, password *acctest.Resource, typeName string) string {
	h.Secret(password.String("value"), typeName+".value")
	return password.String("value")
}

func keys(of map[string]object) []string { return slices.Sorted(maps.Keys(of)) }

func expectKeys(t *testing.T, h *acctest.Harness, path string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := keys(held(t, h, path)); !slices.Equal(got, want) {
		t.Errorf("the tenant has the passwords %q, want %q", got, want)
	}
}

// signsIn reports whether the tenant takes a password.
func signsIn(t *testing.T, h *acctest.Harness, appID, secret string) bool {
	t.Helper()
	return h.PasswordStatus(t, appID, secret) == http.StatusOK
}

func TestApplicationPassword_lifecycle(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := application(t, h)
	path := "/applications/" + id
	password := h.Resource(applicationType)
	config := object{"application_id": id, "display_name": "CI", "expires_after": "90d", "renew_before": "30d", "overlap": "7d"}
	began := h.Tenant.Clock().Now()
	password.Apply(t, config)
	h.ExpectRequests(t, "POST /v1.0/applications/{id}/addPassword")
	secret := documented(h, password, applicationType)
	state := password.State()
	there := held(t, h, path)
	credential := there[password.String("key_id")]
	if credential == nil || len(there) != 1 || credential["displayName"] != "CI" || credential["hint"] != secret[:3] || state["hint"] != secret[:3] {
		t.Fatalf("the state has %v, and the tenant %v", state, there)
	}
	end, err := time.Parse(time.RFC3339, state["end"].(string))
	if err != nil || end.Before(began.Add(90*day-5*time.Second)) || end.After(began.Add(90*day+5*time.Second)) {
		t.Errorf("it ends at %s", state["end"])
	}
	password.ExpectNoChanges(t, config)
	h.ExpectRequests(t, "GET /v1.0/applications/{id}")

	// Another spelling of the same, and what concerns Terraform alone.
	config["expires_after"] = "2160h"
	password.ExpectNoChanges(t, config)
	h.ResetRequests()
	config["renew_before"] = "10d"
	if plan := password.Plan(t, config); plan.Action != protocol.Update || len(plan.Changes) != 1 {
		t.Errorf("got %s of %v", plan.Action, plan.Changes)
	}
	password.Apply(t, config)
	h.ExpectRequests(t)
	password.ExpectNoChanges(t, config)
	expectKeys(t, h, path, password.String("key_id"))

	password.Destroy(t)
	h.ExpectRequests(t, "POST /v1.0/applications/{id}/removePassword")
	expectKeys(t, h, path)
}

// TestApplicationPassword_renewal is a password through time: renewed in its window, both valid during the overlap, the
// former removed after it.
func TestApplicationPassword_renewal(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	app.Apply(t, object{"display_name": "Orders"})
	principal := h.Resource("workloadid_service_principal")
	principal.Apply(t, object{"client_id": app.String("client_id")})
	id, path := app.String("id"), "/applications/"+app.String("id")
	clock := h.Tenant.Clock()
	password := h.Resource(applicationType)
	config := object{"application_id": id, "expires_after": "90d", "renew_before": "30d", "overlap": "7d"}
	password.Apply(t, config)
	first, firstKey := documented(h, password, applicationType), password.String("key_id")
	end := password.String("end")

	clock.Advance(59 * day)
	password.ExpectNoChanges(t, config)

	clock.Advance(day + time.Minute) // within the window
	password.Refresh(t)
	plan := password.Plan(t, config)
	for _, attribute := range []string{"key_id", "hint", "value", "start", "end", "previous_key_ids"} {
		if plan.After[attribute] != acctest.Unknown {
			t.Errorf("the plan has %v for %s", plan.After[attribute], attribute)
		}
	}
	if want := "It ends at " + end + ", and renew_before is 30d."; plan.Action != protocol.Update || plan.After["renewal_reason"] != want {
		t.Errorf("the plan is to %s because %q, want %q", plan.Action, plan.After["renewal_reason"], want)
	}
	h.ResetRequests()
	password.Apply(t, config)
	h.ExpectRequests(t, "POST /v1.0/applications/{id}/addPassword")
	second, secondKey := documented(h, password, applicationType), password.String("key_id")
	expectKeys(t, h, path, firstKey, secondKey)
	if previous := password.State()["previous_key_ids"].(object); len(previous) != 1 || previous[firstKey] == nil {
		t.Errorf("the passwords of before are %v", previous)
	}
	if password.Identity()["key_id"] != secondKey {
		t.Errorf("the identity is %v", password.Identity())
	}
	if !signsIn(t, h, app.String("client_id"), first) || !signsIn(t, h, app.String("client_id"), second) {
		t.Error("not both passwords are valid during the overlap")
	}
	password.ExpectNoChanges(t, config)

	clock.Advance(6 * day)
	password.ExpectNoChanges(t, config)
	clock.Advance(day + time.Minute) // the overlap is over
	password.Refresh(t)
	if plan := password.Plan(t, config); plan.Action != protocol.Update || len(plan.Changes) != 1 {
		t.Errorf("after the overlap: %s of %v", plan.Action, plan.Changes)
	}
	h.ResetRequests()
	password.Apply(t, config)
	h.ExpectRequests(t, "POST /v1.0/applications/{id}/removePassword")
	expectKeys(t, h, path, secondKey)
	if signsIn(t, h, app.String("client_id"), first) || !signsIn(t, h, app.String("client_id"), second) {
		t.Error("it is not the second password alone that is valid after the overlap")
	}
	password.ExpectNoChanges(t, config)

	// Years without a run: it has ended, and is renewed all the same.
	clock.Advance(800 * day)
	password.Refresh(t)
	password.Apply(t, config)
	documented(h, password, applicationType)
	clock.Advance(8 * day)
	password.Apply(t, config)
	expectKeys(t, h, path, password.String("key_id"))
	password.Destroy(t)
	expectKeys(t, h, path)
}

// TestApplicationPassword_withoutOverlap removes the password of before once the new one is there, and never earlier.
func TestApplicationPassword_withoutOverlap(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := application(t, h)
	path := "/applications/" + id
	password := h.Resource(applicationType)
	config := object{"application_id": id, "rotate_when_changed": object{"owner": "Ann"}}
	password.Apply(t, config)
	documented(h, password, applicationType)
	former := password.String("key_id")
	h.ResetRequests()

	config["rotate_when_changed"] = object{"owner": "Bob"}
	if plan := password.Plan(t, config); plan.After["renewal_reason"] != "rotate_when_changed changed." || plan.Action != protocol.Update {
		t.Errorf("%s because %q", plan.Action, plan.After["renewal_reason"])
	}
	password.Apply(t, config)
	h.ExpectRequests(t, "POST /v1.0/applications/{id}/addPassword", "POST /v1.0/applications/{id}/removePassword")
	documented(h, password, applicationType)
	expectKeys(t, h, path, password.String("key_id"))
	password.ExpectNoChanges(t, config)

	// What is not known yet may be another value, and need not be.
	config["rotate_when_changed"] = object{"owner": acctest.Unknown}
	if plan := password.Plan(t, config); plan.After["key_id"] != acctest.Unknown {
		t.Errorf("the plan has %v", plan.After)
	}

	// The former one cannot be removed: the new one is in the state, and the next apply removes the other.
	config["rotate_when_changed"] = object{"owner": "Cid"}
	current := password.String("key_id")
	h.Tenant.Faults().Set(fault.MustParse("POST /applications/*/removePassword 400")...)
	password.ApplyFails(t, config)
	h.Tenant.Faults().Clear()
	documented(h, password, applicationType)
	if password.String("key_id") == current || password.String("key_id") == former {
		t.Error("the new password is not in the state")
	}
	expectKeys(t, h, path, current, password.String("key_id"))
	password.Refresh(t)
	if plan := password.Plan(t, config); plan.Action != protocol.Update || len(plan.Changes) != 1 {
		t.Errorf("what is left is not to be removed: %s of %v", plan.Action, plan.Changes)
	}
	password.Apply(t, config)
	expectKeys(t, h, path, password.String("key_id"))
	password.ExpectNoChanges(t, config)
}

// TestApplicationPassword_replace: every argument that the password itself has makes a new one in its place, and another
// application makes it be replaced.
func TestApplicationPassword_replace(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, other := application(t, h), application(t, h)
	password := h.Resource(applicationType)
	config := object{"application_id": id, "display_name": "CI"}
	password.Apply(t, config)
	documented(h, password, applicationType)
	far := h.Tenant.Clock().Now().AddDate(1, 0, 0).UTC().Truncate(time.Second)
	for attribute, value := range map[string]any{
		"display_name": "CD", "expires_after": "30d", "end": far.Format(time.RFC3339), "start": far.AddDate(-1, 0, -1).Format(time.RFC3339),
	} {
		before := password.String("key_id")
		if attribute == "expires_after" { // known for the first time, and then changed
			delete(config, "end")
			config[attribute] = "31d"
			password.Apply(t, config)
			documented(h, password, applicationType)
			before = password.String("key_id")
		}
		if attribute == "end" {
			delete(config, "expires_after")
		}
		config[attribute] = value
		password.Apply(t, config)
		documented(h, password, applicationType)
		if password.String("key_id") == before || !strings.HasPrefix(password.String("renewal_reason"), attribute) {
			t.Errorf("%s: the password is not renewed because of it: %q", attribute, password.String("renewal_reason"))
		}
		password.ExpectNoChanges(t, config)
		expectKeys(t, h, "/applications/"+id, password.String("key_id"))
	}
	config["application_id"] = other
	if plan := password.Plan(t, config); plan.Action != protocol.Replace {
		t.Errorf("got %s", plan.Action)
	}
	password.Apply(t, config)
	documented(h, password, applicationType)
	expectKeys(t, h, "/applications/"+id)
	expectKeys(t, h, "/applications/"+other, password.String("key_id"))
}

func TestApplicationPassword_drift(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := application(t, h)
	path := "/applications/" + id
	password := h.Resource(applicationType)
	config := object{"application_id": id, "rotate_when_changed": object{"run": "1"}, "overlap": "7d"}
	password.Apply(t, config)
	documented(h, password, applicationType)
	remove := func(key string) {
		t.Helper()
		h.Graph(t, http.MethodPost, path+"/removePassword", object{"keyId": key})
	}

	time.Sleep(acctest.ConsistencyWindow)
	remove(password.String("key_id"))
	password.Refresh(t)
	if password.State() != nil {
		t.Fatalf("it was removed, and the state has %v", password.State())
	}
	password.Apply(t, config)
	first := password.String("key_id")
	documented(h, password, applicationType)

	// Removed while one of before is still there: that must not be forgotten.
	config["rotate_when_changed"] = object{"run": "2"}
	password.Apply(t, config)
	documented(h, password, applicationType)
	time.Sleep(acctest.ConsistencyWindow)
	remove(password.String("key_id"))
	password.Refresh(t)
	if plan := password.Plan(t, config); plan.Action != protocol.Update || plan.After["renewal_reason"] != "It was removed outside of Terraform." {
		t.Errorf("%s because %q", plan.Action, plan.After["renewal_reason"])
	}
	password.Apply(t, config)
	documented(h, password, applicationType)
	expectKeys(t, h, path, first, password.String("key_id"))
	password.ExpectNoChanges(t, config)

	// One of before that somebody has removed is forgotten.
	remove(first)
	password.Refresh(t)
	if previous := password.State()["previous_key_ids"].(object); len(previous) != 0 {
		t.Errorf("still known: %v", previous)
	}

	// The whole application is gone.
	h.Graph(t, http.MethodDelete, path, nil)
	time.Sleep(acctest.ConsistencyWindow)
	password.Destroy(t)
}

func TestApplicationPassword_import(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := application(t, h)
	path := "/applications/" + id
	password := h.Resource(applicationType)
	config := object{"application_id": id, "display_name": "CI", "expires_after": "90d", "renew_before": "30d"}
	password.Apply(t, config)
	documented(h, password, applicationType)
	key := password.String("key_id")

	for _, form := range []func(*acctest.Resource){
		func(r *acctest.Resource) { r.Import(t, id+"/"+key) },
		func(r *acctest.Resource) { r.ImportIdentity(t, object{"application_id": id, "key_id": key}) },
	} {
		imported := h.Resource(applicationType)
		form(imported)
		if imported.String("key_id") != key || imported.State()["value"] != nil || imported.String("display_name") != "CI" || imported.String("end") != password.String("end") {
			t.Errorf("imported %v", imported.State())
		}
		// What only Terraform knows is taken over; the password stays.
		plan := imported.Plan(t, config)
		if plan.Action != protocol.Update || slices.ContainsFunc(plan.Changes, func(change string) bool {
			return strings.Contains(change, "key_id") || strings.Contains(change, "value")
		}) {
			t.Errorf("after the import: %s of %v", plan.Action, plan.Changes)
		}
		imported.Apply(t, config)
		imported.ExpectNoChanges(t, config)
		expectKeys(t, h, path, key)
	}
	imported := h.Resource(applicationType)
	imported.Import(t, id+"/"+key)
	h.Tenant.Clock().Advance(61 * day)
	imported.Apply(t, config)
	documented(h, imported, applicationType)
	expectKeys(t, h, path, imported.String("key_id"))

	for _, form := range []string{"nonsense", id, id + "/CI"} {
		h.Resource(applicationType).ImportFails(t, form)
	}
	h.Resource(applicationType).ImportFails(t, id+"/"+"3f2504e0-4f89-41d3-9a0c-0305e82c3301")
}

func TestApplicationPassword_invalid(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := application(t, h)
	password := h.Resource(applicationType)
	for name, test := range map[string]struct {
		config object
		want   string
	}{
		"no duration":       {object{"expires_after": "3 months"}, "expires_after must be a duration"},
		"no time at all":    {object{"expires_after": "0d"}, "expires_after must be at least"},
		"two ends":          {object{"expires_after": "90d", "end": "2031-01-01T00:00:00Z"}, "cannot be specified when"},
		"no time":           {object{"end": "2031-01-01"}, "end must be a time"},
		"before it begins":  {object{"start": "2031-01-01T00:00:00Z", "end": "2030-01-01T00:00:00Z"}, "end must be after start"},
		"fixed and renewed": {object{"end": "2031-01-01T00:00:00Z", "renew_before": "30d"}, "leave renew_before out"},
		"always renewed":    {object{"expires_after": "30d", "renew_before": "720h"}, "renew_before must be less than expires_after"},
		"of the default":    {object{"renew_before": "180d"}, "renew_before must be less than expires_after, which is 180d"},
		"no application":    {object{"application_id": "Orders"}, "application_id must be a UUID"},
		"empty name":        {object{"display_name": ""}, "display_name"},
	} {
		config := object{"application_id": id}
		maps.Copy(config, test.config)
		if got := password.ValidateFails(t, config).String(); !strings.Contains(strings.Join(strings.Fields(got), " "), test.want) {
			t.Errorf("%s: got\n%s\nwant %q", name, got, test.want)
		}
	}
	if got := password.PlanFails(t, object{"application_id": id, "end": "2020-01-01T00:00:00Z"}).String(); !strings.Contains(got, "must be in the future") {
		t.Error(got)
	}
	h.ExpectRequests(t)

	// An id of another kind is recognised.
	app := h.Graph(t, http.MethodGet, "/applications/"+id, nil)
	if got := h.Resource(applicationType).ApplyFails(t, object{"application_id": app["appId"]}).String(); !strings.Contains(got, "takes its object id: "+id) {
		t.Error(got)
	}
}

func TestServicePrincipalPassword_lifecycle(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	app.Apply(t, object{"display_name": "Orders"})
	principal := h.Resource("workloadid_service_principal")
	principal.Apply(t, object{"client_id": app.String("client_id")})
	h.ResetRequests()
	id := principal.String("id")
	path := "/servicePrincipals/" + id
	password := h.Resource(principalType)
	config := object{"service_principal_id": id, "display_name": "CI", "expires_after": "90d", "renew_before": "30d", "overlap": "1d"}
	password.Apply(t, config)
	h.ExpectRequests(t, "POST /v1.0/servicePrincipals/{id}/addPassword")
	documented(h, password, principalType)
	first := password.String("key_id")
	expectKeys(t, h, path, first)
	password.ExpectNoChanges(t, config)
	h.ExpectRequests(t, "GET /v1.0/servicePrincipals/{id}")
	h.Tenant.Clock().Advance(61 * day)
	password.Apply(t, config)
	documented(h, password, principalType)
	expectKeys(t, h, path, first, password.String("key_id"))

	imported := h.Resource(principalType)
	imported.Import(t, id+"/"+password.String("key_id"))
	if imported.String("display_name") != "CI" {
		t.Errorf("imported %v", imported.State())
	}
	// Both go.
	h.ResetRequests()
	password.Destroy(t)
	h.ExpectRequests(t, "POST /v1.0/servicePrincipals/{id}/removePassword", "POST /v1.0/servicePrincipals/{id}/removePassword")
	expectKeys(t, h, path)

	if got := h.Resource(principalType).ApplyFails(t, object{"service_principal_id": app.String("client_id")}).String(); !strings.Contains(got, "takes the object id of the service principal: "+id) {
		t.Error(got)
	}
}
