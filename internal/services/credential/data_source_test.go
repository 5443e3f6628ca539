package credential_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

const typeName = "workloadid_credentials"

// certificate is one of which nobody has the private key, valid from 2025 to 2044.
const certificate = `MIIBCjCBsaADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMTBHNob3AwHhcNMjUwMTAxMDAwMDAwWhcNNDUwMTAxMDAwMDAwWjAPMQ0wCwYDVQQDEwRzaG9wMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEuhD0q9cCMhT7jIKjhPaBLBNR7SEAQbBQCE81HN7CuAZI7K5qewF0juzicoKFpeuH1TNciCAaovFGh+iJwA9EtTAKBggqhkjOPQQDAgNIADBFAiBC5A0xsGNoBr5NQwOH27J2g+IYTPI3CXV9cEEY1nokHAIhAOzMIXByGssHclw5hYOEXXE8fp9nEkgiTacWxX9U02Ro`

// estate is an application with two passwords and a certificate, and its service principal with one of each. They end
// after 10, 40, 100, 200 and 300 days.
func estate(t *testing.T, h *acctest.Harness) (app, principal object) {
	t.Helper()
	in := func(days int) string {
		return h.Tenant.Clock().Now().Add(time.Duration(days)*24*time.Hour + time.Hour).UTC().Format(time.RFC3339)
	}
	app = h.Graph(t, "POST", "/applications", object{"displayName": "Shop"})
	principal = h.Graph(t, "POST", "/servicePrincipals", object{"appId": app["appId"]})
	add := func(path, name string, days int) {
		h.Graph(t, "POST", path+"/addPassword", object{"passwordCredential": object{"displayName": name, "endDateTime": in(days)}})
	}
	key := func(path, name string, days int) {
		h.Graph(t, "PATCH", path, object{"keyCredentials": []any{object{"type": "AsymmetricX509Cert", "usage": "Verify", "key": certificate, "displayName": name, "endDateTime": in(days)}}})
	}
	application, service := fmt.Sprint("/applications/", app["id"]), fmt.Sprint("/servicePrincipals/", principal["id"])
	add(application, "a 40", 40)
	add(application, "a 10", 10)
	key(application, "a 100", 100)
	add(service, "s 200", 200)
	key(service, "s 300", 300)
	return app, principal
}

// names are those of the credentials that were listed, but for the seeded caller's.
func names(t *testing.T, state object) []string {
	t.Helper()
	found := []string{}
	for _, c := range state["credentials"].([]any) {
		if name, _ := c.(object)["display_name"].(string); len(name) > 2 && (name[:2] == "a " || name[:2] == "s ") {
			found = append(found, name)
		}
	}
	return found
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app, principal := estate(t, h)
	for name, test := range map[string]struct {
		arguments object
		advance   int // days
		want      []string
	}{
		"all":                     {object{}, 0, []string{"a 10", "a 40", "a 100", "s 200", "s 300"}},
		"soon":                    {object{"expiring_within": "30d"}, 0, []string{"a 10"}},
		"a month later":           {object{"expiring_within": "30d"}, 30, []string{"a 40"}},
		"with what has ended":     {object{"expiring_within": "30d", "include_expired": true}, 30, []string{"a 10", "a 40"}},
		"nothing soon":            {object{"expiring_within": "24h"}, 0, []string{}},
		"passwords":               {object{"kinds": []any{"password"}}, 0, []string{"a 10", "a 40", "s 200"}},
		"certificates":            {object{"kinds": []any{"certificate"}}, 0, []string{"a 100", "s 300"}},
		"of applications":         {object{"owner_types": []any{"application"}}, 0, []string{"a 10", "a 40", "a 100"}},
		"of one":                  {object{"service_principal_ids": []any{principal["id"]}}, 0, []string{"s 200", "s 300"}},
		"of both":                 {object{"service_principal_ids": []any{principal["id"]}, "application_ids": []any{strings.ToUpper(app["id"].(string))}, "kinds": []any{"certificate"}}, 0, []string{"a 100", "s 300"}},
		"of one of another kind":  {object{"service_principal_ids": []any{principal["id"]}, "owner_types": []any{"application"}}, 0, []string{}},
		"all of them, long after": {object{"include_expired": true}, 1000, []string{"a 10", "a 40", "a 100", "s 200", "s 300"}},
	} {
		// One clock: not in parallel.
		h.Tenant.Clock().Advance(time.Duration(test.advance) * 24 * time.Hour)
		got := names(t, h.ReadDataSource(t, typeName, test.arguments))
		if slices.Sort(got); !slices.Equal(got, slices.Sorted(slices.Values(test.want))) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
		h.Tenant.Clock().Reset()
	}
}

func TestCredentials_attributes(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app, _ := estate(t, h)
	arguments := object{"application_ids": []any{app["id"]}, "include_expired": true}
	h.Tenant.Clock().Advance(20 * 24 * time.Hour)
	listed := h.ReadDataSource(t, typeName, arguments)["credentials"].([]any)
	if len(listed) != 3 {
		t.Fatalf("got %v", listed)
	}
	want := []object{
		{"kind": "password", "display_name": "a 10", "expired": true, "days_to_expiry": -10, "usage": nil, "thumbprint": nil},
		{"kind": "password", "display_name": "a 40", "expired": false, "days_to_expiry": 20, "usage": nil, "thumbprint": nil},
		{"kind": "certificate", "display_name": "a 100", "expired": false, "days_to_expiry": 80, "usage": "Verify", "thumbprint": "A0B"},
	}
	for i, element := range listed {
		got := element.(object)
		for name, value := range want[i] {
			if name == "thumbprint" && value != nil {
				if text, _ := got[name].(string); len(text) != 40 {
					t.Errorf("thumbprint %v", got[name])
				}
				continue
			}
			if fmt.Sprint(got[name]) != fmt.Sprint(value) {
				t.Errorf("%v: %s is %v, want %v", got["display_name"], name, got[name], value)
			}
		}
		if got["owner_type"] != "application" || got["owner_id"] != app["id"] || got["client_id"] != app["appId"] || got["owner_display_name"] != "Shop" || uuid.Validate(fmt.Sprint(got["key_id"])) != nil {
			t.Errorf("got %v", got)
		}
		if end, err := time.Parse(time.RFC3339, got["end"].(string)); err != nil || end.Nanosecond() != 0 {
			t.Errorf("end %v", got["end"])
		}
	}
}

// TestCredentials_wholeTenant takes a page for each 999 objects.
func TestCredentials_wholeTenant(t *testing.T) {
	t.Parallel()
	seed := emulator.Seed{}
	for i := range 1200 {
		seed.Applications = append(seed.Applications, object{"id": uuid.NewString(), "appId": uuid.NewString(), "displayName": fmt.Sprint("Shop ", i), "keyCredentials": []any{object{"type": "AsymmetricX509Cert", "usage": "Verify", "key": certificate, "displayName": fmt.Sprint("a ", i)}}})
	}
	h := acctest.New(t, acctest.WithSeed(seed))
	state := h.ReadDataSource(t, typeName, object{"owner_types": []any{"application"}})
	h.ExpectRequests(t, "GET /v1.0/applications", "GET /v1.0/applications")
	if n := len(names(t, state)); n != 1200 {
		t.Errorf("%d are listed", n)
	}
	h.ReadDataSource(t, typeName, object{"kinds": []any{"password"}})
	for _, r := range h.Requests() {
		if strings.Contains(r.Path, "keyCredentials") {
			t.Errorf("asked for keys: %s", r.Path)
		}
	}
}

func TestCredentials_invalid(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	for name, test := range map[string]struct {
		arguments object
		want      string
	}{
		"time in words": {object{"expiring_within": "a month"}, "must be a duration"},
		"other kind":    {object{"kinds": []any{"token"}}, "kinds"},
		"no kind":       {object{"kinds": []any{}}, "kinds"},
		"name":          {object{"application_ids": []any{"shop"}}, "must be a UUID"},
		"nobody":        {object{"application_ids": []any{uuid.NewString()}}, "There is no application"},
		"nobody else":   {object{"service_principal_ids": []any{uuid.NewString()}}, "There is no service principal"},
	} {
		if diagnostics := h.ReadDataSourceFails(t, typeName, test.arguments); !strings.Contains(diagnostics.String(), test.want) {
			t.Errorf("%s: got %s", name, diagnostics)
		}
	}
}
