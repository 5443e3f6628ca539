package throttle

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/requestpath"
)

func TestCost(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		method, path  string
		units, writes int
	}{
		{"GET", "/v1.0/applications", 2, 0},
		{"GET", "/v1.0/applications?$select=id", 1, 0},
		{"GET", "/v1.0/applications?select=id", 1, 0},
		{"GET", "/v1.0/applications?$expand=owners", 3, 0},
		{"GET", "/v1.0/applications?$select=id&$expand=owners", 2, 0},
		{"GET", "/v1.0/applications?$top=19", 1, 0},
		{"GET", "/v1.0/applications?$top=20", 2, 0},
		{"GET", "/v1.0/applications?$select=id&$top=1", 1, 0},
		{"GET", "/beta/applications/x", 1, 0},
		{"GET", "/v1.0/applications/x?$select=id", 1, 0},
		{"GET", "/v1.0/applications/x?$expand=owners", 2, 0},
		{"GET", "/v1.0/applications(appId='x')/extensionProperties", 2, 0},
		{"GET", "/v1.0/servicePrincipals/x/appRoleAssignments", 2, 0},
		{"GET", "/v1.0/servicePrincipals/x/appRoleAssignedTo", 1, 0},
		{"GET", "/v1.0/oauth2PermissionGrants", 2, 0},
		{"GET", "/v1.0/oauth2PermissionGrants/x", 2, 0},
		{"GET", "/v1.0/groups/x/transitiveMembers", 5, 0},
		{"GET", "/v1.0/users", 2, 0},
		{"GET", "/v1.0/users/x", 1, 0},
		{"POST", "/v1.0/directoryObjects/getByIds", 3, 0},
		{"POST", "/v1.0/applications", 1, 1},
		{"PATCH", "/v1.0/applications/x", 1, 1},
		{"PUT", "/v1.0/applications/x/logo", 1, 1},
		{"DELETE", "/v1.0/applications/x", 1, 1},
		{"POST", "/v1.0/applications/x/addPassword", 1, 1},
	} {
		request := httptest.NewRequest(test.method, test.path, nil)
		units, writes := cost(test.method, requestpath.Segments(request.URL)[1:], request.URL.Query())
		if units != test.units || writes != test.writes {
			t.Errorf("%s %s: %d units and %d writes, want %d and %d", test.method, test.path, units, writes, test.units, test.writes)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Limits{"S": Small, "m": Medium, "L": Large, "off": {}, "S/1": Small} {
		if got, err := Parse(text); err != nil || got != want {
			t.Errorf("%s: %+v %v", text, got, err)
		}
	}
	small, err := Parse("S/100")
	if err != nil || small.Units != (Limit{35, 10 * time.Second}) || small.Writes != (Limit{30, 150 * time.Second}) ||
		small.Keys.Count != 1 || small.Protection != (Limit{1, time.Second}) || small.TenantWrites.Count != 180 {
		t.Errorf("S/100: %+v %v", small, err)
	}
	for _, wrong := range []string{"", "XL", "S/0", "S/x", "S/", "5", "S/-2"} {
		if limits, err := Parse(wrong); err == nil {
			t.Errorf("%q: %+v", wrong, limits)
		}
	}
}

func TestLimits_microsofts(t *testing.T) {
	t.Parallel()
	for units, limits := range map[int]Limits{3_500: Small, 5_000: Medium, 8_000: Large} {
		if limits.Units != (Limit{units, 10 * time.Second}) {
			t.Errorf("%d units: %+v", units, limits.Units)
		}
	}
	if got := len(Small.All()); got != 24 {
		t.Errorf("%d limits", got)
	}
	if got := (Limits{Keys: Limit{5, time.Second}}).All(); len(got) != 1 || got["keys"].Count != 5 {
		t.Errorf("%v", got)
	}
}

// bench is a throttle in front of a service that says yes.
type bench struct {
	*Throttle
	t       *testing.T
	now     time.Time
	handler http.Handler
	notes   []string
	bodies  []string // that reached the service
}

func newBench(t *testing.T, limits Limits) *bench {
	b := &bench{t: t, now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	b.Throttle = New(Options{
		TenantID: "the-tenant",
		Now:      func() time.Time { return b.now },
		AppID:    func(r *http.Request) string { return r.Header.Get("App") },
		Audience: func(key string) string {
			return map[string]string{"personal": "PersonalMicrosoftAccount", "both": "AzureADandPersonalMicrosoftAccount", "work": "AzureADMyOrg"}[key]
		},
		Note: func(_ *http.Request, note string) { b.notes = append(b.notes, note) },
	})
	b.Set(limits)
	b.handler = b.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		content, _ := io.ReadAll(r.Body)
		b.bodies = append(b.bodies, string(content))
	}))
	return b
}

func (b *bench) ask(method, address, app string, body ...byte) *http.Response {
	b.t.Helper()
	request := httptest.NewRequest(method, address, bytes.NewReader(body))
	request.Header.Set("App", app)
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		request.Header.Set("Content-Encoding", "gzip")
	}
	recorder := httptest.NewRecorder()
	b.handler.ServeHTTP(recorder, request)
	return recorder.Result()
}

// passes asks until it is refused, and returns how often it was not, and the refusal.
func (b *bench) passes(method, address, app string, body ...byte) (int, *http.Response) {
	b.t.Helper()
	for n := range 100_000 {
		if response := b.ask(method, address, app, body...); response.StatusCode != http.StatusOK {
			return n, response
		}
	}
	b.t.Fatal("there is no limit")
	return 0, nil
}

func TestThrottle_off(t *testing.T) {
	t.Parallel()
	b := newBench(t, Limits{})
	for range 1000 {
		if response := b.ask("GET", "/v1.0/applications", "a"); response.StatusCode != 200 || len(response.Header) != 0 {
			t.Fatalf("%d %v", response.StatusCode, response.Header)
		}
	}
}

func TestThrottle_units(t *testing.T) {
	t.Parallel()
	b := newBench(t, Small)
	passed, refused := b.passes("GET", "/v1.0/applications", "a")
	if passed != 1750 {
		t.Errorf("%d passed", passed)
	}
	for name, want := range map[string]string{
		"Retry-After":                    "10",
		"x-ms-resource-unit":             "2",
		"x-ms-throttle-limit-percentage": "1.00",
		"x-ms-throttle-scope":            "Tenant_Application/ReadWrite/a/the-tenant",
		"x-ms-throttle-information":      "ResourceUnitLimitExceeded",
		"Content-Type":                   "application/json; charset=utf-8",
	} {
		if got := refused.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	content, _ := io.ReadAll(refused.Body)
	for _, part := range []string{`"code":"TooManyRequests"`, `"message":"Please retry again later."`, `"code":"429"`, `"status":"429"`, `"message":"Please retry after"`, `"date":"2026-01-01T00:00:00"`} {
		if !strings.Contains(string(content), part) {
			t.Errorf("no %s in %s", part, content)
		}
	}
	if refused.StatusCode != http.StatusTooManyRequests || len(b.notes) != 1 || b.notes[0] != "throttled: units" {
		t.Errorf("%d %v", refused.StatusCode, b.notes)
	}
	// Another application has units of its own.
	if response := b.ask("GET", "/v1.0/applications", "b"); response.StatusCode != http.StatusOK {
		t.Errorf("another application: %d", response.StatusCode)
	}
	// Whoever waits as long as asked is served.
	b.now = b.now.Add(10*time.Second - time.Millisecond)
	if response := b.ask("GET", "/v1.0/applications", "a"); response.StatusCode != http.StatusTooManyRequests {
		t.Errorf("too early: %d", response.StatusCode)
	}
	b.now = b.now.Add(time.Millisecond)
	if response := b.ask("GET", "/v1.0/applications", "a"); response.StatusCode != http.StatusOK {
		t.Errorf("after the wait: %d", response.StatusCode)
	}
}

func TestThrottle_fractionalWait(t *testing.T) {
	t.Parallel()
	b := newBench(t, Limits{Units: Limit{3, 10 * time.Second}})
	for range 3 {
		b.ask("GET", "/v1.0/servicePrincipals", "a")
		b.now = b.now.Add(1100*time.Millisecond + 400*time.Microsecond)
	}
	refused := b.ask("GET", "/v1.0/servicePrincipals", "a")
	// At 3.3012 s, with three uses and the refused one counted, there is room when the second use is past: at 11.1004 s.
	wait := refused.Header.Get("Retry-After")
	if wait != "7.8" {
		t.Errorf("Retry-After %q", wait)
	}
	seconds, err := strconv.ParseFloat(wait, 64)
	if err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(time.Duration(seconds * float64(time.Second)))
	if response := b.ask("GET", "/v1.0/servicePrincipals", "a"); response.StatusCode != http.StatusOK {
		t.Errorf("after the wait: %d", response.StatusCode)
	}
}

func TestThrottle_percentage(t *testing.T) {
	t.Parallel()
	b := newBench(t, Limits{Units: Limit{10, 10 * time.Second}})
	want := []string{"", "", "", "", "", "", "", "", "0.90", "1.00", "1.10", "1.20", "1.30", "1.40", "1.50", "1.60", "1.70", "1.80", "1.80", "1.80"}
	for i, percentage := range want {
		response := b.ask("GET", "/v1.0/servicePrincipals/x", "a")
		if got := response.Header.Get("x-ms-throttle-limit-percentage"); got != percentage || (response.StatusCode == 200) != (i < 10) {
			t.Errorf("request %d: %d %q, want %q", i+1, response.StatusCode, got, percentage)
		}
	}
}

func TestThrottle_writes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		limits      Limits
		path        string
		passes      int
		retryAfter  string
		scope       string
		information string
	}{
		{Limits{Writes: Small.Writes}, "/v1.0/applications/x", 3000, "150", "Tenant_Application/Write/a/the-tenant", "WriteLimitExceeded"},
		{Limits{AppWrites: Small.AppWrites}, "/v1.0/applications/x", 70000, "300", "Application/Write/a/the-tenant", "WriteLimitExceeded"},
		{Limits{TenantWrites: Small.TenantWrites}, "/v1.0/applications/x", 18000, "300", "Tenant/Write/a/the-tenant", "WriteLimitExceeded"},
		{Limits{AppUnits: Limit{50, 20 * time.Second}}, "/v1.0/groups/x", 50, "20", "Application/ReadWrite/a/the-tenant", "ResourceUnitLimitExceeded"},
	} {
		b := newBench(t, test.limits)
		passed, refused := b.passes("PATCH", test.path, "a")
		if passed != test.passes || refused.Header.Get("Retry-After") != test.retryAfter || refused.Header.Get("x-ms-throttle-scope") != test.scope ||
			refused.Header.Get("x-ms-throttle-information") != test.information {
			t.Errorf("%+v: %d passed, then %v", test.limits, passed, refused.Header)
		}
		if reads := b.ask("GET", "/v1.0/applications/x", "a").StatusCode == 200; reads != (test.information == "WriteLimitExceeded") {
			t.Errorf("%+v: reads pass: %t", test.limits, reads)
		}
		if other := b.ask("PATCH", test.path, "b").StatusCode == 200; other != (test.limits.TenantWrites.Count == 0) {
			t.Errorf("%+v: other applications write: %t", test.limits, other)
		}
	}
}

func TestThrottle_personalWrites(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	writer := gzip.NewWriter(&zipped)
	_, _ = writer.Write([]byte(`{"signInAudience":"PersonalMicrosoftAccount"}`))
	_ = writer.Close()
	for _, test := range []struct {
		method, path, body string
		limited            bool
	}{
		{"PATCH", "/v1.0/applications/personal", "", true},
		{"DELETE", "/v1.0/applications/both", "", true},
		{"POST", "/v1.0/applications/personal/addPassword", `{}`, true},
		{"POST", "/v1.0/applications", `{"signInAudience":"AzureADandPersonalMicrosoftAccount"}`, true},
		{"POST", "/v1.0/applications", zipped.String(), true},
		{"PATCH", "/v1.0/applications/work", `{"signInAudience":"PersonalMicrosoftAccount"}`, true},
		{"PATCH", "/v1.0/applications/work", `{"displayName":"a"}`, false},
		{"POST", "/v1.0/applications", `{"signInAudience":"AzureADMyOrg"}`, false},
		{"POST", "/v1.0/applications", `nonsense`, false},
		{"GET", "/v1.0/applications/personal", "", false},
		{"PATCH", "/v1.0/servicePrincipals/personal", "", false},
	} {
		b := newBench(t, Limits{PersonalWrites: Small.PersonalWrites})
		statuses := map[int]int{}
		for range 61 {
			statuses[b.ask(test.method, test.path, "a", []byte(test.body)...).StatusCode]++
		}
		want := map[bool]int{true: 1, false: 0}[test.limited]
		if statuses[429] != want || statuses[200] != 61-want {
			t.Errorf("%s %s %q: %v", test.method, test.path, test.body, statuses)
		}
		if b.bodies[0] != test.body {
			t.Errorf("%s %s: the service had %q", test.method, test.path, b.bodies[0])
		}
	}
}

func TestThrottle_protection(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/v1.0/identity/conditionalAccess/policies", "/beta/identityProtection/riskyServicePrincipals/x"} {
		b := newBench(t, Small)
		passed, refused := b.passes("GET", path, "a")
		if passed != 1 || refused.StatusCode != 429 {
			t.Errorf("%s: %d passed", path, passed)
		}
		for _, name := range []string{"Retry-After", "x-ms-throttle-scope", "x-ms-throttle-information", "x-ms-resource-unit"} {
			if _, given := refused.Header[http.CanonicalHeaderKey(name)]; given {
				t.Errorf("%s: %s is given", path, name)
			}
		}
		if b.ask("GET", path, "b").StatusCode != 429 {
			t.Errorf("%s: the limit is not of the whole tenant", path)
		}
		b.now = b.now.Add(time.Second)
		if status := b.ask("GET", path, "b").StatusCode; status != 200 {
			t.Errorf("%s a second later: %d", path, status)
		}
		if status := b.ask("GET", "/v1.0/identity/other", "b").StatusCode; status != 200 {
			t.Errorf("elsewhere: %d", status)
		}
	}
}

func TestThrottle_keys(t *testing.T) {
	t.Parallel()
	b := newBench(t, Small)
	address := "/v1.0/applications?$select=" + url.QueryEscape("id, keyCredentials")
	passed, refused := b.passes("GET", address, "a")
	if passed != 150 || refused.Header.Get("Retry-After") != "60" {
		t.Errorf("%d passed, then %v", passed, refused.Header)
	}
	for path, want := range map[string]int{
		"/v1.0/servicePrincipals?$select=keyCredentials": 429,
		"/v1.0/applications?$select=id":                  200,
		"/v1.0/applications/x?$select=keyCredentials":    200,
	} {
		if got := b.ask("GET", path, "b").StatusCode; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
}

func TestThrottle_reports(t *testing.T) {
	t.Parallel()
	b := newBench(t, Small)
	passed, refused := b.passes("GET", "/v1.0/auditLogs/signIns", "a")
	if passed != 5 || refused.Header.Get("Retry-After") != "10" {
		t.Errorf("%d passed, then %v", passed, refused.Header)
	}
	if got := b.ask("GET", "/v1.0/auditLogs/signIns", "b").StatusCode; got != 200 {
		t.Errorf("another application: %d", got)
	}
}

func TestThrottle_notCounted(t *testing.T) {
	t.Parallel()
	b := newBench(t, Limits{Units: Limit{1, time.Minute}})
	for range 5 {
		for _, response := range []*http.Response{b.ask("GET", "/v1.0/applications", ""), b.ask("GET", "/subscriptions", "a")} {
			if response.StatusCode != 200 || len(response.Header) != 0 {
				t.Errorf("%d %v", response.StatusCode, response.Header)
			}
		}
	}
	// A limit below the cost of a request lets one pass at a time.
	passed, _ := b.passes("GET", "/v1.0/applications", "a")
	if passed != 1 {
		t.Errorf("%d passed", passed)
	}
	// Limits that are put in force anew are not used yet, and neither are those of before when the clock goes back.
	b.Set(b.Limits())
	if got := b.ask("GET", "/v1.0/applications", "a").StatusCode; got != 200 {
		t.Errorf("%d", got)
	}
	b.now = b.now.Add(-time.Hour)
	if got := b.ask("GET", "/v1.0/applications", "a").StatusCode; got != 200 {
		t.Errorf("an hour earlier: %d", got)
	}
}

// TestThrottle_obedientClients has many clients ask at once and come back when they are told to: all are served, none of
// them before its time.
func TestThrottle_obedientClients(t *testing.T) {
	t.Parallel()
	b := newBench(t, Limits{Units: Limit{35, 10 * time.Second}})
	due := map[time.Time]int{b.now: 200}
	for rounds := 0; len(due) > 0; rounds++ {
		if rounds > 1000 {
			t.Fatalf("still waiting: %v", due)
		}
		var next time.Time
		for at := range due {
			if next.IsZero() || at.Before(next) {
				next = at
			}
		}
		b.now = next
		clients := due[next]
		delete(due, next)
		for range clients {
			response := b.ask("GET", "/v1.0/servicePrincipals/x", "a")
			if response.StatusCode == 200 {
				continue
			}
			seconds, err := strconv.ParseFloat(response.Header.Get("Retry-After"), 64)
			if err != nil || seconds <= 0 {
				t.Fatalf("Retry-After %q", response.Header.Get("Retry-After"))
			}
			due[b.now.Add(time.Duration(seconds*float64(time.Second)))]++
		}
	}
	if took := b.now.Sub(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)); took < 50*time.Second || took > 2*time.Minute {
		t.Errorf("200 requests at 35 in 10 s took %s", took)
	}
}
