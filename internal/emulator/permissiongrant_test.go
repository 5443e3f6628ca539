package emulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const grantBody = `{"clientId":"%s","resourceId":"%s","consentType":"%s","principalId":%s,"scope":"%s"}`

func TestPermissionGrant_lifecycle(t *testing.T) {
	t.Parallel()
	c := start(t).access()
	resourceID, _ := c.resource("an API")
	_, principal := c.principal(`{"displayName":"a client"}`)
	client := principal["id"].(string)
	user := c.get("/v1.0/users?$select=id&$top=1").want(http.StatusOK).at("value", 0, "id").(string)

	forAll := c.post("/v1.0/oauth2PermissionGrants", fmt.Sprintf(grantBody, client, resourceID, "AllPrincipals", "null", "a b")).want(http.StatusCreated)
	contains(t, "grant", forAll.body, parse(t, fmt.Sprintf(grantBody, client, resourceID, "AllPrincipals", "null", "a b")))
	forOne := c.post("/v1.0/oauth2PermissionGrants", fmt.Sprintf(grantBody, strings.ToUpper(client), resourceID, "Principal", `"`+user+`"`, "a")).want(http.StatusCreated)
	all, one := "/v1.0/oauth2PermissionGrants/"+forAll.at("id").(string), "/v1.0/oauth2PermissionGrants/"+forOne.at("id").(string)
	c.post("/v1.0/oauth2PermissionGrants", fmt.Sprintf(grantBody, client, resourceID, "AllPrincipals", "null", "c")).
		fails(409, "Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists.")

	for query, want := range map[string]int{
		"":                                      2,
		"?$filter=clientId eq '" + client + "'": 2,
		"?$filter=resourceId eq '" + resourceID + "' and clientId eq '" + client + "'": 2,
		"?$filter=consentType eq 'Principal'":                                          1,
		"?$filter=principalId eq '" + user + "'":                                       1,
		"?$filter=clientId eq '" + resourceID + "'":                                    0,
		"?$top=1": 1,
	} {
		if got := len(c.get("/v1.0/oauth2PermissionGrants" + query).want(http.StatusOK).values("id")); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	for path, want := range map[string]int{
		"/v1.0/servicePrincipals/" + client + "/oauth2PermissionGrants":     2,
		"/v1.0/servicePrincipals/" + resourceID + "/oauth2PermissionGrants": 0,
		"/v1.0/users/" + user + "/oauth2PermissionGrants":                   1,
	} {
		if got := len(c.get(path).want(http.StatusOK).values("id")); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
		if got := c.get(path+"/$count", "ConsistencyLevel", "eventual").want(http.StatusOK); string(got.raw) != fmt.Sprint(want) {
			t.Errorf("%s counts %s", path, got.raw)
		}
	}
	c.get("/v1.0/oauth2PermissionGrants?$filter=scope eq 'a'").want(http.StatusBadRequest)
	c.get("/v1.0/servicePrincipals/" + client + "/oauth2PermissionGrants/" + forAll.at("id").(string)).want(http.StatusOK)
	c.get("/v1.0/servicePrincipals/" + resourceID + "/oauth2PermissionGrants/" + forAll.at("id").(string)).want(http.StatusNotFound)

	changes := c.get("/v1.0/oauth2PermissionGrants/delta").want(http.StatusOK)
	if got := len(changes.values("id")); got != 2 {
		t.Errorf("the first round has %d", got)
	}
	c.patch(all, `{"scope":"b c"}`).want(http.StatusNoContent)
	if got := c.get(all).want(http.StatusOK).at("scope"); got != "b c" {
		t.Errorf("the scope is %v", got)
	}
	c.patch(all, `{"clientId":"`+client+`"}`).fails(400, "Request_BadRequest", "Property 'clientId' is read-only and cannot be set.")
	c.patch(all, `{"scope":"`+strings.Repeat("s", 3851)+`"}`).fails(400, "Request_BadRequest", "Invalid value specified for property 'scope' of resource 'OAuth2PermissionGrant'.")
	c.delete(one).want(http.StatusNoContent)
	absent := strings.TrimPrefix(one, "/v1.0/oauth2PermissionGrants/")
	c.get(one).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, absent))
	c.delete(one).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, absent))
	c.patch(one, `{"scope":"x"}`).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, absent))
	later := c.get(strings.TrimPrefix(changes.at("@odata.deltaLink").(string), c.server.URL)).want(http.StatusOK)
	if got := later.values("@removed"); len(got) != 2 || got[0] != nil || got[1] == nil {
		t.Errorf("the second round: %s", later.raw)
	}
	again := c.post("/v1.0/oauth2PermissionGrants", fmt.Sprintf(grantBody, client, resourceID, "Principal", `"`+user+`"`, "a")).want(http.StatusCreated)
	if again.at("id") != absent {
		t.Errorf("the same grant has the id %v, and had %v", again.at("id"), absent)
	}
}

func TestPermissionGrant_refusals(t *testing.T) {
	t.Parallel()
	c := start(t).access()
	resourceID, _ := c.resource("an API")
	_, principal := c.principal(`{"displayName":"a client"}`)
	client := principal["id"].(string)
	user := c.get("/v1.0/users?$select=id&$top=1").want(http.StatusOK).at("value", 0, "id").(string)
	absent := "99999999-9999-4999-8999-999999999999"
	invalid := "Invalid value specified for property '%s' of resource 'OAuth2PermissionGrant'."
	for _, test := range []struct {
		name, client, resource, consent, principal string
		status                                     int
		message                                    string
	}{
		{"unknown client", absent, resourceID, "AllPrincipals", "null", 404, fmt.Sprintf(missing, absent)},
		{"appId as client", principal["appId"].(string), resourceID, "AllPrincipals", "null", 404, fmt.Sprintf(missing, principal["appId"])},
		{"unknown resource", client, absent, "AllPrincipals", "null", 400, "Specified resourceId was not found."},
		{"user as resource", client, user, "AllPrincipals", "null", 400, "Specified resourceId was not found."},
		{"unknown user", client, resourceID, "Principal", `"` + absent + `"`, 404, fmt.Sprintf(missing, absent)},
		{"service principal as user", client, resourceID, "Principal", `"` + client + `"`, 404, fmt.Sprintf(missing, client)},
		{"all, and one", client, resourceID, "AllPrincipals", `"` + user + `"`, 400, fmt.Sprintf(invalid, "principalId")},
		{"one, but none", client, resourceID, "Principal", "null", 400, "A value is required for property 'principalId' of resource 'OAuth2PermissionGrant'."},
		{"other consent", client, resourceID, "Some", "null", 400, fmt.Sprintf(invalid, "consentType")},
		{"no GUID", "client", resourceID, "AllPrincipals", "null", 400, fmt.Sprintf(invalid, "clientId")},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := *c
			c.t = t
			code := map[int]string{400: "Request_BadRequest", 404: "Request_ResourceNotFound"}[test.status]
			c.post("/v1.0/oauth2PermissionGrants", fmt.Sprintf(grantBody, test.client, test.resource, test.consent, test.principal, "s")).fails(test.status, code, test.message)
		})
	}
	c.post("/v1.0/oauth2PermissionGrants", `{"resourceId":"`+resourceID+`","consentType":"AllPrincipals"}`).fails(400, "Request_BadRequest", "A value is required for property 'clientId' of resource 'OAuth2PermissionGrant'.")
	// beta wants times of which it makes no use: learn.microsoft.com/graph/api/oauth2permissiongrant-post?view=graph-rest-beta.
	c.post("/beta/oauth2PermissionGrants", fmt.Sprintf(grantBody, client, resourceID, "AllPrincipals", "null", "s")).fails(400, "Request_BadRequest", "A value is required for property 'expiryTime' of resource 'OAuth2PermissionGrant'.")
	c.post("/beta/oauth2PermissionGrants", fmt.Sprintf(`{"clientId":"%s","resourceId":"%s","consentType":"AllPrincipals","scope":"s","startTime":"2024-01-01T00:00:00Z","expiryTime":"2025-01-01T00:00:00Z"}`, client, resourceID)).want(http.StatusCreated)
}
