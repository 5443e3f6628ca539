package emulator_test

import (
	"fmt"
	"strings"
	"testing"
)

func reference(id string) string {
	return `{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/` + id + `"}`
}

func TestOwners(t *testing.T) {
	t.Parallel()
	c := start(t)
	users := c.get("/v1.0/users?$select=id").want(200).values("id")
	if len(users) < 2 {
		t.Fatalf("%d users are seeded", len(users))
	}
	first, second := users[0].(string), users[1].(string)
	app, principal := c.principal(`{"displayName":"a","owners@odata.bind":["https://graph.microsoft.com/v1.0/users/` + first + `"]}`)
	principalID := principal["id"].(string)
	for _, path := range []string{"/v1.0/applications/" + app["id"].(string), "/v1.0/servicePrincipals/" + principalID} {
		owners := path + "/owners"
		if strings.Contains(path, "servicePrincipals") {
			c.post(owners+"/$ref", reference(first)).want(204)
		}
		c.post(owners+"/$ref", reference(second)).want(204)
		c.post(owners+"/$ref", reference(principalID)).want(204)
		listed := c.get(owners).want(200)
		if got := fmt.Sprint(listed.values("id")); got != fmt.Sprint([]any{first, second, principalID}) && len(listed.values("id")) != 3 {
			t.Errorf("owners %v", got)
		}
		if listed.at("@odata.context") != c.server.URL+"/v1.0/$metadata#directoryObjects" {
			t.Errorf("context %v", listed.at("@odata.context"))
		}
		types := map[any]any{}
		for i, id := range listed.values("id") {
			types[id] = listed.values("@odata.type")[i]
		}
		if types[first] != "#microsoft.graph.user" || types[principalID] != "#microsoft.graph.servicePrincipal" {
			t.Errorf("types %v", types)
		}
		if got := c.get(owners + "?$select=id&$filter=id eq '" + second + "'").want(200).values("id"); len(got) != 1 || got[0] != second {
			t.Errorf("filtered %v", got)
		}
		references := c.get(owners + "/$ref").want(200).values("@odata.id")
		if len(references) != 3 || !strings.HasPrefix(references[0].(string), c.server.URL+"/v1.0/directoryObjects/") {
			t.Errorf("references %v", references)
		}
		if got := string(c.get(owners+"/$count", "ConsistencyLevel", "eventual").want(200).raw); got != "3" {
			t.Errorf("count %s", got)
		}
		expanded := c.get(path + "?$expand=owners($select=id)").want(200).at("owners").([]any)
		if len(expanded) != 3 {
			t.Errorf("expanded %v", expanded)
		}

		c.post(owners+"/$ref", reference(first)).fails(400, "Request_BadRequest", "One or more added object references already exist for the following modified properties: 'owners'.")
		c.post(owners+"/$ref", reference(app["id"].(string))).fails(400, "Request_BadRequest",
			"The reference target 'Application_"+app["id"].(string)+"' of type 'Application' is invalid for the 'owners' reference.")
		const nobody = "99999999-9999-4999-8999-999999999999"
		c.post(owners+"/$ref", reference(nobody)).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, nobody))
		c.delete(owners+"/"+nobody+"/$ref").fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, nobody))
		c.delete(owners + "/" + second + "/$ref").want(204)
		c.delete(owners + "/$ref?@id=https://graph.microsoft.com/v1.0/directoryObjects/" + principalID).want(204)
		if got := c.get(owners).values("id"); len(got) != 1 || got[0] != first {
			t.Errorf("left %v", got)
		}
		c.patch(path, `{"owners@odata.bind":["https://graph.microsoft.com/v1.0/users/`+second+`"]}`).fails(400, "Request_BadRequest", "A change set cannot include changes to more than '1' source resources.")
	}
}

func TestOwners_limits(t *testing.T) {
	t.Parallel()
	c := start(t)
	principals := make([]string, 101)
	for i := range principals {
		_, principal := c.principal(fmt.Sprintf(`{"displayName":"p%d"}`, i))
		principals[i] = `"https://graph.microsoft.com/v1.0/directoryObjects/` + principal["id"].(string) + `"`
	}
	refused := c.post("/v1.0/applications", `{"displayName":"a","owners@odata.bind":[`+strings.Join(principals[:21], ",")+`]}`)
	refused.want(400)
	app := c.application(`{"displayName":"a","owners@odata.bind":[` + strings.Join(principals[:20], ",") + `]}`)
	path := "/v1.0/applications/" + app["id"].(string) + "/owners"
	for _, address := range principals[20:100] {
		c.post(path+"/$ref", `{"@odata.id":`+address+`}`).want(204)
	}
	if code := c.post(path+"/$ref", `{"@odata.id":`+principals[100]+`}`).want(403).at("error", "code"); code != "Directory_QuotaExceeded" {
		t.Errorf("code %v", code)
	}
	if got := len(c.get(path).values("id")); got != 100 {
		t.Errorf("%d owners on the first page", got)
	}
}
