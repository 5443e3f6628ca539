// Package arm is the client of Azure Resource Manager: it gives the Azure SDK's clients (armmsi, armauthorization) the same
// transport, retries, limits, log and errors that package graph gives Microsoft Graph's.
package arm

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/url"
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
	options *arm.ClientOptions
}

// New makes a client. It sends nothing.
func New(options Options) *Client {
	configuration := options.Cloud.Azure()
	endpoint := cmp.Or(strings.TrimRight(options.Endpoint, "/"), options.Cloud.ResourceManager)
	configuration.Services[cloud.ResourceManager] = cloud.ServiceConfiguration{Endpoint: endpoint, Audience: options.Cloud.ResourceManager}
	origin, err := url.Parse(endpoint)
	if err != nil {
		origin = &url.URL{} // to which nothing is sent
	}
	chain := graph.NewChain("resourcemanager", origin, options.Cloud.ResourceManager, graph.Options{
		Credential: options.Credential, Transport: options.Transport, UserAgent: options.UserAgent, Secrets: options.Secrets, MaxConcurrency: options.MaxConcurrency,
	})
	return &Client{
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
func (c *Client) Credential() azcore.TokenCredential { return signedBelow{} }

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

// signedBelow stands for the credential with the SDK, which wants one: the chain signs every request in, with a token that
// all of the SDK's clients share and that is replaced when it is refused.
type signedBelow struct{}

func (signedBelow) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "-", ExpiresOn: time.Now().Add(24 * time.Hour)}, nil
}
