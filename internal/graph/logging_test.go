package graph

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-log/tflog"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

// Every secret below contains this, so that one search finds any that leaks.
const hush = "hUsH"

func TestLogging_secretsAreMaskedAtTrace(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		request             func() *http.Request
		answer              string
		contentType         string
		shown               []string
		answerHeader, value string
	}{
		"token request with a secret": {
			request: form("https://login.example/t/oauth2/v2.0/token", "client_id", "app", "client_secret", hush, "scope", "x/.default"),
			answer:  `{"token_type":"Bearer","expires_in":3599,"access_token":"` + hush + `","refresh_token":"` + hush + `"}`,
			shown:   []string{"client_id=app", "expires_in", "3599"},
		},
		"token request with an assertion": {
			request: form("https://login.example/t/oauth2/v2.0/token", "client_assertion", hush, "client_assertion_type", "jwt-bearer", "assertion", hush),
			answer:  `{"error":"invalid_client","error_description":"AADSTS700213: no match"}`,
			shown:   []string{"jwt-bearer", "AADSTS700213"},
		},
		"a pipeline's token": {
			request: func() *http.Request {
				r, _ := http.NewRequest(http.MethodGet, "https://pipelines.example/token?audience=x&sig="+hush, nil)
				r.Header.Set("Authorization", "bearer "+hush)
				return r
			},
			answer: `{"count":1,"value":"` + hush + `"}`,
			shown:  []string{"audience=x", "count"},
		},
		"a token of Azure DevOps": {
			request: jsonRequest(http.MethodPost, "https://dev.example/oidctoken", `{}`),
			answer:  `{"oidcToken":"` + hush + `"}`,
		},
		"a password that Graph made": {
			request: jsonRequest(http.MethodPost, "https://graph.example/v1.0/applications/1/addPassword", `{"passwordCredential":{"displayName":"d"}}`),
			answer:  `{"keyId":"k-1","secretText":"` + hush + `","hint":"abc"}`,
			shown:   []string{"k-1", "displayName"},
		},
		"a key": {
			request: jsonRequest(http.MethodPost, "https://graph.example/v1.0/applications/1/addKey", `{"keyCredential":{"key":"`+hush+`","usage":"Sign"},"passwordCredential":{"SecretText":"`+hush+`"},"proof":"`+hush+`"}`),
			answer:  `{"keyCredentials":[{"keyId":"k-2","endDateTime":"2030-01-01T00:00:00Z","key":"` + hush + `"}]}`,
			shown:   []string{"k-2", "Sign"},
		},
		"named secrets": {
			request: jsonRequest(http.MethodPut, "https://graph.example/v1.0/servicePrincipals/1/synchronization/secrets", `{"value":[{"key":"SecretToken","value":"`+hush+`"}]}`),
		},
		"a managed identity's": {
			request: func() *http.Request {
				r, _ := http.NewRequest(http.MethodGet, "http://169.254.169.254/metadata/identity/oauth2/token", nil)
				r.Header.Set("X-Identity-Header", hush)
				r.Header.Set("Secret", hush)
				return r
			},
			answer: `{"access_token":"` + hush + `"}`,
		},
		"cookies": {
			request: func() *http.Request {
				r, _ := http.NewRequest(http.MethodGet, "https://user:"+hush+"@graph.example/v1.0/applications", nil)
				r.Header.Set("Cookie", "a="+hush)
				return r
			},
			answer: `{"value":[]}`, answerHeader: "Set-Cookie", value: "x=" + hush,
		},
		"what cannot be read": {
			request: jsonRequest(http.MethodPost, "https://graph.example/v1.0/x", `{"secretText":"`+hush+`"`),
			answer:  `<secret>` + hush + `</secret>`, contentType: "text/xml",
			shown: []string{"bytes of", "text/xml"},
		},
		"a configured secret in a place of its own": {
			request: jsonRequest(http.MethodPatch, "https://graph.example/v1.0/applications/1", `{"notes":"configured-`+hush+`"}`),
			answer:  `{"error":{"code":"Request_BadRequest","message":"Bad value configured-` + hush + `"}}`,
			shown:   []string{"Request_BadRequest"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			ctx := tflogtest.RootLogger(t.Context(), &log)
			reply := answer(200, test.answer, "Content-Type", orJSON(test.contentType), "request-id", "r-1", orName(test.answerHeader), test.value)
			request := test.request().WithContext(ctx)
			response, err := NewLogging(always(reply), "graph", []string{"configured-" + hush}).RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			if body, err := io.ReadAll(response.Body); err != nil || string(body) != test.answer {
				t.Errorf("the answer's body is %q, %v", body, err)
			}
			if strings.Contains(log.String(), hush) {
				t.Errorf("a secret is in the log:\n%s", log.String())
			}
			for _, want := range append(test.shown, "request_header", `"status":200`, "r-1", `"@module":"provider.graph"`) {
				if !strings.Contains(log.String(), want) {
					t.Errorf("the log lacks %q:\n%s", want, log.String())
				}
			}
		})
	}
}

func orJSON(contentType string) string {
	if contentType == "" {
		return "application/json"
	}
	return contentType
}

func orName(name string) string {
	if name == "" {
		return "X-Nothing"
	}
	return name
}

func form(address string, pairs ...string) func() *http.Request {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return func() *http.Request {
		r, _ := http.NewRequest(http.MethodPost, address, strings.NewReader(values.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return r
	}
}

func jsonRequest(method, address, body string) func() *http.Request {
	return func() *http.Request {
		r, _ := http.NewRequest(method, address, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		return r
	}
}

// The whole chain: what a resource sends is in the log, but the token isn't.
func TestLogging_throughTheChain(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &log)
	client := clientOf(t, Options{Cloud: Cloud{Graph: "https://graph.example"}, Transport: always(answer(201, `{"id":"1","appId":"a"}`))})
	application := models.NewApplication()
	application.SetDisplayName(new("deployer"))
	password := models.NewPasswordCredential()
	password.SetSecretText(new(hush))
	application.SetPasswordCredentials([]models.PasswordCredentialable{password})
	if _, err := applications.NewApplicationsRequestBuilderInternal(nil, client.V1()).Post(ctx, application, nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"deployer", "POST /v1.0/applications: 201", "client-request-id"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, log.String())
		}
	}
	for _, secret := range []string{hush, "token-1"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q is in the log:\n%s", secret, log.String())
		}
	}
}

func TestLogging_bodiesOnlyAtTrace(t *testing.T) {
	t.Setenv("TF_LOG_PROVIDER_WORKLOADID_GRAPH", "DEBUG")
	var log bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &log)
	client := clientOf(t, Options{Cloud: Cloud{Graph: "https://graph.example"}, Transport: always(answer(200, `{}`))})
	if err := do(ctx, t, client, abstractions.PATCH, "/applications/1"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "PATCH /v1.0/applications/1: 200") || strings.Contains(log.String(), "displayName") || strings.Contains(log.String(), "_header") {
		t.Errorf("at DEBUG: %s", log.String())
	}
}

func TestLogging_failuresAreLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	ctx := tflog.SetField(tflogtest.RootLogger(t.Context(), &log), "tf_resource_type", "workloadid_application")
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, "https://graph.example/v1.0/me", nil)
	_, err := NewLogging(always(fails(errors.New("broken configured-"+hush))), "graph", []string{"configured-" + hush}).RoundTrip(request)
	if err == nil || !strings.Contains(log.String(), "broken") || strings.Contains(log.String(), hush) || !strings.Contains(log.String(), "workloadid_application") {
		t.Errorf("got %v and %s", err, log.String())
	}
}

// azcore's requests have a GetBody that returns the very body to be sent.
func TestLogging_bodyIsStillSentAtTrace(t *testing.T) {
	t.Parallel()
	ctx := tflogtest.RootLogger(t.Context(), io.Discard)
	request := jsonRequest(http.MethodPost, "https://login.example/", `{"a":"b"}`)().WithContext(ctx)
	request.GetBody = func() (io.ReadCloser, error) { return request.Body, nil }
	transport := always(answer(200, `{"c":"d"}`))
	if _, err := NewLogging(transport, "login", nil).RoundTrip(request); err != nil || transport.bodies[0] != `{"a":"b"}` {
		t.Errorf("sent %q, %v", transport.bodies, err)
	}
}

// Some services say in a refusal what they were sent. Whoever reads it, or makes an error of it, is not told.
func TestLogging_refusalsDoNotRepeatSecrets(t *testing.T) {
	t.Parallel()
	const secret = `s3cret"+&/`
	bearer := func() *http.Request {
		r, _ := http.NewRequest(http.MethodGet, "https://graph.example/v1.0/me?sig=query-secret", nil)
		r.Header.Set("Authorization", "Bearer bearer-secret")
		return r
	}
	for name, test := range map[string]struct {
		request func() *http.Request
		status  int
		answer  string
		want    string
	}{
		"in JSON":          {form("https://login.example/token", "client_secret", secret), 401, `{"error_description":"AADSTS1: s3cret\u0022\u002B\u0026/ is wrong, 5","n":1.50}`, `{"error_description":"AADSTS1: *** is wrong, 5","n":1.50}`},
		"as it was sent":   {form("https://login.example/token", "client_secret", secret), 400, `no client_secret=s3cret%22%2B%26%2F here`, `no client_secret=*** here`},
		"of a header":      {bearer, 401, `["bad bearer-secret"]`, `["bad ***"]`},
		"of a query":       {bearer, 302, `see ?sig=query-secret`, `see ?sig=***`},
		"of a fault":       {bearer, 500, `Bearer bearer-secret`, `***`},
		"short ones stay":  {form("https://login.example/token", "password", "is"), 400, `this is wrong`, `this is wrong`},
		"what is no error": {bearer, 200, `{"note":"bearer-secret"}`, `{"note":"bearer-secret"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response, err := NewLogging(always(answer(test.status, test.answer)), "login", nil).RoundTrip(test.request())
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			if err != nil || string(body) != test.want || test.status > 299 && response.ContentLength != int64(len(body)) {
				t.Errorf("got %s (%d bytes), %v", body, response.ContentLength, err)
			}
		})
	}
}
