package provider

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func tenant(t *testing.T) *emulator.Server {
	t.Helper()
	server, err := emulator.Start(t.Context(), emulator.Options{}, emulator.ServerOptions{CertificateFolder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}

func environmentOf(server *emulator.Server, secret string) map[string]string {
	return map[string]string{
		"ARM_METADATA_HOSTNAME":          strings.TrimPrefix(server.URL, "https://"),
		"WORKLOADID_CA_CERTIFICATE_FILE": server.CACertificateFile,
		"ARM_TENANT_ID":                  server.Tenant.TenantID(),
		"ARM_CLIENT_ID":                  emulator.CallerClientID,
		"ARM_CLIENT_SECRET":              secret,
	}
}

// On a tenant that judges tokens and answers Graph: one connection and one token for everything.
func TestTenant_signInAndRead(t *testing.T) {
	t.Parallel()
	local := tenant(t)
	server, diagnostics := configure(t, block{}, environmentOf(local, emulator.CallerClientSecret))
	if len(diagnostics) > 0 {
		t.Fatal(text(diagnostics))
	}
	got, diagnostics := clientConfig(t, server)
	if len(diagnostics) > 0 || got["tenant_id"] != local.Tenant.TenantID() || got["client_id"] != emulator.CallerClientID || len(got["object_id"]) != 36 {
		t.Fatalf("signed in as %v, %s", got, text(diagnostics))
	}

	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	typ := schema.DataSourceSchemas["workloadid_service_principal"].ValueType()
	if err := local.Tenant.AddSeed(emulator.Seed{Estate: 10}); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := range 10 {
		config, err := tfprotov6.NewDynamicValue(typ, encode(t, typ, block{"client_id": emulator.EstateID("appId", i+1)}))
		if err != nil {
			t.Fatal(err)
		}
		group.Go(func() {
			response, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: "workloadid_service_principal", Config: &config})
			if err != nil || len(response.Diagnostics) > 0 {
				t.Error(err, text(response.Diagnostics))
			}
		})
	}
	group.Wait()

	connections, tokens, graph := map[uint64]bool{}, 0, 0
	for _, request := range local.Tenant.Requests() {
		connections[request.Connection] = true
		switch {
		case request.Protocol != "HTTP/2.0":
			t.Errorf("%s %s went over %s", request.Method, request.Path, request.Protocol)
		case strings.HasSuffix(request.Path, "/oauth2/v2.0/token"):
			tokens++
		case strings.HasPrefix(request.Path, "/v1.0/"):
			graph++
		}
	}
	if len(connections) != 1 || tokens != 1 || graph != 10 {
		t.Errorf("%d connections, %d tokens, %d Graph requests; want 1, 1 and 10", len(connections), tokens, graph)
	}
}

func TestTenant_refusals(t *testing.T) {
	t.Parallel()
	local := tenant(t)
	for name, test := range map[string]struct {
		change map[string]string
		want   []string
	}{
		"wrong secret":  {map[string]string{"ARM_CLIENT_SECRET": "wrong-secret"}, []string{"AADSTS7000215", "not its ID"}},
		"wrong client":  {map[string]string{"ARM_CLIENT_ID": aClient}, []string{"AADSTS700016", aClient}},
		"wrong tenant":  {map[string]string{"ARM_TENANT_ID": aTenant}, []string{"AADSTS90002"}},
		"not trusted":   {map[string]string{"WORKLOADID_CA_CERTIFICATE_FILE": ""}, []string{"certificate", "ca_certificate_file"}},
		"unknown token": {map[string]string{"ARM_CLIENT_SECRET": "", "ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN": "not-a-token"}, []string{"AADSTS", "OpenID Connect token"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			environment := environmentOf(local, emulator.CallerClientSecret)
			maps.Copy(environment, test.change)
			_, diagnostics := configure(t, block{}, environment)
			if len(diagnostics) != 1 {
				t.Fatalf("want one error, got %s", text(diagnostics))
			}
			for _, want := range test.want {
				if !strings.Contains(text(diagnostics), want) {
					t.Errorf("lacks %q:\n%s", want, text(diagnostics))
				}
			}
			if slices.ContainsFunc([]string{"wrong-secret", "not-a-token", emulator.CallerClientSecret}, func(secret string) bool { return strings.Contains(text(diagnostics), secret) }) {
				t.Errorf("a secret is in the error:\n%s", text(diagnostics))
			}
		})
	}
}
