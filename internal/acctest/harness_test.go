package acctest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func TestMain(m *testing.M) { Main(m) }

func TestHarness_startsSignedIn(t *testing.T) {
	t.Parallel()
	h := New(t)
	if got := h.Requests(); len(got) != 0 {
		t.Errorf("the provider's own start is in the log: %v", got)
	}
	state := h.ReadDataSource(t, "workloadid_client_config", nil)
	if state["client_id"] != emulator.CallerClientID || state["tenant_id"] != h.Tenant.TenantID() {
		t.Errorf("signed in as %v", state)
	}
}

func TestHarness_graphIsBehindTerraformsBack(t *testing.T) {
	t.Parallel()
	h := New(t)
	made := h.Graph(t, http.MethodPost, "/applications", map[string]any{"displayName": "a"})
	id, _ := made["id"].(string)
	h.Graph(t, http.MethodPatch, "/applications/"+id, map[string]any{"displayName": "b"})
	if got := h.Graph(t, http.MethodGet, "/beta/applications/"+id, nil); got["displayName"] != "b" {
		t.Errorf("got %v", got)
	}
	h.Graph(t, http.MethodDelete, "/applications/"+id, nil)
	if got := h.GraphStatus(t, "/applications/"+id); got != http.StatusNotFound {
		t.Errorf("got status %d", got)
	}
	h.ExpectRequests(t)
}

func TestHarness_tenantsAreIndependent(t *testing.T) {
	t.Parallel()
	one, two := New(t), New(t)
	made := one.Graph(t, http.MethodPost, "/applications", map[string]any{"displayName": "a"})
	if got := two.GraphStatus(t, "/applications/"+made["id"].(string)); got != http.StatusNotFound {
		t.Errorf("an application of one tenant is in the other: %d", got)
	}
}

func TestHarness_staysOnTheTenant(t *testing.T) {
	t.Parallel()
	network, err := New(t).network()
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://login.example.com/a", nil)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := network.RoundTrip(request); err == nil || !strings.Contains(err.Error(), "asked https://login.example.com for /a") {
		t.Errorf("got %v, %v", response, err)
	}
}

func TestConfigureFails_saysWhy(t *testing.T) {
	t.Parallel()
	diags := ConfigureFails(t, WithEnvironment(map[string]string{"ARM_CLIENT_SECRET": "wrong"}))
	if !strings.Contains(diags.String(), "AADSTS7000215") {
		t.Errorf("got %s", diags)
	}
}
