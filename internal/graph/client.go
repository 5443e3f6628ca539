// Package graph is the client of Microsoft Graph: one pooled HTTP/2 connection, an explicit chain of RoundTrippers, one
// error type, pages as iterators. The request builders of msgraph-sdk-go send through the adapters of a [Client].
package graph

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	abstractions "github.com/microsoft/kiota-abstractions-go"
)

// Options says where Microsoft Graph is and who calls it.
type Options struct {
	// Cloud names the hosts. Its Graph origin is also the audience of the tokens.
	Cloud Cloud
	// GraphEndpoint, when set, is the origin requests go to instead of Cloud.Graph. The audience stays Cloud.Graph.
	GraphEndpoint string
	// Credential gives the access tokens. Required.
	Credential azcore.TokenCredential
	// Transport sends the requests in the end. Nil means [NewTransport] with RootCAs; give one to share its connections.
	Transport http.RoundTripper
	// RootCAs are the authorities trusted when Transport is nil; nil means the system's.
	RootCAs *x509.CertPool
	// UserAgent names the provider, its version and Terraform's.
	UserAgent string
	// Secrets are masked wherever they should turn up in a log line, besides what is masked by its name.
	Secrets []string
	// MaxConcurrency bounds the requests in flight; 0 means 32.
	MaxConcurrency int
}

// Client sends requests to Microsoft Graph. It is safe for concurrent use.
type Client struct {
	endpoint  string
	transport http.RoundTripper
	auth      *authenticator
}

// New makes a client. It sends nothing.
func New(options Options) (*Client, error) {
	endpoint := strings.TrimRight(options.Cloud.Graph, "/")
	audience := endpoint
	if options.GraphEndpoint != "" {
		endpoint = strings.TrimRight(options.GraphEndpoint, "/")
	}
	if audience == "" {
		audience = endpoint
	}
	origin, err := url.Parse(endpoint)
	if err != nil || origin.Host == "" || origin.Scheme != "https" && origin.Scheme != "http" {
		return nil, fmt.Errorf("the Microsoft Graph endpoint %q is not an https:// address", endpoint)
	}
	if options.Credential == nil {
		return nil, errors.New("a Microsoft Graph client needs a credential")
	}
	base := options.Transport
	if base == nil {
		base = NewTransport(options.RootCAs)
	}
	auth := newAuthenticator(options.Credential, audience+"/.default", origin)
	return &Client{endpoint: endpoint, transport: newChain(base, "graph", endpoint, auth, options), auth: auth}, nil
}

// newChain is the order in which a request passes on its way to the network. The subsystem is the name of the service in
// the log.
func newChain(base http.RoundTripper, subsystem, endpoint string, auth *authenticator, options Options) http.RoundTripper {
	authenticated := auth.roundTripper(NewLogging(base, subsystem, options.Secrets))
	sent := newIdentification(NewRetry(newLimits(authenticated, options.MaxConcurrency)), options.UserAgent)
	return newLookups(newListings(sent, endpoint))
}

// NewChain is the same order for another service: the one at that origin, whose tokens are for
// that audience. The chain signs its requests in.
func NewChain(subsystem string, origin *url.URL, audience string, options Options) http.RoundTripper {
	auth := newAuthenticator(options.Credential, audience+"/.default", origin)
	return newChain(options.Transport, subsystem, origin.Scheme+"://"+origin.Host, auth, options)
}

// V1 carries the requests of msgraph-sdk-go's builders to the v1.0 endpoint.
func (c *Client) V1() abstractions.RequestAdapter {
	return &adapter{transport: c.transport, baseURL: c.endpoint + "/v1.0"}
}

// Beta carries requests to the beta endpoint.
func (c *Client) Beta() abstractions.RequestAdapter {
	return &adapter{transport: c.transport, baseURL: c.endpoint + "/beta"}
}

// Endpoint is the origin requests go to, such as https://graph.microsoft.com.
func (c *Client) Endpoint() string { return c.endpoint }

// Caller says whom the access token stands for. It gets a token when there is none yet; Graph is not called.
func (c *Client) Caller(ctx context.Context) (Caller, error) {
	token, err := c.auth.token(ctx, "", "")
	if err != nil {
		return Caller{}, err
	}
	return callerOf(token)
}
