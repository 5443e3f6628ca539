package emulator

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/issuer"
)

func start(t *testing.T, options Options, serverOptions ServerOptions) *Server {
	t.Helper()
	if serverOptions.CertificateFolder == "" {
		serverOptions.CertificateFolder = t.TempDir()
	}
	server, err := Start(t.Context(), options, serverOptions)
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

// trusting returns a client that trusts what the file holds and nothing else.
func trusting(t *testing.T, file string) *http.Client {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(content) {
		t.Fatalf("%s holds no certificate", file)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func fetch(t *testing.T, client *http.Client, url, token string, into any) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
	return response
}

// As a user's program does: get a token with the seeded caller's secret, and call Microsoft Graph with it.
func TestServer_azidentity(t *testing.T) {
	t.Parallel()
	server := start(t, Options{}, ServerOptions{})
	for _, file := range []string{server.CACertificateFile, server.CABundleFile} {
		client := trusting(t, file)
		credential, err := azidentity.NewClientSecretCredential(server.Tenant.TenantID(), CallerClientID, CallerClientSecret,
			&azidentity.ClientSecretCredentialOptions{
				ClientOptions: azcore.ClientOptions{
					Transport: client,
					Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: server.URL},
				},
				DisableInstanceDiscovery: true,
			})
		if err != nil {
			t.Fatal(err)
		}
		token, err := credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{"https://graph.microsoft.com/.default"}})
		if err != nil {
			t.Fatal(err)
		}
		var page struct{ Value []map[string]any }
		response := fetch(t, client, server.URL+"/v1.0/applications", token.Token, &page)
		if response.StatusCode != http.StatusOK || len(page.Value) == 0 || response.Proto != "HTTP/2.0" {
			t.Errorf("Graph answered %s %s with %d applications", response.Proto, response.Status, len(page.Value))
		}
	}
	for _, request := range server.Tenant.Requests() {
		if request.Protocol != "HTTP/2.0" || request.Connection == 0 {
			t.Errorf("the log has %+v", request)
		}
	}
}

// A workload without a secret: a token of a test issuer, which a credential of the application trusts, is exchanged.
func TestServer_federated(t *testing.T) {
	t.Parallel()
	server := start(t, Options{}, ServerOptions{})
	client := trusting(t, server.CACertificateFile)
	const (
		github  = "https://token.actions.githubusercontent.com"
		subject = "repo:contoso/shop:ref:refs/heads/main"
	)
	post := func(path, token, body string, into any) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer "+token)
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		content, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode >= http.StatusBadRequest {
			t.Fatalf("%s: %s %s %v", path, response.Status, content, err)
		}
		if err := json.Unmarshal(content, into); err != nil {
			t.Fatal(err)
		}
	}
	administrator := server.Tenant.Token("Application.ReadWrite.All")
	var application, principal, credential struct{ ID, AppID string }
	post("/v1.0/applications", administrator, `{"displayName":"deployer"}`, &application)
	post("/v1.0/servicePrincipals", administrator, `{"appId":"`+application.AppID+`"}`, &principal)
	post("/v1.0/applications/"+application.ID+"/federatedIdentityCredentials", administrator,
		`{"name":"main","issuer":"`+github+`","subject":"`+subject+`","audiences":["api://AzureADTokenExchange"]}`, &credential)
	var minted issuer.TokenResponse
	post("/_local/token", "", `{"issuer":"github","as":"`+github+`","subject":"`+subject+`"}`, &minted)

	assertion, err := azidentity.NewClientAssertionCredential(server.Tenant.TenantID(), application.AppID,
		func(context.Context) (string, error) { return minted.Value, nil },
		&azidentity.ClientAssertionCredentialOptions{
			ClientOptions:            azcore.ClientOptions{Transport: client, Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: server.URL}},
			DisableInstanceDiscovery: true,
		})
	if err != nil {
		t.Fatal(err)
	}
	token, err := assertion.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{"https://graph.microsoft.com/.default"}})
	if err != nil {
		t.Fatal(err)
	}
	claims, err := server.Tenant.verify.Verify(token.Token)
	if err != nil || claims.ObjectID != principal.ID || claims.ClientID != application.AppID {
		t.Errorf("%+v, %v", claims, err)
	}
}

// A tenant whose clock is ahead can still be reached by clients whose clocks are not.
func TestServer_clock(t *testing.T) {
	t.Parallel()
	server := start(t, Options{Now: func() time.Time { return time.Now().AddDate(20, 0, 0) }}, ServerOptions{})
	var document struct{ Issuer string }
	fetch(t, trusting(t, server.CACertificateFile), server.URL+"/common/v2.0/.well-known/openid-configuration", "", &document)
	if document.Issuer == "" {
		t.Error("no document")
	}
}

func TestServer_addresses(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, test := range map[string]struct {
		options  ServerOptions
		begins   string
		loopback bool
		fixed    bool // the tenant knows itself by its URL alone
	}{
		"default":        {ServerOptions{}, "https://127.0.0.1:", true, true},
		"localhost":      {ServerOptions{Listen: "localhost:0"}, "https://127.0.0.1:", true, true},
		"named":          {ServerOptions{Hosts: []string{"tenant.localhost"}}, "https://tenant.localhost:", true, true},
		"all interfaces": {ServerOptions{Listen: "0.0.0.0:0"}, "https://127.0.0.1:", false, false},
		"all, named":     {ServerOptions{Listen: ":0", Hosts: []string{"tenant.example"}}, "https://tenant.example:", false, true},
	} {
		test.options.CertificateFolder = folder
		server := start(t, Options{}, test.options)
		if !strings.HasPrefix(server.URL, test.begins) || server.Loopback != test.loopback {
			t.Errorf("%s: %s, loopback %v", name, server.URL, server.Loopback)
		}
		client := trusting(t, server.CACertificateFile)
		_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "https://"), ":")
		var document struct{ Issuer string }
		fetch(t, client, "https://localhost:"+port+"/common/v2.0/.well-known/openid-configuration", "", &document)
		want := "https://localhost:" + port
		if test.fixed {
			want = server.URL
		}
		if !strings.HasPrefix(document.Issuer, want+"/") {
			t.Errorf("%s: to localhost, the issuer is %s, want it at %s", name, document.Issuer, want)
		}
	}
}

func TestServer_close(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	data := t.TempDir() + "/tenant.db"
	options := ServerOptions{CertificateFolder: t.TempDir()}
	server, err := Start(ctx, Options{DataFile: data}, options)
	if err != nil {
		t.Fatal(err)
	}
	token := server.Tenant.Token("Application.Read.All")
	cancel()
	done := make(chan error, 1)
	go func() { done <- server.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the end of the context does not end the server")
	}
	if err := server.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
	again := start(t, Options{DataFile: data}, options) // the data file has been released
	if _, err := again.Tenant.verify.Verify(token); err != nil {
		t.Errorf("a token from before: %v", err)
	}
	if again.CACertificateFile != server.CACertificateFile {
		t.Error("the authority moved")
	}
	if _, err := trusting(t, server.CACertificateFile).Get(server.URL); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("the closed server answers: %v", err)
	}
}

func TestServer_cannotStart(t *testing.T) {
	t.Parallel()
	server := start(t, Options{}, ServerOptions{})
	address := strings.TrimPrefix(server.URL, "https://")
	folder := t.TempDir()
	file := folder + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		options       Options
		serverOptions ServerOptions
		says          string
	}{
		"address in use":        {Options{}, ServerOptions{Listen: address, CertificateFolder: folder}, "listening on " + address},
		"not an address":        {Options{}, ServerOptions{Listen: "nowhere", CertificateFolder: folder}, "listening on nowhere"},
		"no folder":             {Options{}, ServerOptions{CertificateFolder: file}, "folder of the certificate authority"},
		"data file is a folder": {Options{DataFile: folder}, ServerOptions{CertificateFolder: folder}, folder},
	} {
		_, err := Start(t.Context(), test.options, test.serverOptions)
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
