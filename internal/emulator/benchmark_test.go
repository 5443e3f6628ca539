package emulator_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// What the tenant can bear is measured by
//
//	go test ./internal/emulator -run '^$' -bench . -cpu 1
//
// TestTenant_size fails when it is far from that.

// selected is what a client asks of each application that maps all of it.
const selected = "id,appId,displayName,description,signInAudience,identifierUris,tags,notes,api,appRoles,web,spa,publicClient," +
	"optionalClaims,requiredResourceAccess,keyCredentials,passwordCredentials,groupMembershipClaims,info,isDeviceOnlyAuthSupported," +
	"isFallbackPublicClient,isDisabled,parentalControlSettings,publisherDomain,requestSignatureVerification," +
	"samlMetadataUrl,serviceManagementReference,servicePrincipalLockConfiguration,tokenEncryptionKeyId,uniqueName," +
	"applicationTemplateId,certification,createdDateTime,defaultRedirectUri"

const (
	pageOf999     = "/v1.0/applications?$top=999&$select=" + selected
	expandedPages = pageOf999 + "&$expand=federatedIdentityCredentials" // of 100 each
)

// peer is a tenant of many applications on the network, and a client of it.
type peer struct {
	server *emulator.Server
	client *http.Client
	token  string
}

func serveEstate(tb testing.TB, applications int) *peer {
	tb.Helper()
	server, err := emulator.Start(context.WithoutCancel(tb.Context()), emulator.Options{}, emulator.ServerOptions{CertificateFolder: tb.TempDir()})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = server.Close() })
	if err := server.Tenant.AddSeed(emulator.Seed{Estate: applications}); err != nil {
		tb.Fatal(err)
	}
	authority, err := os.ReadFile(server.CACertificateFile)
	if err != nil {
		tb.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(authority)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}
	tb.Cleanup(transport.CloseIdleConnections)
	return &peer{server, &http.Client{Transport: transport}, server.Tenant.Token("Application.ReadWrite.All")}
}

// get reads an answer to its end.
func (p *peer) get(tb testing.TB, path string) []byte {
	tb.Helper()
	address := path
	if strings.HasPrefix(path, "/") {
		address = p.server.URL + strings.ReplaceAll(path, " ", "%20")
	}
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, address, nil)
	if err != nil {
		tb.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+p.token)
	response, err := p.client.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || response.ProtoMajor != 2 {
		tb.Fatalf("%s: %s %s %v: %.300s", path, response.Proto, response.Status, err, content)
	}
	return content
}

// terraform is how many requests Terraform has under way at a time.
const terraform = 10

// reads makes that many reads of single applications, as many at a time as Terraform does.
func (p *peer) reads(tb testing.TB, count int) {
	var all sync.WaitGroup
	for worker := range terraform {
		all.Go(func() {
			for i := worker; i < count; i += terraform {
				p.get(tb, "/v1.0/applications/"+emulator.EstateID("application", 1+i%100))
			}
		})
	}
	all.Wait()
}

// byName is a search among all applications.
func byName(n int) string {
	return "/v1.0/applications?$select=id&$filter=" + url.QueryEscape(fmt.Sprintf("displayName eq 'Estate %d'", n))
}

// BenchmarkRead is of single reads without a network: without replicas they are to cost what they did before there could
// be any.
func BenchmarkRead(b *testing.B) {
	for name, replication := range map[string]emulator.Replication{
		"primary": {}, "replicas": {Replicas: 3, Lag: emulator.Lag{Max: 30 * time.Second}},
	} {
		b.Run(name, func(b *testing.B) {
			tenant, err := emulator.New(emulator.Options{Replication: replication})
			if err != nil {
				b.Fatal(err)
			}
			if err := tenant.AddSeed(emulator.Seed{Estate: 100}); err != nil {
				b.Fatal(err)
			}
			token := tenant.Token("Application.ReadWrite.All")
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				r := httptest.NewRequest(http.MethodGet, "/v1.0/applications/"+emulator.EstateID("application", 1+i%100), nil)
				r.Header.Set("Authorization", "Bearer "+token)
				w := httptest.NewRecorder()
				if tenant.ServeHTTP(w, r); w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}
