package emulator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

const lag = 10 * time.Second

// replicated is start with one replica that is ten seconds late, or with others, by a clock that stands still.
func replicated(t *testing.T, options ...emulator.Replication) *client {
	t.Helper()
	replication := emulator.Replication{Replicas: 1, Lag: emulator.Lag{Min: lag, Max: lag}}
	if len(options) > 0 {
		replication = options[0]
	}
	began := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return start(t, func(o *emulator.Options) {
		o.Now = func() time.Time { return began }
		o.Replication = replication
	})
}

// later lets time pass on the tenant's clock.
func (c *client) later(by time.Duration) { c.tenant.Clock().Advance(by) }

// settled lets all replicas have everything.
func (c *client) settled() { c.later(lag) }

func (a answer) gone(key any) {
	a.t.Helper()
	a.fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, key))
}

func TestReplication_created(t *testing.T) {
	t.Parallel()
	c := replicated(t)
	before := c.get("/v1.0/applications/$count", "ConsistencyLevel", "eventual").want(200).raw
	delta := c.get("/v1.0/applications/delta?$deltatoken=latest").want(200).at("@odata.deltaLink").(string)
	app := c.application(`{"displayName":"young","uniqueName":"young","identifierUris":["api://young"]}`)
	id, appID := app["id"].(string), app["appId"].(string)
	if app["displayName"] != "young" || len(c.tenant.Objects("applications")) != 2 {
		t.Errorf("the answer to the create is %v", app)
	}
	path := "/v1.0/applications/" + id
	c.later(lag - time.Millisecond)
	c.get(path).gone(id)
	c.get(path + "?$select=id&$expand=federatedIdentityCredentials").gone(id)
	c.get("/v1.0/applications(appId='" + appID + "')").gone(appID)
	c.get("/v1.0/applications(uniqueName='young')").gone("young")
	c.get("/v1.0/directoryObjects/" + id).gone(id)
	c.get(path + "/federatedIdentityCredentials").gone(id)
	c.get(path + "/owners").gone(id)
	lists := []string{
		"/v1.0/applications?$filter=displayName eq 'young'", "/v1.0/applications?$filter=appId eq '" + appID + "'",
		"/v1.0/applications?$filter=id eq '" + id + "'", "/v1.0/applications?$filter=identifierUris/any(u:u eq 'api://young')",
	}
	for _, list := range lists {
		if found := c.get(list).want(200).values("id"); len(found) != 0 {
			t.Errorf("%s finds %v", list, found)
		}
	}
	if got := c.get("/v1.0/applications").want(200).values("id"); len(got) != 1 {
		t.Errorf("the list has %v", got)
	}
	byIDs := func() []any {
		return c.post("/v1.0/directoryObjects/getByIds", `{"ids":["`+id+`"]}`).want(200).values("id")
	}
	if got := byIDs(); len(got) != 0 {
		t.Errorf("getByIds finds %v", got)
	}
	changes := func() []any { return c.get(strings.TrimPrefix(delta, c.server.URL)).want(200).values("id") }
	if got := changes(); len(got) != 0 {
		t.Errorf("delta has %v", got)
	}
	if got := c.get("/v1.0/applications/$count", "ConsistencyLevel", "eventual").want(200).raw; string(got) != string(before) {
		t.Errorf("the count is %s, was %s", got, before)
	}

	c.later(time.Millisecond)
	c.get(path).want(200)
	c.get("/v1.0/applications(appId='" + appID + "')").want(200)
	c.get("/v1.0/applications(uniqueName='young')").want(200)
	c.get("/v1.0/directoryObjects/" + id).want(200)
	for _, list := range lists {
		if found := c.get(list).want(200).values("id"); !slices.Equal(found, []any{id}) {
			t.Errorf("later, %s finds %v", list, found)
		}
	}
	if got := byIDs(); len(got) != 1 {
		t.Errorf("later, getByIds finds %v", got)
	}
	if got := changes(); len(got) != 1 {
		t.Errorf("later, delta has %v", got)
	}
}

func TestReplication_changed(t *testing.T) {
	t.Parallel()
	c := replicated(t)
	app, principal := c.principalSettled(`{"displayName":"old","tags":["t"]}`)
	path := "/v1.0/applications/" + app["id"].(string)
	c.patch(path, `{"displayName":"new","tags":[]}`).want(204)
	c.post(path+"/addPassword", `{"passwordCredential":{"displayName":"p"}}`).want(200)
	c.post(path+"/federatedIdentityCredentials", credential("main", "s")).want(201)
	read := path + "?$expand=federatedIdentityCredentials"
	old := c.get(read).want(200)
	same(t, "displayName", old.at("displayName"), `"old"`)
	same(t, "tags", old.at("tags"), `["t"]`)
	same(t, "passwords", old.at("passwordCredentials"), `[]`)
	same(t, "credentials", old.at("federatedIdentityCredentials"), `[]`)
	same(t, "the service principal's", c.get("/v1.0/servicePrincipals/"+principal["id"].(string)).want(200).at("displayName"), `"old"`)
	if got := c.get("/v1.0/applications?$filter=displayName eq 'old'").want(200).values("id"); len(got) != 1 {
		t.Errorf("%v has the old name", got)
	}

	// A change is made to what is there, not to what the replica shows: the second keeps what the first one did.
	c.patch(path, `{"description":"later"}`).want(204)
	c.settled()
	now := c.get(read).want(200)
	same(t, "displayName", now.at("displayName"), `"new"`)
	same(t, "description", now.at("description"), `"later"`)
	same(t, "tags", now.at("tags"), `[]`)
	same(t, "credential", now.at("federatedIdentityCredentials", 0, "name"), `"main"`)
	same(t, "password", now.at("passwordCredentials", 0, "displayName"), `"p"`)
}

// principalSettled is principal where all replicas have both.
func (c *client) principalSettled(body string) (application, principal map[string]any) {
	c.t.Helper()
	application = c.application(body)
	c.settled()
	principal = c.post("/v1.0/servicePrincipals", `{"appId":"`+application["appId"].(string)+`"}`).want(201).body
	c.settled()
	return application, principal
}

func TestReplication_deleted(t *testing.T) {
	t.Parallel()
	c := replicated(t)
	app, principal := c.principalSettled(`{"displayName":"old"}`)
	id, principalID := app["id"].(string), principal["id"].(string)
	path, bin := "/v1.0/applications/"+id, "/v1.0/directory/deletedItems/"+id
	c.delete(path).want(204)
	c.get(path).want(200)
	c.get("/v1.0/servicePrincipals/" + principalID).want(200)
	if got := c.get("/v1.0/applications?$filter=displayName eq 'old'").want(200).values("id"); len(got) != 1 {
		t.Errorf("the list has %v", got)
	}
	c.get(bin).gone(id)
	if got := c.get("/v1.0/directory/deletedItems/microsoft.graph.application").want(200).values("id"); len(got) != 0 {
		t.Errorf("the deleted items have %v", got)
	}
	// What is to be changed must still be there.
	c.delete(path).gone(id)
	c.patch(path, `{"displayName":"x"}`).gone(id)
	c.post(path+"/federatedIdentityCredentials", credential("main", "s")).gone(id)
	c.post("/v1.0/servicePrincipals", `{"appId":"`+app["appId"].(string)+`"}`).fails(400, "Request_BadRequest",
		"The appId '"+app["appId"].(string)+"' of the service principal does not reference a valid application object.")
	c.post(bin+"/restore", "").gone(id)
	c.delete(bin).gone(id)

	c.settled()
	c.get(path).gone(id)
	c.get("/v1.0/servicePrincipals/" + principalID).gone(principalID)
	c.get(bin).want(200)
	c.post(bin+"/restore", "").want(200)
	c.get(path).gone(id)
	c.get(bin).want(200)
	c.settled()
	c.get(path).want(200)
}

// What is addressed must be known to the replica that passes the request on, and what is below it too.
func TestReplication_below(t *testing.T) {
	t.Parallel()
	c := replicated(t)
	app := c.application(`{"displayName":"young"}`)
	id := app["id"].(string)
	path := "/v1.0/applications/" + id
	reference := `{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/c0ffee00-0000-4000-8000-0000000005e1"}`
	tooYoung := func(of string, requests ...[3]string) {
		t.Helper()
		for _, r := range requests {
			c.do(r[0], r[1], r[2]).gone(of)
		}
	}
	onApplication := [][3]string{
		{"PATCH", path, `{"displayName":"x"}`},
		{"POST", path + "/federatedIdentityCredentials", credential("main", "s")},
		{"POST", path + "/addPassword", `{"passwordCredential":{"displayName":"p"}}`},
		{"POST", path + "/removePassword", `{"keyId":"` + id + `"}`},
		{"POST", path + "/addKey", `{"keyCredential":{"type":"AsymmetricX509Cert","usage":"Verify","key":"AA=="},"proof":"x"}`},
		{"POST", path + "/owners/$ref", reference},
		{"DELETE", path + "/owners/c0ffee00-0000-4000-8000-0000000005e1/$ref", ""},
		{"DELETE", path + "/logo", ""},
		{"DELETE", path + "/federatedIdentityCredentials/main", ""},
		{"DELETE", path, ""},
		{"DELETE", "/v1.0/directoryObjects/" + id, ""},
	}
	tooYoung(id, onApplication...)
	same(t, "the application", c.tenant.Objects("applications")[indexOf(c.tenant.Objects("applications"), id)]["displayName"], `"young"`)
	c.settled()
	principal := c.post("/v1.0/servicePrincipals", `{"appId":"`+app["appId"].(string)+`"}`).want(201).body["id"].(string)
	tooYoung(principal,
		[3]string{"PATCH", "/v1.0/servicePrincipals/" + principal, `{"notes":"x"}`},
		[3]string{"POST", "/v1.0/servicePrincipals/" + principal + "/owners/$ref", reference},
		[3]string{"DELETE", "/v1.0/servicePrincipals/" + principal, ""},
	)
	tooYoung(app["appId"].(string), [3]string{"PATCH", "/v1.0/servicePrincipals(appId='" + app["appId"].(string) + "')", `{"notes":"x"}`})

	main := c.post(path+"/federatedIdentityCredentials", credential("main", "s")).want(201).body["id"].(string)
	list := path + "/federatedIdentityCredentials"
	of := list + "/"
	c.get(of + main).gone(main)
	c.get(of + "main").gone("main")
	if got := c.get(list).want(200).values("id"); len(got) != 0 {
		t.Errorf("the list has %v", got)
	}
	tooYoung(main, [3]string{"PATCH", of + main, `{"description":"x"}`}, [3]string{"DELETE", of + main, ""})
	tooYoung("main", [3]string{"PATCH", of + "main", `{"description":"x"}`}, [3]string{"DELETE", of + "main", ""})
	key := c.post(path+"/addPassword", `{"passwordCredential":{"displayName":"p"}}`).want(200).at("keyId").(string)
	c.post(path+"/removePassword", `{"keyId":"`+key+`"}`).fails(400, "Request_BadRequest", "No password credential found with keyId.")

	c.settled()
	c.patch(of+main, `{"description":"x"}`).want(204)
	c.delete(of + main).want(204)
	c.get(of + main).want(200)
	c.delete(of + main).gone(main)
	c.post(path+"/removePassword", `{"keyId":"`+key+`"}`).want(204)
	c.patch("/v1.0/servicePrincipals/"+principal, `{"notes":"x"}`).want(204)
}

func indexOf(objects []map[string]any, id string) int {
	return slices.IndexFunc(objects, func(o map[string]any) bool { return o["id"] == id })
}

func TestReplication_servicePrincipal(t *testing.T) {
	t.Parallel()
	c := replicated(t)
	const owned = "When using this permission, the backing application of the service principal being created must in the local tenant"
	self := c.as("Application.ReadWrite.OwnedBy")
	for _, of := range []struct {
		client        *client
		status        int
		code, message string
	}{
		{c, 400, "Request_BadRequest", "The appId '%s' of the service principal does not reference a valid application object."},
		{self, 403, "Authorization_RequestDenied", owned},
	} {
		appID := of.client.application(`{"displayName":"young"}`)["appId"].(string)
		body := `{"appId":"` + appID + `"}`
		message := strings.ReplaceAll(of.message, "%s", appID)
		of.client.post("/v1.0/servicePrincipals", body).fails(of.status, of.code, message)
		of.client.patch("/v1.0/servicePrincipals(appId='"+appID+"')", `{"displayName":"young"}`, "Prefer", "create-if-missing").fails(of.status, of.code, message)
		c.settled()
		of.client.post("/v1.0/servicePrincipals", body).want(201)
		of.client.post("/v1.0/servicePrincipals", body).fails(409, "Request_MultipleObjectsWithSameKeyValue",
			"The service principal cannot be created, updated, or restored because the service principal name "+appID+" is already in use.")
		c.get("/v1.0/servicePrincipals(appId='" + appID + "')").gone(appID)
	}
}

func TestReplication_owner(t *testing.T) {
	t.Parallel()
	c := replicated(t)
	app, _ := c.principalSettled(`{"displayName":"owned"}`)
	path := "/v1.0/applications/" + app["id"].(string)
	owning := c.application(`{"displayName":"owning"}`)
	c.settled()
	owner := c.post("/v1.0/servicePrincipals", `{"appId":"`+owning["appId"].(string)+`"}`).want(201).body["id"].(string)
	reference := `{"@odata.id":"https://graph.microsoft.com/v1.0/servicePrincipals/` + owner + `"}`
	c.post(path+"/owners/$ref", reference).gone(owner)
	c.post("/v1.0/applications", `{"displayName":"x","owners@odata.bind":["https://graph.microsoft.com/v1.0/directoryObjects/`+owner+`"]}`).gone(owner)
	c.settled()
	c.post(path+"/owners/$ref", reference).want(204)
	// Links, too, are late, but there are never two of them.
	if got := c.get(path + "/owners").want(200).values("id"); len(got) != 0 {
		t.Errorf("the owners are %v", got)
	}
	c.post(path+"/owners/$ref", reference).fails(400, "Request_BadRequest", "One or more added object references already exist for the following modified properties: 'owners'.")
	c.delete(path + "/owners/" + owner + "/$ref").gone(owner)
	c.settled()
	c.delete(path + "/owners/" + owner + "/$ref").want(204)
	if got := c.get(path + "/owners").want(200).values("id"); !slices.Equal(got, []any{owner}) {
		t.Errorf("the owners are %v", got)
	}
	c.settled()
	if got := c.get(path + "/owners").want(200).values("id"); len(got) != 0 {
		t.Errorf("the owners are %v", got)
	}
}

// A permission can go only when the replica knows that it is disabled.
func TestReplication_permissions(t *testing.T) {
	t.Parallel()
	role := `{"id":"00000000-0000-4000-8000-000000000001","allowedMemberTypes":["User"],"displayName":"r","value":"R","isEnabled":%t}`
	scope := `{"id":"00000000-0000-4000-8000-000000000002","adminConsentDescription":"d","adminConsentDisplayName":"s","value":"S","isEnabled":%t}`
	for name, bodies := range map[string][3]string{
		"role":  {`{"displayName":"a","appRoles":[` + fmt.Sprintf(role, true) + `]}`, `{"appRoles":[` + fmt.Sprintf(role, false) + `]}`, `{"appRoles":[]}`},
		"scope": {`{"displayName":"a","api":{"oauth2PermissionScopes":[` + fmt.Sprintf(scope, true) + `]}}`, `{"api":{"oauth2PermissionScopes":[` + fmt.Sprintf(scope, false) + `]}}`, `{"api":{"oauth2PermissionScopes":[]}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := replicated(t)
			app := c.application(bodies[0])
			c.settled()
			path := "/v1.0/applications/" + app["id"].(string)
			c.patch(path, bodies[1]).want(204)
			refused := func() {
				t.Helper()
				c.patch(path, bodies[2]).fails(400, "CannotDeleteOrUpdateEnabledEntitlement", "Permission (scope or role) cannot be deleted or updated unless disabled first.")
			}
			refused()
			c.later(lag - time.Millisecond)
			refused()
			c.later(time.Millisecond)
			c.patch(path, bodies[2]).want(204)
			// What is gone already does not hinder other changes, whatever the replica shows.
			c.patch(path, `{"displayName":"b"}`).want(204)
			c.settled()
			if got := c.get(path).want(200); len(got.at("appRoles").([]any)) != 0 || got.at("displayName") != "b" {
				t.Errorf("in the end %s", got.raw)
			}
		})
	}
}

// A client can be pre-authorized for a scope only when the replica knows the scope.
func TestReplication_preAuthorized(t *testing.T) {
	t.Parallel()
	c := replicated(t)
	path := "/v1.0/applications/" + c.application(`{"displayName":"a"}`)["id"].(string)
	c.settled()
	c.patch(path, `{"api":{"oauth2PermissionScopes":[{"id":"00000000-0000-4000-8000-000000000002","value":"S"}]}}`).want(204)
	client := `{"api":{"preAuthorizedApplications":[{"appId":"33333333-3333-4333-8333-333333333333","delegatedPermissionIds":["00000000-0000-4000-8000-000000000002"]}]}}`
	c.patch(path, client).fails(400, "InvalidValue", notInAppPermissions)
	c.later(lag)
	c.patch(path, client).want(204)
}

// The directory itself sees to it that no two objects have one key, though no read shows the first one.
func TestReplication_duplicates(t *testing.T) {
	t.Parallel()
	c := replicated(t)
	app := c.application(`{"displayName":"a","uniqueName":"one","identifierUris":["api://one"]}`)
	const named = "Another object with the same value for property uniqueName already exists."
	c.post("/v1.0/applications", `{"displayName":"b","uniqueName":"one"}`).fails(409, "Request_MultipleObjectsWithSameKeyValue", named)
	c.patch("/v1.0/applications(uniqueName='one')", `{"displayName":"b"}`, "Prefer", "create-if-missing").fails(409, "Request_MultipleObjectsWithSameKeyValue", named)
	c.post("/v1.0/applications", `{"displayName":"b","identifierUris":["api://one"]}`).fails(400, "Request_BadRequest",
		"Another object with the same value for property identifierUris already exists.")
	c.settled()
	credentials := "/v1.0/applications/" + app["id"].(string) + "/federatedIdentityCredentials"
	c.post(credentials, credential("main", "s")).want(201)
	c.post(credentials, credential("main", "other")).fails(409, "Request_MultipleObjectsWithSameKeyValue", "FederatedIdentityCredential with name main already exists.")
	c.patch(credentials+"(name='main')", credential("main", "other"), "Prefer", "create-if-missing").fails(409, "Request_MultipleObjectsWithSameKeyValue", "FederatedIdentityCredential with name main already exists.")
	c.post(credentials, credential("second", "s")).fails(400, "InvalidFederatedIdentityCredentialValue",
		"The combination of issuer and subject must be unique for the application. Issuer "+github+" and Subject: s already exist. "+
			"paramName: FederatedIdentityCredential.Subject, paramValue: s, objectType: Microsoft.Online.DirectoryServices.Application")
	if got := c.get(credentials).want(200).values("id"); len(got) != 0 {
		t.Errorf("the list has %v", got)
	}
	c.settled()
	if got := c.get(credentials).want(200).values("name"); !slices.Equal(got, []any{"main"}) {
		t.Errorf("later the list has %v", got)
	}
	// The other way round: what is deleted leaves its keys at once.
	c.delete(credentials + "/main").want(204)
	c.post(credentials, credential("main", "s")).want(201)
}

func TestReplication_personalAccounts(t *testing.T) {
	t.Parallel()
	c := replicated(t)
	app := c.application(`{"displayName":"a","signInAudience":"AzureADandPersonalMicrosoftAccount","api":{"requestedAccessTokenVersion":2}}`)
	id := app["id"].(string)
	path := "/v1.0/applications/" + id
	const message = "The corresponding MSA application does not exist."
	c.patch(path, `{"displayName":"b"}`).fails(409, "Error_MsaAppDoesNotExist", message)
	c.post(path+"/addPassword", `{}`).fails(409, "Error_MsaAppDoesNotExist", message)
	c.get(path).gone(id)
	c.delete(path).gone(id)
	c.settled()
	c.patch(path, `{"displayName":"b"}`).want(204)
}

// A user sees the user's own changes, and not yet those of others.
func TestReplication_delegated(t *testing.T) {
	t.Parallel()
	c := replicated(t)
	users := c.get("/v1.0/users?$select=id").want(200).values("id")
	as := func(user int) *client {
		other := *c
		other.token = c.tenant.UserToken(users[user].(string), "Application.ReadWrite.All", "Directory.Read.All")
		return &other
	}
	one, two := as(0), as(1)
	app := one.application(`{"displayName":"mine"}`)
	id := app["id"].(string)
	path := "/v1.0/applications/" + id
	one.get(path).want(200)
	two.get(path).gone(id)
	c.get(path).gone(id)
	one.post("/v1.0/servicePrincipals", `{"appId":"`+app["appId"].(string)+`"}`).want(201)
	one.patch(path, `{"displayName":"changed"}`).want(204)
	same(t, "displayName", one.get(path).want(200).at("displayName"), `"changed"`)
	theirs := c.application(`{"displayName":"theirs"}`)["id"].(string)
	one.get("/v1.0/applications/" + theirs).gone(theirs)
	one.delete(path).want(204)
	one.get(path).gone(id)
	two.get(path).gone(id)
	c.settled()
	two.get("/v1.0/applications/" + theirs).want(200)

	// A failed change shows nobody anything.
	theirs = c.application(`{"displayName":"theirs again"}`)["id"].(string)
	two.patch("/v1.0/applications/"+theirs, `{"displayName":"x"}`).gone(theirs)
	two.get("/v1.0/applications/" + theirs).gone(theirs)
}

// Each request of a batch is answered by a replica of its own; the log has them all.
func TestReplication_log(t *testing.T) {
	t.Parallel()
	c := replicated(t, emulator.Replication{Replicas: 2, Lag: emulator.Lag{Min: lag, Max: lag}, RoundRobin: true})
	id := c.application(`{"displayName":"young"}`)["id"].(string)
	c.later(2500 * time.Millisecond)
	c.tenant.ResetRequests()
	c.get("/v1.0/applications/" + id).gone(id)
	c.get("/v1.0/applications/" + id).gone(id)
	batch := c.post("/v1.0/$batch", `{"requests":[{"id":"1","method":"GET","url":"/applications/`+id+`"},{"id":"2","method":"GET","url":"/users","dependsOn":[]}]}`).want(200)
	if got := batch.at("responses", 0, "status"); got != 404.0 {
		t.Errorf("in a batch %s", batch.raw)
	}
	c.settled()
	c.get("/v1.0/applications/" + id).want(200)
	var log []struct {
		Replicas []struct {
			Replica       int
			BehindSeconds float64
			Missing       int
		}
	}
	if err := json.Unmarshal(c.get("/_local/log").want(200).raw, &log); err != nil {
		t.Fatal(err)
	}
	if len(log) != 4 || len(log[0].Replicas) != 1 || len(log[2].Replicas) != 2 || len(log[3].Replicas) != 1 {
		t.Fatalf("log %+v", log)
	}
	first, second, last := log[0].Replicas[0], log[1].Replicas[0], log[3].Replicas[0]
	if first.Replica == second.Replica || first.Replica+second.Replica != 3 || first.BehindSeconds != 2.5 || first.Missing != 1 {
		t.Errorf("first %+v, second %+v", first, second)
	}
	if last.Missing != 0 || last.BehindSeconds != 0 || last.Replica == 0 {
		t.Errorf("last %+v", last)
	}

	c.do(http.MethodDelete, "/_local/replication", "").want(204)
	c.tenant.ResetRequests()
	c.get("/v1.0/applications/" + id).want(200)
	if log := c.get("/_local/log").want(200).raw; strings.Contains(string(log), "replicas") {
		t.Errorf("without replicas the log is %s", log)
	}
}

// With replicas that differ, what one request saw the next one may not see.
func TestReplication_backAndForth(t *testing.T) {
	t.Parallel()
	c := replicated(t, emulator.Replication{Replicas: 2, Lag: emulator.Lag{Max: time.Minute}, Seed: 3, RoundRobin: true})
	id := c.application(`{"displayName":"young"}`)["id"].(string)
	seen := map[[2]int]bool{}
	for range 70 {
		first, second := c.get("/v1.0/applications/"+id).status, c.get("/v1.0/applications/"+id).status
		seen[[2]int{first, second}] = true
		c.later(time.Second)
	}
	if !seen[[2]int{404, 404}] || !seen[[2]int{200, 200}] || !seen[[2]int{404, 200}] && !seen[[2]int{200, 404}] {
		t.Errorf("the replicas say %v", seen)
	}
}

// A client that follows a delta query through replicas that differ misses nothing.
func TestReplication_delta(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		c := replicated(t, emulator.Replication{Replicas: 3, Lag: emulator.Lag{Max: 30 * time.Second}, Seed: seed})
		known := map[string]any{}
		next := "/v1.0/applications/delta?$select=id,displayName"
		page := func() (last bool) {
			answer := c.get(next).want(200)
			for _, item := range answer.body["value"].([]any) {
				object := item.(map[string]any)
				if object["@removed"] != nil {
					delete(known, object["id"].(string))
				} else {
					known[object["id"].(string)] = object["displayName"]
				}
			}
			link, more := answer.body["@odata.nextLink"].(string)
			if !more {
				link = answer.at("@odata.deltaLink").(string)
			}
			next = strings.TrimPrefix(link, c.server.URL)
			return !more
		}
		var ids []string
		for i := range 450 { // more than two pages
			ids = append(ids, c.application(fmt.Sprintf(`{"displayName":"%d"}`, i))["id"].(string))
			if i > 400 {
				c.later(time.Second)
				page()
			}
			if i > 420 { // these may be unknown to the replica, which is no failure here
				c.patch("/v1.0/applications/"+ids[i-30], fmt.Sprintf(`{"displayName":"%d again"}`, i))
				c.delete("/v1.0/applications/" + ids[i-400])
			}
		}
		c.later(time.Minute)
		for done := false; !done; {
			done = page()
		}
		page()
		want := map[string]any{}
		for _, object := range c.tenant.Objects("applications") {
			want[object["id"].(string)] = object["displayName"]
		}
		if len(want) > 440 {
			t.Fatalf("nothing was deleted: %d", len(want))
		}
		if !maps.Equal(known, want) {
			t.Errorf("seed %d: the client knows %d applications, there are %d", seed, len(known), len(want))
		}
	}
}

// Nor does it when the first round begins at a replica that has more than the one that ends it.
func TestReplication_deltaFirstRound(t *testing.T) {
	t.Parallel()
	c := replicated(t, emulator.Replication{Replicas: 2, Lag: emulator.Lag{Max: 30 * time.Second}, RoundRobin: true})
	count := func() int {
		n, err := strconv.Atoi(string(c.get("/v1.0/applications/$count", "ConsistencyLevel", "eventual").want(200).raw))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for i := range 1000 {
		c.application(`{"displayName":"a"}`)
		c.later(100 * time.Millisecond)
		if i > 250 && count() > count()+20 {
			break // the replica that has more is the next one
		}
		if i > 250 {
			count()
		}
	}
	known := map[any]bool{}
	next := "/v1.0/applications/delta?$select=id"
	for round, pages := 0, 0; round < 2; pages++ {
		answer := c.get(next).want(200)
		for _, id := range answer.values("id") {
			known[id] = true
		}
		link, more := answer.body["@odata.nextLink"].(string)
		if !more {
			link = answer.at("@odata.deltaLink").(string)
			round++
			c.later(time.Minute)
		}
		if pages == 0 && !more {
			t.Fatal("one page has all")
		}
		next = strings.TrimPrefix(link, c.server.URL)
	}
	if all := len(c.tenant.Objects("applications")); len(known) != all {
		t.Errorf("the client knows %d applications, there are %d", len(known), all)
	}
}

func TestReplication_signIn(t *testing.T) {
	t.Parallel()
	c := replicated(t)
	c.do(http.MethodPut, "/_local/replication", `{"replicas":1,"lag":"10s","signIn":true}`).want(204)
	tenant := c.tenant.TenantID()
	workload := func(app map[string]any, subject string) answer {
		token := c.post("/_local/token", `{"issuer":"ci","subject":"`+subject+`"}`).want(200).at("value").(string)
		return c.signIn(tenant, app["appId"].(string), token)
	}
	refused := func(code float64, status int, kind string, answer answer) {
		t.Helper()
		if answer.status != status || at(t, answer.body, "error_codes", 0) != code || answer.at("error") != kind {
			t.Errorf("%d: %s, want AADSTS%v", answer.status, answer.raw, code)
		}
	}
	app := c.application(`{"displayName":"a"}`)
	refused(700016, 400, "unauthorized_client", workload(app, "s"))
	c.settled()
	c.post("/v1.0/servicePrincipals", `{"appId":"`+app["appId"].(string)+`"}`).want(201)
	refused(7000229, 401, "invalid_client", workload(app, "s"))
	c.settled()
	credentials := "/v1.0/applications/" + app["id"].(string) + "/federatedIdentityCredentials"
	trust := func(name, subject string) {
		c.post(credentials, `{"name":"`+name+`","issuer":"`+c.server.URL+`/oidc/ci","subject":"`+subject+`","audiences":["api://AzureADTokenExchange"]}`).want(201)
	}
	trust("first", "s")
	refused(70025, 401, "invalid_client", workload(app, "s"))
	c.settled()
	workload(app, "s").want(200)
	trust("second", "t")
	refused(700213, 401, "invalid_client", workload(app, "t"))
	c.settled()
	c.tenant.ResetRequests()
	workload(app, "t").want(200)
	if log := c.tenant.Requests(); len(log) != 1 || len(log[0].Replicas) != 1 {
		t.Errorf("log %+v", log)
	}
	c.delete(credentials + "/second").want(204)
	workload(app, "t").want(200)
	secret := c.post("/v1.0/applications/"+app["id"].(string)+"/addPassword", `{}`).want(200).at("secretText").(string)
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {app["appId"].(string)}, "client_secret": {secret},
		"scope": {"https://graph.microsoft.com/.default"},
	}.Encode()
	bySecret := func() answer {
		return c.post("/"+tenant+"/oauth2/v2.0/token", form, "Content-Type", "application/x-www-form-urlencoded")
	}
	refused(7000215, 401, "invalid_client", bySecret())
	c.settled()
	bySecret().want(200)
	refused(700213, 401, "invalid_client", workload(app, "t"))

	// Unless it is asked for, signing in knows no lag.
	c.do(http.MethodPut, "/_local/replication", `{"replicas":1,"lag":"10s"}`).want(204)
	trust("third", "u")
	workload(app, "u").want(200)
}

func TestReplication_local(t *testing.T) {
	t.Parallel()
	c := start(t)
	off := `{"replicas":0,"lag":"0s","seed":0,"roundRobin":false,"signIn":false}`
	state := func() string { return strings.TrimSpace(string(c.get("/_local/replication").want(200).raw)) }
	if got := state(); got != off {
		t.Errorf("at first %s", got)
	}
	before := c.application(`{"displayName":"before"}`)["id"].(string)
	c.do(http.MethodPut, "/_local/replication", `{"replicas":3,"lag":"1h..2h","seed":7,"roundRobin":true,"signIn":true}`).want(204)
	if got, want := state(), `{"replicas":3,"lag":"1h0m0s..2h0m0s","seed":7,"roundRobin":true,"signIn":true}`; got != want {
		t.Errorf("it is %s, want %s", got, want)
	}
	for _, wrong := range []string{`{"replicas":-1}`, `{"lag":"1s"}`, `{"replicas":1,"lag":"2s..1s"}`, `{"replicas":1,"lag":5}`, `{"replica":1}`, `nonsense`} {
		c.do(http.MethodPut, "/_local/replication", wrong).want(400)
	}
	c.get("/v1.0/applications/" + before).want(200)
	young := c.application(`{"displayName":"young"}`)["id"].(string)
	c.get("/v1.0/applications/" + young).gone(young)
	snapshot := string(c.get("/_local/snapshot").want(200).raw)

	// Those who control the tenant do not wait.
	const seeded = "12345678-0000-4000-8000-000000000001"
	c.post("/_local/seed", `{"users":[{"id":"`+seeded+`","displayName":"Seeded","userPrincipalName":"seeded@example.com"}]}`).want(204)
	for range 3 {
		c.get("/v1.0/users/" + seeded).want(200)
	}
	c.post("/_local/reset", "").want(204)
	for range 3 {
		c.get("/v1.0/applications/" + before).gone(before)
	}
	c.do(http.MethodPut, "/_local/snapshot", snapshot).want(204)
	for range 3 {
		c.get("/v1.0/applications/" + young).want(200)
	}
	last := c.application(`{"displayName":"last"}`)["id"].(string)
	c.get("/v1.0/applications/" + last).gone(last)
	c.do(http.MethodDelete, "/_local/replication", "").want(204)
	c.get("/v1.0/applications/" + last).want(200)
	if got := state(); got != off {
		t.Errorf("in the end %s", got)
	}
	if _, err := emulator.New(emulator.Options{Replication: emulator.Replication{Replicas: -1}}); err == nil {
		t.Error("a tenant with fewer than no replicas is made")
	}
}

// Under testing/synctest hours of lag pass at once, and nothing is left running.
func TestReplication_synctest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant, err := emulator.New(emulator.Options{Replication: emulator.Replication{Replicas: 3, Lag: emulator.Lag{Min: time.Second, Max: 2 * time.Hour}}})
		if err != nil {
			t.Fatal(err)
		}
		do := func(method, path, body string) *httptest.ResponseRecorder {
			r := httptest.NewRequest(method, path, strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer "+tenant.Token("Application.ReadWrite.All"))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			tenant.ServeHTTP(w, r)
			return w
		}
		created := do("POST", "/v1.0/applications", `{"displayName":"a"}`)
		_, id, _ := strings.Cut(created.Header().Get("Location"), "/applications/")
		began := time.Now()
		statuses := map[int]int{}
		for time.Since(began) < 2*time.Hour {
			statuses[do("GET", "/v1.0/applications/"+id, "").Code]++
			time.Sleep(time.Minute)
		}
		for range 20 {
			if got := do("GET", "/v1.0/applications/"+id, "").Code; got != 200 {
				t.Errorf("after two hours %d", got)
			}
		}
		if statuses[404] == 0 || statuses[200] == 0 {
			t.Errorf("on the way %v", statuses)
		}
	})
}

// Many clients at once, while replicas come and go: nothing is lost or made twice.
func TestReplication_concurrently(t *testing.T) {
	t.Parallel()
	c := start(t, func(o *emulator.Options) {
		o.Replication = emulator.Replication{Replicas: 3, Lag: emulator.Lag{Max: 20 * time.Millisecond}}
	})
	until := func(attempt func() int, want int) {
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
			got := attempt()
			if got == want {
				return
			}
			if time.Now().After(deadline) {
				t.Errorf("still %d, want %d", got, want)
				return
			}
		}
	}
	const workers, each = 6, 8
	var all sync.WaitGroup
	for worker := range workers {
		all.Go(func() {
			for i := range each {
				app := c.application(fmt.Sprintf(`{"displayName":"%d/%d","uniqueName":"%d-%d"}`, worker, i, worker, i))
				path := "/v1.0/applications/" + app["id"].(string)
				until(func() int {
					return c.post("/v1.0/servicePrincipals", `{"appId":"`+app["appId"].(string)+`"}`).status
				}, 201)
				until(func() int { return c.post(path+"/federatedIdentityCredentials", credential("main", "s")).status }, 201)
				until(func() int { return c.get(path + "/federatedIdentityCredentials/main").status }, 200)
				c.get("/v1.0/applications?$expand=federatedIdentityCredentials&$top=5").want(200)
				if i%2 == 1 {
					until(func() int { return c.delete(path).status }, 204)
				}
			}
		})
	}
	all.Go(func() {
		for i := range 20 {
			if err := c.tenant.SetReplication(emulator.Replication{Replicas: 1 + i%3, Lag: emulator.Lag{Max: 20 * time.Millisecond}, Seed: uint64(i)}); err != nil {
				t.Error(err)
			}
			time.Sleep(5 * time.Millisecond)
		}
	})
	all.Wait()
	if got := len(c.tenant.Objects("applications")); got != 1+workers*each/2 {
		t.Errorf("%d applications", got)
	}
	if got := len(c.tenant.Objects("federatedIdentityCredentials")); got != workers*each/2 {
		t.Errorf("%d credentials of applications", got)
	}
}
