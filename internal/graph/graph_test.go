package graph

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"
)

// credential hands out tokens and remembers what it was asked for.
type credential struct {
	mu      sync.Mutex
	asked   []policy.TokenRequestOptions
	lifeFor time.Duration
	err     error
}

func (c *credential) GetToken(_ context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, options)
	if c.err != nil {
		return azcore.AccessToken{}, c.err
	}
	life := c.lifeFor
	if life == 0 {
		life = time.Hour
	}
	return azcore.AccessToken{Token: fmt.Sprintf("token-%d", len(c.asked)), ExpiresOn: time.Now().Add(life)}, nil
}

func (c *credential) failWith(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
}

func (c *credential) requests() []policy.TokenRequestOptions {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]policy.TokenRequestOptions(nil), c.asked...)
}

// jwt is an unsigned token with these claims.
func jwt(t *testing.T, claims map[string]any) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"none"}`)) + "." + encode(payload) + "." + encode([]byte("signature"))
}

// serve starts a server and makes a client of it.
func serve(t *testing.T, handler http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return clientOf(t, Options{Cloud: Cloud{Graph: server.URL}})
}

func clientOf(t *testing.T, options Options) *Client {
	t.Helper()
	if options.Credential == nil {
		options.Credential = &credential{}
	}
	client, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func builder(client *Client) *applications.ApplicationsRequestBuilder {
	return applications.NewApplicationsRequestBuilderInternal(nil, client.V1())
}

// canned is a transport that gives these answers in turn, the last one for ever, and remembers the requests.
type canned struct {
	mu      sync.Mutex
	answers []func(*http.Request) (*http.Response, error)
	seen    []*http.Request
	bodies  []string
	times   []time.Time
}

func (c *canned) RoundTrip(request *http.Request) (*http.Response, error) {
	body := ""
	if request.Body != nil {
		read, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		body = string(read)
	}
	c.mu.Lock()
	answer := c.answers[min(len(c.seen), len(c.answers)-1)]
	c.seen = append(c.seen, request)
	c.bodies = append(c.bodies, body)
	c.times = append(c.times, time.Now())
	c.mu.Unlock()
	return answer(request)
}

func (c *canned) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.seen)
}

// answer makes an answer; headers are name, value pairs.
func answer(status int, body string, headers ...string) func(*http.Request) (*http.Response, error) {
	return func(request *http.Request) (*http.Response, error) {
		header := http.Header{"Content-Type": {"application/json;odata.metadata=minimal"}}
		for i := 0; i < len(headers); i += 2 {
			header.Set(headers[i], headers[i+1])
		}
		return &http.Response{
			Status: fmt.Sprint(status, " ", http.StatusText(status)), StatusCode: status, Header: header, Request: request,
			Body: io.NopCloser(strings.NewReader(body)),
		}, nil
	}
}

func fails(err error) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

func do(ctx context.Context, t *testing.T, client *Client, method abstractions.HttpMethod, path string) error {
	t.Helper()
	info := abstractions.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(method, "{+baseurl}"+path, map[string]string{})
	if method == abstractions.POST || method == abstractions.PATCH {
		info.Headers.Add("Content-Type", "application/json")
		info.Content = []byte(`{"displayName":"x"}`)
	}
	return client.V1().SendNoContent(ctx, info, nil)
}
