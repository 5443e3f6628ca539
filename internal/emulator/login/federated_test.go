package login

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/issuer"
)

const (
	githubIssuer = "https://token.actions.githubusercontent.com"
	subject      = "repo:contoso/shop:ref:refs/heads/main"
)

func (tn *tenant) trusts(credentials ...FederatedCredential) {
	for i := range credentials {
		if credentials[i].Audiences == nil {
			credentials[i].Audiences = []string{issuer.DefaultAudience}
		}
	}
	tn.change(func(c *Client) { c.FederatedCredentials = credentials })
}

// mint makes a token of the test issuer "github" about the subject, with changes.
func (tn *tenant) mint(changes map[string]any, lifetime ...time.Duration) string {
	tn.t.Helper()
	claims := map[string]any{"sub": subject}
	maps.Copy(claims, changes)
	lifetime = append(lifetime, 0)
	token, err := tn.issuers.Mint("github", claims, lifetime[0])
	if err != nil {
		tn.t.Fatal(err)
	}
	return token
}

func TestFederated_subject(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	tn.trusts(
		FederatedCredential{Name: "other", Issuer: tn.issuers.URL("gitlab"), Subject: subject},
		FederatedCredential{Name: "main", Issuer: tn.issuers.URL("github"), Subject: subject},
	)
	answer, response := tn.assert(tn.mint(nil))
	if claims := accepted(t, answer, response); claims["appidacr"] != "2" || claims["oid"] != servicePrincipal {
		t.Errorf("claims are %v", claims)
	}
	answer, response = tn.assert(tn.mint(map[string]any{"aud": []string{"other", issuer.DefaultAudience}}))
	accepted(t, answer, response)
}

func TestFederated_expression(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	tn.trusts(FederatedCredential{Issuer: githubIssuer, Expression: "claims['sub'] matches 'repo:contoso/shop:*' and claims['repository_id'] eq '42'"})
	for name, test := range map[string]struct {
		claims map[string]any
		ok     bool
	}{
		"match":            {map[string]any{"repository_id": "42"}, true},
		"another branch":   {map[string]any{"repository_id": "42", "sub": "repo:contoso/shop:ref:refs/heads/x"}, true},
		"another id":       {map[string]any{"repository_id": "43"}, false},
		"no id":            {nil, false},
		"number for an id": {map[string]any{"repository_id": 42}, false},
		"another subject":  {map[string]any{"repository_id": "42", "sub": "repo:contoso/other:ref:refs/heads/main"}, false},
	} {
		claims := map[string]any{"iss": githubIssuer}
		maps.Copy(claims, test.claims)
		answer, response := tn.assert(tn.mint(claims))
		if test.ok {
			accepted(t, answer, response)
			continue
		}
		t.Log(name)
		refused(t, answer, response, 401, "invalid_client", 7002131, "or no federated identity credential expression matched. Please check your federated identity credential Subject, Expression, Audience and Issuer")
	}
}

func TestFederated_refusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		trusts []FederatedCredential // an empty issuer is the test issuer's
		claims map[string]any
		life   time.Duration
		status int
		oauth  string
		code   int
		says   string
	}{
		{"no credential", nil, nil, 0, 401, "invalid_client", 70025, "The client '" + clientID + "'(deployer) has no configured federated identity credentials."},
		{"no subject", []FederatedCredential{{Subject: subject}}, map[string]any{"sub": ""}, 0, 400, "invalid_request", 70021, "No matching federated identity record found for presented assertion. Assertion Issuer: 'https://"},
		{"other issuer", []FederatedCredential{{Subject: subject}}, map[string]any{"iss": "https://issuer.example"}, 0, 401, "invalid_client", 700211, "presented assertion issuer 'https://issuer.example'."},
		{"issuer with slash", []FederatedCredential{{Issuer: "https://issuer.example", Subject: subject}}, map[string]any{"iss": "https://issuer.example/"}, 0, 401, "invalid_client", 700211, "presented assertion issuer 'https://issuer.example/'."},
		{"other audience", []FederatedCredential{{Subject: subject}}, map[string]any{"aud": "api://azureadtokenexchange"}, 0, 401, "invalid_client", 700212, "presented assertion audience 'api://azureadtokenexchange'. Please check"},
		{"other subject", []FederatedCredential{{Subject: subject}}, map[string]any{"sub": "repo:contoso/shop:environment:prod"}, 0, 401, "invalid_client", 700213, "presented assertion subject 'repo:contoso/shop:environment:prod'. Check your federated identity credential"},
		{"star is no wildcard", []FederatedCredential{{Subject: "repo:contoso/shop:*"}}, nil, 0, 401, "invalid_client", 700213, subject},
		{"other case", []FederatedCredential{{Subject: strings.ToUpper(subject)}}, nil, 0, 401, "invalid_client", 7002138, "The subject matches with case-insensitive comparison, but not with case-sensitive comparison."},
		{"subject of another issuer", []FederatedCredential{{Subject: "a"}, {Issuer: githubIssuer, Subject: subject}}, nil, 0, 401, "invalid_client", 700213, subject},
		{"expression elsewhere", []FederatedCredential{{Subject: "a"}, {Issuer: githubIssuer, Expression: "claims['sub'] eq 'b'"}}, nil, 0, 401, "invalid_client", 7002131, subject},
		{"expired", []FederatedCredential{{Subject: subject}}, nil, -time.Hour, 401, "invalid_client", 700024, "Client assertion is not within its valid time range."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			tn := newTenant(t)
			for i := range test.trusts {
				if test.trusts[i].Issuer == "" {
					test.trusts[i].Issuer = tn.issuers.URL("github")
				}
			}
			tn.trusts(test.trusts...)
			answer, response := tn.assert(tn.mint(test.claims, test.life))
			refused(t, answer, response, test.status, test.oauth, test.code, test.says)
		})
	}
}

func TestFederated_signature(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	tn.trusts(FederatedCredential{Issuer: tn.issuers.URL("github"), Subject: subject})
	set, _, err := tn.issuers.Keys(tn.issuers.URL("github"))
	if err != nil {
		t.Fatal(err)
	}
	keyID := set.Keys[0].KeyID
	claims := map[string]any{"iss": tn.issuers.URL("github"), "sub": subject, "aud": issuer.DefaultAudience, "exp": time.Now().Add(time.Hour).Unix()}
	other := rsaKey(t, "other")

	answer, response := tn.assert(sign(t, jose.RS256, other, map[jose.HeaderKey]any{"kid": "unknown"}, claims))
	refused(t, answer, response, 401, "invalid_client", 7000272, "identifier unknown used to sign the federated credential could not be found in the metadata of identity provider "+tn.issuers.URL("github"))
	answer, response = tn.assert(sign(t, jose.RS256, other, map[jose.HeaderKey]any{"kid": keyID}, claims))
	refused(t, answer, response, 401, "invalid_client", 700027, "Client assertion failed signature validation.")
	answer, response = tn.assert(sign(t, jose.RS256, other, nil, claims))
	refused(t, answer, response, 401, "invalid_client", 700027, "Client assertion failed signature validation.")
	answer, response = tn.assert(sign(t, jose.PS256, other, map[jose.HeaderKey]any{"kid": keyID}, claims))
	refused(t, answer, response, 400, "invalid_request", 5002730, "Unsupported key for the signing algorithm")

	// A token of one test issuer is not one of another.
	token, err := tn.issuers.Mint("gitlab", claims, 0)
	if err != nil {
		t.Fatal(err)
	}
	answer, response = tn.assert(token)
	refused(t, answer, response, 401, "invalid_client", 7000272, "could not be found in the metadata")
}

// foreign is an issuer elsewhere, reached over HTTP.
type foreign struct {
	*httptest.Server
	requests atomic.Int32
	set      atomic.Pointer[jose.JSONWebKeySet]
	document atomic.Pointer[map[string]any]
	status   atomic.Int32
}

func newForeign(t *testing.T) *foreign {
	t.Helper()
	f := &foreign{}
	f.status.Store(http.StatusOK)
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.requests.Add(1)
		w.WriteHeader(int(f.status.Load()))
		switch r.URL.Path {
		case "/.well-known/openid-configuration":
			_ = json.NewEncoder(w).Encode(*f.document.Load())
		case "/keys":
			_ = json.NewEncoder(w).Encode(f.set.Load())
		}
	}))
	t.Cleanup(f.Close)
	f.document.Store(&map[string]any{"issuer": f.URL, "jwks_uri": f.URL + "/keys"})
	f.publish(t, "one")
	return f
}

func (f *foreign) publish(t *testing.T, names ...string) {
	set := &jose.JSONWebKeySet{}
	for _, name := range names {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: rsaKey(t, name).Public(), KeyID: name, Algorithm: "RS256", Use: "sig"})
	}
	f.set.Store(set)
}

func (f *foreign) token(t *testing.T, name string) string {
	return sign(t, jose.RS256, rsaKey(t, name), map[jose.HeaderKey]any{"kid": name},
		map[string]any{"iss": f.URL, "sub": subject, "aud": issuer.DefaultAudience, "exp": time.Now().Add(10 * time.Hour).Unix()})
}

func TestFederated_foreignIssuer(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, func(o *Options) { o.HTTPClient = nil })
	f := newForeign(t)
	tn.trusts(FederatedCredential{Issuer: f.URL, Subject: subject})
	for range 3 {
		answer, response := tn.assert(f.token(t, "one"))
		accepted(t, answer, response)
	}
	if n := f.requests.Load(); n != 2 {
		t.Errorf("asked the issuer %d times, want once for each document", n)
	}

	// The issuer changes its key: it is asked again, though not for every unknown key at once.
	f.publish(t, "two")
	answer, response := tn.assert(f.token(t, "two"))
	refused(t, answer, response, 401, "invalid_client", 7000272, "identifier two")
	tn.advance(keysRetry + time.Second)
	answer, response = tn.assert(f.token(t, "two"))
	accepted(t, answer, response)
	answer, response = tn.assert(f.token(t, "one"))
	refused(t, answer, response, 401, "invalid_client", 7000272, "identifier one")

	// It is asked again after an hour in any case.
	before := f.requests.Load()
	tn.advance(keysFresh)
	answer, response = tn.assert(f.token(t, "two"))
	accepted(t, answer, response)
	if n := f.requests.Load(); n != before+2 {
		t.Errorf("asked the issuer %d times after an hour", n-before)
	}
}

func TestFederated_foreignIssuerFails(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault func(*foreign)
		says  string
	}{
		"status":              {func(f *foreign) { f.status.Store(http.StatusNotFound) }, "answered 404 Not Found"},
		"gone":                {func(f *foreign) { f.Close() }, "connection refused"},
		"other issuer":        {func(f *foreign) { f.document.Store(&map[string]any{"issuer": "https://other.example"}) }, `the discovery document is of issuer "https://other.example"`},
		"file for keys":       {func(f *foreign) { f.document.Store(&map[string]any{"issuer": f.URL, "jwks_uri": "file:///etc/passwd"}) }, "is not an http or https URL"},
		"no keys":             {func(f *foreign) { f.document.Store(&map[string]any{"issuer": f.URL}) }, "is not an http or https URL"},
		"keys without a host": {func(f *foreign) { f.document.Store(&map[string]any{"issuer": f.URL, "jwks_uri": "https:/keys"}) }, "is not an http or https URL"},
		"no JSON":             {func(f *foreign) { f.document.Store(&map[string]any{"issuer": f.URL, "jwks_uri": f.URL + "/none"}) }, "did not answer with the JSON expected"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tn := newTenant(t)
			f := newForeign(t)
			tn.trusts(FederatedCredential{Issuer: f.URL, Subject: subject})
			token := f.token(t, "one")
			test.fault(f)
			answer, response := tn.assert(token)
			refused(t, answer, response, 400, "invalid_request", 50166, "Request to External OIDC endpoint failed.")
			refused(t, answer, response, 400, "invalid_request", 50166, test.says)
		})
	}
}

func TestFederated_standIn(t *testing.T) {
	t.Parallel()
	unreachable := "http://127.0.0.1:1"
	for _, online := range []bool{false, true} {
		tn := newTenant(t, func(o *Options) { o.Online = online })
		tn.trusts(FederatedCredential{Issuer: unreachable, Subject: subject})
		answer, response := tn.assert(tn.mint(map[string]any{"iss": unreachable}))
		if online {
			refused(t, answer, response, 400, "invalid_request", 50166, "Request to External OIDC endpoint failed.")
		} else {
			accepted(t, answer, response)
		}
	}
}

// A service principal's own token can be the assertion of another application, when a credential says so.
func TestFederated_ownIssuer(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	answer, response := tn.token("scope", "api://contoso/api/.default")
	claims := accepted(t, answer, response)
	tn.trusts(FederatedCredential{Issuer: claims["iss"].(string), Subject: servicePrincipal, Audiences: []string{apiClientID}})
	answer, response = tn.assert(answer.AccessToken)
	accepted(t, answer, response)
}
