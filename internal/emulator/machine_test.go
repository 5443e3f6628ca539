package emulator_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// The instance metadata service has an address of its own, where nothing else is.
func TestServer_instanceMetadata(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil { // which leaves the port free
		t.Fatal(err)
	}
	server, err := emulator.Start(context.WithoutCancel(t.Context()), emulator.Options{}, emulator.ServerOptions{CertificateFolder: t.TempDir(), InstanceMetadata: address})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Tenant.AddSeed(emulator.Seed{UserAssignedIdentities: []map[string]any{{"id": inGroup + identities + "/shop"}}}); err != nil {
		t.Fatal(err)
	}
	get := func(path string) (int, map[string]string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Metadata", "true")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		content, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		var body map[string]string
		_ = json.Unmarshal(content, &body) // what is no JSON has no members
		return response.StatusCode, body
	}
	if status, body := get("/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://graph.microsoft.com"); status != http.StatusOK || body["access_token"] == "" {
		t.Errorf("%d %v", status, body)
	}
	for _, elsewhere := range []string{"/v1.0/applications", "/_local/log", "/subscriptions"} {
		if status, _ := get(elsewhere); status != http.StatusNotFound {
			t.Errorf("%s: %d", elsewhere, status)
		}
	}
	taken := emulator.ServerOptions{CertificateFolder: t.TempDir(), InstanceMetadata: address}
	if second, err := emulator.Start(t.Context(), emulator.Options{}, taken); err == nil {
		t.Errorf("started twice: %v", second.Close())
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if listener, err = new(net.ListenConfig).Listen(t.Context(), "tcp", address); err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
}
