package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

// tenant is the local tenant, which counts what it is asked.
type tenant struct {
	*emulator.Tenant
	server  *emulator.Server
	latency time.Duration
}

func startTenant(ctx context.Context, folder string, latency time.Duration) (*tenant, error) {
	server, err := emulator.Start(context.WithoutCancel(ctx), emulator.Options{}, emulator.ServerOptions{CertificateFolder: folder})
	if err != nil {
		return nil, fmt.Errorf("starting the tenant: %w", err)
	}
	return &tenant{Tenant: server.Tenant, server: server, latency: latency}, nil
}

// environment points providers at the tenant. Ours is told each address, as it knows them of Microsoft's own clouds;
// others ask the host that has the cloud's metadata.
func (t *tenant) environment(own bool) []string {
	common := []string{
		"ARM_TENANT_ID=" + t.TenantID(),
		"ARM_CLIENT_ID=" + emulator.CallerClientID,
		"ARM_CLIENT_SECRET=" + emulator.CallerClientSecret,
		"SSL_CERT_FILE=" + t.server.CABundleFile,
	}
	if own {
		return append(common, "WORKLOADID_AUTHORITY="+t.server.URL, "WORKLOADID_GRAPH_ENDPOINT="+t.server.URL)
	}
	return append(common, "ARM_METADATA_HOSTNAME="+strings.TrimPrefix(t.server.URL, "https://"))
}

// slow begins what is measured: the log is empty, and requests take their time.
func (t *tenant) slow() {
	t.Faults().Set(fault.Rule{Path: "/**", Effect: fault.Latency, Delay: fault.Delay{Min: t.latency, Max: t.latency}})
	t.ResetRequests()
}

// quick ends it.
func (t *tenant) quick() { t.Faults().Clear() }

// traffic is how many requests for Microsoft Graph there were, each $batch one, and how many connections they and the
// others (for the cloud's metadata and for tokens) came over.
func traffic(log []emulator.Request) (requests, connections int) {
	seen := map[uint64]bool{}
	for _, request := range log {
		seen[request.Connection] = true
		if strings.HasPrefix(request.Path, "/v1.0/") || strings.HasPrefix(request.Path, "/beta/") {
			requests++
		}
	}
	return requests, len(seen)
}

var key = regexp.MustCompile(`'[^']*'`)

// operations lists what was asked, and how often: paths without ids and keys, and of queries what options they have.
func operations(log []emulator.Request) string {
	counts := map[string]int{}
	for _, request := range log {
		path, query, _ := strings.Cut(request.Path, "?")
		for _, varying := range []*regexp.Regexp{guid, key} {
			path = varying.ReplaceAllString(path, "…")
		}
		values, _ := url.ParseQuery(query) // what can be read of it
		for i, option := range slices.Sorted(maps.Keys(values)) {
			path += []string{"?", "&"}[min(i, 1)] + option
		}
		counts[fmt.Sprintf("%s %s %d", request.Method, path, request.Status)]++
	}
	var text strings.Builder
	for _, operation := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&text, "  %5d × %s\n", counts[operation], operation)
	}
	return strings.TrimSuffix(text.String(), "\n")
}

// rename changes the display name of an application as someone does who does not use Terraform.
func (t *tenant) rename(ctx context.Context, id, name string) error {
	body, err := json.Marshal(map[string]string{"displayName": name})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPatch, t.server.URL+"/v1.0/applications/"+id, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+t.Token("Application.ReadWrite.All"))
	request.Header.Set("Content-Type", "application/json")
	response, err := emulator.RoundTripper{Tenant: t.Tenant}.RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusNoContent {
		text, err := io.ReadAll(response.Body)
		return errors.Join(fmt.Errorf("changing an application: %s: %s", response.Status, text), err)
	}
	return nil
}
