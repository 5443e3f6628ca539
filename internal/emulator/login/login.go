// Package login is the local tenant's side of login.microsoftonline.com: instance and OpenID Connect
// discovery, signing keys, and the token endpoint with its error codes.
package login

import (
	"errors"
	"net/http"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/issuer"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/signingkey"
)

// Options configures New.
type Options struct {
	Directory  Directory
	Issuer     *issuer.Issuer
	Origin     string           // scheme, host and port of the tenant, without a trailing slash
	Keys       *signingkey.Ring // nil keeps the signing key in memory
	HTTPClient *http.Client     // fetches foreign issuers' documents; nil is a client with system trust
	Online     bool             // never let a test issuer stand in for a foreign one
	Now        func() time.Time // nil is time.Now
}

// Login is the handler of everything login.microsoftonline.com serves, and /metadata/endpoints.
type Login struct {
	options Options
}

// New returns the login endpoint of a tenant.
func New(options Options) (*Login, error) { return &Login{options: options}, nil }

// Matches reports whether the path is one of those ServeHTTP answers.
func (l *Login) Matches(path string) bool { return false }

// ServeHTTP answers the paths that Matches reports.
func (l *Login) ServeHTTP(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }

// Claims is what a verified access token says of its bearer.
type Claims struct {
	Audience  string   // aud
	ClientID  string   // appid (version 1) or azp (version 2)
	ObjectID  string   // oid: the object id of the service principal
	TenantID  string   // tid
	Roles     []string // roles
	TokenID   string   // uti
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// Verify checks an access token that this endpoint issued: signature, issuer and time. Failures are ErrExpired or
// ErrInvalid. Answers are cached until the token expires.
func (l *Login) Verify(token string) (Claims, error) { return Claims{}, ErrInvalid }

// Errors of Verify.
var (
	ErrExpired = errors.New("the access token has expired")
	ErrInvalid = errors.New("the access token is not valid")
)
