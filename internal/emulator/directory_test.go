package emulator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestDeletedItems(t *testing.T) {
	t.Parallel()
	c := start(t)
	app, principal := c.principal(`{"displayName":"a","identifierUris":["api://a"],"uniqueName":"u"}`)
	id, principalID := app["id"].(string), principal["id"].(string)
	c.post("/v1.0/applications/"+id+"/federatedIdentityCredentials", credential("main", "s")).want(201)
	c.delete("/v1.0/applications/" + id).want(204)
	c.get("/v1.0/applications/" + id).want(404)
	c.get("/v1.0/servicePrincipals/" + principalID).want(404)
	c.get("/v1.0/applications/" + id + "/federatedIdentityCredentials").want(404)
	c.get("/v1.0/directoryObjects/" + id).want(404)

	const items = "/v1.0/directory/deletedItems"
	listed := c.get(items + "/microsoft.graph.application?$select=id,deletedDateTime").want(200)
	if listed.values("id")[0] != id || listed.values("deletedDateTime")[0] == nil {
		t.Errorf("deleted applications: %s", listed.raw)
	}
	if got := c.get(items + "/graph.servicePrincipal").want(200).values("id"); len(got) != 1 || got[0] != principalID {
		t.Errorf("deleted service principals: %v", got)
	}
	if got := string(c.get(items+"/microsoft.graph.application/$count", "ConsistencyLevel", "eventual").want(200).raw); got != "1" {
		t.Errorf("count of deleted applications: %s", got)
	}
	c.get(items).want(400)
	if got := c.get(items + "/" + id).want(200); got.at("displayName") != "a" || got.at("@odata.type") != "#microsoft.graph.application" {
		t.Errorf("deleted item: %s", got.raw)
	}
	c.get(items + "/" + id + "/microsoft.graph.application").want(200)
	c.get(items + "/" + id + "/microsoft.graph.servicePrincipal").want(404)

	// Its names are free while it is deleted; it cannot come back while they are taken.
	usurper := c.application(`{"displayName":"b","identifierUris":["api://a"]}`)["id"].(string)
	c.post(items+"/"+id+"/restore", "").fails(400, "Request_BadRequest", "Another object with the same value for property identifierUris already exists.")
	c.delete("/v1.0/applications/" + usurper).want(204)

	restored := c.post(items+"/"+id+"/restore", "").want(200)
	if restored.at("id") != id || restored.at("deletedDateTime") != nil || restored.at("@odata.type") != "#microsoft.graph.application" {
		t.Errorf("restored %s", restored.raw)
	}
	c.get("/v1.0/applications(uniqueName='u')").want(200)
	c.get("/v1.0/servicePrincipals/" + principalID).want(200)
	c.get("/v1.0/applications/" + id + "/federatedIdentityCredentials/main").want(200)
	c.get(items+"/"+id).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, id))

	c.delete("/v1.0/applications/" + id).want(204)
	c.delete(items + "/" + id).want(204)
	c.delete(items + "/" + principalID).want(204)
	c.get(items + "/" + id).want(404)
	c.post(items+"/"+id+"/restore", "").want(404)
	c.delete(items+"/"+id).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, id))
	if got := c.tenant.Objects("federatedIdentityCredentials"); len(got) != 0 {
		t.Errorf("left %v", got)
	}
}

func TestDirectoryObjects(t *testing.T) {
	t.Parallel()
	c := start(t)
	app, principal := c.principal(`{"displayName":"a"}`)
	id, principalID := app["id"].(string), principal["id"].(string)
	user := c.get("/v1.0/users?$top=1&$select=id").values("id")[0].(string)
	if got := c.get("/v1.0/directoryObjects/" + principalID).want(200); got.at("@odata.type") != "#microsoft.graph.servicePrincipal" || got.at("appId") != app["appId"] {
		t.Errorf("object %s", got.raw)
	}
	body := `{"ids":["` + strings.Join([]string{id, principalID, user, "99999999-9999-4999-8999-999999999999", id}, `","`) + `"]%s}`
	all := c.post("/v1.0/directoryObjects/getByIds", fmt.Sprintf(body, "")).want(200).values("@odata.type")
	if !slices.Equal(all, []any{"#microsoft.graph.application", "#microsoft.graph.servicePrincipal", "#microsoft.graph.user"}) {
		t.Errorf("types %v", all)
	}
	some := c.post("/v1.0/directoryObjects/getByIds", fmt.Sprintf(body, `,"types":["application","user"]`)).want(200).values("id")
	if !slices.Equal(some, []any{id, user}) {
		t.Errorf("ids %v", some)
	}
	c.post("/v1.0/directoryObjects/getByIds", `{"ids":["x"]}`).want(400)
	c.post("/v1.0/directoryObjects/getByIds", `{}`).fails(400, "Request_BadRequest", "A value is required for property 'ids' of resource 'getByIds'.")
	many := strings.TrimSuffix(strings.Repeat(`"`+id+`",`, 1001), ",")
	c.post("/v1.0/directoryObjects/getByIds", `{"ids":[`+many+`]}`).want(400)

	owned := c.get("/v1.0/servicePrincipals/" + principalID + "/ownedObjects").want(200).values("id")
	if len(owned) != 0 {
		t.Errorf("owned %v", owned)
	}
	c.post("/v1.0/applications/"+id+"/owners/$ref", reference(principalID)).want(204)
	if owned := c.get("/v1.0/servicePrincipals/" + principalID + "/ownedObjects").want(200).values("id"); len(owned) != 1 || owned[0] != id {
		t.Errorf("owned %v", owned)
	}
	if got := c.get("/v1.0/servicePrincipals/" + principalID + "/federatedIdentityCredentials").want(200).values("id"); len(got) != 0 {
		t.Errorf("credentials of a service principal %v", got)
	}
	c.delete("/v1.0/directoryObjects/" + id).want(204)
	c.get("/v1.0/servicePrincipals/" + principalID).want(404)
	c.delete("/v1.0/directoryObjects/" + user).want(403)
}

func TestDelta(t *testing.T) {
	t.Parallel()
	c := start(t)
	// round follows a delta query to its end.
	round := func(path string) (objects []map[string]any, next string) {
		t.Helper()
		for {
			page := c.get(path).want(200)
			for _, object := range page.body["value"].([]any) {
				objects = append(objects, object.(map[string]any))
			}
			link, _ := page.body["@odata.nextLink"].(string)
			if link == "" {
				return objects, strings.TrimPrefix(page.at("@odata.deltaLink").(string), c.server.URL)
			}
			path = strings.TrimPrefix(link, c.server.URL)
		}
	}
	first := c.application(`{"displayName":"first"}`)["id"].(string)
	initial, next := round("/v1.0/applications/delta?$select=displayName")
	index := slices.IndexFunc(initial, func(o map[string]any) bool { return o["id"] == first || o["displayName"] == "first" })
	if index < 0 || len(initial[index]) > 2 {
		t.Errorf("initial round %v", initial)
	}
	if nothing, _ := round(next); len(nothing) != 0 {
		t.Errorf("nothing happened, but %v", nothing)
	}
	second := c.application(`{"displayName":"second"}`)["id"].(string)
	c.patch("/v1.0/applications/"+first, `{"displayName":"changed"}`).want(204)
	changes, next := round(next)
	if len(changes) != 2 || changes[0]["displayName"] != "second" || changes[1]["displayName"] != "changed" {
		t.Errorf("changes %v", changes)
	}
	c.delete("/v1.0/applications/" + first).want(204)
	c.delete("/v1.0/applications/" + second).want(204)
	c.delete("/v1.0/directory/deletedItems/" + second).want(204)
	removed, next := round(next)
	same(t, "removed", []any{removed[0], removed[1]}, `[{"id":"`+first+`","@removed":{"reason":"changed"}},{"id":"`+second+`","@removed":{"reason":"deleted"}}]`)
	c.post("/v1.0/directory/deletedItems/"+first+"/restore", "").want(200)
	if back, _ := round(next); len(back) != 1 || back[0]["displayName"] != "changed" {
		t.Errorf("restored %v", back)
	}

	_, latest := round("/v1.0/applications/delta()?$deltatoken=latest")
	third := c.application(`{"displayName":"third"}`)["id"].(string)
	if since, _ := round(latest); len(since) != 1 || since[0]["id"] != third {
		t.Errorf("since the latest %v", since)
	}
	filtered, _ := round("/v1.0/applications/delta?$filter=id eq '" + first + "' or id eq '" + third + "'")
	if len(filtered) != 2 {
		t.Errorf("filtered %v", filtered)
	}
	for i := range 450 {
		c.application(fmt.Sprintf(`{"displayName":"n%d"}`, i))
	}
	if many, _ := round("/v1.0/applications/delta"); len(many) < 450 {
		t.Errorf("%d objects over several pages", len(many))
	}
	if many, _ := round(latest); len(many) != 451 {
		t.Errorf("%d changes over several pages", len(many))
	}
	for _, query := range []string{"$top=5", "$expand=owners", "$orderby=displayName", "$filter=displayName eq 'x'", "$deltatoken=nonsense"} {
		c.get("/v1.0/applications/delta?" + query).want(400)
	}
	if principals, _ := round("/v1.0/servicePrincipals/delta?$select=id"); len(principals) == 0 {
		t.Error("no service principals")
	}
}

func TestPeople(t *testing.T) {
	t.Parallel()
	c := start(t)
	user := at(t, c.get("/v1.0/users").want(200).body, "value", 0).(map[string]any)
	if _, shown := user["accountEnabled"]; shown || user["userPrincipalName"] == nil {
		t.Errorf("user %v", user)
	}
	byName := c.get("/v1.0/users/" + user["userPrincipalName"].(string) + "?$select=id,accountEnabled").want(200)
	if byName.at("id") != user["id"] || byName.at("accountEnabled") != true {
		t.Errorf("by name %s", byName.raw)
	}
	group := c.get("/v1.0/groups").want(200).values("id")[0].(string)
	c.get("/v1.0/groups/" + group).want(200)
	organization := c.get("/v1.0/organization").want(200)
	if organization.values("id")[0] != c.tenant.TenantID() {
		t.Errorf("organization %s", organization.raw)
	}
	c.get("/v1.0/me").fails(400, "BadRequest", "/me request is only valid with delegated authentication flow.")
	c.get("/v1.0/me/ownedObjects").fails(400, "BadRequest", "/me request is only valid with delegated authentication flow.") // az ad app list --show-mine
}
