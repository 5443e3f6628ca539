package emulator_test

import (
	"fmt"
	"testing"
)

const graphAppID = "00000003-0000-0000-c000-000000000000"

func TestServicePrincipal_create(t *testing.T) {
	t.Parallel()
	c := start(t)
	app, principal := c.principal(`{"displayName":"a","description":"about","tags":["shared"],"identifierUris":["api://x"],
		"web":{"homePageUrl":"https://home","logoutUrl":"https://bye","redirectUris":["https://w"]},"spa":{"redirectUris":["https://s"]},
		"publicClient":{"redirectUris":["myapp://p"]},"info":{"supportUrl":"https://help"},
		"appRoles":[{"id":"00000000-0000-4000-8000-000000000001","allowedMemberTypes":["Application"],"displayName":"r","value":"R"}],
		"api":{"oauth2PermissionScopes":[{"id":"00000000-0000-4000-8000-000000000002","value":"S"}]}}`)
	appID := app["appId"].(string)
	for name, want := range map[string]string{
		"appDisplayName": `"a"`, "displayName": `"a"`, "appDescription": `"about"`, "description": `null`, "homepage": `"https://home"`,
		"logoutUrl": `"https://bye"`, "replyUrls": `["https://w","https://s","myapp://p"]`, "servicePrincipalNames": `["` + appID + `","api://x"]`,
		"tags": `["shared"]`, "signInAudience": `"AzureADMyOrg"`, "servicePrincipalType": `"Application"`, "accountEnabled": `true`,
		"appRoleAssignmentRequired": `false`, "appOwnerOrganizationId": `"` + c.tenant.TenantID() + `"`, "alternativeNames": `[]`,
	} {
		same(t, name, principal[name], want)
	}
	contains(t, "appRoles", principal["appRoles"], parse(t, `[{"value":"R","origin":"Application"}]`))
	contains(t, "scopes", principal["oauth2PermissionScopes"], parse(t, `[{"value":"S","type":"User","isEnabled":true}]`))
	contains(t, "info", principal["info"], parse(t, `{"supportUrl":"https://help"}`))

	c.post("/v1.0/servicePrincipals", `{"appId":"`+appID+`"}`).fails(409, "Request_MultipleObjectsWithSameKeyValue",
		"The service principal cannot be created, updated, or restored because the service principal name "+appID+" is already in use.")
	const nobody = "99999999-9999-4999-8999-999999999999"
	c.post("/v1.0/servicePrincipals", `{"appId":"`+nobody+`"}`).fails(400, "Request_BadRequest", "The appId '"+nobody+"' of the service principal does not reference a valid application object.")
	c.post("/v1.0/servicePrincipals", `{}`).fails(400, "Request_BadRequest", "A value is required for property 'appId' of resource 'ServicePrincipal'.")
	c.post("/v1.0/servicePrincipals", `{"appId":"x"}`).fails(400, "Request_BadRequest", "Invalid value specified for property 'appId' of resource 'ServicePrincipal'.")
}

func TestServicePrincipal_followsItsApplication(t *testing.T) {
	t.Parallel()
	c := start(t)
	app, principal := c.principal(`{"displayName":"a","tags":["app"]}`)
	path := "/v1.0/servicePrincipals/" + principal["id"].(string)
	c.patch(path, `{"tags":["own"],"notes":"n","accountEnabled":false,"appRoleAssignmentRequired":true,"loginUrl":"https://login",
		"preferredSingleSignOnMode":"saml","notificationEmailAddresses":["a@example.com"],"alternativeNames":["x"],"description":"d"}`).want(204)
	c.patch("/v1.0/applications/"+app["id"].(string), `{"displayName":"b","identifierUris":["api://b"],"tags":["app","more"],"web":{"redirectUris":["https://b"]}}`).want(204)
	got := c.get(path).want(200).body
	for name, want := range map[string]string{
		"displayName": `"b"`, "appDisplayName": `"b"`, "servicePrincipalNames": `["` + app["appId"].(string) + `","api://b"]`,
		"tags": `["own","app","more"]`, "replyUrls": `["https://b"]`, "notes": `"n"`, "accountEnabled": `false`,
		"appRoleAssignmentRequired": `true`, "loginUrl": `"https://login"`, "preferredSingleSignOnMode": `"saml"`,
		"notificationEmailAddresses": `["a@example.com"]`, "alternativeNames": `["x"]`, "description": `"d"`,
	} {
		same(t, name, got[name], want)
	}
	c.patch(path, `{"tags":[]}`).want(204)
	same(t, "tags", c.get(path).body["tags"], `["app","more"]`)
	for property, value := range map[string]string{
		"displayName": `"c"`, "homepage": `"https://c"`, "servicePrincipalNames": `["api://c"]`, "replyUrls": `["https://c"]`, "appRoles": `[]`,
	} {
		answer := c.patch(path, `{"`+property+`":`+value+`}`)
		if property == "appRoles" { // as it is
			answer.want(204)
			continue
		}
		answer.fails(400, "Request_BadRequest", "Property "+property+" on the service principal does not match the application object.")
	}
	c.patch(path, `{"displayName":"b"}`).want(204)
	c.patch(path, `{"preferredSingleSignOnMode":"magic"}`).fails(400, "Request_BadRequest", "Invalid value specified for property 'preferredSingleSignOnMode' of resource 'ServicePrincipal'.")
	c.patch(path, `{"signInAudience":"AzureADMyOrg"}`).fails(400, "Request_BadRequest", "Property 'signInAudience' is read-only and cannot be set.")
	c.patch(path, `{"accountEnabled":"no"}`).fails(400, "Request_BadRequest", "Cannot convert a primitive value to the expected type 'Edm.Boolean'. See the inner exception for more details.")
}

func TestServicePrincipal_upsert(t *testing.T) {
	t.Parallel()
	c := start(t)
	app := c.application(`{"displayName":"a"}`)
	path := "/v1.0/servicePrincipals(appId='" + app["appId"].(string) + "')"
	c.patch(path, `{"notes":"n"}`).want(404)
	created := c.patch(path, `{"notes":"n"}`, "Prefer", "create-if-missing").want(201).body
	if created["notes"] != "n" || created["displayName"] != "a" {
		t.Errorf("created %v", created)
	}
	c.patch(path, `{"notes":"m"}`, "Prefer", "create-if-missing").want(204)
	if got := c.get(path).want(200).body; got["notes"] != "m" || got["id"] != created["id"] {
		t.Errorf("updated %v", got)
	}
}

func TestServicePrincipal_firstParty(t *testing.T) {
	t.Parallel()
	c := start(t)
	graph := c.get("/v1.0/servicePrincipals(appId='" + graphAppID + "')?$select=id,displayName,appRoles,oauth2PermissionScopes").want(200)
	if graph.body["displayName"] != "Microsoft Graph" || len(graph.at("appRoles").([]any)) < 20 {
		t.Errorf("Microsoft Graph is seeded as %v with %v roles", graph.body["displayName"], len(graph.at("appRoles").([]any)))
	}
	path := "/v1.0/servicePrincipals/" + graph.body["id"].(string)
	c.delete(path).fails(403, "Authorization_RequestDenied", "Specified App Principal ID is a Microsoft internal app and cannot be deleted.")
	c.post("/v1.0/servicePrincipals", `{"appId":"`+graphAppID+`"}`).fails(409, "Request_MultipleObjectsWithSameKeyValue",
		"The service principal cannot be created, updated, or restored because the service principal name "+graphAppID+" is already in use.")
	c.patch(path, `{"notes":"ours"}`).want(204)
}

// The two versions call the permission scopes of a service principal differently, and those of pre-authorized clients.
func TestServicePrincipal_beta(t *testing.T) {
	t.Parallel()
	c := start(t)
	const scope = "00000000-0000-4000-8000-000000000002"
	const client = "33333333-3333-4333-8333-333333333333"
	app, principal := c.principal(`{"displayName":"a","api":{"oauth2PermissionScopes":[{"id":"` + scope + `","value":"S"}]}}`)
	path := "/applications/" + app["id"].(string)
	c.patch("/v1.0"+path, `{"api":{"preAuthorizedApplications":[{"appId":"`+client+`","delegatedPermissionIds":["`+scope+`"]}]}}`).want(204)
	beta := c.get("/beta/servicePrincipals/" + principal["id"].(string)).want(200)
	if _, shown := beta.body["oauth2PermissionScopes"]; shown || len(beta.at("publishedPermissionScopes").([]any)) != 1 {
		t.Errorf("beta shows %s", beta.raw)
	}
	v1 := c.get("/v1.0/servicePrincipals/" + principal["id"].(string)).want(200)
	if _, shown := v1.body["publishedPermissionScopes"]; shown || len(v1.at("oauth2PermissionScopes").([]any)) != 1 {
		t.Errorf("v1.0 shows %s", v1.raw)
	}
	same(t, "v1.0", c.get("/v1.0"+path).at("api", "preAuthorizedApplications"), `[{"appId":"`+client+`","delegatedPermissionIds":["`+scope+`"]}]`)
	same(t, "beta", c.get("/beta"+path).at("api", "preAuthorizedApplications"), `[{"appId":"`+client+`","permissionIds":["`+scope+`"]}]`)
	c.patch("/beta"+path, `{"api":{"preAuthorizedApplications":[{"appId":"`+client+`","permissionIds":[]}]}}`).want(204)
	same(t, "v1.0 after beta", c.get("/v1.0"+path).at("api", "preAuthorizedApplications"), `[{"appId":"`+client+`","delegatedPermissionIds":[]}]`)
}

func TestServicePrincipal_delete(t *testing.T) {
	t.Parallel()
	c := start(t)
	app, principal := c.principal(`{"displayName":"a"}`)
	id := principal["id"].(string)
	c.delete("/v1.0/servicePrincipals/" + id).want(204)
	c.get("/v1.0/servicePrincipals/"+id).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, id))
	c.get("/v1.0/applications/" + app["id"].(string)).want(200)
	again := c.post("/v1.0/servicePrincipals", `{"appId":"`+app["appId"].(string)+`"}`).want(201).body
	c.post("/v1.0/directory/deletedItems/"+id+"/restore", "").fails(409, "Request_MultipleObjectsWithSameKeyValue",
		"The service principal cannot be created, updated, or restored because the service principal name "+app["appId"].(string)+" is already in use.")
	c.delete("/v1.0/applications/" + app["id"].(string)).want(204)
	c.get("/v1.0/servicePrincipals/" + again["id"].(string)).want(404)
}
