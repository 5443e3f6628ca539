package acctest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate/claimsexpression"
)

// Checks at plan time and the tenant were written apart from each other. What a check
// refuses, the tenant must refuse as well: a check that is stricter than the service
// keeps people from what works.
func TestValidate_notStricterThanTheTenant(t *testing.T) {
	t.Parallel()
	h := New(t)
	type object = map[string]any
	x := func(n int) string { return strings.Repeat("x", n) }
	application := func(name string, value any) object { return object{"displayName": "a", name: value} }
	host := h.Graph(t, http.MethodPost, "/applications", object{"displayName": "host"})
	credentials := fmt.Sprintf("/beta/applications/%s/federatedIdentityCredentials", host["id"])
	credential := func(name, issuer, subject, expression string) object {
		body := object{"name": name, "issuer": issuer, "audiences": []string{"api://AzureADTokenExchange"}}
		if expression != "" {
			body["claimsMatchingExpression"] = object{"value": expression, "languageVersion": 1}
		} else {
			body["subject"] = subject
		}
		return body
	}
	redirect := func(property string) func(string) object {
		return func(uri string) object { return application(property, object{"redirectUris": []string{uri}}) }
	}
	redirects := []string{
		"https://contoso.com", "https://contoso.com/a?b=c", "http://localhost:80/a", "http://127.0.0.1", "myapp://auth", "com.contoso.app:/a",
		"", "contoso.com", "/a", "https://", "https:///a", "http://contoso.com", "http://localhost.contoso.com", "https://contoso.com/" + x(237), "http://%zz",
	}
	const github = "https://token.actions.githubusercontent.com"
	for name, test := range map[string]struct {
		check  func(string) error
		path   string
		body   func(string) object
		values []string
	}{
		"redirect URI of web":           {func(v string) error { return validate.CheckRedirectURI(validate.Web, v) }, "/applications", redirect("web"), redirects},
		"redirect URI of spa":           {func(v string) error { return validate.CheckRedirectURI(validate.SPA, v) }, "/applications", redirect("spa"), redirects},
		"redirect URI of public client": {func(v string) error { return validate.CheckRedirectURI(validate.PublicClient, v) }, "/applications", redirect("publicClient"), redirects},
		"identifier URI": {
			validate.CheckIdentifierURI, "/applications",
			func(v string) object { return application("identifierUris", []string{v}) },
			[]string{"", "https://*.example.com", "api://" + x(250)},
		},
		"logout URL": {
			validate.CheckLogoutURL, "/applications",
			func(v string) object { return application("web", object{"logoutUrl": v}) },
			[]string{"", "contoso.com/out", "https://", "https:///out", "ftp://contoso.com", "https://contoso.com/" + x(236)},
		},
		"tag": {
			validate.CheckTag, "/applications", func(v string) object { return application("tags", []string{v}) },
			[]string{"", "two words", "tab\t", x(257), "fine", x(256)},
		},
		"claim value": {
			validate.CheckClaimValue, "/applications",
			func(v string) object {
				return application("appRoles", []object{{
					"id": "11111111-1111-4111-8111-111111111111", "value": v, "displayName": "r", "description": "d", "isEnabled": true, "allowedMemberTypes": []string{"User"},
				}})
			},
			[]string{"Read.All", "a!#$%&'()*+,-./:;=?@[]^_{}~", x(120), x(121), ".Read", "Read All", `a"b`, `a\b`, "é"},
		},
		"display name": {
			func(v string) error { return validate.DisplayName("", v) }, "/applications", func(v string) object { return object{"displayName": v} },
			[]string{"a", x(256), x(257), ""},
		},
		"name of a credential": {
			validate.CheckFederatedCredentialName, credentials, func(v string) object { return credential(v, github, "subject of "+v, "") },
			[]string{"abc", x(120), "ab", x(121), "-abc", "a b c", "abc.", "abé"},
		},
		"expression": {
			func(v string) error { return claimsexpression.Check(github, v) }, credentials,
			func(v string) object { return credential("expression", github, "", v) },
			[]string{
				"claims['sub'] == 'a' and claims['repository_id'] eq '1'", "claims['sub'] eq 'a'  and claims['repository_id'] eq '1'", "nonsense",
				"claims['sub'] eq 'a' or claims['repository_id'] eq '1'", "claims['sub'] eq 'a' and claims['repository_id'] matches '1'",
				"claims['sub'] eq 'a' and claims['repository_id'] eq '1' and claims['actor'] eq 'b'",
			},
		},
		"required claims": {
			func(v string) error {
				if err, _ := claimsexpression.CheckRequired(github, v); err != nil {
					return err
				}
				return nil
			},
			credentials, func(v string) object { return credential("required", github, "", v) },
			[]string{"claims['sub'] eq 'a'", "claims['job_workflow_ref'] eq 'a'"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused := 0
			for _, value := range test.values {
				if test.check(value) == nil {
					continue
				}
				refused++
				status, answer, err := h.graph(http.MethodPost, test.path, test.body(value))
				if err != nil {
					t.Fatal(err)
				}
				if status != http.StatusBadRequest {
					t.Errorf("%q is refused (%v), but the tenant answers with %d: %v", value, test.check(value), status, answer["id"])
				}
			}
			if refused == 0 {
				t.Error("nothing is refused")
			}
		})
	}
}
