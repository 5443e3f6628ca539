package emulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/seed"
)

// access returns a client that may grant access.
func (c *client) access() *client {
	return c.as(append([]string{"DelegatedPermissionGrant.ReadWrite.All", "Organization.Read.All"}, emulator.CallerRoles...)...)
}

// Roles of the resource of assignments.
const (
	roleOfAll      = "10000000-0000-4000-8000-000000000001"
	roleOfApps     = "10000000-0000-4000-8000-000000000002"
	roleOfUsers    = "10000000-0000-4000-8000-000000000003"
	roleOfNobody   = "10000000-0000-4000-8000-000000000004"
	roleOfAnyone   = "00000000-0000-0000-0000-000000000000"
	assignmentBody = `{"principalId":"%s","resourceId":"%s","appRoleId":"%s"}`
)

// resource creates an API with roles for all, for applications, for users, and a disabled one.
func (c *client) resource(name string) (id string, principal map[string]any) {
	c.t.Helper()
	role := func(id, value, members string, enabled bool) string {
		return fmt.Sprintf(`{"id":"%s","value":"%s","displayName":"r","description":"r","isEnabled":%t,"allowedMemberTypes":[%s]}`, id, value, enabled, members)
	}
	_, principal = c.principal(`{"displayName":"` + name + `","appRoles":[` + strings.Join([]string{
		role(roleOfAll, "All", `"User","Application"`, true), role(roleOfApps, "Apps", `"Application"`, true),
		role(roleOfUsers, "Users", `"User"`, true), role(roleOfNobody, "Nobody", `"User","Application"`, false),
	}, ",") + `]}`)
	return principal["id"].(string), principal
}

func TestAppRoleAssignment_bothWays(t *testing.T) {
	t.Parallel()
	c := start(t).access()
	resourceID, resource := c.resource("an API")
	_, principal := c.principal(`{"displayName":"a client"}`)
	principalID := principal["id"].(string)
	users := c.get("/v1.0/users?$select=id,displayName&$top=1").want(http.StatusOK)
	user := users.at("value", 0, "id").(string)
	groups := c.get("/v1.0/groups?$select=id,displayName&$top=1").want(http.StatusOK)
	group := groups.at("value", 0, "id").(string)

	for _, to := range []struct{ holder, kind, principal, name string }{
		{"/v1.0/servicePrincipals/" + principalID + "/appRoleAssignments", "ServicePrincipal", principalID, "a client"},
		{"/beta/servicePrincipals(appId='" + principal["appId"].(string) + "')/appRoleAssignments", "ServicePrincipal", principalID, "a client"},
		{"/v1.0/servicePrincipals/" + resourceID + "/appRoleAssignedTo", "ServicePrincipal", principalID, "a client"},
		{"/v1.0/servicePrincipals(appId='" + resource["appId"].(string) + "')/appRoleAssignedTo", "User", user, users.at("value", 0, "displayName").(string)},
		{"/v1.0/servicePrincipals/" + resourceID + "/appRoleAssignedTo", "Group", group, groups.at("value", 0, "displayName").(string)},
		{"/v1.0/users/" + user + "/appRoleAssignments", "User", user, users.at("value", 0, "displayName").(string)},
		{"/v1.0/groups/" + group + "/appRoleAssignments", "Group", group, groups.at("value", 0, "displayName").(string)},
	} {
		made := c.post(to.holder, fmt.Sprintf(assignmentBody, strings.ToUpper(to.principal), resourceID, roleOfAll)).want(http.StatusCreated)
		id := made.at("id").(string)
		contains(t, to.holder, made.body, parse(t, fmt.Sprintf(`{"appRoleId":"%s","principalDisplayName":"%s","principalId":"%s","principalType":"%s",
			"resourceDisplayName":"an API","resourceId":"%s","deletedDateTime":null}`, roleOfAll, to.name, to.principal, to.kind, resourceID)))
		if created := made.body["createdDateTime"]; created == nil && !strings.HasPrefix(to.holder, "/beta") || len(id) != 43 {
			t.Errorf("%s: made %v at %v", to.holder, id, created)
		}
		if location := made.header.Get("Location"); !strings.HasSuffix(location, "/"+id) {
			t.Errorf("it is said to be at %s", location)
		}
		collection := map[string]string{"ServicePrincipal": "servicePrincipals", "User": "users", "Group": "groups"}[to.kind]
		ofPrincipal := "/v1.0/" + collection + "/" + to.principal + "/appRoleAssignments"
		ofResource := "/v1.0/servicePrincipals/" + resourceID + "/appRoleAssignedTo"
		for _, side := range []string{ofPrincipal, ofResource} {
			if got := c.get(side + "?$select=id").want(http.StatusOK).values("id"); len(got) != 1 || got[0] != id {
				t.Errorf("%s has %v, want %s", side, got, id)
			}
			if got := c.get(side+"/$count", "ConsistencyLevel", "eventual").want(http.StatusOK); string(got.raw) != "1" {
				t.Errorf("%s counts %s", side, got.raw)
			}
			one := c.get(side + "/" + id).want(http.StatusOK)
			if got := one.at("principalDisplayName"); got != to.name {
				t.Errorf("%s is of %v", side, got)
			}
		}
		if got := c.get(ofPrincipal + "/" + id).want(http.StatusOK).at("@odata.context").(string); !strings.HasSuffix(got, "#"+collection+"('"+to.principal+"')/appRoleAssignments/$entity") {
			t.Errorf("its context is %s", got)
		}
		c.post(to.holder, fmt.Sprintf(assignmentBody, to.principal, resourceID, roleOfAll)).
			fails(400, "Request_BadRequest", "Permission being assigned already exists on the object")
		if to.holder == ofPrincipal { // deleted from the other side
			ofPrincipal, ofResource = ofResource, ofPrincipal
		}
		c.delete(ofPrincipal + "/" + id).want(http.StatusNoContent)
		for _, side := range []string{ofPrincipal, ofResource} {
			c.get(side+"/"+id).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, id))
			c.delete(side+"/"+id).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, id))
			if got := c.get(side).want(http.StatusOK).values("id"); len(got) != 0 {
				t.Errorf("%s still has %v", side, got)
			}
		}
	}
}

func TestAppRoleAssignment_refusals(t *testing.T) {
	t.Parallel()
	c := start(t).access()
	resourceID, resource := c.resource("an API")
	_, plain := c.principal(`{"displayName":"no roles"}`)
	_, principal := c.principal(`{"displayName":"a client"}`)
	id, plainID := principal["id"].(string), plain["id"].(string)
	user := c.get("/v1.0/users?$select=id&$top=1").want(http.StatusOK).at("value", 0, "id").(string)
	absent := "99999999-9999-4999-8999-999999999999"
	assigned := "/v1.0/servicePrincipals/" + resourceID + "/appRoleAssignedTo"
	unknown := "Permission being assigned was not found on application '" + resource["appId"].(string) + "'."
	for _, test := range []struct{ name, path, principal, resource, role, message string }{
		{"unknown role", assigned, id, resourceID, absent, unknown},
		{"disabled role", assigned, id, resourceID, roleOfNobody, unknown},
		{"role of users", assigned, id, resourceID, roleOfUsers, unknown},
		{"role of applications", assigned, user, resourceID, roleOfApps, unknown},
		{"default role where there are others", assigned, id, resourceID, roleOfAnyone, unknown},
		{"unknown principal", assigned, absent, resourceID, roleOfAll, "Not a valid reference update."},
		{"application as principal", assigned, seed.ObjectID("nobody"), resourceID, roleOfAll, "Not a valid reference update."},
		{"unknown resource", "/v1.0/servicePrincipals/" + id + "/appRoleAssignments", id, absent, roleOfAll, "Specified resourceId was not found."},
		{"user as resource", "/v1.0/users/" + user + "/appRoleAssignments", user, user, roleOfAll, "Specified resourceId was not found."},
		{"of others", "/v1.0/servicePrincipals/" + plainID + "/appRoleAssignedTo", id, resourceID, roleOfAll, "Not a valid reference update."},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := *c
			c.t = t
			c.post(test.path, fmt.Sprintf(assignmentBody, test.principal, test.resource, test.role)).fails(400, "Request_BadRequest", test.message)
		})
	}
	c.post(assigned, `{"principalId":"`+id+`","resourceId":"`+resourceID+`"}`).fails(400, "Request_BadRequest", "A value is required for property 'appRoleId' of resource 'AppRoleAssignment'.")
	c.post(assigned, `{"principalId":"x","resourceId":"`+resourceID+`","appRoleId":"`+roleOfAll+`"}`).want(400)
	c.post(assigned, fmt.Sprintf(`{"principalId":"%s","resourceId":"%s","appRoleId":"%s","principalType":"User"}`, id, resourceID, roleOfAll)).want(400)
	c.post("/v1.0/servicePrincipals/"+absent+"/appRoleAssignedTo", fmt.Sprintf(assignmentBody, id, absent, roleOfAll)).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, absent))
	c.get(assigned+"/x").fails(400, "Request_BadRequest", "Invalid resource identifier for EntitlementGrant.")
	c.patch(assigned+"/x", `{}`).want(405)
	// Where a resource has no roles, or none for that kind of principal, there is the default one.
	c.post("/v1.0/servicePrincipals/"+plainID+"/appRoleAssignedTo", fmt.Sprintf(assignmentBody, id, plainID, roleOfAnyone)).want(http.StatusCreated)
	c.post("/v1.0/users/"+user+"/appRoleAssignments", fmt.Sprintf(assignmentBody, user, plainID, roleOfAnyone)).want(http.StatusCreated)
}

func TestAppRoleAssignment_query(t *testing.T) {
	t.Parallel()
	c := start(t).access()
	one, _ := c.resource("one")
	two, _ := c.resource("two")
	_, principal := c.principal(`{"displayName":"a client"}`)
	id := principal["id"].(string)
	for _, resource := range []string{one, two} {
		for _, role := range []string{roleOfAll, roleOfApps} {
			c.post("/v1.0/servicePrincipals/"+resource+"/appRoleAssignedTo", fmt.Sprintf(assignmentBody, id, resource, role)).want(http.StatusCreated)
		}
	}
	of := "/v1.0/servicePrincipals/" + id + "/appRoleAssignments"
	for query, want := range map[string]int{
		"?$filter=resourceId eq " + one:                 2,
		"?$filter=principalDisplayName eq 'a client'":   4,
		"?$filter=startswith(principalDisplayName,'b')": 0,
		"?$top=3":                        3,
		"?$top=999&$select=id,appRoleId": 4,
	} {
		if got := len(c.get(of + query).want(http.StatusOK).values("id")); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	first := c.get(of + "?$top=3").want(http.StatusOK)
	next := strings.TrimPrefix(first.at("@odata.nextLink").(string), c.server.URL)
	if rest := c.get(next).want(http.StatusOK).values("id"); len(rest) != 1 {
		t.Errorf("the next page has %v", rest)
	}
	if count := c.get(of+"?$count=true&$top=1", "ConsistencyLevel", "eventual").want(http.StatusOK).at("@odata.count"); count != 4.0 {
		t.Errorf("counted %v", count)
	}
	c.get(of + "?$filter=principalId eq " + id).want(http.StatusBadRequest)
	c.get(of + "?$filter=appRoleId eq " + roleOfAll).want(http.StatusBadRequest)
	if got := c.get("/v1.0/servicePrincipals/" + id + "?$expand=appRoleAssignments").want(http.StatusOK).at("appRoleAssignments").([]any); len(got) != 4 {
		t.Errorf("expanded %v", got)
	}
}

// What joins objects goes with them, comes back with them, and shows their names as they are.
func TestAppRoleAssignment_followsItsEnds(t *testing.T) {
	t.Parallel()
	c := start(t).access()
	resourceID, resource := c.resource("an API")
	app, principal := c.principal(`{"displayName":"a client"}`)
	id := principal["id"].(string)
	c.post("/v1.0/servicePrincipals/"+resourceID+"/appRoleAssignedTo", fmt.Sprintf(assignmentBody, id, resourceID, roleOfAll)).want(http.StatusCreated)
	c.post("/v1.0/oauth2PermissionGrants", fmt.Sprintf(`{"clientId":"%s","resourceId":"%s","consentType":"AllPrincipals","scope":"s"}`, id, resourceID)).want(http.StatusCreated)
	c.patch("/v1.0/applications/"+app["id"].(string), `{"displayName":"renamed"}`).want(http.StatusNoContent)
	ofResource := "/v1.0/servicePrincipals/" + resourceID + "/appRoleAssignedTo"
	grants := "/v1.0/oauth2PermissionGrants?$filter=resourceId eq '" + resourceID + "'"
	if got := c.get(ofResource).want(200).values("principalDisplayName"); len(got) != 1 || got[0] != "renamed" {
		t.Errorf("assigned to %v", got)
	}
	count := func(paths ...string) (n int) {
		for _, path := range paths {
			n += len(c.get(path).want(200).values("id"))
		}
		return n
	}
	ofClient := "/v1.0/servicePrincipals/" + id + "/appRoleAssignments"
	c.delete("/v1.0/servicePrincipals/" + id).want(http.StatusNoContent)
	if got := count(ofResource, grants); got != 0 {
		t.Errorf("%d are left of a deleted client", got)
	}
	c.delete("/v1.0/applications(appId='" + resource["appId"].(string) + "')").want(http.StatusNoContent)
	c.post("/v1.0/directory/deletedItems/"+id+"/restore", "").want(http.StatusOK)
	if got := count(ofClient); got != 0 {
		t.Errorf("%d came back without their resource", got)
	}
	c.post("/v1.0/directory/deletedItems/"+resourceID+"/restore", "").want(http.StatusOK)
	if got := count(ofClient, ofResource, grants); got != 3 {
		t.Errorf("%d came back", got)
	}
	c.delete("/v1.0/servicePrincipals/" + id).want(http.StatusNoContent)
	c.delete("/v1.0/directory/deletedItems/" + id).want(http.StatusNoContent)
	if got := count(ofResource, grants); got != 0 {
		t.Errorf("%d are left of a purged client", got)
	}
	// A role that is no more stays assigned, and gives nothing.
	_, other := c.principal(`{"displayName":"another"}`)
	c.post(ofResource, fmt.Sprintf(assignmentBody, other["id"], resourceID, roleOfAll)).want(http.StatusCreated)
	api := "/v1.0/applications(appId='" + resource["appId"].(string) + "')"
	c.post("/v1.0/directory/deletedItems/"+c.get("/v1.0/directory/deletedItems/microsoft.graph.application").want(200).at("value", 0, "id").(string)+"/restore", "").want(http.StatusOK)
	disabled := `{"appRoles":[{"id":"` + roleOfAll + `","value":"All","displayName":"r","description":"r","isEnabled":false,"allowedMemberTypes":["User"]},
		{"id":"` + roleOfApps + `","value":"Apps","displayName":"r","description":"r","isEnabled":false,"allowedMemberTypes":["User"]},
		{"id":"` + roleOfUsers + `","value":"Users","displayName":"r","description":"r","isEnabled":false,"allowedMemberTypes":["User"]}]}`
	c.patch(api, disabled).want(http.StatusNoContent)
	c.patch(api, `{"appRoles":[]}`).want(http.StatusNoContent)
	if got := count(ofResource); got != 1 {
		t.Errorf("%d are left of a role that is no more", got)
	}
}
