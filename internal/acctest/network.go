package acctest

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

// network is the provider's own transport, trusting the tenant and knowing no other
// host.
func (h *Harness) network() (http.RoundTripper, error) {
	if h.server == nil {
		return graph.NewTransport(nil), nil // a real tenant
	}
	content, err := os.ReadFile(h.server.CACertificateFile)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(content) {
		return nil, fmt.Errorf("%s has no certificate", h.server.CACertificateFile)
	}
	return onlyTo{h.URL, graph.NewTransport(roots)}, nil
}

// onlyTo refuses to reach for anything but one origin.
type onlyTo struct {
	origin string
	next   http.RoundTripper
}

func (o onlyTo) RoundTrip(request *http.Request) (*http.Response, error) {
	if origin := request.URL.Scheme + "://" + request.URL.Host; origin != o.origin {
		return nil, fmt.Errorf("a test that runs on a local tenant asked %s for %s", origin, request.URL.Path)
	}
	return o.next.RoundTrip(request)
}

func (o onlyTo) CloseIdleConnections() { (&http.Client{Transport: o.next}).CloseIdleConnections() }

// permitted gives requests to Microsoft Graph a token with the harness's permissions, if it has any of its own.
func (h *Harness) permitted(next http.RoundTripper) http.RoundTripper {
	if h.permissions == nil {
		return next
	}
	return &bearer{RoundTripper: next, token: h.Tenant.Token(h.permissions...)}
}

type bearer struct {
	http.RoundTripper
	token string
}

func (b *bearer) RoundTrip(request *http.Request) (*http.Response, error) {
	if strings.HasPrefix(request.URL.Path, "/v1.0/") || strings.HasPrefix(request.URL.Path, "/beta/") {
		request = request.Clone(request.Context())
		request.Header.Set("Authorization", "Bearer "+b.token)
	}
	return b.RoundTripper.RoundTrip(request)
}
