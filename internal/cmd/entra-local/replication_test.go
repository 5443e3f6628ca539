package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
)

func TestServe_replication(t *testing.T) {
	t.Parallel()
	for want, arguments := range map[string][]string{
		`{"replicas":3,"lag":"0s..30s","seed":0,"roundRobin":false,"signIn":false}`: {"--replicas", "3", "--lag", "0s..30s"},
		`{"replicas":1,"lag":"5s","seed":0,"roundRobin":false,"signIn":false}`:      {"--replicas", "1", "--lag", "5s"},
		`{"replicas":0,"lag":"0s","seed":0,"roundRobin":false,"signIn":false}`:      nil,
	} {
		running, _, _, _ := serving(t, t.TempDir(), arguments...)
		if got := get(t, running, "/_local/replication"); got != want {
			t.Errorf("%v: %s, want %s", arguments, got, want)
		}
	}
}

func TestServe_replicationUsage(t *testing.T) {
	t.Parallel()
	for says, arguments := range map[string][]string{
		"--lag is how far replicas are behind: give their number with --replicas": {"--lag", "5s"},
		`invalid argument "soon" for "--lag" flag`:                                {"--replicas", "2", "--lag", "soon"},
		`invalid argument "5s..2s" for "--lag" flag`:                              {"--replicas", "2", "--lag", "5s..2s"},
	} {
		_, said, code := command(t, append([]string{"serve", "--ca-dir", t.TempDir()}, arguments...)...)
		if code != exitUsage || !strings.Contains(said, says) {
			t.Errorf("%v: %d %q", arguments, code, said)
		}
	}
	_, said, code := command(t, "serve", "--ca-dir", t.TempDir(), "--listen", "127.0.0.1:0", "--replicas", "-1")
	if code != exitFailure || !strings.Contains(said, "there can be 0 to 100 replicas, not -1") {
		t.Errorf("-1 replicas: %d %q", code, said)
	}
}

// get asks the tenant for something under /_local/.
func get(t *testing.T, running note, path string) string {
	t.Helper()
	authority, err := os.ReadFile(running.CACertificateFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, running.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s %v", path, response.Status, content, err)
	}
	return strings.TrimSpace(string(content))
}
