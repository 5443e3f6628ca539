package graph

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	abstractions "github.com/microsoft/kiota-abstractions-go"
)

func always(reply func(*http.Request) (*http.Response, error)) *canned {
	return &canned{answers: []func(*http.Request) (*http.Response, error){reply}}
}

func TestAuth_oneTokenForAllRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &credential{}
		client := clientOf(t, Options{
			Cloud: Cloud{Graph: "https://graph.example/"}, GraphEndpoint: "https://local.example:8443/", Credential: c, Transport: always(answer(204, "")),
		})
		if err := errors.Join(parallel(t.Context(), t, client, 20, "/applications")...); err != nil {
			t.Fatal(err)
		}
		asked := c.requests()
		if len(asked) != 1 || asked[0].Scopes[0] != "https://graph.example/.default" || !asked[0].EnableCAE {
			t.Errorf("asked for tokens: %+v", asked)
		}
		if client.Endpoint() != "https://local.example:8443" {
			t.Errorf("endpoint is %s", client.Endpoint())
		}
	})
}

func TestAuth_tokenIsRenewedInTime(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		life, wait time.Duration
		want       int
	}{
		"long before its end":      {time.Hour, 50 * time.Minute, 1},
		"shortly before its end":   {time.Hour, 56 * time.Minute, 2},
		"after its end":            {time.Hour, 2 * time.Hour, 2},
		"short life, first half":   {4 * time.Minute, time.Minute, 1},
		"short life, second half":  {4 * time.Minute, 3 * time.Minute, 2},
		"the login service's word": {-1, 11 * time.Minute, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				client := clientOf(t, Options{Cloud: Cloud{Graph: "https://graph.example"}, Transport: always(answer(204, "")), Credential: tokens(func() (azcore.AccessToken, error) {
					asked++
					if test.life < 0 {
						return azcore.AccessToken{Token: "t", ExpiresOn: time.Now().Add(24 * time.Hour), RefreshOn: time.Now().Add(10 * time.Minute)}, nil
					}
					return azcore.AccessToken{Token: "t", ExpiresOn: time.Now().Add(test.life)}, nil
				})})
				for range 2 {
					if err := do(t.Context(), t, client, abstractions.GET, "/me"); err != nil {
						t.Fatal(err)
					}
					time.Sleep(test.wait)
				}
				if asked != test.want {
					// The second request came after one wait.
					t.Errorf("asked for %d tokens, want %d", asked, test.want)
				}
			})
		})
	}
}

type tokens func() (azcore.AccessToken, error)

func (f tokens) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return f()
}

// A login service that is out for a moment does no harm while the token at hand lasts.
func TestAuth_failedRenewalKeepsTheToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &credential{}
		client := clientOf(t, Options{Cloud: Cloud{Graph: "https://graph.example"}, Credential: c, Transport: always(answer(204, ""))})
		if err := do(t.Context(), t, client, abstractions.GET, "/me"); err != nil {
			t.Fatal(err)
		}
		c.err = errors.New("login is down")
		time.Sleep(57 * time.Minute)
		if err := do(t.Context(), t, client, abstractions.GET, "/me"); err != nil {
			t.Errorf("three minutes before the token's end: %v", err)
		}
		time.Sleep(4 * time.Minute)
		err := do(t.Context(), t, client, abstractions.GET, "/me")
		var failed *CredentialError
		if !errors.As(err, &failed) || !strings.Contains(err.Error(), "login is down") {
			t.Errorf("after the token's end: %v", err)
		}
	})
}

func TestAuth_claimsChallengeIsMetOnce(t *testing.T) {
	t.Parallel()
	const claims = `{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}`
	challenge := `Bearer realm="", authorization_uri="https://login.example/common/oauth2/authorize", error="insufficient_claims", claims="` + base64.StdEncoding.EncodeToString([]byte(claims)) + `"`
	for name, stubborn := range map[string]bool{"the new token will do": false, "it won't": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := &credential{}
				transport := always(func(r *http.Request) (*http.Response, error) {
					time.Sleep(time.Second) // all of them are under way with the first token
					if stubborn || r.Header.Get("Authorization") == "Bearer token-1" {
						return answer(401, `{"error":{"code":"InvalidAuthenticationToken","message":"Continuous access evaluation resulted in challenge."}}`, "WWW-Authenticate", challenge)(r)
					}
					return answer(204, "")(r)
				})
				client := clientOf(t, Options{Cloud: Cloud{Graph: "https://graph.example"}, Credential: c, Transport: transport})
				const n = 5
				for _, err := range parallel(t.Context(), t, client, n, "/applications") {
					if e, _ := AsError(err); stubborn != (e != nil && e.Status == 401) {
						t.Errorf("got %v", err)
					}
				}
				if transport.count() != 2*n {
					t.Errorf("%d requests, want %d", transport.count(), 2*n)
				}
				asked := c.requests()
				if asked[0].Claims != "" || asked[1].Claims != claims {
					t.Errorf("asked with claims %q, then %q", asked[0].Claims, asked[1].Claims)
				}
				if len(asked) != 2 {
					t.Errorf("asked for %d tokens, want 2: requests share the renewed one", len(asked))
				}
			})
		})
	}
}

// A token can end before its time: a clock is wrong, or it was revoked.
func TestAuth_refusedTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	expired := answer(401, `{"error":{"code":"InvalidAuthenticationToken","message":"Lifetime validation failed, the token is expired."}}`, "WWW-Authenticate", `Bearer realm=""`)
	for name, test := range map[string]struct {
		stubborn bool
		login    error
		tokens   int
	}{
		"the new token will do":       {tokens: 2},
		"it won't":                    {stubborn: true, tokens: 2},
		"there is none, or no claims": {login: errors.New("no claims"), tokens: 1 + 2*3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := &credential{}
				transport := always(func(r *http.Request) (*http.Response, error) {
					time.Sleep(time.Second)
					c.failWith(test.login)
					if test.stubborn || r.Header.Get("Authorization") == "Bearer token-1" {
						return expired(r)
					}
					return answer(204, "")(r)
				})
				client := clientOf(t, Options{Cloud: Cloud{Graph: "https://graph.example"}, Credential: c, Transport: transport})
				for range 2 {
					for _, err := range parallel(t.Context(), t, client, 3, "/applications") {
						if e, _ := AsError(err); (test.stubborn || test.login != nil) != (e != nil && e.Code == "InvalidAuthenticationToken") {
							t.Errorf("got %v", err)
						}
					}
				}
				asked := c.requests()
				if len(asked) != test.tokens || !strings.Contains(asked[1].Claims, "nbf") {
					t.Errorf("asked for tokens %+v, want %d", asked, test.tokens)
				}
			})
		})
	}
}

// A token that replaced another one may be revoked in its turn, also while requests are under way.
func TestAuth_eachRevocationIsMet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &credential{}
		began := time.Now()
		// Each token lives for ten seconds.
		transport := always(func(r *http.Request) (*http.Response, error) {
			at := 1 + int(time.Since(began)/(10*time.Second))
			time.Sleep(time.Second)
			if r.Header.Get("Authorization") != fmt.Sprintf("Bearer token-%d", at) {
				return answer(401, `{"error":{"code":"InvalidAuthenticationToken","message":"Lifetime validation failed, the token is expired."}}`)(r)
			}
			return answer(204, "")(r)
		})
		client := clientOf(t, Options{Cloud: Cloud{Graph: "https://graph.example"}, Credential: c, Transport: transport})
		for range 30 {
			for _, err := range parallel(t.Context(), t, client, 3, "/applications") {
				if err != nil {
					t.Errorf("after %s: %v", time.Since(began), err)
				}
			}
		}
		if lived := time.Since(began); len(c.requests()) != 1+int(lived/(10*time.Second)) {
			t.Errorf("asked for %d tokens in %s", len(c.requests()), lived)
		}
	})
}

func TestAuth_otherChallengesAreAnswers(t *testing.T) {
	t.Parallel()
	for _, challenge := range []string{"", "Bearer", `Bearer claims=`, `Bearer claims="*"`, `Basic realm="x"`} {
		transport := always(answer(401, "", "WWW-Authenticate", challenge))
		err := through(t.Context(), t, transport, abstractions.POST)
		if e, ok := AsError(err); !ok || e.Status != 401 || transport.count() != 1 {
			t.Errorf("%q: got %v after %d requests", challenge, err, transport.count())
		}
	}
}

func TestAuth_credentialErrors(t *testing.T) {
	t.Parallel()
	const body = `{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value.\r\nTrace ID: 1","error_codes":[7000215]}`
	response := func(body string) *http.Response {
		request, _ := http.NewRequest(http.MethodPost, "https://login.example/t/oauth2/v2.0/token", nil)
		return &http.Response{Status: "401 Unauthorized", StatusCode: http.StatusUnauthorized, Body: io.NopCloser(strings.NewReader(body)), Request: request}
	}
	tests := map[string]struct {
		err           error
		code, message string
	}{
		"login's answer":          {&azidentity.AuthenticationFailedError{RawResponse: response(body)}, "AADSTS7000215", "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value. Trace ID: 1"},
		"an answer of some proxy": {&azidentity.AuthenticationFailedError{RawResponse: response("<html>")}, "", "login.example answered 401 Unauthorized"},
		"no answer":               {errors.New("az: command not found"), "", "az: command not found"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			transport := always(answer(204, ""))
			client := clientOf(t, Options{Cloud: Cloud{Graph: "https://graph.example"}, Credential: &credential{err: test.err}, Transport: transport})
			err := do(t.Context(), t, client, abstractions.GET, "/me")
			var failed *CredentialError
			if !errors.As(err, &failed) || failed.Code != test.code || failed.Message != test.message || transport.count() != 0 {
				t.Errorf("got %#v after %d requests", err, transport.count())
			}
		})
	}
}

func TestCaller_ownedOnly(t *testing.T) {
	t.Parallel()
	const administrator = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
	for _, test := range []struct {
		caller Caller
		want   bool
	}{
		{Caller{}, false},
		{Caller{Permissions: []string{"Application.Read.All"}}, false},
		{Caller{Permissions: []string{ownedOnly}}, true},
		{Caller{Permissions: []string{"Directory.Read.All", ownedOnly}, DirectoryRoles: []string{noDirectoryRole}}, true},
		{Caller{Permissions: []string{ownedOnly}, DirectoryRoles: []string{administrator, noDirectoryRole}}, false},
		{Caller{Permissions: []string{ownedOnly, "Application.ReadWrite.All"}}, false},
		{Caller{Permissions: []string{ownedOnly, "Directory.ReadWrite.All"}}, false},
	} {
		if got := test.caller.OwnedOnly(); got != test.want {
			t.Errorf("%+v: got %t", test.caller, got)
		}
	}
}

func TestCaller_readsTheToken(t *testing.T) {
	t.Parallel()
	transport := always(fails(errors.New("Graph must not be asked")))
	for _, test := range []struct {
		claims map[string]any
		want   Caller
	}{
		{map[string]any{}, Caller{}},
		{map[string]any{"roles": []string{"User.Read.All"}, "wids": []string{noDirectoryRole}}, Caller{Permissions: []string{"User.Read.All"}, DirectoryRoles: []string{noDirectoryRole}}},
		{map[string]any{"scp": "User.Read Application.Read.All", "roles": []string{"ignored"}}, Caller{Permissions: []string{"User.Read", "Application.Read.All"}, Delegated: true}},
	} {
		maps.Copy(test.claims, map[string]any{"tid": "tenant", "appid": "app", "oid": "object", "aud": "https://graph.example"})
		test.want.TenantID, test.want.ClientID, test.want.ObjectID = "tenant", "app", "object"
		client := clientOf(t, Options{Cloud: Cloud{Graph: "https://graph.example"}, Transport: transport, Credential: tokens(func() (azcore.AccessToken, error) {
			return azcore.AccessToken{Token: jwt(t, test.claims), ExpiresOn: time.Now().Add(time.Hour)}, nil
		})})
		caller, err := client.Caller(t.Context())
		if err != nil || !reflect.DeepEqual(caller, test.want) || transport.count() != 0 {
			t.Errorf("got %+v, %v, want %+v", caller, err, test.want)
		}
	}
	for _, opaque := range []string{"opaque", "a.b.c", "a." + base64.RawURLEncoding.EncodeToString([]byte("[]")) + ".c"} {
		if caller, err := callerOf(opaque); err == nil || strings.Contains(err.Error(), opaque) {
			t.Errorf("%q: got %+v, %v", opaque, caller, err)
		}
	}
}
