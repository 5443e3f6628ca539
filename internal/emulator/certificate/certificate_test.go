package certificate

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func open(t *testing.T, folder string, hosts ...string) *Authority {
	t.Helper()
	authority, err := Open(folder, nil, hosts...)
	if err != nil {
		t.Fatal(err)
	}
	return authority
}

func trust(t *testing.T, authority *Authority) *x509.CertPool {
	t.Helper()
	content, err := os.ReadFile(authority.File())
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(content) {
		t.Fatalf("%s holds no certificate", authority.File())
	}
	return pool
}

func TestOpen_kept(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "a", "b")
	first, second := open(t, folder), open(t, folder)
	if !first.certificate.Equal(second.certificate) {
		t.Error("a second authority was made")
	}
	for name, mode := range map[string]os.FileMode{File: 0o644, keyFile: 0o600} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	if content, _ := os.ReadFile(first.File()); strings.Contains(string(content), "PRIVATE") {
		t.Error("the key is in the clients' file")
	}
	if files, _ := filepath.Glob(filepath.Join(folder, "*")); len(files) != 3 {
		t.Errorf("left %v", files)
	}
	own, err := os.ReadFile(first.File())
	if err != nil {
		t.Fatal(err)
	}
	if bundle, err := os.ReadFile(first.BundleFile()); err != nil || !strings.HasSuffix(string(bundle), string(own)) {
		t.Errorf("the bundle lacks the authority: %v", err)
	}
	if err := os.Remove(first.File()); err != nil {
		t.Fatal(err)
	}
	trust(t, open(t, folder))
}

func TestOpen_race(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	var group sync.WaitGroup
	made := make([]*Authority, 8)
	for i := range made {
		group.Go(func() {
			var err error
			if made[i], err = Open(folder, nil); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, authority := range made {
		if !authority.certificate.Equal(made[0].certificate) {
			t.Fatal("several authorities were made")
		}
	}
}

func TestOpen_renewed(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	old := open(t, folder)
	later := func(by time.Duration) *Authority {
		authority, err := Open(folder, func() time.Time { return time.Now().Add(by) })
		if err != nil {
			t.Fatal(err)
		}
		return authority
	}
	if !later(authorityLifetime - authorityRenewal - time.Hour).certificate.Equal(old.certificate) {
		t.Error("renewed too early")
	}
	if later(authorityLifetime - authorityRenewal + time.Hour).certificate.Equal(old.certificate) {
		t.Error("not renewed near its end")
	}
}

func TestOpen_broken(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, keyFile), []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(folder, nil); err == nil || !strings.Contains(err.Error(), "delete it") {
		t.Errorf("%v", err)
	}
}

// TestOpen_hosts: whoever has the authority's key can be no other host to those who trust it.
func TestOpen_hosts(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first := open(t, folder, "tenant.example")
	if !open(t, folder).certificate.Equal(first.certificate) || !open(t, folder, "tenant.example", "127.0.0.9", "localhost").certificate.Equal(first.certificate) {
		t.Error("it is replaced although it covers the hosts")
	}
	second := open(t, folder, "192.0.2.7", "2001:db8::7")
	if second.certificate.Equal(first.certificate) {
		t.Fatal("it does not cover the hosts, and is kept")
	}
	if third := open(t, folder, "tenant.example", "2001:db8::7", "192.0.2.7"); !third.certificate.Equal(second.certificate) {
		t.Error("the hosts of before are forgotten")
	}
	for host, want := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "::1": true, "tenant.example": true, "192.0.2.7": true, "2001:db8::7": true,
		"attacker.example": false, "graph.microsoft.com": false, "192.0.2.8": false, "2001:db8::8": false,
	} {
		issued, err := second.issue([]string{host})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := issued.Leaf.Verify(x509.VerifyOptions{Roots: trust(t, second), DNSName: host}); (err == nil) != want {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestServerConfig(t *testing.T) {
	t.Parallel()
	authority := open(t, t.TempDir(), "tenant.example", "192.0.2.7")
	config, err := authority.ServerConfig("tenant.example", "192.0.2.7")
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{
		TLSConfig: config,
		Handler:   http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }),
	}
	go func() { _ = server.ServeTLS(listener, "", "") }()
	t.Cleanup(func() { _ = server.Close() })
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	pool := trust(t, authority)
	for _, name := range []string{"localhost", "127.0.0.1", "tenant.example", "192.0.2.7", "::1"} {
		connection, err := tls.Dial("tcp", net.JoinHostPort("127.0.0.1", port), &tls.Config{RootCAs: pool, ServerName: name, NextProtos: []string{"h2"}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := connection.ConnectionState().NegotiatedProtocol; got != "h2" {
			t.Errorf("%s speaks %q", name, got)
		}
		_ = connection.Close()
	}
	if _, err := tls.Dial("tcp", net.JoinHostPort("127.0.0.1", port), &tls.Config{RootCAs: pool, ServerName: "other.example"}); err == nil {
		t.Error("it serves any name")
	}
}

func TestServerConfig_renewed(t *testing.T) {
	t.Parallel()
	now := time.Now()
	authority, err := Open(t.TempDir(), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	config, err := authority.ServerConfig()
	if err != nil {
		t.Fatal(err)
	}
	first, _ := config.GetCertificate(nil)
	if same, _ := config.GetCertificate(nil); same != first {
		t.Error("a certificate for each connection")
	}
	now = now.Add(serverLifetime - serverRenewal + time.Minute)
	second, err := config.GetCertificate(nil)
	if err != nil || second == first || !second.Leaf.NotAfter.After(first.Leaf.NotAfter) {
		t.Errorf("not renewed: %v", err)
	}
	if _, err := second.Leaf.Verify(x509.VerifyOptions{Roots: authority.Pool(), CurrentTime: now}); err != nil {
		t.Error(err)
	}
}
