package issuer

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/signingkey"
)

const origin = "https://127.0.0.1:8443"

func read(t *testing.T, token string, keys jose.JSONWebKeySet) map[string]any {
	t.Helper()
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{}
	if err := parsed.Claims(&keys, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func get(t *testing.T, handler http.Handler, method, target, body string, into any) int {
	t.Helper()
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(method, target, strings.NewReader(body)))
	if into != nil {
		if err := json.Unmarshal(recorder.Body.Bytes(), into); err != nil {
			t.Fatalf("%s %s: %d %s", method, target, recorder.Code, recorder.Body)
		}
	}
	return recorder.Code
}

func TestIssuer_discovery(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	i := New(Options{Origin: origin, Now: func() time.Time { return now }})
	for _, name := range []string{"github", "eks.example/id/ABC-1", "keys"} {
		var document struct {
			Issuer  string
			JWKSURI string `json:"jwks_uri"`
		}
		if status := get(t, i, "GET", "/oidc/"+name+"/.well-known/openid-configuration", "", &document); status != 200 {
			t.Fatalf("%s: %d", name, status)
		}
		if document.Issuer != origin+"/oidc/"+name || document.Issuer != i.URL(name) {
			t.Errorf("%s is issuer %s", name, document.Issuer)
		}
		var set jose.JSONWebKeySet
		get(t, i, "GET", strings.TrimPrefix(document.JWKSURI, origin), "", &set)
		if len(set.Keys) != 1 || !set.Keys[0].IsPublic() || set.Keys[0].Algorithm != "RS256" {
			t.Fatalf("%s has keys %v", name, set)
		}
		token, err := i.Mint(name, map[string]any{"sub": "me"}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		claims := read(t, token, set)
		if claims["iss"] != document.Issuer || claims["sub"] != "me" || claims["aud"] != DefaultAudience || claims["jti"] == "" ||
			claims["iat"] != 1.8e9 || claims["nbf"] != 1.8e9 || claims["exp"] != 1.8e9+3600 {
			t.Errorf("%s: %v", name, claims)
		}
		direct, ok, err := i.Keys(document.Issuer)
		if err != nil || !ok || direct.Keys[0].KeyID != set.Keys[0].KeyID {
			t.Errorf("Keys(%s) = %v, %v, %v", document.Issuer, direct, ok, err)
		}
		byID, ok := i.KeyByID(set.Keys[0].KeyID)
		if !ok || len(byID.Keys) != 1 {
			t.Errorf("KeyByID = %v, %v", byID, ok)
		}
	}
	if _, ok := i.KeyByID("unknown"); ok {
		t.Error("an unknown key was found")
	}
	for _, issuerURL := range []string{"https://127.0.0.1:8444/oidc/github", origin + "/oidc/", origin + "/oidc/github/", origin + "/oidc/../x", origin} {
		if _, ok, _ := i.Keys(issuerURL); ok {
			t.Errorf("%s is a test issuer", issuerURL)
		}
	}
}

func TestIssuer_otherPaths(t *testing.T) {
	t.Parallel()
	i := New(Options{Origin: origin})
	for _, path := range []string{"/oidc/", "/oidc/github", "/oidc//keys", "/oidc/.hidden/keys", "/oidc/a//keys", "/oidc/.well-known/openid-configuration"} {
		if status := get(t, i, "GET", path, "", nil); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status := get(t, i, "POST", "/oidc/github/keys", "", nil); status != 405 {
		t.Errorf("POST: %d", status)
	}
}

func TestMint_names(t *testing.T) {
	t.Parallel()
	i := New(Options{Origin: origin})
	for _, name := range []string{"", "/", "a/", "/a", "a b", "a//b", "..", "a/..", "ü", "a?b"} {
		if _, err := i.Mint(name, nil, 0); !errors.Is(err, ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestMint_keysDiffer(t *testing.T) {
	t.Parallel()
	i := New(Options{Origin: origin})
	one, _, _ := i.Keys(i.URL("one"))
	two, _, _ := i.Keys(i.URL("two"))
	if one.Keys[0].KeyID == two.Keys[0].KeyID {
		t.Error("two issuers share a key")
	}
}

func TestMint_keysKept(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first := New(Options{Origin: origin, Keys: signingkey.NewRing(folder)})
	token, err := first.Mint("eks/1", map[string]any{"sub": "x", "iss": "https://elsewhere.example"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	second := New(Options{Origin: origin, Keys: signingkey.NewRing(folder)})
	set, ok := second.KeyByID(parsed.Headers[0].KeyID)
	if !ok {
		t.Fatal("the key is lost")
	}
	if claims := read(t, token, set); claims["iss"] != "https://elsewhere.example" {
		t.Errorf("claims are %v", claims)
	}
}

func TestMint_shapes(t *testing.T) {
	t.Parallel()
	i := New(Options{Origin: origin})
	tests := map[string]map[string]any{
		"repo:contoso/shop:ref:refs/heads/main":      {"repository": "contoso/shop", "repository_owner": "contoso", "ref": "refs/heads/main", "ref_type": "branch", "event_name": "push"},
		"repo:contoso/shop:ref:refs/tags/v1":         {"ref": "refs/tags/v1", "ref_type": "tag"},
		"repo:contoso@7/shop@42:environment:prod":    {"repository": "contoso/shop", "repository_id": "42", "repository_owner_id": "7", "environment": "prod", "ref": nil},
		"repo:contoso/shop:pull_request":             {"event_name": "pull_request", "repository_id": nil},
		"project_path:g/h/p:ref_type:branch:ref:a:b": {"project_path": "g/h/p", "namespace_path": "g/h", "ref_type": "branch", "ref": "a:b"},
		"system:serviceaccount:shop:web":             {"aud": []any{DefaultAudience}, "kubernetes.io": map[string]any{"namespace": "shop", "serviceaccount": map[string]any{"name": "web"}}},
		"system:node:x":                              {"kubernetes.io": nil, "aud": DefaultAudience},
		"repo:odd":                                   {"repository": nil},
		"spiffe://contoso.example/ns/shop/sa/web":    {"repository": nil, "aud": DefaultAudience},
	}
	for subject, want := range tests {
		token, err := i.Mint("shapes", map[string]any{"sub": subject}, 0)
		if err != nil {
			t.Fatal(err)
		}
		set, _, _ := i.Keys(i.URL("shapes"))
		claims := read(t, token, set)
		for name, value := range want {
			if !reflect.DeepEqual(claims[name], value) {
				t.Errorf("%s: %s is %v, want %v", subject, name, claims[name], value)
			}
		}
	}
	token, _ := i.Mint("shapes", map[string]any{"sub": "repo:contoso/shop:pull_request", "event_name": "schedule"}, 0)
	set, _, _ := i.Keys(i.URL("shapes"))
	if claims := read(t, token, set); claims["event_name"] != "schedule" {
		t.Errorf("a given claim became %v", claims["event_name"])
	}
}

func TestTokenHandler(t *testing.T) {
	t.Parallel()
	i := New(Options{Origin: origin})
	handler := i.TokenHandler()
	const github = "https://token.actions.githubusercontent.com"
	for name, request := range map[string][3]string{
		"query":           {"GET", "/_local/token?issuer=github&as=" + github + "&subject=a&audience=b&lifetime=1h&claim.x=1", ""},
		"body":            {"POST", "/_local/token", `{"issuer":"github","as":"` + github + `","subject":"a","audience":"b","lifetime":"1h","claims":{"x":"1"}}`},
		"query of a POST": {"POST", "/_local/token?issuer=github&as=" + github + "&subject=a&audience=b&lifetime=1h&claim.x=1", ""},
		"both":            {"POST", "/_local/token?audience=b&claim.x=1", `{"issuer":"github","as":"` + github + `","subject":"a","audience":"c","lifetime":"1h"}`},
	} {
		var response TokenResponse
		if status := get(t, handler, request[0], request[1], request[2], &response); status != 200 {
			t.Fatalf("%s: %d", name, status)
		}
		set, _, _ := i.Keys(i.URL("github"))
		claims := read(t, response.Value, set)
		if claims["iss"] != github || claims["sub"] != "a" || claims["aud"] != "b" || claims["x"] != "1" {
			t.Errorf("%s: %v", name, claims)
		}
		if response.OIDCToken != response.Value || response.Issuer != github || response.Subject != "a" || float64(response.ExpiresAt.Unix())-claims["exp"].(float64) > 1 {
			t.Errorf("%s: %+v", name, response)
		}
	}
	for target, says := range map[string]string{
		"/_local/token?issuer=github":                      "the subject is missing",
		"/_local/token?subject=a":                          "name of an issuer",
		"/_local/token?issuer=github&subject=a&lifetime=x": `"x" is not a duration`,
	} {
		var answer struct{ Error string }
		if status := get(t, handler, "GET", target, "", &answer); status != 400 || !strings.Contains(answer.Error, says) {
			t.Errorf("%s: %d %s", target, status, answer.Error)
		}
	}
	for _, body := range []string{"{", `{"isuer":"x"}`, `[]`} {
		var answer struct{ Error string }
		if status := get(t, handler, "POST", "/_local/token", body, &answer); status != 400 || !strings.Contains(answer.Error, "reading the request") {
			t.Errorf("%s: %d %s", body, status, answer.Error)
		}
	}
	var answer struct{ Error string }
	if status := get(t, handler, "DELETE", "/_local/token", "", &answer); status != 400 {
		t.Errorf("DELETE: %d", status)
	}
}
