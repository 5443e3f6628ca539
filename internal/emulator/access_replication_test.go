package emulator_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/seed"
)

// An assignment joins what the replica knows, and is itself known later.
func TestReplication_appRoleAssignment(t *testing.T) {
	t.Parallel()
	c := replicated(t).access()
	role := `{"id":"` + roleOfAll + `","value":"All","displayName":"r","description":"r","isEnabled":true,"allowedMemberTypes":["Application"]}`
	_, resource := c.principalSettled(`{"displayName":"an API"}`)
	_, principal := c.principalSettled(`{"displayName":"a client"}`)
	c.settled()
	resourceID, id := resource["id"].(string), principal["id"].(string)
	assigned := "/v1.0/servicePrincipals/" + resourceID + "/appRoleAssignedTo"
	body := fmt.Sprintf(assignmentBody, id, resourceID, roleOfAll)
	unknown := "Permission being assigned was not found on application '" + resource["appId"].(string) + "'."
	c.patch("/v1.0/applications(appId='"+resource["appId"].(string)+"')", `{"appRoles":[`+role+`]}`).want(204)
	c.post(assigned, body).fails(400, "Request_BadRequest", unknown)
	c.settled()
	assignment := c.post(assigned, body).want(http.StatusCreated).at("id").(string)
	c.get(assigned + "/" + assignment).gone(assignment)
	c.delete(assigned + "/" + assignment).gone(assignment)
	if got := c.get(assigned).want(200).values("id"); len(got) != 0 {
		t.Errorf("listed at once: %v", got)
	}
	c.post(assigned, body).fails(409, "Request_MultipleObjectsWithSameKeyValue", "EntitlementGrant entry already exists.")
	c.settled()
	c.post(assigned, body).fails(400, "Request_BadRequest", "Permission being assigned already exists on the object")
	c.delete(assigned + "/" + assignment).want(http.StatusNoContent)
	c.get(assigned + "/" + assignment).want(http.StatusOK)
	c.delete(assigned + "/" + assignment).gone(assignment)
	c.settled()
	c.get(assigned + "/" + assignment).gone(assignment)

	app := c.application(`{"displayName":"young"}`)
	c.settled()
	young := c.post("/v1.0/servicePrincipals", `{"appId":"`+app["appId"].(string)+`"}`).want(http.StatusCreated).at("id").(string)
	c.post(assigned, fmt.Sprintf(assignmentBody, young, resourceID, roleOfAll)).fails(400, "Request_BadRequest", "Not a valid reference update.")
	c.post("/v1.0/servicePrincipals/"+young+"/appRoleAssignments", fmt.Sprintf(assignmentBody, young, resourceID, roleOfAll)).gone(young)
	c.post("/v1.0/servicePrincipals/"+id+"/appRoleAssignments", fmt.Sprintf(assignmentBody, id, young, roleOfAnyone)).
		fails(400, "Request_BadRequest", "Specified resourceId was not found.")
	c.settled()
	c.post(assigned, fmt.Sprintf(assignmentBody, young, resourceID, roleOfAll)).want(http.StatusCreated)
}

func TestReplication_permissionGrant(t *testing.T) {
	t.Parallel()
	c := replicated(t).access()
	_, resource := c.principalSettled(`{"displayName":"an API"}`)
	application := c.application(`{"displayName":"a client"}`)
	c.settled()
	principal := c.post("/v1.0/servicePrincipals", `{"appId":"`+application["appId"].(string)+`"}`).want(http.StatusCreated)
	resourceID, client := resource["id"].(string), principal.at("id").(string)
	grant := fmt.Sprintf(grantBody, client, resourceID, "AllPrincipals", "null", "a")
	c.post("/v1.0/oauth2PermissionGrants", grant).gone(client)
	c.post("/v1.0/oauth2PermissionGrants", fmt.Sprintf(grantBody, resourceID, client, "AllPrincipals", "null", "a")).
		fails(400, "Request_BadRequest", "Specified resourceId was not found.")
	c.settled()
	id := c.post("/v1.0/oauth2PermissionGrants", grant).want(http.StatusCreated).at("id").(string)
	path := "/v1.0/oauth2PermissionGrants/" + id
	c.get(path).gone(id)
	c.patch(path, `{"scope":"b"}`).gone(id)
	c.post("/v1.0/oauth2PermissionGrants", grant).fails(409, "Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists.")
	c.settled()
	c.patch(path, `{"scope":"b"}`).want(http.StatusNoContent)
	if got := c.get(path).want(200).at("scope"); got != "a" {
		t.Errorf("the scope changed at once to %v", got)
	}
	c.settled()
	if got := c.get(path).want(200).at("scope"); got != "b" {
		t.Errorf("the scope stays %v", got)
	}
	c.delete(path).want(http.StatusNoContent)
	c.get(path).want(200)
	c.settled()
	c.get(path).gone(id)

	// Paths are counted without the ids, which are no GUIDs.
	if counted := c.get("/_local/counters").want(200).at("operations", "PATCH /v1.0/oauth2PermissionGrants/{id}"); counted != 2.0 {
		t.Errorf("counted %v", counted)
	}
}

// Faults and batches reach grants as they do others, and a tenant that is opened again has them.
func TestAccess_faultsBatchesFile(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/tenant.db"
	open := func() *client {
		return start(t, func(o *emulator.Options) { o.DataFile = file }).access()
	}
	c := open()
	api, _ := c.resource("an API")
	_, principal := c.principal(`{"displayName":"a client"}`)
	id := principal["id"].(string)
	assigned := "/v1.0/servicePrincipals/" + api + "/appRoleAssignedTo"
	c.tenant.Faults().Set(fault.MustParse("POST /servicePrincipals/*/appRoleAssignedTo 504 after count=1", "POST /oauth2PermissionGrants 503 count=1")...)
	c.post(assigned, fmt.Sprintf(assignmentBody, id, api, roleOfAll)).want(504)
	c.post(assigned, fmt.Sprintf(assignmentBody, id, api, roleOfAll)).fails(400, "Request_BadRequest", "Permission being assigned already exists on the object")
	grant := fmt.Sprintf(grantBody, id, api, "AllPrincipals", "null", "s")
	c.post("/v1.0/oauth2PermissionGrants", grant).want(503)
	made := c.post("/v1.0/oauth2PermissionGrants", grant).want(201).at("id").(string)
	batch := c.post("/v1.0/$batch", `{"requests":[
		{"id":"1","method":"GET","url":"/servicePrincipals/`+api+`/appRoleAssignedTo?$top=999"},
		{"id":"2","method":"PATCH","url":"/oauth2PermissionGrants/`+made+`","headers":{"Content-Type":"application/json"},"body":{"scope":"t"}},
		{"id":"3","method":"GET","url":"/oauth2PermissionGrants/AAAA"}]}`).want(200)
	statuses := map[any]any{}
	for _, response := range batch.at("responses").([]any) {
		statuses[at(t, response, "id")] = at(t, response, "status")
	}
	if fmt.Sprint(statuses) != "map[1:200 2:204 3:404]" {
		t.Errorf("statuses: %v", statuses)
	}
	c.server.Close()
	if err := c.tenant.Close(); err != nil {
		t.Fatal(err)
	}
	c = open()
	if got := c.get("/v1.0/oauth2PermissionGrants/" + made).want(200).at("scope"); got != "t" {
		t.Errorf("the scope is %v", got)
	}
	if got := c.get(assigned).want(200).values("principalId"); len(got) != 1 || got[0] != id {
		t.Errorf("assigned to %v", got)
	}
}

// A seed has grants, of what is seeded and of what there is.
func TestSeed_access(t *testing.T) {
	t.Parallel()
	c := start(t).access()
	caller := c.get("/v1.0/servicePrincipals(appId='" + emulator.CallerClientID + "')?$select=id").want(200).at("id").(string)
	client, user := emulator.EstateID("servicePrincipal", 1), seed.ObjectID("ada@entralocal.onmicrosoft.com")
	graph := seed.ObjectID(graphAppID)
	given := emulator.Seed{
		ServicePrincipals: []map[string]any{{"id": client, "appId": emulator.EstateID("appId", 1), "displayName": "seeded"}},
		AppRoleAssignments: []map[string]any{
			{"principalId": client, "resourceId": graph, "appRoleId": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30"},
			{"principalId": user, "resourceId": client, "appRoleId": roleOfAnyone},
		},
		OAuth2PermissionGrants: []map[string]any{
			{"clientId": client, "resourceId": graph, "consentType": "AllPrincipals", "scope": "User.Read"},
			{"clientId": client, "resourceId": caller, "consentType": "Principal", "principalId": user, "scope": "x"},
		},
	}
	if err := c.tenant.AddSeed(given); err != nil {
		t.Fatal(err)
	}
	assignments := c.get("/v1.0/servicePrincipals/" + client + "/appRoleAssignments").want(200)
	if assignments.at("value", 0, "resourceDisplayName") != "Microsoft Graph" || assignments.at("value", 0, "principalType") != "ServicePrincipal" {
		t.Errorf("assigned %s", assignments.raw)
	}
	if got := c.get("/v1.0/servicePrincipals/" + client + "/appRoleAssignedTo").want(200).values("principalType"); !slices.Equal(got, []any{"User"}) {
		t.Errorf("assigned to %v", got)
	}
	if got := c.get("/v1.0/oauth2PermissionGrants?$filter=clientId eq '" + client + "'").want(200).values("scope"); len(got) != 2 {
		t.Errorf("granted %v", got)
	}
	for _, wrong := range []emulator.Seed{
		{AppRoleAssignments: []map[string]any{{"principalId": client, "resourceId": graph}}},
		{AppRoleAssignments: []map[string]any{{"principalId": client, "resourceId": graph, "appRoleId": roleOfAnyone, "role": "x"}}},
		{OAuth2PermissionGrants: []map[string]any{{"clientId": client, "resourceId": graph, "consentType": "Principal", "scope": "x"}}},
		{OAuth2PermissionGrants: []map[string]any{{"clientId": client, "resourceId": graph, "consentType": "AllPrincipals", "scope": 5}}},
	} {
		if err := c.tenant.AddSeed(wrong); err == nil {
			t.Errorf("taken: %+v", wrong)
		}
	}
}

// The next token has what was granted, and has no longer what was taken away; where signing in lags, somewhat later.
func TestToken_hasAppRoles(t *testing.T) {
	t.Parallel()
	c := start(t).access()
	api, resource := c.resource("an API")
	app, principal := c.principal(`{"displayName":"a workload"}`)
	id := principal["id"].(string)
	secret := c.post("/v1.0/applications/"+app["id"].(string)+"/addPassword", `{}`).want(200).at("secretText").(string)
	signIn := func(audience string) answer {
		t.Helper()
		form := url.Values{"grant_type": {"client_credentials"}, "client_id": {app["appId"].(string)}, "client_secret": {secret}, "scope": {audience + "/.default"}}
		return c.post("/"+c.tenant.TenantID()+"/oauth2/v2.0/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	}
	roles := func(audience string, want ...any) {
		t.Helper()
		got, _ := claimsOf(t, signIn(audience).want(200).at("access_token").(string))["roles"].([]any)
		if !slices.Equal(got, want) {
			t.Errorf("a token for %s has the roles %v, want %v", audience, got, want)
		}
	}
	own, graph := resource["appId"].(string), "https://graph.microsoft.com"
	read := func(want int) {
		t.Helper()
		workload := *c
		workload.token = signIn(graph).want(200).at("access_token").(string)
		workload.get("/v1.0/applications").want(want)
	}
	give := func(resource, role string) string {
		t.Helper()
		path := "/v1.0/servicePrincipals/" + resource + "/appRoleAssignedTo"
		return path + "/" + c.post(path, fmt.Sprintf(assignmentBody, id, resource, role)).want(201).at("id").(string)
	}
	roles(own)
	read(403)
	first := give(api, roleOfAll)
	roles(own, "All")
	roles(graph)
	c.delete(first).want(204)
	give(api, roleOfApps)
	roles(own, "Apps")
	microsoftGraph := c.get("/v1.0/servicePrincipals(appId='" + graphAppID + "')?$select=id").want(200).at("id").(string)
	toGraph := give(microsoftGraph, "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30")
	roles(graph, "Application.Read.All")
	read(200)
	c.delete(toGraph).want(204)
	roles(graph)
	read(403)

	// A disabled role gives nothing, and a resource that wants its callers assigned knows who is.
	other, demanding := c.principal(`{"displayName":"demanding"}`)
	c.patch("/v1.0/servicePrincipals/"+demanding["id"].(string), `{"appRoleAssignmentRequired":true}`).want(204)
	signIn(other["appId"].(string)).want(400)
	give(demanding["id"].(string), roleOfAnyone)
	roles(other["appId"].(string))

	c.do(http.MethodPut, "/_local/replication", `{"replicas":1,"lag":"10m","signIn":true}`).want(204)
	late := give(microsoftGraph, "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30")
	roles(graph)
	c.tenant.Clock().Advance(lag * 60)
	roles(graph, "Application.Read.All")
	c.delete(late).want(204)
	roles(graph, "Application.Read.All")
	c.tenant.Clock().Advance(lag * 60)
	roles(graph)
}
