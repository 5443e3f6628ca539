package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
)

// post creates an object and returns it.
func post(t *testing.T, tenant *emulator.Tenant, path, body string) map[string]any {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://tenant.example/v1.0/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+tenant.Token("Application.ReadWrite.All"))
	request.Header.Set("Content-Type", "application/json")
	response, err := emulator.RoundTripper{Tenant: tenant}.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil || response.StatusCode != http.StatusCreated {
		t.Fatalf("%s: %s: %s", path, response.Status, text)
	}
	return object
}

// ofTenant is the pattern of an application with its service principal and a credential.
func ofTenant(t *testing.T) (*emulator.Tenant, *pattern) {
	t.Helper()
	tenant, err := emulator.New(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	before := tenant.Snapshot()
	app := post(t, tenant, "applications", `{"displayName":"benchmark NUMBER"}`)
	sp := post(t, tenant, "servicePrincipals", fmt.Sprintf(`{"appId":%q}`, app["appId"]))
	credential := post(t, tenant, fmt.Sprintf("applications/%s/federatedIdentityCredentials", app["id"]),
		`{"name":"github-NUMBER","issuer":"https://i.example","subject":"s","audiences":["api://AzureADTokenExchange"]}`)
	state := fmt.Sprintf(`{"version":4,"lineage":"aaaaaaaa-0000-0000-0000-000000000000","resources":[
		{"name":"app_NUMBER","id":%q,"client_id":%q,"publisher":%q},
		{"name":"sp_NUMBER","id":%q,"client_id":%q,"tenant":%q},
		{"name":"credential_NUMBER","id":%q,"application_id":%q}
	]}`, app["id"], app["appId"], app["publisherDomain"], sp["id"], app["appId"], tenant.TenantID(), credential["id"], app["id"])
	p, err := newPattern([]byte(state), before, tenant.Snapshot())
	if err != nil {
		t.Fatal(err)
	}
	return tenant, p
}

func TestPattern_stateAndTenantAgree(t *testing.T) {
	t.Parallel()
	tenant, p := ofTenant(t)
	if len(p.objects) != 3 || len(p.ids) != 4 {
		t.Fatalf("the pattern has %d objects with the ids %v, want 3 with 4: the ids of each, and the appId", len(p.objects), p.ids)
	}
	const copies = 25
	held, err := p.snapshotOf(copies)
	if err != nil {
		t.Fatal(err)
	}
	if err := tenant.Restore(held); err != nil {
		t.Fatal(err)
	}
	text, err := p.stateOf(copies)
	if err != nil {
		t.Fatal(err)
	}
	var state struct {
		Version   int
		Lineage   string
		Resources []map[string]string
	}
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatal(err)
	}
	if state.Version != 4 || state.Lineage != "aaaaaaaa-0000-0000-0000-000000000000" || len(state.Resources) != 3*copies {
		t.Fatalf("the state has %d resources, version %d, lineage %s", len(state.Resources), state.Version, state.Lineage)
	}
	objects := map[string]*directory.Object{}
	for _, object := range tenant.Snapshot().Objects {
		objects[object.ID] = object
	}
	if added := len(objects) - len(p.before); added != 3*copies {
		t.Errorf("the tenant has %d objects more, want %d", added, 3*copies)
	}
	for number := 1; number <= copies; number++ {
		three := state.Resources[3*(number-1):][:3]
		app, sp, credential := objects[three[0]["id"]], objects[three[1]["id"]], objects[three[2]["id"]]
		if app == nil || sp == nil || credential == nil {
			t.Fatalf("the tenant does not hold what the state has: %v", three)
		}
		want := map[string]string{
			app.String("displayName"): fmt.Sprintf("benchmark %d", number), three[0]["name"]: fmt.Sprintf("app_%d", number),
			credential.String("name"): fmt.Sprintf("github-%d", number), credential.Parent: app.ID,
			app.String("appId"): three[0]["client_id"], sp.String("appId"): three[1]["client_id"], three[1]["tenant"]: tenant.TenantID(),
		}
		for got, expected := range want {
			if got != expected {
				t.Errorf("copy %d has %q, not %q", number, got, expected)
			}
		}
	}
}

func TestPattern_ofNoTenant(t *testing.T) {
	t.Parallel()
	p, err := newPattern([]byte(`{"resources":[{"name":"value_NUMBER"}]}`), emulator.Snapshot{}, emulator.Snapshot{})
	if err != nil {
		t.Fatal(err)
	}
	state, err := p.stateOf(2)
	if want := `{"resources":[{"name":"value_1"},{"name":"value_2"}]}`; err != nil || string(state) != want {
		t.Errorf("got %s, %v, want %s", state, err, want)
	}
	if _, err := newPattern([]byte("{"), emulator.Snapshot{}, emulator.Snapshot{}); err == nil {
		t.Error("half a state makes a pattern")
	}
}

func TestTenant_rename(t *testing.T) {
	t.Parallel()
	server, err := startTenant(t.Context(), t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.server.Close() })
	app := post(t, server.Tenant, "applications", `{"displayName":"before"}`)
	id, err := lastApplication(server.Snapshot())
	if err != nil || id == "" {
		t.Fatal(id, err)
	}
	if err := server.rename(t.Context(), app["id"].(string), "after"); err != nil {
		t.Fatal(err)
	}
	for _, object := range server.Snapshot().Objects {
		if object.ID == app["id"] && object.String("displayName") != "after" {
			t.Errorf("it is called %s", object.String("displayName"))
		}
	}
	if err := server.rename(t.Context(), "00000000-0000-0000-0000-000000000000", "after"); err == nil {
		t.Error("what is not there can be renamed")
	}
}

func TestTraffic(t *testing.T) {
	t.Parallel()
	log := []emulator.Request{
		{Method: "POST", Path: "/e4c4a5d7-5a54-4d4e-9f30-6c0a1b7f2d11/oauth2/v2.0/token", Connection: 7, Status: 200},
		{Method: "GET", Path: "/v1.0/applications/e4c4a5d7-5a54-4d4e-9f30-6c0a1b7f2d11?$select=id&$expand=owners", Connection: 7, Status: 200},
		{Method: "GET", Path: "/v1.0/applications/f4c4a5d7-5a54-4d4e-9f30-6c0a1b7f2d12?%24expand=owners&$select=id", Connection: 9, Status: 200},
		{Method: "POST", Path: "/beta/$batch", Connection: 7, Status: 200},
	}
	if requests, connections := traffic(log); requests != 3 || connections != 2 {
		t.Errorf("%d requests over %d connections, want 3 over 2", requests, connections)
	}
	if text := operations(log); !strings.Contains(text, "2 × GET /v1.0/applications/…?$expand&$select 200") {
		t.Errorf("the operations are\n%s", text)
	}
}
