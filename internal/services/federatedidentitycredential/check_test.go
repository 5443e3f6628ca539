package federatedidentitycredential_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

const exchange = "api://AzureADTokenExchange"

// signIn exchanges a token with these claims at the tenant's token endpoint, and returns the error's code and text.
func signIn(t *testing.T, h *acctest.Harness, clientID string, claims object) (code, message string) {
	t.Helper()
	client := &http.Client{Transport: emulator.RoundTripper{Tenant: h.Tenant}}
	post := func(path, contentType, body string, into any) int {
		t.Helper()
		response, err := client.Post(h.URL+path, contentType, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		if err := json.NewDecoder(response.Body).Decode(into); err != nil {
			t.Fatal(err)
		}
		return response.StatusCode
	}
	request, err := json.Marshal(object{"issuer": "ci", "claims": claims})
	if err != nil {
		t.Fatal(err)
	}
	var minted struct {
		Value string `json:"value"`
	}
	if status := post("/_local/token", "application/json", string(request), &minted); status != http.StatusOK {
		t.Fatalf("no token for %v: status %d", claims, status)
	}
	var answer struct {
		Description string  `json:"error_description"`
		Codes       []int64 `json:"error_codes"`
	}
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {clientID}, "scope": {"https://graph.microsoft.com/.default"},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {minted.Value},
	}
	if post("/"+h.Tenant.TenantID()+"/oauth2/v2.0/token", "application/x-www-form-urlencoded", form.Encode(), &answer) == http.StatusOK {
		return "", ""
	}
	message, _, _ = strings.Cut(answer.Description, " Trace ID: ")
	code, message, _ = strings.Cut(message, ": ")
	return code, message
}

// asText is what decode_token makes of claims.
func asText(t *testing.T, claims object) object {
	t.Helper()
	texts := object{}
	for name, value := range claims {
		if _, ok := value.(string); !ok {
			encoded, err := json.Marshal(value)
			if err != nil {
				t.Fatal(err)
			}
			value = string(encoded)
		}
		texts[name] = value
	}
	return texts
}

// The data source says of each token what the token endpoint does with it, in the same words.
func TestFederatedCredentialCheck_asTheTokenEndpoint(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app, principal := h.Resource("workloadid_application"), h.Resource("workloadid_service_principal")
	app.Apply(t, object{"display_name": "Deployer"})
	principal.Apply(t, object{"client_id": app.String("client_id")})
	trust := func(name string, more object) {
		config := object{"application_id": app.String("id"), "name": name, "issuer": github}
		maps.Copy(config, more)
		h.Resource("workloadid_federated_identity_credential").Apply(t, config)
	}
	base := object{"iss": github, "sub": "repo:contoso/shop:environment:prod", "aud": exchange, "repository_owner_id": "123"}
	codes := map[string]bool{}
	compare := func(change object) object {
		t.Helper()
		claims := maps.Clone(base)
		maps.Copy(claims, change)
		code, message := signIn(t, h, app.String("client_id"), claims)
		got := h.ReadDataSource(t, "workloadid_federated_credential_check", object{"application_id": app.String("id"), "claims": asText(t, claims)})
		if got["accepted"] != (code == "") || code != "" && (got["error_code"] != code || got["error_message"] != message) {
			t.Errorf("%v:\nthe data source says %v %v %v\nthe tenant says %s %s", change, got["accepted"], got["error_code"], got["error_message"], code, message)
		}
		codes[code] = true
		return got
	}
	explained := func(found object, credential string, want ...string) {
		t.Helper()
		text := found["credentials"].(object)[credential].(object)["explanation"].(string)
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("the explanation does not say %q: %s", part, text)
			}
		}
	}

	compare(nil)
	trust("main", object{"subject": "repo:contoso/shop:environment:prod"})
	if found := compare(nil); found["credential_name"] != "main" {
		t.Errorf("accepted by %v", found["credential_name"])
	}
	compare(object{"aud": []any{"https://contoso.com", exchange}})
	explained(compare(object{"sub": "repo:contoso/shop:environment:test"}), "main", "The subject differs", `the same up to "repo:contoso/shop:environment:"`)
	explained(compare(object{"sub": "repo:Contoso/shop:environment:prod"}), "main", "in other letter case")
	explained(compare(object{"sub": "repo:contoso@1/shop@2:environment:prod"}), "main", "give them to github_subject")
	explained(compare(object{"iss": github + "/"}), "main", "The issuer differs", "slash at the end")
	explained(compare(object{"aud": "https://github.com/contoso"}), "main", "The audience differs", exchange)
	explained(compare(object{"aud": []any{"a", "b"}}), "main", `"a,b"`)
	explained(compare(object{"iss": "https://gitlab.com", "aud": "x", "sub": "y"}), "main", "The issuer differs", "The audience differs", "The subject differs")
	explained(compare(object{"sub": ""}), "main", "The token has no subject (sub)")

	trust("wildcard", object{"subject": "repo:contoso/*"})
	explained(compare(object{"sub": "repo:contoso/other:pull_request"}), "wildcard", "* is no wildcard")
	trust("expression", object{"claims_matching_expression": expression})
	trust("audience", object{"subject": "repo:contoso/audience:pull_request", "audience": "api://other"})
	if found := compare(object{"sub": "repo:contoso/other:pull_request"}); found["credential_name"] != "expression" {
		t.Errorf("accepted by %v", found["credential_name"])
	}
	explained(compare(object{"sub": "repo:contoso/other:x", "repository_owner_id": "124"}), "expression", `claims['repository_owner_id'] eq '123' does not hold: the token has "124".`)
	explained(compare(object{"sub": "repo:Contoso/other:x", "repository_owner_id": ""}), "expression", "in other letter case", `the token has ""`)
	explained(compare(object{"sub": "x", "job_workflow_ref": "y"}), "expression", `claims['sub'] matches 'repo:contoso/*' does not hold: the token has "x"`)
	compare(object{"sub": "repo:Contoso/shop:environment:prod", "repository_owner_id": "1"})
	compare(object{"sub": "repo:contoso/audience:pull_request", "aud": "api://other"})
	compare(object{"iss": "https://gitlab.com"})

	for _, code := range []string{"", "AADSTS70021", "AADSTS70025", "AADSTS700211", "AADSTS700212", "AADSTS700213", "AADSTS7002131", "AADSTS7002138"} {
		if !codes[code] {
			t.Errorf("no token ended in %q", code)
		}
	}
}

func TestFederatedCredentialCheck_requests(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := application(t, h)
	check := object{"application_id": id, "claims": object{"iss": github, "sub": "s", "aud": exchange}}
	found := h.ReadDataSource(t, "workloadid_federated_credential_check", check)
	if found["accepted"] != false || found["error_code"] != "AADSTS70025" || len(found["credentials"].(object)) != 0 {
		t.Errorf("found %v", found)
	}
	h.ExpectRequests(t, "GET /beta/applications/{id}/federatedIdentityCredentials", "GET /v1.0/applications/{id}")
	h.Resource("workloadid_federated_identity_credential").Apply(t, object{"application_id": id, "name": "one", "issuer": github, "subject": "s"})
	h.ResetRequests()
	found = h.ReadDataSource(t, "workloadid_federated_credential_check", check)
	if found["accepted"] != true || found["credential_name"] != "one" || found["error_code"] != nil || found["error_message"] != nil {
		t.Errorf("found %v", found)
	}
	h.ExpectRequests(t, "GET /beta/applications/{id}/federatedIdentityCredentials")

	missing := object{"application_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "claims": object{}}
	if text := h.ReadDataSourceFails(t, "workloadid_federated_credential_check", missing).String(); !strings.Contains(text, "looking up federated credential check") {
		t.Errorf("got %s", text)
	}
	h.ReadDataSourceFails(t, "workloadid_federated_credential_check", object{"application_id": "Deployer", "claims": object{}})
}
