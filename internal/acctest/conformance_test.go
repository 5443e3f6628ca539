package acctest

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// The tests of the other packages check what they send and get; this says whether they do.
func TestConformance_isChecked(t *testing.T) {
	if os.Getenv("GRAPH_OPENAPI_DIR") == "" {
		t.Skip("nothing is held against the OpenAPI documents of Microsoft Graph: GRAPH_OPENAPI_DIR is not set")
	}
	c := newChecks(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://localhost/v1.0/applications/1", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := c.transport(answer(`{"id": "1", "colour": "red"}`)).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if len(c.violations) != 1 {
		t.Errorf("got %v, want one violation", c.violations)
	}
	clear(c.violations) // they would fail this test
}

// answer is a transport that has this one.
type answer string

func (a answer) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(string(a))),
	}, nil
}

// A tour of everything the tenant answers of Microsoft Graph, also what the provider
// does not ask for: what is not documented fails the test as it ends.
func TestConformance_tour(t *testing.T) {
	t.Parallel()
	h := New(t)
	id := func(object map[string]any) string {
		t.Helper()
		value, ok := object["id"].(string)
		if !ok {
			t.Fatalf("there is no id in %v", object)
		}
		return value
	}
	get := func(path string) map[string]any { t.Helper(); return h.Graph(t, http.MethodGet, path, nil) }
	post := func(path string, body any) map[string]any { t.Helper(); return h.Graph(t, http.MethodPost, path, body) }
	patch := func(path string, body any) { t.Helper(); h.Graph(t, http.MethodPatch, path, body) }
	remove := func(path string) { t.Helper(); h.Graph(t, http.MethodDelete, path, nil) }
	type object = map[string]any
	const roleID, scopeID = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"

	user := id(h.Tenant.Objects("users")[0])
	reference := object{"@odata.id": h.URL + "/v1.0/directoryObjects/" + user}
	application := post("/applications", object{
		"displayName": "Tour", "description": "d", "notes": "n", "signInAudience": "AzureADMyOrg", "tags": []string{"a"},
		"identifierUris": []string{"https://example.com/tour"}, "groupMembershipClaims": "SecurityGroup", "isFallbackPublicClient": true,
		"api": object{
			"requestedAccessTokenVersion": 2, "acceptMappedClaims": true, "knownClientApplications": []string{emulator.CallerClientID},
			"oauth2PermissionScopes": []object{{
				"id": scopeID, "value": "Read", "type": "User", "isEnabled": true, "adminConsentDisplayName": "a", "adminConsentDescription": "b",
				"userConsentDisplayName": "c", "userConsentDescription": "d",
			}},
		},
		"appRoles":               []object{{"id": roleID, "value": "Read.All", "displayName": "r", "description": "d", "isEnabled": true, "allowedMemberTypes": []string{"User"}}},
		"optionalClaims":         object{"accessToken": []object{{"name": "ipaddr", "essential": false}}, "idToken": []object{}, "saml2Token": []object{}},
		"requiredResourceAccess": []object{{"resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": []object{{"id": "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "type": "Scope"}}}},
		"web": object{
			"homePageUrl": "https://example.com", "logoutUrl": "https://example.com/out", "redirectUris": []string{"https://example.com/in"},
			"implicitGrantSettings": object{"enableIdTokenIssuance": true, "enableAccessTokenIssuance": false},
		},
		"spa": object{"redirectUris": []string{"https://example.com/spa"}}, "publicClient": object{"redirectUris": []string{"http://localhost"}},
		"info":                              object{"marketingUrl": "https://example.com/m", "supportUrl": "https://example.com/s"},
		"servicePrincipalLockConfiguration": object{"isEnabled": true, "allProperties": true},
		"owners@odata.bind":                 []string{h.URL + "/v1.0/directoryObjects/" + user},
	})
	app := "/applications/" + id(application)
	byAppID := fmt.Sprintf("/applications(appId='%s')", application["appId"])

	for _, version := range []string{"/v1.0", "/beta"} {
		get(version + app)
		get(version + app + "?$select=id,keyCredentials,authenticationBehaviors")
		get(version + byAppID)
		get(version + "/applications?$top=2&$select=id,displayName")
		get(version + "/applications?$filter=displayName%20eq%20'Tour'")
		get(version + "/applications?$expand=federatedIdentityCredentials&$top=1")
		get(version + app + "?$expand=owners($select=id,displayName)")
		get(version + app + "/owners")
		get(version + byAppID + "/owners?$select=id")
		get(version + app + "/federatedIdentityCredentials")
		get(version + "/servicePrincipals?$top=1")
		get(version + "/applications/delta")
		get(version + "/servicePrincipals/delta?$deltatoken=latest")
	}
	patch(app, object{"api": object{"preAuthorizedApplications": []object{{"appId": emulator.CallerClientID, "delegatedPermissionIds": []string{scopeID}}}}})
	patch(app, object{"displayName": "Tour 2", "description": nil, "info": object{"marketingUrl": nil}})
	if got := h.GraphStatus(t, app+"/unheardOf"); got != http.StatusBadRequest && got != http.StatusNotFound {
		t.Errorf("got status %d", got)
	}
	h.GraphStatus(t, "/applications/"+roleID)
	h.GraphStatus(t, "/applications?$filter=nonsense")

	for _, version := range []string{"/v1.0", "/beta"} {
		credential := post(version+app+"/federatedIdentityCredentials", object{
			"name": "main", "issuer": "https://token.actions.githubusercontent.com", "subject": "repo:a/b:ref:refs/heads/main",
			"audiences": []string{"api://AzureADTokenExchange"}, "description": "d",
		})
		get(version + app + "/federatedIdentityCredentials/" + id(credential))
		get(version + app + "/federatedIdentityCredentials(name='main')")
		get(version + byAppID + "/federatedIdentityCredentials/main")
		patch(version+app+"/federatedIdentityCredentials/"+id(credential), object{"description": nil})
		get(version + "/applications?$expand=federatedIdentityCredentials&$top=1")
		remove(version + app + "/federatedIdentityCredentials/" + id(credential))
	}
	flexible := post("/beta"+app+"/federatedIdentityCredentials", object{
		"name": "flexible", "issuer": "https://token.actions.githubusercontent.com", "audiences": []string{"api://AzureADTokenExchange"},
		"claimsMatchingExpression": object{"value": "claims['sub'] matches 'repo:a/*' and claims['repository_id'] eq '1'", "languageVersion": 1},
	})
	get("/beta" + app + "/federatedIdentityCredentials/" + id(flexible))
	get("/v1.0" + app + "/federatedIdentityCredentials")

	secret := post(app+"/addPassword", object{"passwordCredential": object{"displayName": "s"}})
	post(app+"/removePassword", object{"keyId": secret["keyId"]})
	remove(app + "/owners/" + user + "/$ref")
	post(app+"/owners/$ref", reference)

	principal := post("/servicePrincipals", object{
		"appId": application["appId"], "accountEnabled": true, "appRoleAssignmentRequired": false, "alternativeNames": []string{"x"}, "description": "d", "notes": "n",
		"loginUrl": "https://example.com/login", "notificationEmailAddresses": []string{"a@example.com"}, "preferredSingleSignOnMode": "oidc", "tags": []string{"t"},
	})
	sp := "/servicePrincipals/" + id(principal)
	for _, version := range []string{"/v1.0", "/beta"} {
		get(version + sp)
		get(version + fmt.Sprintf("/servicePrincipals(appId='%s')", application["appId"]))
		get(version + sp + "?$expand=owners")
		get(version + sp + "/owners")
	}
	post(sp+"/owners/$ref", reference)
	remove(sp + "/owners/" + user + "/$ref")
	patch(sp, object{"notes": nil, "tags": []string{}, "accountEnabled": false})
	secret = post(sp+"/addPassword", object{"passwordCredential": object{"displayName": "s"}})
	post(sp+"/removePassword", object{"keyId": secret["keyId"]})

	get("/directoryObjects/" + user)
	post("/directoryObjects/getByIds", object{"ids": []string{user, id(application), id(principal)}, "types": []string{"user", "application", "servicePrincipal"}})
	post("/$batch", object{"requests": []object{
		{"id": "1", "method": "GET", "url": app},
		{"id": "2", "method": "GET", "url": "/applications/" + roleID},
		{"id": "3", "method": "GET", "url": sp + "?$select=id", "dependsOn": []string{"2"}},
		{"id": "4", "method": "PATCH", "url": app, "headers": object{"Content-Type": "application/json"}, "body": object{"notes": "b"}},
	}})

	remove(sp)
	remove(app)
	for _, collection := range []string{"application", "servicePrincipal"} {
		get("/directory/deletedItems/microsoft.graph." + collection)
	}
	get("/directory/deletedItems/" + id(application))
	post("/directory/deletedItems/"+id(application)+"/restore", nil)
	remove(app)
	remove("/directory/deletedItems/" + id(application))
}
