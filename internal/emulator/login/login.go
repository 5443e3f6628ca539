// Package login is the local tenant's side of login.microsoftonline.com: instance and OpenID Connect
// discovery, signing keys, and the token endpoint for client credentials with its error codes.
//
// Sources: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow, …/certificate-credentials,
// …/access-token-claims-reference, …/reference-error-codes and
// learn.microsoft.com/entra/workload-id/workload-identity-federation.
package login

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/httpjson"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/issuer"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/signingkey"
)

// Options configures New.
type Options struct {
	Directory  Directory
	Issuer     *issuer.Issuer   // the test issuers, whose tokens are believed without a look at the network
	Origin     string           // scheme, host and port of the tenant, without a trailing slash
	Keys       *signingkey.Ring // nil keeps the signing key in memory
	HTTPClient *http.Client     // fetches foreign issuers' documents; nil is a client with the system's trust
	Online     bool             // never let a test issuer stand in for a foreign one
	Now        func() time.Time // nil is time.Now
}

// Login is the handler of everything login.microsoftonline.com serves. It is safe for concurrent use.
type Login struct {
	directory Directory
	origin    string
	key       *signingkey.Key
	trust     *trust
	now       func() time.Time

	mutex    sync.Mutex
	verified map[[32]byte]Claims // by hash of the token
}

// keyName is the tenant's own key in the ring.
const keyName = "login"

// New returns the login endpoint of a tenant. It fails when the signing key cannot be read or kept.
func New(options Options) (*Login, error) {
	if options.Keys == nil {
		options.Keys = signingkey.NewRing("")
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	key, err := options.Keys.Key(keyName)
	if err != nil {
		return nil, err
	}
	l := &Login{
		directory: options.Directory,
		origin:    strings.TrimSuffix(options.Origin, "/"),
		key:       key,
		now:       options.Now,
		verified:  map[[32]byte]Claims{},
	}
	l.trust = newTrust(l, options)
	return l, nil
}

// endpoint is one of the login endpoints, in the tenant that the path names.
type endpoint struct {
	suffix string // of the path, after the tenant
	serve  func(*Login, *exchange, string) *failure
}

var endpoints = []endpoint{
	{"/oauth2/v2.0/token", (*Login).tokenV2},
	{"/oauth2/token", (*Login).tokenV1},
	{"/v2.0/.well-known/openid-configuration", (*Login).openIDConfigurationV2},
	{"/.well-known/openid-configuration", (*Login).openIDConfigurationV1},
	{"/discovery/v2.0/keys", (*Login).keySet},
	{"/discovery/keys", (*Login).keySet},
	{"/discovery/instance", (*Login).instanceDiscovery},
}

// repeated are slashes that clients leave between a base URL and a path; the service takes them for one.
var repeated = regexp.MustCompile("//+")

// find splits a path into the tenant and the endpoint.
func find(path string) (tenant string, found endpoint, ok bool) {
	path = repeated.ReplaceAllString(path, "/")
	tenant, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	for _, e := range endpoints {
		if "/"+rest == e.suffix && tenant != "" {
			return tenant, e, true
		}
	}
	return "", endpoint{}, false
}

// Matches reports whether the path is one of those ServeHTTP answers.
func (l *Login) Matches(path string) bool {
	_, _, ok := find(path)
	return ok
}

// ServeHTTP answers the paths that Matches reports.
func (l *Login) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	tenant, endpoint, ok := find(r.URL.Path)
	if !ok {
		http.NotFound(w, r)
		return
	}
	exchange := newExchange(w, r)
	if f := endpoint.serve(l, exchange, tenant); f != nil {
		exchange.fail(f, l.now())
	}
}

// isTenant reports whether a tenant in a path is this one, by id or verified domain.
func (l *Login) isTenant(name string) bool {
	if strings.EqualFold(name, l.directory.TenantID()) {
		return true
	}
	for _, domain := range l.directory.TenantDomains() {
		if strings.EqualFold(name, domain) {
			return true
		}
	}
	return false
}

// isAnyTenant reports whether the tenant in a path stands for whatever tenant an account is of.
func isAnyTenant(name string) bool { return name == "common" || name == "organizations" }

func (l *Login) issuerV1() string { return "https://sts.windows.net/" + l.directory.TenantID() + "/" }
func (l *Login) issuerV2() string { return l.origin + "/" + l.directory.TenantID() + "/v2.0" }

func (e *exchange) answer(value any) *failure {
	httpjson.Write(e.w, http.StatusOK, value)
	return nil
}

// Errors of Verify.
var (
	ErrExpired = errors.New("the access token has expired")
	ErrInvalid = errors.New("the access token is not valid")
)
