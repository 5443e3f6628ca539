package functions

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	tenant "github.com/workloadid/terraform-provider-workloadid/internal/emulator/claimsexpression"
	"github.com/workloadid/terraform-provider-workloadid/internal/jsonwebtoken"
)

// What matches_claims says is what the tenant, which has an evaluation of its own, would do.
func TestMatchesClaims_asTheTenant(t *testing.T) {
	t.Parallel()
	expressions := []string{
		"claims['sub'] eq 'repo:contoso/shop:environment:prod'",
		"claims['sub'] matches 'repo:contoso/*' and claims['repository_id'] eq '456'",
		"claims['sub'] matches 'repo:*:environment:????' and claims['repository_owner_id'] eq '123'",
		"claims['sub'] matches '*:ENVIRONMENT:*'",
		"claims['sub'] matches '*' and claims['job_workflow_ref'] matches 'contoso/*@refs/heads/main'",
		"claims['sub'] eq 'it''s'",
		"claims['absent'] matches '*'",
		"claims['sub'] matches 'a*b*c*d?'",
	}
	tokens := []object{
		{},
		{"sub": ""},
		{"sub": "repo:contoso/shop:environment:prod", "repository_id": "456", "repository_owner_id": "123", "job_workflow_ref": "contoso/shop/.github/workflows/a.yml@refs/heads/main"},
		{"sub": "repo:contoso/shop:environment:prod", "repository_id": "457"},
		{"sub": "repo:Contoso/shop:environment:prod", "repository_id": "456", "repository_owner_id": "123"},
		{"sub": "it's"},
		{"sub": "abcde"},
		{"sub": "a.b.c.d"},
		{"sub": "a\nbcd\n"},
	}
	both := map[bool]int{}
	for _, source := range expressions {
		theirs, err := tenant.Parse(source)
		if err != nil {
			t.Fatal(err)
		}
		for _, token := range tokens {
			claims := map[string]any{}
			for name, value := range token {
				claims[name] = value
			}
			got, failure := call(t, NewMatchesClaims(), types.StringValue(source), mapOf(token))
			want := theirs.Matches(claims)
			if failure != "" || got.(types.Bool).ValueBool() != want {
				t.Errorf("%s of %q: got %v %s, the tenant says %v", source, token, got, failure, want)
			}
			both[want]++
		}
	}
	if both[true] < 5 || both[false] < 5 {
		t.Errorf("the cases are one-sided: %v", both)
	}
}

func TestMatchesClaims_invalid(t *testing.T) {
	t.Parallel()
	if _, err := call(t, NewMatchesClaims(), types.StringValue("claims['sub'] == 'a'"), mapOf(nil)); !strings.Contains(err, `expression: column 15: expected the operator "eq" or "matches"`) {
		t.Errorf("got %q", err)
	}
}

func TestMatchesSubject(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		subject string
		claims  object
		want    bool
	}{
		{"repo:contoso/shop:pull_request", object{"sub": "repo:contoso/shop:pull_request", "iss": "x"}, true},
		{"repo:contoso/shop:pull_request", object{"sub": "repo:Contoso/shop:pull_request"}, false},
		{"repo:contoso/*", object{"sub": "repo:contoso/shop"}, false},
		{"repo:contoso/*", object{"sub": "repo:contoso/*"}, true},
		{"", object{}, false},
	} {
		got, err := call(t, NewMatchesSubject(), types.StringValue(test.subject), mapOf(test.claims))
		if err != "" || got.(types.Bool).ValueBool() != test.want {
			t.Errorf("%q of %v: got %v %s", test.subject, test.claims, got, err)
		}
	}
	unknown := types.MapValueMust(types.StringType, map[string]attr.Value{"sub": types.StringUnknown()})
	for _, f := range []func() function.Function{NewMatchesSubject, NewMatchesClaims} {
		if got, err := call(t, f(), types.StringValue("claims['sub'] eq 'a'"), unknown); err != "" || !got.IsUnknown() {
			t.Errorf("of unknown claims: got %v %s", got, err)
		}
	}
}

func token(payload string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"RS256"}`)) + "." + encode([]byte(payload)) + "." + encode([]byte("signature"))
}

func TestDecodeToken(t *testing.T) {
	t.Parallel()
	const payload = `{"iss": "https://gitlab.com", "sub": "é?>\u0041", "aud": ["a", "b"], "exp": 1700000000, "ok": true, "none": null, "kubernetes.io": {"namespace": "shop"}}`
	want := object{"iss": "https://gitlab.com", "sub": "é?>A", "aud": `["a","b"]`, "exp": "1700000000", "ok": "true", "kubernetes.io": `{"namespace":"shop"}`}
	for name, given := range map[string]string{
		"a token": token(payload), "with a line break": token(payload) + "\n", "as a header": "Bearer " + token(payload), "decoded": "\n" + payload,
	} {
		got, err := call(t, NewDecodeToken(), types.StringValue(given))
		if err != "" || !got.Equal(mapOf(want)) {
			t.Errorf("%s: got %v %s", name, got, err)
		}
	}
	for _, test := range []struct{ given, want string }{
		{"", "three parts"},
		{"secretsecret.secretsecret", "three parts"},
		{"secretsecret.!!!secretsecret.secretsecret", "not base64url"},
		{token(`["secretsecret"]`), "JSON object"},
		{token(`null`), "JSON object"},
		{`{"secretsecret": `, "JSON object"},
	} {
		got, err := call(t, NewDecodeToken(), types.StringValue(test.given))
		if !strings.Contains(err, test.want) {
			t.Errorf("%q: got %v %q, want %q", test.given, got, err, test.want)
		}
		if strings.Contains(err, "secretsecret") {
			t.Errorf("the error has parts of the token: %s", err)
		}
	}
}

func TestIssuerURL(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		values    []object
		want, err string
	}{
		{"github_actions", nil, "https://token.actions.githubusercontent.com", ""},
		{"github_actions", []object{{"enterprise": "contoso"}}, "https://token.actions.githubusercontent.com/contoso", ""},
		{"microsoft_entra", []object{{"tenant_id": tenantID}}, "https://login.microsoftonline.com/" + tenantID + "/v2.0", ""},
		{"azure_devops", []object{{"organization_id": id}}, "https://vstoken.dev.azure.com/" + id, ""},
		{"aks", []object{{"region": "westeurope", "tenant_id": tenantID, "cluster_id": id}}, "https://westeurope.oic.prod-aks.azure.com/" + tenantID + "/" + id + "/", ""},
		{"circleci", nil, "", "give a value for each name in braces"},
		{"circleci", []object{{"organization_id": "contoso"}}, "", "organization_id must have the form"},
		{"github_actions", []object{{}, {}}, "", "one object with all values"},
		{"github", nil, "", "name must be one of aks, aws, azure_devops"},
		{"spiffe", nil, "", "name must be one of"},
	} {
		values := make([]attr.Value, len(test.values))
		elementTypes := make([]attr.Type, len(test.values))
		for i, object := range test.values {
			values[i], elementTypes[i] = mapOf(object), types.MapType{ElemType: types.StringType}
		}
		got, err := call(t, NewIssuerURL(), types.StringValue(test.name), types.TupleValueMust(elementTypes, values))
		if test.err == "" && (err != "" || text(got) != test.want) || !strings.Contains(err, test.err) {
			t.Errorf("issuer_url(%q, %v): got %v %q, want %q %q", test.name, test.values, got, err, test.want, test.err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(token(`{"sub":"a"}`))
	f.Add(`{"sub":[1e400]}`)
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, given string) {
		claims, err := jsonwebtoken.Claims(given)
		if (err == nil) != (claims != nil) {
			t.Fatal(fmt.Sprint(claims, err))
		}
	})
}
