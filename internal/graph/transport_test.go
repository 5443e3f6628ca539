package graph

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestTransport_oneConnectionForParallelRequests(t *testing.T) {
	t.Parallel()
	var connections, http2 atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 2 {
			http2.Add(1)
		}
		time.Sleep(5 * time.Millisecond)
		w.WriteHeader(http.StatusNoContent)
	}))
	server.EnableHTTP2 = true
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	client := clientOf(t, Options{Cloud: Cloud{Graph: server.URL}, RootCAs: roots})
	if err := errors.Join(parallel(t.Context(), t, client, 50, "/applications")...); err != nil {
		t.Fatal(err)
	}
	if connections.Load() != 1 || http2.Load() != 50 {
		t.Errorf("%d connections, %d of 50 requests over HTTP/2; want 1 and 50", connections.Load(), http2.Load())
	}
}

func TestTransport_untrustedAuthority(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = nil
	server.StartTLS()
	t.Cleanup(server.Close)
	client := clientOf(t, Options{Cloud: Cloud{Graph: server.URL}, RootCAs: x509.NewCertPool()})
	start := time.Now()
	err := do(t.Context(), t, client, 0, "/applications")
	var network *NetworkError
	if !errors.As(err, &network) || !strings.Contains(err.Error(), "ca_certificate_file") || time.Since(start) > 5*time.Second {
		t.Errorf("got %v after %v", err, time.Since(start))
	}
}

// The first request to a host fails: the others must not wait for ever.
func TestTransport_openingSurvivesFailure(t *testing.T) {
	t.Parallel()
	transport := newOpening(&canned{answers: []func(*http.Request) (*http.Response, error){fails(errDial), answer(200, "")}})
	send := func(ctx context.Context) error {
		request, _ := http.NewRequestWithContext(ctx, http.MethodGet, "https://graph.example/", nil)
		response, err := transport.RoundTrip(request)
		if err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
		}
		return err
	}
	if err := send(t.Context()); !errors.Is(err, errDial) {
		t.Errorf("first: %v", err)
	}
	for range 3 {
		if err := send(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestTransport_userAgent(t *testing.T) {
	t.Parallel()
	transport := always(answer(204, ""))
	client := clientOf(t, Options{Cloud: Cloud{Graph: "https://graph.example"}, Transport: transport, UserAgent: "terraform-provider-workloadid/1"})
	if err := do(t.Context(), t, client, 0, "/applications"); err != nil {
		t.Fatal(err)
	}
	if got := transport.seen[0].UserAgent(); got != "terraform-provider-workloadid/1" {
		t.Errorf("User-Agent is %q", got)
	}
}

func TestNew_refusesWhatIsNoEndpoint(t *testing.T) {
	t.Parallel()
	for _, endpoint := range []string{"", "graph.example", "ftp://graph.example", "https://", "://"} {
		if _, err := New(Options{Cloud: Cloud{Graph: endpoint}, Credential: &credential{}}); err == nil {
			t.Errorf("%q was accepted", endpoint)
		}
	}
	if _, err := New(Options{Cloud: Cloud{Graph: "https://graph.example"}}); err == nil {
		t.Error("no credential was accepted")
	}
}
