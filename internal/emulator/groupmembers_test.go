package emulator_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// groups are the ids of the seeded groups: one that can have directory roles, and one that can't.
func (c *client) groups() (assignable, other string) {
	c.t.Helper()
	for i, name := range c.get("/v1.0/groups").want(200).values("displayName") {
		id := c.get("/v1.0/groups").at("value", i, "id").(string)
		if name == "Workload owners" {
			assignable = id
		} else {
			other = id
		}
	}
	return assignable, other
}

func (c *client) join(group, member string) answer {
	c.t.Helper()
	return c.post("/v1.0/groups/"+group+"/members/$ref", `{"@odata.id":"`+c.server.URL+`/v1.0/directoryObjects/`+member+`"}`)
}

func TestGroupMembers(t *testing.T) {
	t.Parallel()
	c := start(t).as("Application.ReadWrite.All", "GroupMember.ReadWrite.All", "RoleManagement.ReadWrite.Directory", "Group.Read.All")
	assignable, other := c.groups()
	_, principal := c.principal(`{"displayName":"runner"}`)
	runner := principal["id"].(string)
	members := "/v1.0/groups/" + other + "/members"

	c.join(other, runner).want(204)
	c.join(other, runner).fails(400, "Request_BadRequest", "One or more added object references already exist for the following modified properties: 'members'.")
	same(t, "members", c.get(members).want(200).values("displayName"), `["runner"]`)
	if n := string(c.get(members+"/$count", "ConsistencyLevel", "eventual").want(200).raw); n != "1" {
		t.Errorf("%s members", n)
	}
	same(t, "memberOf", c.get("/v1.0/servicePrincipals/"+runner+"/memberOf").want(200).values("displayName"), `["Platform team"]`)

	// Members of members, but not where directory roles are at stake.
	c.join(assignable, other).fails(400, "Request_BadRequest", "The reference target 'Group_"+other+"' of type 'Group' is invalid for the 'members' reference.")
	application, _ := c.principal(`{"displayName":"no member"}`)
	c.join(other, application["id"].(string)).want(400)
	c.join(other, uuid.NewString()).want(404)
	c.join(other, assignable).want(204)
	c.delete(members + "/" + runner + "/$ref").want(204)
	c.delete(members + "/" + runner + "/$ref").want(404)
	c.join(assignable, runner).want(204)
	same(t, "memberOf", c.get("/v1.0/servicePrincipals/"+runner+"/memberOf").want(200).values("displayName"), `["Workload owners"]`)
	same(t, "transitiveMemberOf", c.get("/v1.0/servicePrincipals/"+runner+"/transitiveMemberOf").want(200).values("id"), `["`+assignable+`","`+other+`"]`)

	// Who may not read groups sees that there are some.
	limited := c.as("Application.Read.All").get("/v1.0/servicePrincipals/" + runner + "/memberOf").want(200)
	same(t, "what is shown", limited.values("id"), `["`+assignable+`"]`)
	same(t, "what is not", limited.values("displayName"), `[null]`)
}

func TestGroupMembers_permissions(t *testing.T) {
	t.Parallel()
	c := start(t).as("Application.ReadWrite.All", "Group.Read.All")
	assignable, other := c.groups()
	_, principal := c.principal(`{"displayName":"runner"}`)
	runner := principal["id"].(string)
	c.join(other, runner).fails(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	some := c.as("GroupMember.ReadWrite.All")
	some.join(other, runner).want(204)
	some.join(assignable, runner).want(403)
	c.as("GroupMember.ReadWrite.All", "RoleManagement.ReadWrite.Directory").join(assignable, runner).want(204)
	some.delete("/v1.0/groups/" + assignable + "/members/" + runner + "/$ref").want(403)
}

// TestGroupMembers_roles: a group's directory roles are in the tokens of its members and count, its app roles are not; see
// learn.microsoft.com/entra/identity-platform/howto-add-app-roles-in-apps.
func TestGroupMembers_roles(t *testing.T) {
	t.Parallel()
	c := start(t).as("Application.ReadWrite.All", "GroupMember.ReadWrite.All", "RoleManagement.ReadWrite.Directory", "Group.Read.All", "AppRoleAssignment.ReadWrite.All")
	assignable, _ := c.groups()
	application, principal := c.principal(`{"displayName":"runner"}`)
	runner := principal["id"].(string)
	password := c.post("/v1.0/applications/"+application["id"].(string)+"/addPassword", `{}`).want(http.StatusOK)
	list := func() int {
		t.Helper()
		form := url.Values{
			"grant_type": {"client_credentials"}, "scope": {"https://graph.microsoft.com/.default"},
			"client_id": {application["appId"].(string)}, "client_secret": {password.at("secretText").(string)},
		}
		token := c.do(http.MethodPost, "/"+c.tenant.TenantID()+"/oauth2/v2.0/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded").want(http.StatusOK)
		return c.bearing(token.body["access_token"].(string)).get("/v1.0/applications").status
	}
	c.join(assignable, runner).want(204)
	if status := list(); status != 403 {
		t.Errorf("without a role: %d", status)
	}
	c.assign(readersRole, assignable, "/").want(201)
	if status := list(); status != 200 {
		t.Errorf("with the group's role: %d", status)
	}
	c.delete("/v1.0/groups/" + assignable + "/members/" + runner + "/$ref").want(204)
	if status := list(); status != 403 {
		t.Errorf("not in the group any more: %d", status)
	}
}

// TestGroupMembers_single: whether one object is a member.
func TestGroupMembers_single(t *testing.T) {
	t.Parallel()
	c := start(t).as("Application.ReadWrite.All", "GroupMember.ReadWrite.All", "Group.Read.All")
	_, other := c.groups()
	_, principal := c.principal(`{"displayName":"runner"}`)
	one := "/beta/groups/" + other + "/members/" + principal["id"].(string) + "/$ref"
	c.get(one).want(404)
	c.join(other, principal["id"].(string)).want(204)
	same(t, "the address", c.get(one).want(200).at("@odata.id"), `"`+c.server.URL+`/beta/directoryObjects/`+principal["id"].(string)+`"`)
	c.as("Application.Read.All").get(one).want(403)
}

// TestGroupMembers_refused: groups whose members are chosen elsewhere.
func TestGroupMembers_refused(t *testing.T) {
	t.Parallel()
	c := start(t).as("Application.ReadWrite.All", "GroupMember.ReadWrite.All", "Group.Read.All")
	_, principal := c.principal(`{"displayName":"runner"}`)
	runner := principal["id"].(string)
	dynamic, mail, office := uuid.NewString(), uuid.NewString(), uuid.NewString()
	if err := c.tenant.AddSeed(emulator.Seed{Groups: []map[string]any{
		{"id": dynamic, "displayName": "by rule", "groupTypes": []any{"DynamicMembership"}, "securityEnabled": true},
		{"id": mail, "displayName": "list", "mailEnabled": true, "groupTypes": []any{}},
		{"id": office, "displayName": "office", "mailEnabled": true, "groupTypes": []any{"Unified"}},
	}}); err != nil {
		t.Fatal(err)
	}
	c.join(dynamic, runner).fails(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	c.delete("/v1.0/groups/" + dynamic + "/members/" + runner + "/$ref").want(403)
	c.join(mail, runner).fails(400, "Request_BadRequest", "Cannot Update a mail-enabled security groups and or distribution list.")
	c.join(office, runner).want(400)
}
