package validate

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// run gives a value to a validator, as the framework does.
func run(t *testing.T, v validator.String, value types.String) diag.Diagnostics {
	t.Helper()
	var response validator.StringResponse
	v.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("attribute"), ConfigValue: value}, &response)
	return response.Diagnostics
}

func TestRules_acceptRefuseAndWarn(t *testing.T) {
	t.Parallel()
	x := func(n int) string { return strings.Repeat("x", n) }
	gif := base64.StdEncoding.EncodeToString([]byte("GIF89a\x01\x00\x01\x00"))
	png := base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\n"))
	jpeg := base64.StdEncoding.EncodeToString([]byte("\xff\xd8\xff\xe0"))
	svg := base64.StdEncoding.EncodeToString([]byte("<svg/>"))
	for name, test := range map[string]struct {
		validator validator.String
		accepted  []string
		warned    map[string]string // value: part of the warning
		refused   map[string]string // value: part of the error
	}{
		"UUID": {
			validator: UUID(),
			accepted:  []string{"00000003-0000-0000-c000-000000000000", "ABCDEF01-2345-6789-abcd-ef0123456789"},
			refused: map[string]string{
				"": "must be a UUID", "00000003-0000-0000-c000-00000000000": "must be a UUID",
				"{00000003-0000-0000-c000-000000000000}": "must be a UUID", "00000003000000000000000000000000": "must be a UUID",
				"g0000003-0000-0000-c000-000000000000": "must be a UUID", "00000003-0000-0000-c000-000000000000\n": "must be a UUID",
			},
		},
		"AzureScope": {
			validator: AzureScope(),
			accepted: []string{
				"/", "/subscriptions/c0ffee00-0000-4000-8000-00000000a20e", "/SUBSCRIPTIONS/c0ffee00-0000-4000-8000-00000000a20e/resourceGroups/my(group).x",
				"/providers/Microsoft.Management/managementGroups/shop", "/subscriptions/c0ffee00-0000-4000-8000-00000000a20e/resourceGroups/g/providers/Microsoft.Insights/alertRules/it's slow",
				"/providers/Microsoft.Capacity", "/providers/Microsoft.Management/managementGroups/shop/providers/Microsoft.Authorization/policyAssignments/x",
				"/subscriptions/c0ffee00-0000-4000-8000-00000000a20e/RESOURCEGROUPS/g", "/subscriptions/c0ffee00-0000-4000-8000-00000000a20e/providers/Microsoft.DocumentDB/locations/westeurope/restorableDatabaseAccounts/x",
				"/subscriptions/c0ffee00-0000-4000-8000-00000000a20e/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/s/blobServices/default/containers/c",
			},
			refused: map[string]string{
				"": "must be a scope", "shop": "must be a scope", "//": "must be a scope", "/subscriptions": "must be a scope", "https://management.azure.com/subscriptions/x": "must be a scope",
				"subscriptions/c0ffee00-0000-4000-8000-00000000a20e": "begins with a slash: /subscriptions/", "providers/Microsoft.Management/managementGroups/shop": "begins with a slash",
				"/subscriptions/c0ffee00-0000-4000-8000-00000000a20e/resource_groups/shop":                                                    `has "resource_groups" after the subscription, where only resourceGroups/`,
				"/subscriptions/c0ffee00-0000-4000-8000-00000000a20e/resourceGroup/shop":                                                      `has "resourceGroup" after`,
				"/subscriptions/c0ffee00-0000-4000-8000-00000000a20e/shop":                                                                    `has "shop" after`,
				"/subscriptions/c0ffee00-0000-4000-8000-00000000a20e/resourceGroups":                                                          "name of the resource group",
				"/subscriptions/c0ffee00-0000-4000-8000-00000000a20e/resourceGroups/shop.":                                                    `has "shop." for the name`,
				"/subscriptions/c0ffee00-0000-4000-8000-00000000a20e/resourceGroups/shop/storageAccounts/x":                                   `has "storageAccounts" after the resource group`,
				"/subscriptions/c0ffee00-0000-4000-8000-00000000a20e/resourceGroups/shop/providers/storageAccounts/x":                         "must have a namespace",
				"/subscriptions/c0ffee00-0000-4000-8000-00000000a20e/resourceGroups/shop/provider/Microsoft.Storage/storageAccounts/x":        `has "provider" after`,
				"/subscriptions/c0ffee00-0000-4000-8000-00000000a20e/resourceGroups/shop/providers/Microsoft.Storage/storageAccounts":         "name of the resource after storageAccounts",
				"/subscriptions/c0ffee00-0000-4000-8000-00000000a20e/resourceGroups/shop/providers/Microsoft.Storage/storageAccounts/s/blobs": "name of the resource after blobs/",
				"/subscriptions/c0ffee00-0000-4000-8000-00000000a20e/providers/Microsoft.Storage":                                             "must name a resource",
				"/providers/managementGroups/shop": "must have a namespace", "/managementGroups/shop": "must be a scope",
				"/subscriptions/": "empty part", "/subscriptions/x": "id of the subscription", "/providers/a/../b": "dots alone", "/providers/a//b": "empty part", "/providers/a/": "empty part",
				"/providers/a?b": "any of", "/providers/a%2fb": "any of", "/providers/a#b": "any of", "/providers/a\nb": "control characters",
			},
		},
		"AzureRoleAssignmentID": {
			validator: AzureRoleAssignmentID(),
			accepted:  []string{"/providers/Microsoft.Authorization/roleAssignments/c0ffee00-0000-4000-8000-00000000a20e", "/providers/Microsoft.A/b/c/providers/microsoft.authorization/ROLEASSIGNMENTS/c0ffee00-0000-4000-8000-00000000a20e"},
			refused: map[string]string{
				"": "role assignment", "c0ffee00-0000-4000-8000-00000000a20e": "role assignment", "/providers/Microsoft.Authorization/roleDefinitions/c0ffee00-0000-4000-8000-00000000a20e": "role assignment",
				"x/providers/Microsoft.Authorization/roleAssignments/c0ffee00-0000-4000-8000-00000000a20e": "must be a scope", "/providers/Microsoft.Authorization/roleAssignments/x": "role assignment",
			},
		},
		"AzureRoleDefinitionID": {
			validator: AzureRoleDefinitionID(),
			accepted:  []string{"c0ffee00-0000-4000-8000-00000000a20e", "/providers/Microsoft.Authorization/roleDefinitions/c0ffee00-0000-4000-8000-00000000a20e"},
			refused:   map[string]string{"": "a role", "Reader": "a role", "/providers/Microsoft.Authorization/roleDefinitions/Reader": "a role", "/x/../providers/Microsoft.Authorization/roleDefinitions/c0ffee00-0000-4000-8000-00000000a20e": "must be a scope"},
		},
		"Email": {
			validator: Email(),
			accepted:  []string{"team@contoso.com", "a.b+c@sub.contoso.com"},
			refused:   map[string]string{"": "email address", "team": "email address", "Team <team@contoso.com>": "email address", "a@b, c@d": "email address"},
		},
		"ClaimValue": {
			validator: ClaimValue(),
			accepted:  []string{"Data.Read.All", "a", x(120), "!#$%&'()*+,-./:;<=>?@[]^_`{|}~"},
			refused: map[string]string{
				"": "1 to 120 characters, and has 0", x(121): "has 121", ".Read": "start with a period",
				"Read All": "not contain ' '", `a"b`: `not contain '"'`, `a\b`: `not contain '\\'`, "Lesé": "not contain 'é'",
			},
		},
		"Tag": {
			validator: Tag(),
			accepted:  []string{"HideApp", "é", strings.Repeat("é", 256)},
			refused:   map[string]string{"": "1 to 256", x(257): "has 257", "two words": "white space", "line\n": "white space"},
		},
		"LogoBase64": {
			validator: LogoBase64(),
			accepted:  []string{gif, png, jpeg},
			refused:   map[string]string{svg: "looks like text/plain", "not base64!": "in base64", "": "looks like"},
		},
		"URL": {
			validator: URL(),
			accepted:  []string{"https://contoso.com", "http://contoso.com/a?b#c", "HTTPS://contoso.com"},
			refused:   map[string]string{"": "absolute URL", "contoso.com": "https:// or http://", "ftp://contoso.com": "https:// or http://", "https://": "absolute URL", "https:/contoso.com": "absolute URL", "https://a b": "absolute URL"},
		},
		"LogoutURL": {
			validator: LogoutURL(),
			accepted:  []string{"https://localhost/out", "https://contoso.com/" + x(235)},
			warned:    map[string]string{"http://localhost": "documents as not allowed"},
			refused:   map[string]string{"contoso.com": "absolute URL", "https://contoso.com/" + x(236): "has 256"},
		},
		"IdentifierURI": {
			validator: IdentifierURI(),
			accepted:  []string{"api://{client_id}", "https://contoso.com/api?x#y", "urn:contoso:api", "contoso.com", "api://{client_id}/" + x(255-6-36-1)},
			warned:    map[string]string{"api://{clientid}": "only placeholder is {client_id}"},
			refused:   map[string]string{"": "1 to 255", "https://*.contoso.com": "wildcard", x(256): "has 256", "api://{client_id}/" + x(256-6-36-1): "has 256"},
		},
		"RedirectURI of web": {
			validator: RedirectURI(Web),
			accepted:  []string{"https://contoso.com", "https://contoso.com/abc?d=e", "https://*.contoso.com", "http://localhost", "http://LOCALHOST:8080/abc", "http://127.0.0.1:80", "urn:ietf:wg:oauth:2.0:oob", "https://contoso.com/" + x(236)},
			warned: map[string]string{
				"https://contoso.com/(a)": "unsupported", "https://contoso.com/#/a": "fragment",
				"ms-appx-web://Microsoft.AAD.BrokerPlugin/1": "belongs to applications on devices",
			},
			refused: map[string]string{
				"": "1 to 256", "contoso.com": "absolute URI", "/callback": "absolute URI", "https://": "host", "https:///a": "host",
				"http://[::1]:8080/a": "use 127.0.0.1 or localhost", "http://[::1]": "IPv6",
				"http://contoso.com": "must start with https://", "http://localhost.contoso.com": "must start with https://",
				"https://contoso.com/" + x(237): "has 257", "http://%zz": "valid URI", "brk-multihub://contoso.com": "spa.redirect_uris",
			},
		},
		"RedirectURI of spa": {
			validator: RedirectURI(SPA),
			accepted: []string{
				"https://contoso.com", "http://localhost:3000", "brk-multihub://localhost", "brk-multihub://localhost:3000", "brk-multihub://www.contoso.com",
				"brk-5e3ce6c0-2b1f-4285-8d4b-75ee78787346://contoso.com", "brk-5E3CE6C0-2B1F-4285-8D4B-75EE78787346://contoso.com:8443",
			},
			refused: map[string]string{
				"myapp://auth": "another scheme", "urn:ietf:wg:oauth:2.0:oob": "another scheme", "http://contoso.com": "must start with https://",
				"brk-multihub://contoso.com/go": "without a path", "brk-multihub://contoso.com/": "without a path", "brk-multihub://contoso.com?a=b": "a query",
				"brk-multihub://contoso.com#a": "without a path", "brk-multihub://*.contoso.com": "wildcards", "brk-multihub://me@contoso.com": "origin",
				"brk-multihub://": "host", "brk-multihub:contoso.com": "host", "brk-multihub:///": "host", "brk-hub://contoso.com": "brk-<client id of the broker>://",
				"brk-://contoso.com": "brk-multihub://", "brk-5e3ce6c0://contoso.com": `and has "brk-5e3ce6c0"`, "brk-multihub://contoso.com:x": "valid URI", "brkmultihub://contoso.com": "another scheme",
			},
		},
		"RedirectURI of public client": {
			validator: RedirectURI(PublicClient),
			accepted:  []string{"https://login.microsoftonline.com/common/oauth2/nativeclient", "http://localhost", "msal00000000-0000-0000-0000-000000000000://auth", "com.contoso.app:/callback", "urn:ietf:wg:oauth:2.0:oob"},
			refused:   map[string]string{"http://contoso.com": "must start with https://", "myapp": "absolute URI"},
		},
		"FederatedCredentialName": {
			validator: FederatedCredentialName(),
			accepted:  []string{"abc", "1-_", x(120)},
			refused:   map[string]string{"ab": "3 to 120", x(121): "has 121", "-abc": "start with", "a b c": "consist of", "abc.": "consist of", "abé": "consist of", "abc\n": "consist of"},
		},
		"Issuer": {
			validator: Issuer(),
			accepted:  []string{"https://token.actions.githubusercontent.com", "https://contoso.com/" + x(580)},
			warned:    map[string]string{" https://contoso.com": "white space", "https://contoso.com\n": "white space", "http://contoso.com": "not an https:// URL", "contoso": "not an https:// URL", "https://contoso.com/*": "no wildcard", "http://token.actions.githubusercontent.com/": "the tokens say exactly https://token.actions.githubusercontent.com in the claim iss", "https://GitLab.com": "exactly https://gitlab.com in"},
			refused:   map[string]string{"": "1 to 600", "https://contoso.com/" + x(581): "has 601"},
		},
		"Subject": {
			validator: Subject(),
			accepted:  []string{"repo:contoso/app:ref:refs/heads/main", x(600)},
			warned:    map[string]string{"repo:contoso/app:*": "use claims_matching_expression"},
			refused:   map[string]string{"": "1 to 600", x(601): "has 601"},
		},
		"TokenAudience": {
			validator: TokenAudience(),
			accepted:  []string{"api://AzureADTokenExchange"},
			warned:    map[string]string{"api://*": "no wildcard"},
			refused:   map[string]string{"": "1 to 600", x(601): "has 601"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, unset := range []types.String{types.StringNull(), types.StringUnknown()} {
				if got := run(t, test.validator, unset); len(got) > 0 {
					t.Errorf("%s: %v", unset, got)
				}
			}
			for _, value := range test.accepted {
				if got := run(t, test.validator, types.StringValue(value)); len(got) > 0 {
					t.Errorf("%q: %v", value, got)
				}
			}
			expect := func(value, part string, severity diag.Severity) {
				got := run(t, test.validator, types.StringValue(value))
				if len(got) != 1 || got[0].Severity() != severity || !strings.Contains(got[0].Detail(), part) || !strings.HasPrefix(got[0].Detail(), "attribute ") {
					t.Errorf("%q: got %v, want %s with %q", value, got, severity, part)
				}
			}
			for value, part := range test.warned {
				expect(value, part, diag.SeverityWarning)
			}
			for value, part := range test.refused {
				expect(value, part, diag.SeverityError)
			}
			if test.validator.Description(t.Context()) == "" || test.validator.MarkdownDescription(t.Context()) == "" {
				t.Error("no description")
			}
		})
	}
}

func TestRules_nameElementsOfSets(t *testing.T) {
	t.Parallel()
	value := types.StringValue("two words")
	var response validator.StringResponse
	Tag().ValidateString(t.Context(), validator.StringRequest{Path: path.Root("tags").AtSetValue(value), ConfigValue: value}, &response)
	if got, want := response.Diagnostics[0].Detail(), `"two words" in tags must not contain white space.`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
