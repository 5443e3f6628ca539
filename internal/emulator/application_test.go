package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestApplication_create(t *testing.T) {
	t.Parallel()
	c := start(t)
	created := c.post("/v1.0/applications", `{"displayName":"a"}`).want(http.StatusCreated)
	id, appID := created.body["id"].(string), created.body["appId"].(string)
	if got, want := created.header.Get("Location"), c.server.URL+"/v1.0/applications/"+id; got != want {
		t.Errorf("Location is %s, want %s", got, want)
	}
	if created.body["createdDateTime"] == nil || id == appID {
		t.Errorf("createdDateTime %v, id %s, appId %s", created.body["createdDateTime"], id, appID)
	}
	delete(created.body, "createdDateTime")
	delete(created.body, "createdByAppId")
	same(t, "application", any(created.body), `{
		"@odata.context": "`+c.server.URL+`/v1.0/$metadata#applications/$entity",
		"id": "`+id+`", "appId": "`+appID+`", "displayName": "a", "deletedDateTime": null,
		"addIns": [], "appRoles": [], "identifierUris": [], "keyCredentials": [], "passwordCredentials": [],
		"requiredResourceAccess": [], "tags": [],
		"api": {"acceptMappedClaims": null, "knownClientApplications": [], "oauth2PermissionScopes": [],
			"preAuthorizedApplications": [], "requestedAccessTokenVersion": null},
		"applicationTemplateId": null, "certification": null, "defaultRedirectUri": null, "description": null,
		"disabledByMicrosoftStatus": null, "groupMembershipClaims": null,
		"info": {"logoUrl": null, "marketingUrl": null, "privacyStatementUrl": null, "supportUrl": null, "termsOfServiceUrl": null},
		"isDeviceOnlyAuthSupported": null, "isDisabled": null, "isFallbackPublicClient": null,
		"nativeAuthenticationApisEnabled": null, "notes": null, "oauth2RequirePostResponse": false, "optionalClaims": null,
		"parentalControlSettings": {"countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow"},
		"publicClient": {"redirectUris": []}, "publisherDomain": "entralocal.onmicrosoft.com",
		"requestSignatureVerification": null, "samlMetadataUrl": null, "serviceManagementReference": null,
		"servicePrincipalLockConfiguration": null, "signInAudience": "AzureADMyOrg", "spa": {"redirectUris": []},
		"tokenEncryptionKeyId": null, "uniqueName": null,
		"verifiedPublisher": {"addedDateTime": null, "displayName": null, "verifiedPublisherId": null},
		"web": {"homePageUrl": null, "implicitGrantSettings": {"enableAccessTokenIssuance": false, "enableIdTokenIssuance": false},
			"logoutUrl": null, "redirectUris": [], "redirectUriSettings": []}
	}`)
	read := c.get("/v1.0/applications/" + id).want(http.StatusOK)
	delete(read.body, "createdDateTime")
	delete(read.body, "createdByAppId")
	want, _ := json.Marshal(created.body)
	same(t, "read", any(read.body), string(want))
}

// Everything a person can configure goes in, comes back and can be changed.
func TestApplication_roundTrip(t *testing.T) {
	t.Parallel()
	c := start(t)
	const body = `{
		"displayName": "everything", "description": "d", "notes": "n", "tags": ["one", "two"],
		"identifierUris": ["api://everything", "https://example.com/everything"], "isFallbackPublicClient": true,
		"isDeviceOnlyAuthSupported": false, "groupMembershipClaims": "SecurityGroup, ApplicationGroup",
		"serviceManagementReference": "ref", "signInAudience": "AzureADMultipleOrgs", "nativeAuthenticationApisEnabled": "all",
		"api": {"acceptMappedClaims": true, "knownClientApplications": ["11111111-1111-4111-8111-111111111111"],
			"requestedAccessTokenVersion": 2,
			"oauth2PermissionScopes": [{"id": "22222222-2222-4222-8222-222222222222", "adminConsentDescription": "a",
				"adminConsentDisplayName": "b", "isEnabled": true, "type": "Admin", "userConsentDescription": null,
				"userConsentDisplayName": null, "value": "Files.Read"}],
			"preAuthorizedApplications": [{"appId": "33333333-3333-4333-8333-333333333333",
				"delegatedPermissionIds": ["22222222-2222-4222-8222-222222222222"]}]},
		"appRoles": [{"allowedMemberTypes": ["User", "Application"], "description": "c", "displayName": "d",
			"id": "44444444-4444-4444-8444-444444444444", "isEnabled": true, "value": "Writer"}],
		"info": {"marketingUrl": "https://m", "privacyStatementUrl": "https://p", "supportUrl": "https://s", "termsOfServiceUrl": "https://t"},
		"optionalClaims": {"accessToken": [{"name": "groups", "essential": true, "source": null, "additionalProperties": ["sam_account_name"]}],
			"idToken": [], "saml2Token": []},
		"parentalControlSettings": {"countriesBlockedForMinors": ["CA"], "legalAgeGroupRule": "BlockMinors"},
		"publicClient": {"redirectUris": ["myapp://auth", "http://localhost"]},
		"requestSignatureVerification": {"isSignedRequestRequired": true, "allowedWeakAlgorithms": "rsaSha1"},
		"requiredResourceAccess": [{"resourceAppId": "00000003-0000-0000-c000-000000000000",
			"resourceAccess": [{"id": "df021288-bdef-4463-88db-98f22de89214", "type": "Role"}]}],
		"servicePrincipalLockConfiguration": {"isEnabled": true, "allProperties": true, "credentialsWithUsageSign": null,
			"credentialsWithUsageVerify": null, "tokenEncryptionKeyId": null},
		"spa": {"redirectUris": ["https://spa.example.com/", "brk-multihub://localhost:3000", "brk-5e3ce6c0-2b1f-4285-8d4b-75ee78787346://spa.example.com"]},
		"web": {"homePageUrl": "https://h", "logoutUrl": "https://l", "redirectUris": ["https://w/*", "http://127.0.0.1:8080/x"],
			"redirectUriSettings": [{"uri": "https://w/*", "index": 1}],
			"implicitGrantSettings": {"enableAccessTokenIssuance": true, "enableIdTokenIssuance": true}}
	}`
	// A client can be pre-authorized only for what there is already.
	everything, without := parse(t, body).(map[string]any), parse(t, body).(map[string]any)
	delete(without["api"].(map[string]any), "preAuthorizedApplications")
	created := c.application(marshal(t, without))
	path := "/v1.0/applications/" + created["id"].(string)
	c.patch(path, marshal(t, map[string]any{"api": map[string]any{"preAuthorizedApplications": everything["api"].(map[string]any)["preAuthorizedApplications"]}})).want(204)
	got := c.get(path).want(http.StatusOK).body
	for name, want := range everything {
		contains(t, name, got[name], want)
	}
	if role := at(t, got, "appRoles", 0, "origin"); role != "Application" {
		t.Errorf("origin of the app role is %v", role)
	}
}

// contains fails the test unless everything wanted is there; objects may have more members.
func contains(t *testing.T, what string, got, want any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			t.Errorf("%s: %v is not an object", what, got)
			return
		}
		for name, value := range want {
			contains(t, what+"."+name, object[name], value)
		}
	case []any:
		items, _ := got.([]any)
		if len(items) != len(want) {
			t.Errorf("%s: %v, want %v", what, got, want)
			return
		}
		for i, value := range want {
			contains(t, fmt.Sprintf("%s[%d]", what, i), items[i], value)
		}
	default:
		if got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
}

func TestApplication_update(t *testing.T) {
	t.Parallel()
	c := start(t)
	begin := `{"displayName":"a","description":"d","tags":["x"],"web":{"homePageUrl":"https://h","redirectUris":["https://r"],
		"implicitGrantSettings":{"enableIdTokenIssuance":true}},"api":{"requestedAccessTokenVersion":2},
		"optionalClaims":{"idToken":[{"name":"email"}]}}`
	for _, test := range []struct {
		name, patch string
		at          []any
		want        string
	}{
		{"a primitive value replaces", `{"description":"e"}`, []any{"description"}, `"e"`},
		{"null clears", `{"description":null}`, []any{"description"}, `null`},
		{"what is not named stays", `{"description":"e"}`, []any{"tags"}, `["x"]`},
		{
			"a complex value merges", `{"web":{"logoutUrl":"https://l"}}`,
			[]any{"web"},
			`{"homePageUrl":"https://h","logoutUrl":"https://l","redirectUris":["https://r"],"redirectUriSettings":[],
			"implicitGrantSettings":{"enableAccessTokenIssuance":false,"enableIdTokenIssuance":true}}`,
		},
		{
			"a complex value in a complex value merges", `{"web":{"implicitGrantSettings":{"enableAccessTokenIssuance":true}}}`,
			[]any{"web", "implicitGrantSettings"},
			`{"enableAccessTokenIssuance":true,"enableIdTokenIssuance":true}`,
		},
		{"null clears a member", `{"web":{"homePageUrl":null}}`, []any{"web", "homePageUrl"}, `null`},
		{"a collection is replaced whole", `{"tags":["y","z"]}`, []any{"tags"}, `["y","z"]`},
		{"an empty collection clears", `{"web":{"redirectUris":[]}}`, []any{"web", "redirectUris"}, `[]`},
		{
			"items of collections are complete", `{"optionalClaims":{"accessToken":[{"name":"groups"}]}}`,
			[]any{"optionalClaims", "accessToken"},
			`[{"additionalProperties":[],"essential":false,"name":"groups","source":null}]`,
		},
		{"null clears a nullable complex value", `{"optionalClaims":null}`, []any{"optionalClaims"}, `null`},
		{"annotations are not properties", `{"@odata.type":"#microsoft.graph.application","tags@odata.type":"#Collection(String)","tags":["t"]}`, []any{"tags"}, `["t"]`},
		{
			"a complex value that was null begins", `{"servicePrincipalLockConfiguration":{"allProperties":true}}`,
			[]any{"servicePrincipalLockConfiguration"},
			`{"isEnabled":false,"allProperties":true,"credentialsWithUsageSign":null,"credentialsWithUsageVerify":null,"tokenEncryptionKeyId":null}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := *c
			c.t = t
			id := c.application(begin)["id"].(string)
			patched := c.patch("/v1.0/applications/"+id, test.patch).want(http.StatusNoContent)
			if len(patched.raw) > 0 || patched.header.Get("Content-Type") != "" {
				t.Errorf("the answer has a body: %q %s", patched.raw, patched.header.Get("Content-Type"))
			}
			same(t, test.name, c.get("/v1.0/applications/"+id).at(test.at...), test.want)
		})
	}
}

func TestApplication_invalid(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.application(`{"displayName":"other","identifierUris":["api://taken"],"uniqueName":"taken"}`)
	value := func(property string) string {
		return "Invalid value specified for property '" + property + "' of resource 'Application'."
	}
	long := func(n int) string { return strings.Repeat("x", n) }
	list := func(n int, item string) string {
		items := make([]string, n)
		for i := range items {
			items[i] = strings.ReplaceAll(item, "%d", fmt.Sprint(i))
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	guid := func(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }
	var scopes, ids []string
	for i := range 26 {
		ids = append(ids, guid(i))
		scopes = append(scopes, fmt.Sprintf(`{"id":"%s","value":"v%d"}`, guid(i), i))
	}
	const logout = "Invalid value specified for property 'logoutUrl' of resource 'WebApplication'."
	const duplicate = "Another object with the same value for property identifierUris already exists."
	mustMatch := "The following values must match for the 'oauth2Permissions' and 'appRoles' properties with identifier '" + guid(1) + "': " +
		"(description, adminConsentDescription),(displayName, adminConsentDisplayName),(isEnabled, isEnabled),(origin, origin),(value, value). " +
		"Ensure that you are intending to have entries with the same identifier, and if so, are updating them together."
	for _, test := range []struct{ name, body, message string }{
		{"unknown property", `"nonsense":1`, "Invalid property 'nonsense'."},
		{"property of another version", `"onPremisesPublishing":{}`, "Invalid property 'onPremisesPublishing'."},
		{"read-only property", `"appId":"` + guid(1) + `"`, "Property 'appId' is read-only and cannot be set."},
		{"read-only property", `"publisherDomain":"example.com"`, "Property 'publisherDomain' is read-only and cannot be set."},
		{"inline credential", `"federatedIdentityCredentials":[]`, "A change set cannot include changes to more than '1' source resources."},
		{"type of another resource", `"@odata.type":"#microsoft.graph.user"`, "A resource with type name 'microsoft.graph.user' was found, but it is not assignable to the expected type 'microsoft.graph.application'."},
		{"number for a string", `"description":5`, "Cannot convert a primitive value to the expected type 'Edm.String'. See the inner exception for more details."},
		{"string for a boolean", `"isFallbackPublicClient":"true"`, "Cannot convert a primitive value to the expected type 'Edm.Boolean'. See the inner exception for more details."},
		{"fraction for an integer", `"api":{"requestedAccessTokenVersion":1.5}`, "Cannot convert a primitive value to the expected type 'Edm.Int32'. See the inner exception for more details."},
		{"no GUID", `"api":{"knownClientApplications":["x"]}`, "Cannot convert a primitive value to the expected type 'Edm.Guid'. See the inner exception for more details."},
		{"no base64", `"keyCredentials":[{"key":"%"}]`, "Cannot convert a primitive value to the expected type 'Edm.Binary'. See the inner exception for more details."},
		{"no time", `"keyCredentials":[{"endDateTime":"tomorrow"}]`, "Cannot convert a primitive value to the expected type 'Edm.DateTimeOffset'. See the inner exception for more details."},
		{"object for a string", `"description":{}`, "An unexpected 'StartObject' node was found when reading from the JSON reader. A 'PrimitiveValue' node was expected."},
		{"string for an object", `"web":"x"`, "An unexpected 'PrimitiveValue' node was found when reading from the JSON reader. A 'StartObject' node was expected."},
		{"string for a collection", `"tags":"x"`, "An unexpected 'PrimitiveValue' node was found when reading from the JSON reader. A 'StartArray' node was expected."},
		{"null collection", `"tags":null`, value("tags")},
		{"null item", `"tags":[null]`, value("tags")},
		{"null in a complex type", `"optionalClaims":{"idToken":[{"name":null}]}`, "A value is required for property 'name' of resource 'OptionalClaim'."},
		{"missing in a complex type", `"appRoles":[{"value":"x"}]`, "A value is required for property 'id' of resource 'AppRole'."},
		{"long description", `"description":"` + long(1025) + `"`, value("description")},
		{"long name for personal accounts", `"displayName":"` + long(91) + `","signInAudience":"PersonalMicrosoftAccount"`, value("displayName")},
		{"unknown audience", `"signInAudience":"Everyone"`, value("signInAudience")},
		{"unknown group claims", `"groupMembershipClaims":"Everything"`, value("groupMembershipClaims")},
		{"tag with white space", `"tags":["a b"]`, value("tags")},
		{"tag twice", `"tags":["a","a"]`, value("tags")},
		{"long tag", `"tags":["` + long(257) + `"]`, value("tags")},
		{"empty tag", `"tags":[""]`, value("tags")},
		{"too much of everything", `"tags":` + list(1201, `"t%d"`), "The size of the manifest has exceeded its limit. Please reduce the number of values and retry your request."},
		{"taken identifier URI", `"identifierUris":["API://taken"]`, duplicate},
		{"identifier URI twice", `"identifierUris":["api://x","api://x"]`, duplicate},
		{"identifier that is no URI", `"identifierUris":["x"]`, value("identifierUris")},
		{"identifier URI with a wildcard", `"identifierUris":["api://*"]`, value("identifierUris")},
		{"long identifier URI", `"identifierUris":["api://` + long(250) + `"]`, value("identifierUris")},
		{"long identifier URI for personal accounts", `"signInAudience":"PersonalMicrosoftAccount","identifierUris":["api://` + long(115) + `"]`, value("identifierUris")},
		{"urn for personal accounts", `"signInAudience":"PersonalMicrosoftAccount","identifierUris":["urn:x"]`, value("identifierUris")},
		{"many identifier URIs for personal accounts", `"signInAudience":"PersonalMicrosoftAccount","identifierUris":` + list(51, `"api://x%d"`), value("identifierUris")},
		{"redirect URI without scheme", `"web":{"redirectUris":["x"]}`, value("redirectUris")},
		{"redirect URI over http", `"web":{"redirectUris":["http://example.com"]}`, value("redirectUris")},
		{"redirect URI of the IPv6 loopback", `"publicClient":{"redirectUris":["http://[::1]:80/x"]}`, value("redirectUris")},
		{"redirect URI with a script", `"web":{"redirectUris":["javascript:alert"]}`, value("redirectUris")},
		{"redirect URI with a fragment", `"web":{"redirectUris":["https://example.com/#x"]}`, value("redirectUris")},
		{"redirect URI twice", `"web":{"redirectUris":["https://example.com","https://example.com"]}`, value("redirectUris")},
		{"long logout URL", `"web":{"logoutUrl":"https://` + long(248) + `"}`, logout},
		{"logout URL over http", `"web":{"logoutUrl":"http://localhost/out"}`, logout},
		{"logout URL without host", `"web":{"logoutUrl":"https:///out"}`, logout},
		{"empty logout URL", `"web":{"logoutUrl":""}`, logout},
		{"logout URL with a wildcard for personal accounts", `"signInAudience":"AzureADandPersonalMicrosoftAccount","web":{"logoutUrl":"https://*.example.com/out"}`, logout},
		{"redirect URI of a device for web", `"web":{"redirectUris":["myapp://auth"]}`, value("redirectUris")},
		{"redirect URI with a special character", `"web":{"redirectUris":["https://example.com/(x)"]}`, value("redirectUris")},
		{"redirect URI of its own scheme for a single-page application", `"spa":{"redirectUris":["myapp://x"]}`, value("redirectUris")},
		{"redirect URI of a broker with a path", `"spa":{"redirectUris":["brk-multihub://example.com/x"]}`, value("redirectUris")},
		{"redirect URI of a broker with a wildcard", `"spa":{"redirectUris":["brk-multihub://*.example.com"]}`, value("redirectUris")},
		{"redirect URI of a broker without host", `"spa":{"redirectUris":["brk-multihub://"]}`, value("redirectUris")},
		{"redirect URI of an unknown broker", `"spa":{"redirectUris":["brk-x://example.com"]}`, value("redirectUris")},
		{"redirect URI of a broker for web", `"web":{"redirectUris":["brk-multihub://example.com"]}`, value("redirectUris")},
		{"redirect URI with a wildcard for personal accounts", `"signInAudience":"PersonalMicrosoftAccount","web":{"redirectUris":["https://*.example.com"]}`, value("redirectUris")},
		{"redirect URI with a query for personal accounts", `"signInAudience":"PersonalMicrosoftAccount","web":{"redirectUris":["https://example.com?x=y"]}`, value("redirectUris")},
		{"many redirect URIs", `"web":{"redirectUris":` + list(257, `"https://x/%d"`) + `}`, value("redirectUris")},
		{"many redirect URIs over the platforms", `"web":{"redirectUris":` + list(200, `"https://x/%d"`) + `},"spa":{"redirectUris":` + list(57, `"https://y/%d"`) + `}`, value("redirectUris")},
		{"many redirect URIs for personal accounts", `"signInAudience":"PersonalMicrosoftAccount","web":{"redirectUris":` + list(101, `"https://x/%d"`) + `}`, value("redirectUris")},
		{"long redirect URI", `"web":{"redirectUris":["https://x/` + long(250) + `"]}`, "Invalid value specified for property 'redirectUris' of resource 'WebApplication'."},
		{"token version", `"api":{"requestedAccessTokenVersion":3}`, "Property api.requestedAccessTokenVersion is invalid."},
		{"token version 1 for personal accounts", `"signInAudience":"PersonalMicrosoftAccount","api":{"requestedAccessTokenVersion":1}`, "Property api.requestedAccessTokenVersion is invalid."},
		{"app role with a space", `"appRoles":[{"id":"` + guid(1) + `","allowedMemberTypes":["User"],"value":"a b"}]`, "Invalid value specified for property 'value' of resource 'AppRole'."},
		{"app role that starts with a dot", `"appRoles":[{"id":"` + guid(1) + `","allowedMemberTypes":["User"],"value":".a"}]`, "Invalid value specified for property 'value' of resource 'AppRole'."},
		{"long app role", `"appRoles":[{"id":"` + guid(1) + `","allowedMemberTypes":["User"],"value":"` + long(121) + `"}]`, "Invalid value specified for property 'value' of resource 'AppRole'."},
		{"app role for nobody", `"appRoles":[{"id":"` + guid(1) + `","allowedMemberTypes":[]}]`, "Invalid value specified for property 'allowedMemberTypes' of resource 'AppRole'."},
		{"app role for groups", `"appRoles":[{"id":"` + guid(1) + `","allowedMemberTypes":["Group"]}]`, "Invalid value specified for property 'allowedMemberTypes' of resource 'AppRole'."},
		{"app role for personal accounts", `"signInAudience":"PersonalMicrosoftAccount","appRoles":[{"id":"` + guid(1) + `","allowedMemberTypes":["User"]}]`, value("appRoles")},
		{"app roles with one id", `"appRoles":` + list(2, `{"id":"`+guid(1)+`","allowedMemberTypes":["User"],"value":"v%d"}`), "It contains duplicate value. Please Provide unique value."},
		{"app role and scope with one value", `"appRoles":[{"id":"` + guid(1) + `","allowedMemberTypes":["User"],"value":"v"}],"api":{"oauth2PermissionScopes":[{"id":"` + guid(2) + `","value":"v"}]}`, "It contains duplicate value. Please Provide unique value."},
		{"app role and scope with one id and two values", `"appRoles":[{"id":"` + guid(1) + `","allowedMemberTypes":["User"],"value":"v"}],"api":{"oauth2PermissionScopes":[{"id":"` + guid(1) + `","value":"w"}]}`, mustMatch},
		{"app role and scope with one value and two texts", `"appRoles":[{"id":"` + guid(1) + `","allowedMemberTypes":["User"],"value":"v","description":"a"}],"api":{"oauth2PermissionScopes":[{"id":"` + guid(1) + `","value":"v","adminConsentDescription":"b"}]}`, mustMatch},
		{"app role and scope with one value, one of them disabled", `"appRoles":[{"id":"` + guid(1) + `","allowedMemberTypes":["User"],"value":"v","isEnabled":false}],"api":{"oauth2PermissionScopes":[{"id":"` + guid(1) + `","value":"v"}]}`, mustMatch},
		{"long scope for personal accounts", `"signInAudience":"PersonalMicrosoftAccount","api":{"oauth2PermissionScopes":[{"id":"` + guid(1) + `","value":"` + long(41) + `"}]}`, value("oauth2PermissionScopes")},
		{"unknown scope type", `"api":{"oauth2PermissionScopes":[{"id":"` + guid(1) + `","type":"Everyone"}]}`, "Invalid value specified for property 'type' of resource 'PermissionScope'."},
		{"unknown member of a complex type", `"api":{"nonsense":1}`, "The property 'nonsense' does not exist on type 'microsoft.graph.apiApplication'. Make sure to only use property names that are defined by the type or mark the type as open type."},
		{"pre-authorized for a scope there is not", `"api":{"preAuthorizedApplications":[{"appId":"` + guid(1) + `","delegatedPermissionIds":["` + guid(2) + `"]}]}`, notInAppPermissions},
		{"many scopes for pre-authorized clients of personal accounts", `"signInAudience":"PersonalMicrosoftAccount","api":{"requestedAccessTokenVersion":2,"oauth2PermissionScopes":` +
			"[" + strings.Join(scopes, ",") + `],"preAuthorizedApplications":` +
			list(20, `{"appId":"x%d","delegatedPermissionIds":["`+strings.Join(ids, `","`)+`"]}`) + `}`, value("preAuthorizedApplications")},
		{"many resources", `"requiredResourceAccess":` + list(51, `{"resourceAppId":"x%d","resourceAccess":[]}`), value("requiredResourceAccess")},
		{"many permissions", `"requiredResourceAccess":[{"resourceAppId":"x","resourceAccess":` + list(401, `{"id":"`+guid(1)+`","type":"Role"}`) + `}]`, value("requiredResourceAccess")},
		{"many permissions of one resource for personal accounts", `"signInAudience":"PersonalMicrosoftAccount","requiredResourceAccess":[{"resourceAppId":"x","resourceAccess":` + list(31, `{"id":"`+guid(1)+`","type":"Scope"}`) + `}]`, value("requiredResourceAccess")},
		{"unknown permission type", `"requiredResourceAccess":[{"resourceAppId":"x","resourceAccess":[{"id":"` + guid(1) + `","type":"Both"}]}]`, "Invalid value specified for property 'type' of resource 'ResourceAccess'."},
		{"key for token encryption there is not", `"tokenEncryptionKeyId":"` + guid(1) + `"`, value("tokenEncryptionKeyId")},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := *c
			c.t = t
			code := "Request_BadRequest"
			switch {
			case strings.HasPrefix(test.message, "The property "):
				code = "BadRequest"
			case test.message == notInAppPermissions:
				code = "InvalidValue"
			}
			before := len(c.tenant.Objects("applications"))
			body := test.body
			if !strings.Contains(body, `"displayName"`) {
				body = `"displayName":"a",` + body
			}
			c.post("/v1.0/applications", "{"+body+"}").fails(http.StatusBadRequest, code, test.message)
			if after := len(c.tenant.Objects("applications")); after != before {
				t.Errorf("%d applications, were %d", after, before)
			}
		})
	}
	c.post("/v1.0/applications", `{}`).fails(400, "Request_BadRequest", "A value is required for property 'displayName' of resource 'Application'.")
	c.post("/v1.0/applications", `{"displayName":""}`).fails(400, "Request_BadRequest", "A value is required for property 'displayName' of resource 'Application'.")
	c.post("/v1.0/applications", `{"displayName":"`+long(257)+`"}`).fails(400, "Request_BadRequest", value("displayName"))
	c.post("/v1.0/applications", `{"displayName":"a","uniqueName":"TAKEN"}`).fails(409, "Request_MultipleObjectsWithSameKeyValue", "Another object with the same value for property uniqueName already exists.")
	c.post("/v1.0/applications", `{"displayName":"a","identifierUris":["https://contoso.com/x"]}`).fails(400, "HostNameNotOnVerifiedDomain",
		"Values of identifierUris property must use a verified domain of the organization or its subdomain: 'https://contoso.com/x'")
}

func TestApplication_atTheLimit(t *testing.T) {
	t.Parallel()
	c := start(t)
	long := func(n int) string { return strings.Repeat("x", n) }
	for _, body := range []string{
		`"description":"` + long(1024) + `"`,
		`"description":"` + strings.Repeat("ü", 1024) + `"`,
		`"tags":["` + long(256) + `"]`,
		`"identifierUris":["api://` + long(249) + `"]`,
		`"identifierUris":["urn:x","https://sub.example.com/x"]`,
		`"appRoles":[{"id":"00000000-0000-4000-8000-000000000001","allowedMemberTypes":["User"],"value":"` + long(120) + `"}]`,
		`"web":{"redirectUris":["https://x/` + long(246) + `"]}`,
		`"web":{"redirectUris":["http://localhost:1234/x","http://127.0.0.1/x","urn:ietf:wg:oauth:2.0:oob","https://*.example.com?x=y"]}`,
		`"publicClient":{"redirectUris":["urn:ietf:wg:oauth:2.0:oob","msal://auth","https://example.com"]},"web":{"redirectUris":["https://example.com"]}`,
		`"web":{"redirectUris":["urn:x","ms-appx-web://Microsoft.AAD.BrokerPlugin/x"],"logoutUrl":"https://localhost:8080/` + long(232) + `"}`,
		`"signInAudience":"AzureADMultipleOrgs","web":{"logoutUrl":"HTTPS://*.example.com/out?x=y"}`,
		`"notes":"` + long(5000) + `"`,
		`"groupMembershipClaims":null`, `"groupMembershipClaims":"All"`,
	} {
		c.application(`{"displayName":"a",` + body + `}`)
	}
	personal := c.application(`{"displayName":"p","signInAudience":"AzureADandPersonalMicrosoftAccount"}`)
	if version := at(t, personal, "api", "requestedAccessTokenVersion"); version != 2.0 {
		t.Errorf("requestedAccessTokenVersion with personal accounts is %v", version)
	}
}

func TestApplication_enabledPermissions(t *testing.T) {
	t.Parallel()
	c := start(t)
	const refused = "Permission (scope or role) cannot be deleted or updated unless disabled first."
	role := func(enabled, value string) string {
		return `{"appRoles":[{"id":"00000000-0000-4000-8000-000000000001","allowedMemberTypes":["User"],"displayName":"r","isEnabled":` + enabled + `,"value":"` + value + `"}]}`
	}
	path := "/v1.0/applications/" + c.application(`{"displayName":"a"}`)["id"].(string)
	c.patch(path, role("true", "v")).want(204)
	c.patch(path, `{"appRoles":[]}`).fails(400, "CannotDeleteOrUpdateEnabledEntitlement", refused)
	c.patch(path, role("true", "w")).fails(400, "CannotDeleteOrUpdateEnabledEntitlement", refused)
	c.patch(path, strings.Replace(role("true", "v"), `"r"`, `"another name"`, 1)).want(204)
	c.patch(path, role("false", "v")).want(204)
	c.patch(path, `{"appRoles":[]}`).want(204)

	scope := func(enabled string) string {
		return `{"api":{"oauth2PermissionScopes":[{"id":"00000000-0000-4000-8000-000000000002","isEnabled":` + enabled + `,"value":"s"}]}}`
	}
	c.patch(path, scope("true")).want(204)
	c.patch(path, `{"api":{"oauth2PermissionScopes":[]}}`).fails(400, "CannotDeleteOrUpdateEnabledEntitlement", refused)
	c.patch(path, scope("false")).want(204)
	c.patch(path, `{"api":{"oauth2PermissionScopes":[]}}`).want(204)
}

const notInAppPermissions = "Property api.preAuthorizedApplications.delegatedPermissionIds has a Permission Id that cannot be found in the AppPermissions sets."

// A client is pre-authorized for scopes that there were before the request; they may go from under it.
func TestApplication_preAuthorized(t *testing.T) {
	t.Parallel()
	c := start(t)
	const scope, second = "00000000-0000-4000-8000-000000000002", "00000000-0000-4000-8000-000000000003"
	scopes := func(enabled string, ids ...string) string {
		var all []string
		for _, id := range ids {
			all = append(all, `{"id":"`+id+`","isEnabled":`+enabled+`,"value":"s`+id+`"}`)
		}
		return `"oauth2PermissionScopes":[` + strings.Join(all, ",") + `]`
	}
	client := func(ids ...string) string {
		return `"preAuthorizedApplications":[{"appId":"33333333-3333-4333-8333-333333333333","delegatedPermissionIds":["` + strings.Join(ids, `","`) + `"]}]`
	}
	api := func(members ...string) string { return `{"api":{` + strings.Join(members, ",") + `}}` }
	c.post("/v1.0/applications", `{"displayName":"a","api":{`+scopes("true", scope)+`,`+client(scope)+`}}`).fails(400, "InvalidValue", notInAppPermissions)
	path := "/v1.0/applications/" + c.application(`{"displayName":"a"}`)["id"].(string)
	c.patch(path, api(scopes("true", scope), client(scope))).fails(400, "InvalidValue", notInAppPermissions)
	c.patch(path, api(client(scope))).fails(400, "InvalidValue", notInAppPermissions)
	c.patch(path, api(scopes("true", scope))).want(204)
	c.patch(path, api(client(scope))).want(204)
	c.patch(path, api(scopes("true", scope, second), client(scope, second))).fails(400, "InvalidValue", notInAppPermissions)
	c.patch(path, api(scopes("false", scope))).want(204)
	c.patch(path, api(scopes("false"))).want(204)
	// What is left can go, and can't be sent again.
	c.patch(path, `{"displayName":"b"}`).want(204)
	c.patch(path, api(client(scope, scope))).fails(400, "InvalidValue", notInAppPermissions)
	c.patch(path, api(`"preAuthorizedApplications":[]`)).want(204)
}

func TestApplication_keys(t *testing.T) {
	t.Parallel()
	c := start(t)
	app := c.application(`{"displayName":"a","uniqueName":"it's"}`)
	id, appID := app["id"].(string), app["appId"].(string)
	for _, path := range []string{
		"/" + id, "/" + strings.ToUpper(id), "(appId='" + appID + "')", "(appId='" + strings.ToUpper(appID) + "')",
		"('" + id + "')", "(uniqueName='it''s')", "(uniqueName='it%27%27s')", "(uniqueName='IT''S')",
	} {
		if got := c.get("/v1.0/applications" + path).want(200).body["id"]; got != id {
			t.Errorf("%s: %v, want %s", path, got, id)
		}
	}
	const nobody = "99999999-9999-4999-8999-999999999999"
	c.get("/v1.0/applications/"+nobody).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, nobody))
	c.get("/v1.0/applications(appId='"+nobody+"')").fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, nobody))
	c.get("/v1.0/applications(displayName='a')").fails(400, "BadRequest", "The key property 'displayName' is not an alternate key of the type 'microsoft.graph.application'.")
	c.get("/v1.0/applications/x").fails(400, "Request_BadRequest", "Invalid object identifier 'x'.")
	c.delete("/v1.0/applications(appId='" + appID + "')").want(204)
	c.get("/v1.0/applications/"+id).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, id))
}

func TestApplication_upsert(t *testing.T) {
	t.Parallel()
	c := start(t)
	const path = "/v1.0/applications(uniqueName='app-65278')"
	const prefer = "create-if-missing"
	c.patch(path, `{"displayName":"a"}`).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, "app-65278"))
	c.patch(path, `{"description":"d"}`, "Prefer", prefer).fails(400, "Request_BadRequest", "A value is required for property 'displayName' of resource 'Application'.")
	c.patch(path, `{"displayName":"a","passwordCredentials":[{}]}`, "Prefer", prefer).fails(400, "Request_BadRequest", "New password credentials must be generated with service actions.")
	created := c.patch(path, `{"displayName":"a"}`, "Prefer", prefer).want(201).body
	if created["uniqueName"] != "app-65278" || created["displayName"] != "a" {
		t.Errorf("created %v", created)
	}
	c.patch(path, `{"displayName":"b","uniqueName":"app-65278"}`, "Prefer", prefer).want(204)
	if got := c.get(path).want(200).body; got["id"] != created["id"] || got["displayName"] != "b" {
		t.Errorf("updated %v", got)
	}
	c.patch(path, `{"uniqueName":"another"}`).fails(400, "Request_BadRequest", "Property 'uniqueName' is read-only and cannot be set.")
	c.patch("/v1.0/applications(appId='99999999-9999-4999-8999-999999999999')", `{"displayName":"a"}`, "Prefer", prefer).want(404)
}

func TestApplication_list(t *testing.T) {
	t.Parallel()
	c := start(t)
	for i := range 5 {
		c.application(fmt.Sprintf(`{"displayName":"app %d","tags":["t%d"],"identifierUris":["api://list/%d"]}`, i, i%2, i))
	}
	first := c.get("/v1.0/applications?$top=2&$filter=startswith(displayName,'app')&$select=displayName").want(200)
	pages, names := 1, first.values("displayName")
	for link, more := first.body["@odata.nextLink"].(string); more; {
		page := c.get(strings.TrimPrefix(link, c.server.URL)).want(200)
		names = append(names, page.values("displayName")...)
		pages++
		link, more = page.body["@odata.nextLink"].(string)
	}
	if pages != 3 || len(names) != 5 {
		t.Errorf("%d pages, names %v", pages, names)
	}
	if got := first.body["@odata.context"]; got != c.server.URL+"/v1.0/$metadata#applications(displayName)" {
		t.Errorf("@odata.context is %v", got)
	}
	for query, want := range map[string]int{
		"$filter=displayName eq 'APP 1'":                          1,
		"$filter=displayName in ('app 1','app 2')":                2,
		"$filter=identifierUris/any(u:u eq 'api://list/3')":       1,
		"$filter=appId eq '99999999-9999-4999-8999-999999999999'": 0,
		"$filter=uniqueName eq 'x'":                               -1,
		"$filter=nonsense eq 'x'":                                 -1,
	} {
		answer := c.get("/v1.0/applications?" + query)
		if want < 0 {
			answer.want(400)
		} else if got := len(answer.want(200).values("id")); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	c.get("/v1.0/applications/$count").fails(400, "Request_BadRequest", "$count is not currently supported.")
	count := c.get("/v1.0/applications/$count?$filter=startswith(displayName,'app')", "ConsistencyLevel", "eventual").want(200)
	if string(count.raw) != "5" || !strings.HasPrefix(count.header.Get("Content-Type"), "text/plain") {
		t.Errorf("count is %s, %s", count.raw, count.header.Get("Content-Type"))
	}
}

// TestApplication_sharedValue: a role and a scope with one value are one permission.
func TestApplication_sharedValue(t *testing.T) {
	t.Parallel()
	c := start(t).as("Application.ReadWrite.All")
	role := func(enabled bool) string {
		return fmt.Sprintf(`{"id":"6b2f0fbb-5d4f-4a8c-9b43-0f1f0c6e0f11","allowedMemberTypes":["Application"],"value":"Orders.Read","displayName":"n","description":"d","isEnabled":%t}`, enabled)
	}
	scope := func(enabled bool) string {
		return fmt.Sprintf(`{"id":"6b2f0fbb-5d4f-4a8c-9b43-0f1f0c6e0f11","value":"Orders.Read","adminConsentDisplayName":"n","adminConsentDescription":"d","isEnabled":%t}`, enabled)
	}
	both := func(role, scope string) string {
		return `{"displayName":"a","appRoles":[` + role + `],"api":{"oauth2PermissionScopes":[` + scope + `]}}`
	}
	id := c.post("/v1.0/applications", both(role(true), scope(true))).want(201).at("id").(string)
	at := "/v1.0/applications/" + id
	c.patch(at, both("", scope(true))).fails(400, "CannotDeleteOrUpdateEnabledEntitlement", "Permission (scope or role) cannot be deleted or updated unless disabled first.")
	c.patch(at, both(role(false), scope(true))).want(400)
	c.patch(at, both(role(false), scope(false))).want(204)
	c.patch(at, both("", scope(true))).want(204)
	same(t, "scopes", c.get(at).want(200).at("api", "oauth2PermissionScopes", 0, "isEnabled"), `true`)
}
