package acctest

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
)

func TestResource_stepsOnTheTenant(t *testing.T) {
	t.Parallel()
	h := New(t)
	app := h.Resource("workloadid_application")
	config := map[string]any{"display_name": "Deployer", "tags": []string{"a"}}
	if plan := app.Plan(t, config); plan.After["id"] != Unknown || plan.After["display_name"] != "Deployer" {
		t.Errorf("planned %v", plan.After)
	}
	app.Apply(t, config)
	h.ExpectRequests(t, "POST /v1.0/applications")
	app.ExpectNoChanges(t, config)
	if got := h.Connections(); got != 1 {
		t.Errorf("one read took %d connections", got)
	}

	h.ResetRequests()
	h.Graph(t, http.MethodPatch, "/applications/"+app.String("id"), map[string]any{"displayName": "Drifted"})
	app.Refresh(t)
	if got := app.String("display_name"); got != "Drifted" {
		t.Errorf("read %q", got)
	}
	h.ExpectRequests(t, "GET /v1.0/applications/{id}")
	app.Apply(t, config)
	h.ExpectRequests(t, "PATCH /v1.0/applications/{id}")

	again := h.Resource("workloadid_application")
	again.ImportIdentity(t, app.Identity())
	if again.String("client_id") != app.String("client_id") {
		t.Errorf("imported %v", again.State())
	}
	again.ImportFails(t, "11111111-1111-4111-8111-111111111111")
	again.ValidateFails(t, map[string]any{})
	app.PlanFails(t, map[string]any{"display_name": strings.Repeat("x", 257)})

	app.Destroy(t)
	app.Destroy(t)
	if got := h.GraphStatus(t, "/applications/"+again.String("id")); got != http.StatusNotFound {
		t.Errorf("destroyed, and the tenant answers with %d", got)
	}
}

// Values that other resources have yet to make must neither crash the provider nor
// be taken for mistakes.
func TestProvider_takesUnknownValues(t *testing.T) {
	t.Parallel()
	h := New(t)
	for _, name := range h.provider.ResourceTypes() {
		for _, deep := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s deep=%t", name, deep), func(t *testing.T) {
				t.Parallel()
				r := h.provider.Resource(name)
				config := r.AllUnknown(deep)
				if deep { // with something in it, only one of the two may be set
					delete(config, "required_api_access")
				}
				_, diags := r.Plan(t.Context(), config)
				if diags.HasError() {
					t.Error(diags)
				}
			})
		}
	}
}

func TestResource_stepsFailTheTest(t *testing.T) {
	t.Parallel()
	h := New(t)
	app := h.Resource("workloadid_application")
	config := map[string]any{"display_name": "Deployer"}
	app.Apply(t, config)
	h.Graph(t, http.MethodPatch, "/applications/"+app.String("id"), map[string]any{"displayName": "Drifted"})
	h.ResetRequests()
	for name, test := range map[string]struct {
		step func(t testing.TB)
		want string
	}{
		"an error":                 {func(t testing.TB) { app.Apply(t, map[string]any{}) }, "display_name"},
		"an attribute of no one's": {func(t testing.TB) { app.Validate(t, map[string]any{"nome": "a"}) }, "no attribute of this name"},
		"no error":                 {func(t testing.TB) { app.ValidateFails(t, config) }, "there is no error"},
		"changes":                  {func(t testing.TB) { app.ExpectNoChanges(t, config) }, `because of [AttributeName("display_name")]`},
		"a request less":           {func(t testing.TB) { h.ExpectRequests(t, "GET /v1.0/applications") }, "want GET /v1.0/applications"},
		"what Graph refuses":       {func(t testing.TB) { h.Graph(t, http.MethodPost, "/applications", map[string]any{"nome": "a"}) }, "status 400"},
	} {
		if got := failure(t, test.step); !strings.Contains(got, test.want) {
			t.Errorf("%s: the test fails with %q, want %q", name, got, test.want)
		}
	}
}

// failure runs a step as a test of its own, which is to fail, and returns how.
func failure(t *testing.T, step func(testing.TB)) string {
	t.Helper()
	fake := &fakeTest{TB: t}
	done := make(chan struct{})
	go func() { // Fatalf ends the goroutine
		defer close(done)
		step(fake)
	}()
	<-done
	if fake.failure == "" {
		t.Error("the step does not fail its test")
	}
	return fake.failure
}

type fakeTest struct {
	testing.TB
	failure string
}

func (f *fakeTest) Helper() {}

func (f *fakeTest) Errorf(format string, arguments ...any) {
	f.failure += fmt.Sprintf(format, arguments...)
}

func (f *fakeTest) Fatalf(format string, arguments ...any) {
	f.Errorf(format, arguments...)
	runtime.Goexit()
}
