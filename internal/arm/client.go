// Package arm is the client of Azure Resource Manager: it gives the Azure SDK's clients (armmsi, armauthorization) the same
// transport, retries, limits, log and errors that package graph gives Microsoft Graph's.
package arm

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

// Options says where Azure Resource Manager is and who calls it.
type Options struct {
	// Cloud names the hosts. Its Resource Manager origin is also the audience of the tokens.
	Cloud graph.Cloud
	// Endpoint, when set, is the origin requests go to instead. The audience stays the cloud's.
	Endpoint string
	// Credential gives the access tokens. Required.
	Credential azcore.TokenCredential
	// Transport sends the requests in the end.
	Transport http.RoundTripper
	// UserAgent names the provider, its version and Terraform's.
	UserAgent string
	// Secrets are masked wherever they should turn up in a log line.
	Secrets []string
	// MaxConcurrency bounds the requests in flight; 0 means as many as for Microsoft Graph.
	MaxConcurrency int
}

// Client is what the SDK's clients are made with. It is safe for concurrent use.
type Client struct {
	credential azcore.TokenCredential
	options    *arm.ClientOptions
}

// New makes a client. It sends nothing.
func New(options Options) *Client {
	configuration := options.Cloud.Azure()
	endpoint := cmp.Or(strings.TrimRight(options.Endpoint, "/"), options.Cloud.ResourceManager)
	configuration.Services[cloud.ResourceManager] = cloud.ServiceConfiguration{Endpoint: endpoint, Audience: options.Cloud.ResourceManager}
	chain := graph.NewChain(options.Transport, endpoint, "resourcemanager", options.UserAgent, options.Secrets, options.MaxConcurrency)
	return &Client{
		credential: &cached{credential: options.Credential, turn: make(chan struct{}, 1), tokens: map[string]azcore.AccessToken{}},
		options: &arm.ClientOptions{
			ClientOptions: policy.ClientOptions{
				Cloud:           configuration,
				Transport:       transporter{chain},
				Retry:           policy.RetryOptions{MaxRetries: -1}, // the chain has them
				Telemetry:       policy.TelemetryOptions{Disabled: true},
				PerCallPolicies: []policy.Policy{failures{}},
				// Only a tenant on one's own machine has no TLS.
				InsecureAllowCredentialWithHTTP: strings.HasPrefix(endpoint, "http://"),
			},
			DisableRPRegistration: true, // Microsoft.ManagedIdentity and Microsoft.Authorization always are
		},
	}
}

// Credential is the second argument of the SDK's constructors.
func (c *Client) Credential() azcore.TokenCredential { return c.credential }

// Options is the last argument of the SDK's constructors.
func (c *Client) Options() *arm.ClientOptions { return c.options }

// transporter is a chain of RoundTrippers as the SDK wants it. Redirects are not followed: they would be with our token.
type transporter struct{ http.RoundTripper }

func (t transporter) Do(request *http.Request) (*http.Response, error) { return t.RoundTrip(request) }

// failures makes of every answer that is none a [graph.Error], the one kind of error that decisions are made on.
type failures struct{}

func (failures) Do(request *policy.Request) (*http.Response, error) {
	response, err := request.Next()
	if err != nil || response.StatusCode < http.StatusMultipleChoices {
		return response, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, &graph.NetworkError{Operation: request.Raw().Method + " " + request.Raw().URL.Path, Host: request.Raw().URL.Host, Err: err}
	}
	return nil, graph.NewError(request.Raw(), response, body)
}

// cached keeps access tokens: each of the SDK's clients asks for its own, and some credentials run a program for each.
type cached struct {
	credential azcore.TokenCredential

	// turn is held by who asks for a token or looks for one. Others wait for no longer than they have time.
	turn   chan struct{}
	tokens map[string]azcore.AccessToken
}

// renewBefore is how long before its end a token is replaced.
const renewBefore = 5 * time.Minute

func (c *cached) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return azcore.AccessToken{}, ctx.Err()
	}
	key := options.TenantID + " " + strings.Join(options.Scopes, " ")
	if token, ok := c.tokens[key]; ok && options.Claims == "" && time.Until(token.ExpiresOn) > renewBefore {
		return token, nil
	}
	token, err := c.credential.GetToken(ctx, options)
	if err != nil {
		return token, err
	}
	c.tokens[key] = token
	return token, nil
}
