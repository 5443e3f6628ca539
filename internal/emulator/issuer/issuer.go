// Package issuer is the local tenant's test OpenID Connect issuers: stand-ins for GitHub, GitLab, a
// Kubernetes cluster or any other party whose tokens a federated identity credential trusts. Every name is an
// issuer, at <origin>/oidc/<name>, with a key of its own; nothing needs to be set up.
package issuer

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/httpjson"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/signingkey"
)

// Defaults of Mint.
const (
	DefaultAudience = "api://AzureADTokenExchange" // what Microsoft recommends as the audience of a credential
	DefaultLifetime = 10 * time.Minute
)

const (
	prefix     = "/oidc/"
	discovery  = "/.well-known/openid-configuration"
	keys       = "/keys"
	keyPurpose = "issuer " // before an issuer's name in the ring
)

// names are one or more path segments, so that an issuer can look like that of a cloud's clusters.
var names = regexp.MustCompile(`^[A-Za-z0-9_~-][A-Za-z0-9._~-]*(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$`)

// ErrName is the error for a name that cannot be part of a URL as it is.
var ErrName = errors.New("the name of an issuer consists of letters, digits and . _ ~ - in segments separated by /")

// Options configures New.
type Options struct {
	Origin string           // scheme, host and port of the tenant, without a trailing slash
	Keys   *signingkey.Ring // nil keeps the keys in memory
	Now    func() time.Time // nil is time.Now
}

// Issuer is all test issuers of one tenant. It is safe for concurrent use.
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
func (i *Issuer) URL(name string) string { return i.options.Origin + prefix + name }

// Mint signs a token of a test issuer. The claims iss, aud, iat, nbf, exp, jti and those that follow from the
// shape of the subject are filled in where the caller gives none. A given iss makes the token claim to be from
// that issuer: the token endpoint believes it because it knows the key. A lifetime of 0 is DefaultLifetime; a
// negative one gives a token that has expired.
func (i *Issuer) Mint(name string, claims map[string]any, lifetime time.Duration) (string, error) {
	if !names.MatchString(name) {
		return "", ErrName
	}
	if lifetime == 0 {
		lifetime = DefaultLifetime
	}
	key, err := i.options.Keys.Key(keyPurpose + name)
	if err != nil {
		return "", err
	}
	now := i.options.Now()
	payload := map[string]any{
		"iss": i.URL(name),
		"aud": DefaultAudience,
		"jti": uuid.NewString(),
		"iat": now.Unix(),
		"nbf": min(now.Unix(), now.Add(lifetime).Unix()),
		"exp": now.Add(lifetime).Unix(),
	}
	if subject, ok := claims["sub"].(string); ok {
		maps.Copy(payload, shape(subject))
	}
	maps.Copy(payload, claims)

	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key.Private, KeyID: key.ID}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("signing a token of issuer %s: %w", name, err)
	}
	token, err := jwt.Signed(signer).Claims(payload).Serialize()
	if err != nil {
		return "", fmt.Errorf("signing a token of issuer %s: %w", name, err)
	}
	return token, nil
}

// Keys returns the key set of the test issuer with that URL; false when the URL is not of a test issuer.
func (i *Issuer) Keys(issuerURL string) (jose.JSONWebKeySet, bool, error) {
	name, ok := strings.CutPrefix(issuerURL, i.options.Origin+prefix)
	if !ok || !names.MatchString(name) {
		return jose.JSONWebKeySet{}, false, nil
	}
	set, err := i.keys(name)
	return set, true, err
}

// KeyByID returns the key set with the one key of that identifier, when a test issuer has signed with it.
func (i *Issuer) KeyByID(id string) (jose.JSONWebKeySet, bool) {
	key, ok := i.options.Keys.ByID(keyPurpose, id)
	if !ok {
		return jose.JSONWebKeySet{}, false
	}
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key.Public()}}, true
}

func (i *Issuer) keys(name string) (jose.JSONWebKeySet, error) {
	key, err := i.options.Keys.Key(keyPurpose + name)
	if err != nil {
		return jose.JSONWebKeySet{}, err
	}
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key.Public()}}, nil
}

// ServeHTTP answers GET /oidc/<name>/.well-known/openid-configuration and GET /oidc/<name>/keys.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, _ := strings.CutPrefix(r.URL.Path, prefix)
	name, isDiscovery := strings.CutSuffix(path, discovery)
	name, isKeys := strings.CutSuffix(name, keys)
	if isDiscovery == isKeys || !names.MatchString(name) {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET", http.StatusMethodNotAllowed)
		return
	}
	if isDiscovery {
		httpjson.Write(w, http.StatusOK, map[string]any{
			"issuer":                                i.URL(name),
			"jwks_uri":                              i.URL(name) + keys,
			"response_types_supported":              []string{"id_token"},
			"subject_types_supported":               []string{"public"},
			"id_token_signing_alg_values_supported": []string{"RS256"},
			"claims_supported":                      []string{"iss", "sub", "aud", "iat", "nbf", "exp", "jti"},
			"scopes_supported":                      []string{"openid"},
		})
		return
	}
	set, err := i.keys(name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	httpjson.Write(w, http.StatusOK, set)
}
