package emulator_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/seed"
)

func TestToken_refused(t *testing.T) {
	t.Parallel()
	now := time.Now()
	c := start(t, func(o *emulator.Options) { o.Now = func() time.Time { return now } })
	with := func(authorization string) answer {
		return c.get("/v1.0/applications", "Authorization", authorization)
	}
	c.get("/v1.0/applications").want(200)
	with("").fails(401, "InvalidAuthenticationToken", "Access token is empty.")
	with("Bearer ").fails(401, "InvalidAuthenticationToken", "Access token is empty.")
	with("Basic eDp5").fails(401, "InvalidAuthenticationToken", "Access token is empty.")
	with("Bearer nonsense").fails(401, "InvalidAuthenticationToken", "CompactToken parsing failed with error code: 80049217")
	with("Bearer a.b.c").fails(401, "InvalidAuthenticationToken", "Access token validation failure.")
	forged := strings.Split(c.token, ".")
	payload, err := base64.RawURLEncoding.DecodeString(forged[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	claims["roles"] = []string{"Everything"}
	payload, _ = json.Marshal(claims)
	forged[1] = base64.RawURLEncoding.EncodeToString(payload)
	refused := with("Bearer " + strings.Join(forged, "."))
	refused.fails(401, "InvalidAuthenticationToken", "Access token validation failure.")
	if !strings.HasPrefix(refused.header.Get("WWW-Authenticate"), "Bearer ") {
		t.Errorf("WWW-Authenticate is %q", refused.header.Get("WWW-Authenticate"))
	}
	now = now.Add(2 * time.Hour)
	c.get("/v1.0/applications").fails(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	c := start(t)
	app, principal := c.principal(`{"displayName":"a"}`)
	application := "/v1.0/applications/" + app["id"].(string)
	servicePrincipal := "/v1.0/servicePrincipals/" + principal["id"].(string)
	graph := "/v1.0/servicePrincipals(appId='" + graphAppID + "')"
	user := c.get("/v1.0/users?$select=id&$top=1").want(200).at("value", 0, "id").(string)
	group := c.get("/v1.0/groups?$select=id&$top=1").want(200).at("value", 0, "id").(string)
	const (
		write, read, directory, directoryWrite = "Application.ReadWrite.All", "Application.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"
		owned, assign, grant, grantRead        = "Application.ReadWrite.OwnedBy", "AppRoleAssignment.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All", "DelegatedPermissionGrant.Read.All"
		groupRead                              = "Group.Read.All"
	)
	readers := []string{write, read, directory, directoryWrite}
	and := func(permission string, others ...string) (both []string) {
		for _, other := range others {
			both = append(both, permission+" and "+other)
		}
		return both
	}
	// assignment is the body of a new one, of a principal that has none.
	assignment := func() string {
		_, fresh := c.principal(`{"displayName":"fresh"}`)
		return fmt.Sprintf(assignmentBody, fresh["id"], seed.ObjectID(graphAppID), "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30")
	}
	assignmentTo := func(id string) func() string {
		return func() string {
			api, _ := c.resource("an API")
			return fmt.Sprintf(assignmentBody, id, api, roleOfAll)
		}
	}
	permission := func() string {
		_, fresh := c.principal(`{"displayName":"fresh"}`)
		return fmt.Sprintf(grantBody, fresh["id"], seed.ObjectID(graphAppID), "AllPrincipals", "null", "User.Read")
	}
	body := func(text string) func() string { return func() string { return text } }
	owner := func() string {
		other := c.get("/v1.0/users?$select=id").want(200).values("id")
		for _, id := range other {
			c.access().delete(application + "/owners/" + id.(string) + "/$ref")
			c.access().delete(servicePrincipal + "/owners/" + id.(string) + "/$ref")
		}
		return `{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/` + user + `"}`
	}
	none := body("")
	for _, test := range []struct {
		method, path string
		body         func() string
		allowed      []string
	}{
		{"GET", "/v1.0/applications", none, append([]string{owned}, readers...)},
		{"GET", "/v1.0/applications/delta", none, []string{owned, write, directory, directoryWrite}},
		{"GET", "/v1.0/servicePrincipals", none, append([]string{owned}, readers...)},
		{"GET", application, none, readers},
		{"GET", application + "/owners", none, readers},
		{"GET", application + "/federatedIdentityCredentials", none, readers},
		{"GET", servicePrincipal, none, readers},
		{"PATCH", application, body(`{"notes":"n"}`), []string{write}},
		{"POST", application + "/addPassword", body(`{}`), []string{write}},
		{"POST", application + "/owners/$ref", owner, append(and(directory, write), directoryWrite)},
		{"POST", servicePrincipal + "/owners/$ref", owner, append(and(directory, write), directoryWrite)},
		{"PATCH", servicePrincipal, body(`{"notes":"n"}`), []string{write, directoryWrite}},
		{"POST", servicePrincipal + "/addPassword", body(`{}`), []string{write, directoryWrite}},
		{"POST", "/v1.0/applications", body(`{"displayName":"new"}`), []string{write, owned, "AppRegistration.Create"}},
		{"GET", "/v1.0/directory/deletedItems/microsoft.graph.application", none, append([]string{owned}, readers...)},
		{"POST", "/v1.0/directoryObjects/getByIds", body(`{"ids":[]}`), []string{directory, directoryWrite}},
		{"GET", "/v1.0/users", none, []string{directory, directoryWrite, "User.Read.All"}},
		{"GET", "/v1.0/groups", none, []string{directory, directoryWrite, groupRead}},
		{"GET", "/v1.0/organization", none, []string{directory, directoryWrite, "Organization.Read.All"}},

		{"GET", graph + "/appRoleAssignedTo", none, readers},
		{"GET", servicePrincipal + "/appRoleAssignments", none, readers},
		{"GET", "/v1.0/users/" + user + "/appRoleAssignments", none, []string{directory, directoryWrite, assign}},
		{"GET", "/v1.0/groups/" + group + "/appRoleAssignments", none, []string{directory, directoryWrite, assign}},
		{"POST", graph + "/appRoleAssignedTo", assignment, and(assign, readers...)},
		{"POST", "/v1.0/users/" + user + "/appRoleAssignments", assignmentTo(user), []string{assign}},
		{"POST", "/v1.0/groups/" + group + "/appRoleAssignments", assignmentTo(group), and(assign, groupRead, directory, directoryWrite)},

		{"GET", "/v1.0/oauth2PermissionGrants", none, []string{directory, directoryWrite, grant, grantRead}},
		{"GET", "/v1.0/oauth2PermissionGrants/delta", none, []string{directory, directoryWrite, grant}},
		{"GET", servicePrincipal + "/oauth2PermissionGrants", none, []string{directory, directoryWrite, grant, grantRead}},
		{"POST", "/v1.0/oauth2PermissionGrants", permission, []string{grant, directoryWrite}},
	} {
		candidates := []string{write, read, directory, directoryWrite, owned, "User.Read.All", groupRead, "Organization.Read.All", "Mail.Read", assign, grant, grantRead, "AppRegistration.Create"}
		candidates = append(candidates, and(assign, append(readers, groupRead, grant)...)...)
		candidates = append(candidates, and(directory, write, "Mail.Read")...)
		for _, candidate := range candidates {
			parts := strings.Split(candidate, " and ")
			// A permission that is enough by itself is enough together with another one, too.
			enough := slices.Contains(test.allowed, candidate) || slices.ContainsFunc(parts, func(part string) bool { return slices.Contains(test.allowed, part) })
			as := c.as(parts...)
			answer := as.do(test.method, test.path, test.body())
			if enough {
				if answer.status >= 400 {
					t.Errorf("%s %s as %s: %d %s", test.method, test.path, candidate, answer.status, answer.raw)
				}
				continue
			}
			answer.fails(http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
		}
	}
	c.as().get(application).fails(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
}

// On behalf of a user an application may do what it has the scope for and the user may do alone.
func TestPermissions_delegated(t *testing.T) {
	t.Parallel()
	c := start(t)
	const (
		denied                        = "Insufficient privileges to complete the operation."
		developer                     = "cf1c38e5-3621-4004-a7cb-879624dced7c"
		cloudApplicationAdministrator = "158c047a-c907-4556-b7ef-446551a6b5f7"
		privilegedRoleAdministrator   = "e8611ab8-c189-46e8-94e1-60213ab1f814"
	)
	ada := seed.ObjectID("ada@entralocal.onmicrosoft.com")
	as := func(roles ...string) *client {
		other := *c
		other.token = c.tenant.UserTokenAs(ada, roles, "DelegatedPermissionGrant.ReadWrite.All", "AppRoleAssignment.ReadWrite.All", "Application.ReadWrite.All", "Directory.Read.All")
		return &other
	}
	_, foreignPrincipal := c.principal(`{"displayName":"foreign"}`)
	foreignID := foreignPrincipal["id"].(string)
	user := as()
	mine := user.application(`{"displayName":"mine","api":{"acceptMappedClaims":true}}`)

	// Owning an application is not enough to create its service principal, and neither is being a developer.
	body := `{"appId":"` + mine["appId"].(string) + `"}`
	user.post("/v1.0/servicePrincipals", body).fails(403, "Authorization_RequestDenied", denied)
	others := c.application(`{"displayName":"others"}`)
	as(developer).post("/v1.0/servicePrincipals", `{"appId":"`+others["appId"].(string)+`"}`).fails(403, "Authorization_RequestDenied", denied)
	principal := as(developer).post("/v1.0/servicePrincipals", body).want(201).at("id").(string)

	// Roles of an API are given by its owners, those of Microsoft Graph by a Privileged Role Administrator.
	ofMine := fmt.Sprintf(assignmentBody, foreignID, principal, roleOfAnyone)
	ofForeign := fmt.Sprintf(assignmentBody, principal, foreignID, roleOfAnyone)
	ofGraph := fmt.Sprintf(assignmentBody, principal, seed.ObjectID(graphAppID), "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30")
	graph, mineTo, foreignTo := "/v1.0/servicePrincipals(appId='"+graphAppID+"')/appRoleAssignedTo", "/v1.0/servicePrincipals/"+principal+"/appRoleAssignedTo", "/v1.0/servicePrincipals/"+foreignID+"/appRoleAssignedTo"
	assigned := user.post(mineTo, ofMine).want(201).at("id").(string)
	user.delete(mineTo + "/" + assigned).want(204)
	user.post(foreignTo, ofForeign).fails(403, "Authorization_RequestDenied", denied)
	user.post("/v1.0/servicePrincipals/"+principal+"/appRoleAssignments", ofForeign).fails(403, "Authorization_RequestDenied", denied)
	administrator := as(cloudApplicationAdministrator)
	administrator.post(foreignTo, ofForeign).want(201)
	administrator.post(graph, ofGraph).fails(403, "Authorization_RequestDenied", denied)
	toGraph := as(privilegedRoleAdministrator).post(graph, ofGraph).want(201).at("id").(string)
	administrator.delete(graph+"/"+toGraph).fails(403, "Authorization_RequestDenied", denied)
	as(privilegedRoleAdministrator).delete(graph + "/" + toGraph).want(204)

	grant := fmt.Sprintf(grantBody, principal, foreignID, "AllPrincipals", "null", "s")
	user.post("/v1.0/oauth2PermissionGrants", grant).fails(403, "Authorization_RequestDenied", denied)
	made := administrator.post("/v1.0/oauth2PermissionGrants", grant).want(201).at("id").(string)
	user.delete("/v1.0/oauth2PermissionGrants/"+made).fails(403, "Authorization_RequestDenied", denied)
	// What was granted is for those to see whom the pages name, though learn.microsoft.com/entra/fundamentals/users-default-permissions
	// has every member list it.
	user.get("/v1.0/oauth2PermissionGrants/"+made).fails(403, "Authorization_RequestDenied", denied)
	as(developer).get("/v1.0/oauth2PermissionGrants/" + made).want(200)

	// Neither role nor ownership does without the scope, and what applications have of themselves users have not.
	other := *c
	other.token = c.tenant.UserTokenAs(ada, []string{cloudApplicationAdministrator}, "Application.Read.All")
	other.patch("/v1.0/applications/"+mine["id"].(string), `{"notes":"n"}`).fails(403, "Authorization_RequestDenied", denied)
	other.token = c.tenant.UserTokenAs(ada, nil, "User.Read")
	other.get("/v1.0/applications/"+mine["id"].(string)).fails(403, "Authorization_RequestDenied", denied)
	other.get("/v1.0/servicePrincipals(appId='"+emulator.CallerClientID+"')").fails(403, "Authorization_RequestDenied", denied)
	other.get("/v1.0/organization").want(200)

	// One scope is what the user may do, whatever that is.
	other.token = c.tenant.UserTokenAs(ada, nil, "Directory.AccessAsUser.All")
	other.patch("/v1.0/applications/"+mine["id"].(string), `{"notes":"n"}`).want(204)
	other.patch("/v1.0/applications/"+others["id"].(string), `{"notes":"n"}`).fails(403, "Authorization_RequestDenied", denied)
}

// With Application.ReadWrite.OwnedBy a caller manages what it owns, and owns what it creates.
func TestPermissions_ownedBy(t *testing.T) {
	t.Parallel()
	c := start(t)
	const denied = "Insufficient privileges to complete the operation."
	foreign, foreignPrincipal := c.principal(`{"displayName":"foreign"}`)
	mine := c.as("Application.ReadWrite.OwnedBy")
	for _, path := range []string{"/v1.0/applications/" + foreign["id"].(string), "/v1.0/servicePrincipals/" + foreignPrincipal["id"].(string)} {
		mine.get(path).fails(403, "Authorization_RequestDenied", denied)
		mine.patch(path, `{"notes":"n"}`).fails(403, "Authorization_RequestDenied", denied)
		mine.delete(path).fails(403, "Authorization_RequestDenied", denied)
		mine.post(path+"/addPassword", `{}`).fails(403, "Authorization_RequestDenied", denied)
	}
	mine.get("/v1.0/applications/"+foreign["id"].(string)+"/federatedIdentityCredentials").fails(403, "Authorization_RequestDenied", denied)
	mine.delete("/v1.0/directoryObjects/"+foreign["id"].(string)).fails(403, "Authorization_RequestDenied", denied)
	c.delete("/v1.0/servicePrincipals/" + foreignPrincipal["id"].(string)).want(204)
	mine.post("/v1.0/servicePrincipals", `{"appId":"`+foreign["appId"].(string)+`"}`).fails(403, "Authorization_RequestDenied", denied)
	const nobody = "99999999-9999-4999-8999-999999999999"
	mine.post("/v1.0/servicePrincipals", `{"appId":"`+nobody+`"}`).fails(403, "Authorization_RequestDenied",
		"When using this permission, the backing application of the service principal being created must in the local tenant")
	mine.get("/v1.0/applications/"+nobody).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, nobody))

	mine.post("/v1.0/applications", `{"displayName":"mine","api":{"acceptMappedClaims":true}}`).fails(403, "Authorization_RequestDenied", denied)
	app, principal := mine.principal(`{"displayName":"mine","api":{"acceptMappedClaims":false}}`)
	mine.patch("/v1.0/applications/"+app["id"].(string), `{"api":{"acceptMappedClaims":true}}`).want(204)
	for _, path := range []string{"/v1.0/applications/" + app["id"].(string), "/v1.0/servicePrincipals/" + principal["id"].(string)} {
		owners := mine.get(path + "/owners?$select=id").want(200).values("id")
		if len(owners) != 1 {
			t.Errorf("owners of %s: %v", path, owners)
		}
		mine.patch(path, `{"notes":"n"}`).want(204)
	}
	path := "/v1.0/applications/" + app["id"].(string)
	mine.post(path+"/federatedIdentityCredentials", credential("main", "s")).want(201)
	mine.get(path + "/federatedIdentityCredentials/main").want(200)
	caller := mine.get(path + "/owners?$select=id").values("id")[0].(string)
	owned := mine.get("/v1.0/servicePrincipals/" + caller + "/ownedObjects").want(200).values("id")
	if !slices.Contains(owned, app["id"]) || !slices.Contains(owned, principal["id"]) {
		t.Errorf("owned %v", owned)
	}
	mine.delete(path).want(204)
	if got := mine.get("/v1.0/directory/deletedItems/microsoft.graph.application").want(200).values("id"); len(got) != 1 {
		t.Errorf("deleted %v", got)
	}
	mine.post("/v1.0/directory/deletedItems/"+app["id"].(string)+"/restore", "").want(200)
	mine.delete(path + "/owners/" + caller + "/$ref").want(204)
	mine.get(path).fails(403, "Authorization_RequestDenied", denied)
}

// The seeded caller signs in with its secret, and its token carries the permissions it was assigned.
func TestCaller(t *testing.T) {
	t.Parallel()
	c := start(t)
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {emulator.CallerClientID}, "client_secret": {emulator.CallerClientSecret},
		"scope": {"https://graph.microsoft.com/.default"},
	}
	answer := c.post("/"+c.tenant.TenantID()+"/oauth2/v2.0/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded").want(200)
	caller := *c
	caller.token = answer.at("access_token").(string)
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(caller.token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims struct{ Roles []string }
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	for _, role := range emulator.CallerRoles {
		if !slices.Contains(claims.Roles, role) {
			t.Errorf("%s is not among %v", role, claims.Roles)
		}
	}
	caller.application(`{"displayName":"by the caller"}`)
	caller.get("/v1.0/users").want(200)
}

// A workload signs in with what Microsoft Graph was told: a secret, until it is removed or the principal disabled.
func TestClient_signsIn(t *testing.T) {
	t.Parallel()
	c := start(t)
	app, principal := c.principal(`{"displayName":"a"}`)
	path := "/v1.0/applications/" + app["id"].(string)
	added := c.post(path+"/addPassword", `{}`).want(200).body
	token := func() answer {
		form := url.Values{
			"grant_type": {"client_credentials"}, "client_id": {app["appId"].(string)}, "client_secret": {added["secretText"].(string)},
			"scope": {"https://graph.microsoft.com/.default"},
		}
		return c.post("/"+c.tenant.TenantID()+"/oauth2/v2.0/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	}
	workload := *c
	workload.token = token().want(200).at("access_token").(string)
	workload.get("/v1.0/applications").fails(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	// It may read itself without any permission, and nobody else; nor is it told who else there is.
	workload.get(path).want(200)
	workload.get("/v1.0/servicePrincipals(appId='" + app["appId"].(string) + "')").want(200)
	for _, other := range []string{
		"/v1.0/servicePrincipals(appId='" + graphAppID + "')", "/v1.0/applications/99999999-9999-4999-8999-999999999999", path + "/owners",
	} {
		workload.get(other).fails(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	}
	workload.patch(path, `{"notes":"n"}`).fails(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	c.patch("/v1.0/servicePrincipals/"+principal["id"].(string), `{"accountEnabled":false}`).want(204)
	if got := token(); got.status == 200 {
		t.Error("a disabled service principal got a token")
	}
	c.patch("/v1.0/servicePrincipals/"+principal["id"].(string), `{"accountEnabled":true}`).want(204)
	token().want(200)
	c.post(path+"/removePassword", `{"keyId":"`+added["keyId"].(string)+`"}`).want(204)
	if got := token(); got.status == 200 {
		t.Error("a removed secret got a token")
	}
}
