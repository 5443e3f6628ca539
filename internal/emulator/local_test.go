package emulator_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func TestLocal_log(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.tenant.ResetRequests()
	app := c.application(`{"displayName":"a"}`)
	c.get("/v1.0/applications/" + app["id"].(string) + "?$select=id").want(200)
	c.get("/v1.0/applications(appId='" + app["appId"].(string) + "')").want(200)
	c.get("/v1.0/applications/x").want(400)

	var log []emulator.Request
	if err := json.Unmarshal(c.get("/_local/log").want(200).raw, &log); err != nil {
		t.Fatal(err)
	}
	if len(log) != 4 {
		t.Fatalf("log %v", log)
	}
	first, second := log[0], log[1]
	if first.Method != "POST" || first.Path != "/v1.0/applications" || first.Status != 201 || first.RequestBytes != 19 ||
		first.ResponseBytes < 200 || first.Connection == 0 || first.Protocol != "HTTP/1.1" || first.Time.IsZero() {
		t.Errorf("first %+v", first)
	}
	if second.Path != "/v1.0/applications/"+app["id"].(string)+"?$select=id" || second.Sequence != first.Sequence+1 || second.Connection != first.Connection {
		t.Errorf("second %+v", second)
	}
	counters := c.get("/_local/counters").want(200)
	same(t, "operations", counters.at("operations"), `{"POST /v1.0/applications":1,"GET /v1.0/applications/{id}":1,
		"GET /v1.0/applications(appId={key})":1,"GET /v1.0/applications/x":1}`)
	same(t, "statuses", counters.at("statuses"), `{"201":1,"200":2,"400":1}`)
	same(t, "protocols", counters.at("protocols"), `{"HTTP/1.1":4}`)
	c.delete("/_local/log").want(204)
	if got := c.tenant.Requests(); len(got) != 0 {
		t.Errorf("after the reset %v", got)
	}
}

func TestLocal_snapshotAndReset(t *testing.T) {
	t.Parallel()
	c := start(t)
	app, _ := c.principal(`{"displayName":"kept"}`)
	path := "/v1.0/applications/" + app["id"].(string)
	c.post(path+"/federatedIdentityCredentials", credential("main", "s")).want(201)
	snapshot := c.get("/_local/snapshot").want(200).raw
	c.patch(path, `{"displayName":"changed"}`).want(204)
	later := c.application(`{"displayName":"later"}`)["id"].(string)

	c.do(http.MethodPut, "/_local/snapshot", string(snapshot)).want(204)
	if got := c.get(path).want(200).body["displayName"]; got != "kept" {
		t.Errorf("displayName %v", got)
	}
	c.get(path + "/federatedIdentityCredentials/main").want(200)
	c.get("/v1.0/applications/" + later).want(404)
	c.do(http.MethodPut, "/_local/snapshot", `{"objects":[{}]}`).want(400)

	c.post("/_local/reset", "").want(204)
	c.get(path).want(404)
	if got := c.tenant.Objects("applications"); len(got) != 1 || got[0]["appId"] != emulator.CallerClientID {
		t.Errorf("after the reset %v", got)
	}
}

func TestLocal_seed(t *testing.T) {
	t.Parallel()
	c := start(t)
	const id = "12345678-0000-4000-8000-000000000001"
	c.post("/_local/seed", `{"users":[{"id":"`+id+`","displayName":"Seeded","userPrincipalName":"seeded@example.com"}]}`).want(204)
	if got := c.get("/v1.0/users/seeded@example.com").want(200).body["id"]; got != id {
		t.Errorf("id %v", got)
	}
	c.post("/_local/seed", `{"users":[{"displayName":"no GUID","id":"7"}]}`).want(400)
	c.post("/_local/seed", `{"applications":[{"id":"`+id+`","web":"no object"}]}`).want(400)
	c.post("/_local/seed", `{"applications":[{"id":"`+id+`","tags":[5]}]}`).want(400)
	c.post("/_local/seed", `nonsense`).want(400)
	c.post("/_local/seed", `{"apps":[]}`).want(400)
	c.post("/_local/seed", `{} {}`).want(400)
}

func TestLocal_onlyFromThisMachine(t *testing.T) {
	t.Parallel()
	tenant, err := emulator.New(emulator.Options{Hosts: []string{"tenant"}, ControlFrom: []netip.Prefix{netip.MustParsePrefix("172.17.0.0/16")}})
	if err != nil {
		t.Fatal(err)
	}
	const here = "127.0.0.1:1234"
	for name, c := range map[string]struct {
		from, host, page string
		want             int
	}{
		"from elsewhere":          {"192.0.2.1:1234", "localhost", "", 403},
		"from here":               {here, "localhost:8443", "", 200},
		"from here by IPv6":       {"[::1]:1234", "[::1]:8443", "", 200},
		"from nowhere":            {"", "localhost", "", 403},
		"from a container":        {"172.17.0.9:1234", "tenant:8443", "", 200},
		"from another container":  {"172.18.0.9:1234", "tenant:8443", "", 403},
		"by a name of its own":    {here, "tenant", "", 200},
		"by somebody's name":      {here, "attacker.example:8443", "", 403},
		"by no name":              {here, "", "", 403},
		"of a page of its own":    {here, "localhost:8443", "https://localhost:8443", 200},
		"of somebody's page":      {here, "localhost:8443", "https://attacker.example", 403},
		"of another page on here": {here, "localhost:8443", "http://localhost:3000", 403},
		"of a file":               {here, "localhost:8443", "null", 403},
	} {
		r := httptest.NewRequest(http.MethodGet, "/_local/log", nil)
		r.RemoteAddr, r.Host = c.from, c.host
		if c.page != "" {
			r.Header.Set("Origin", c.page)
		}
		w := httptest.NewRecorder()
		tenant.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, c.want)
		}
	}
}

// TestLocal_seedWithoutIDs: what a seed names without an id has one, always the same; an application and its service principal
// belong together.
func TestLocal_seedWithoutIDs(t *testing.T) {
	t.Parallel()
	const seed = `{"users":[{"displayName":"Ada","userPrincipalName":"ada@example.com"}],"applications":[{"displayName":"shop","federatedIdentityCredentials":[{"name":"main","issuer":"https://issuer.example","subject":"s","audiences":["a"]}]}],"servicePrincipals":[{"displayName":"shop"}]}`
	var before []string
	for range 2 {
		c := start(t)
		c.post("/_local/seed", seed).want(204)
		user := c.get("/v1.0/users/ada@example.com").want(200).body["id"]
		app := c.get("/v1.0/applications?$filter=displayName eq 'shop'").want(200)
		appID, id := app.at("value", 0, "appId"), app.at("value", 0, "id")
		if got := c.get("/v1.0/servicePrincipals?$filter=displayName eq 'shop'").want(200).at("value", 0, "appId"); got != appID {
			t.Errorf("the service principal is of %v, want %v", got, appID)
		}
		c.get(fmt.Sprint("/v1.0/applications/", id, "/federatedIdentityCredentials/main")).want(200)
		now := []string{fmt.Sprint(user), fmt.Sprint(appID), fmt.Sprint(id)}
		if before != nil && !slices.Equal(now, before) {
			t.Errorf("%q, and %q before", now, before)
		}
		before = now
	}
}

func TestSeedFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "seed.json")
	const id = "12345678-0000-4000-8000-000000000001"
	if err := os.WriteFile(file, []byte(`{"applications":[{"id":"`+id+`","appId":"12345678-0000-4000-8000-000000000002","displayName":"Seeded"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	c := start(t, func(o *emulator.Options) { o.SeedFile = file })
	for range 2 {
		seeded := c.get("/v1.0/applications/" + id).want(200)
		if seeded.at("displayName") != "Seeded" || seeded.at("signInAudience") != "AzureADMyOrg" {
			t.Errorf("seeded %s", seeded.raw)
		}
		c.delete("/v1.0/applications/" + id).want(204)
		c.post("/_local/reset", "").want(204)
	}
	if _, err := emulator.New(emulator.Options{SeedFile: filepath.Join(t.TempDir(), "missing")}); err == nil {
		t.Error("a missing seed file is not noticed")
	}
}

// As @actions/core does in a GitHub Actions job, and other tools with ACTIONS_ID_TOKEN_REQUEST_URL.
func TestLocal_tokenByGet(t *testing.T) {
	t.Parallel()
	c := start(t)
	answer := c.bearing("ACTIONS_ID_TOKEN_REQUEST_TOKEN").get("/_local/token?issuer=github&subject=repo:contoso/shop:ref:refs/heads/main"+
		"&audience=api%3A%2F%2FAzureADTokenExchange", "Accept", "application/json; api-version=2.0").want(http.StatusOK)
	parts := strings.Split(answer.at("value").(string), ".")
	if len(parts) != 3 {
		t.Fatalf("token %s", answer.raw)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	claims := parse(t, string(payload)).(map[string]any)
	if claims["iss"] != c.server.URL+"/oidc/github" || claims["sub"] != "repo:contoso/shop:ref:refs/heads/main" || claims["aud"] != "api://AzureADTokenExchange" {
		t.Errorf("claims %v", claims)
	}
	c.get("/_local/token?issuer=github").want(http.StatusBadRequest)
	c.do(http.MethodPut, "/_local/token?issuer=github&subject=x", "").want(http.StatusNotFound)
}
