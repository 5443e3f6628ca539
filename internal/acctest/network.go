package acctest

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"os"

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
