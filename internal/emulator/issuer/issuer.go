// Package issuer is the local tenant's test OpenID Connect issuers: stand-ins for GitHub, GitLab, a
// Kubernetes cluster or any other party whose tokens a federated identity credential trusts. Every name is an
// issuer, at <origin>/oidc/<name>, with a key of its own; nothing needs to be set up.
package issuer

import (
	"errors"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/signingkey"
)

// Options configures New.
type Options struct {
	Origin string           // scheme, host and port of the tenant, without a trailing slash
	Keys   *signingkey.Ring // nil keeps the keys in memory
	Now    func() time.Time // nil is time.Now
}

// Issuer is all test issuers of one tenant.
type Issuer struct {
	options Options
}

// New returns the test issuers of the tenant at that origin.
func New(options Options) *Issuer {
	if options.Keys == nil {
		options.Keys = signingkey.NewRing("")
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	return &Issuer{options: options}
}

// URL is the issuer identifier of a test issuer, as a federated identity credential names it.
func (i *Issuer) URL(name string) string { return i.options.Origin + "/oidc/" + name }

// Mint signs a token of a test issuer. The claims iss, aud, iat, nbf, exp and jti are filled in where the
// caller gives none; a given iss makes the token claim to be from that issuer.
func (i *Issuer) Mint(name string, claims map[string]any, lifetime time.Duration) (string, error) {
	return "", errors.New("not written yet")
}

// Keys returns the key set of the test issuer with that URL; false when the URL is not of a test issuer.
func (i *Issuer) Keys(issuerURL string) (jose.JSONWebKeySet, bool, error) {
	return jose.JSONWebKeySet{}, false, nil
}

// KeyByID returns the key set with the one key of that identifier that any test issuer has used.
func (i *Issuer) KeyByID(id string) (jose.JSONWebKeySet, bool) { return jose.JSONWebKeySet{}, false }

// ServeHTTP answers /oidc/<name>/.well-known/openid-configuration and /oidc/<name>/keys.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }

// TokenHandler mints tokens over HTTP, for /_local/token.
func (i *Issuer) TokenHandler() http.Handler { return http.NotFoundHandler() }
