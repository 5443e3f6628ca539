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
	const write, read, directory, directoryWrite, owned = "Application.ReadWrite.All", "Application.Read.All", "Directory.Read.All", "Directory.ReadWrite.All", "Application.ReadWrite.OwnedBy"
	readers := []string{write, read, directory, directoryWrite}
	for _, test := range []struct {
		method, path, body string
		allowed            []string
	}{
		{"GET", "/v1.0/applications", "", readers},
		{"GET", application, "", readers},
		{"GET", application + "/owners", "", readers},
		{"GET", application + "/federatedIdentityCredentials", "", readers},
		{"GET", servicePrincipal, "", readers},
		{"PATCH", application, `{"notes":"n"}`, []string{write}},
		{"POST", application + "/addPassword", `{}`, []string{write}},
		{"PATCH", servicePrincipal, `{"notes":"n"}`, []string{write, directoryWrite}},
		{"POST", "/v1.0/applications", `{"displayName":"new"}`, []string{write, owned}},
		{"GET", "/v1.0/directory/deletedItems/microsoft.graph.application", "", append([]string{owned}, readers...)},
		{"GET", "/v1.0/users", "", []string{directory, directoryWrite, "User.Read.All"}},
		{"GET", "/v1.0/groups", "", []string{directory, directoryWrite, "Group.Read.All"}},
		{"GET", "/v1.0/organization", "", []string{directory, directoryWrite, "Organization.Read.All"}},
	} {
		for _, role := range []string{write, read, directory, directoryWrite, owned, "User.Read.All", "Group.Read.All", "Organization.Read.All", "Mail.Read"} {
			answer := c.as(role).do(test.method, test.path, test.body)
			if slices.Contains(test.allowed, role) {
				if answer.status >= 400 {
					t.Errorf("%s %s as %s: %d %s", test.method, test.path, role, answer.status, answer.raw)
				}
				continue
			}
			answer.fails(http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
		}
	}
	c.as().get(application).fails(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
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
