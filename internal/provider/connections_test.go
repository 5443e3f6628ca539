package provider_test

import (
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
)

// mainJob is one of each resource, in the order in which they depend on each other.
func mainJob(t *testing.T, h *acctest.Harness) (resources []*acctest.Resource, configs []map[string]any) {
	t.Helper()
	app := h.Resource("workloadid_application")
	config := map[string]any{
		"display_name": "Deployer", "identifier_uris": []any{"api://{client_id}"},
		// What the service refuses at creation to a caller that may manage its own applications only.
		"api": map[string]any{"mapped_claims_enabled": true, "requested_access_token_version": 2},
	}
	app.Apply(t, config)
	principal := h.Resource("workloadid_service_principal")
	principalConfig := map[string]any{"client_id": app.State()["client_id"], "notes": "n"}
	principal.Apply(t, principalConfig)
	credential := h.Resource("workloadid_federated_identity_credential")
	credentialConfig := map[string]any{"application_id": app.String("id"), "name": "main", "issuer": "https://gitlab.com", "subject": "s"}
	credential.Apply(t, credentialConfig)
	return []*acctest.Resource{app, principal, credential}, []map[string]any{config, principalConfig, credentialConfig}
}

// TestConnections_oneForAll refreshes many objects at once over one connection.
func TestConnections_oneForAll(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	resources, _ := mainJob(t, h)
	id := resources[0].String("id")
	copies := make([]*acctest.Resource, 30)
	for i := range copies {
		copies[i] = h.Resource("workloadid_application")
		copies[i].Import(t, id)
	}
	h.ResetRequests()
	t.Run("refresh", func(t *testing.T) {
		for _, r := range copies {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				r.Refresh(t)
			})
		}
	})
	if got := len(h.Requests()); got != 30 {
		t.Errorf("%d requests for 30 refreshes", got)
	}
	if got := h.Connections(); got != 1 {
		t.Errorf("%d connections", got)
	}
	for _, request := range h.Requests() {
		if request.Protocol != "HTTP/2.0" {
			t.Errorf("%s %s came by %s", request.Method, request.Path, request.Protocol)
		}
	}
}
