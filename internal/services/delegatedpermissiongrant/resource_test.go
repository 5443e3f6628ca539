package delegatedpermissiongrant_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

func list(values ...any) []any { return append([]any{}, values...) }

const (
	typeName   = "workloadid_delegated_permission_grant"
	graphAppID = "00000003-0000-0000-c000-000000000000"
	userRead   = "e1fe6dd8-ba31-4d61-89e7-88639da4683d" // User.Read
	nobody     = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"

	byClientID = "GET /v1.0/servicePrincipals(appId='{id}')"
	byID       = "GET /v1.0/servicePrincipals/{id}"
	post       = "POST /v1.0/oauth2PermissionGrants"
	get        = "GET /v1.0/oauth2PermissionGrants/{grant}"
	patch      = "PATCH /v1.0/oauth2PermissionGrants/{grant}"
	remove     = "DELETE /v1.0/oauth2PermissionGrants/{grant}"
)

// client makes an application with a service principal.
func client(t *testing.T, h *acctest.Harness) (id, clientID string) {
	t.Helper()
	app := h.Graph(t, "POST", "/applications", object{"displayName": "Shop"})
	made := h.Graph(t, "POST", "/servicePrincipals", object{"appId": app["appId"]})
	h.ResetRequests()
	return made["id"].(string), app["appId"].(string)
}

func graphID(t *testing.T, h *acctest.Harness) string {
	t.Helper()
	defer h.ResetRequests()
	return h.Graph(t, "GET", "/servicePrincipals(appId='"+graphAppID+"')?$select=id", nil)["id"].(string)
}

// expect is ExpectRequests with {grant} for the id of one.
func expect(t *testing.T, h *acctest.Harness, id string, want ...string) {
	t.Helper()
	for i := range want {
		want[i] = strings.ReplaceAll(want[i], "{grant}", id)
	}
	h.ExpectRequests(t, want...)
}

// held are the client's grants in the tenant, without their ids.
func held(h *acctest.Harness, clientID string) []object {
	var found []object
	for _, grant := range h.Tenant.Objects("oauth2PermissionGrants") {
		if grant["clientId"] == clientID {
			delete(grant, "id")
			found = append(found, grant)
		}
	}
	return found
}

func TestDelegatedPermissionGrant_lifecycle(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _ := client(t, h)
	resource := graphID(t, h)
	grant := h.Resource(typeName)
	config := object{"service_principal_id": id, "api": "Microsoft Graph", "scopes": list("User.Read", "openid")}
	grant.Apply(t, config)
	granted := grant.String("id")
	h.ExpectRequests(t, byClientID, post)
	grant.ExpectNoChanges(t, config)
	expect(t, h, granted, get)
	if grant.String("resource_id") != resource {
		t.Errorf("state %v", grant.State())
	}
	want := object{"clientId": id, "consentType": "AllPrincipals", "principalId": nil, "resourceId": resource, "scope": "User.Read openid"}
	if got := held(h, id); len(got) != 1 || !maps.Equal(subset(got[0], want), want) {
		t.Errorf("the tenant holds %v", got)
	}

	config["scopes"] = list("Mail.Read", "openid")
	grant.Apply(t, config)
	expect(t, h, granted, patch)
	grant.ExpectNoChanges(t, config)
	want["scope"] = "Mail.Read openid"
	if got := held(h, id); len(got) != 1 || !maps.Equal(subset(got[0], want), want) {
		t.Errorf("the tenant holds %v", got)
	}
	h.ResetRequests()
	grant.Destroy(t)
	expect(t, h, granted, remove)
	if left := held(h, id); left != nil {
		t.Errorf("left behind: %v", left)
	}
	grant.Apply(t, config)
	grant.ExpectNoChanges(t, config)
}

func subset(have, want object) object {
	part := object{}
	for name := range want {
		part[name] = have[name]
	}
	return part
}

// TestDelegatedPermissionGrant_ofUsers has one grant for all users and one for each.
func TestDelegatedPermissionGrant_ofUsers(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _ := client(t, h)
	resource := graphID(t, h)
	users := h.Tenant.Objects("users")
	var grants []*acctest.Resource
	for i, user := range []any{nil, users[0]["id"], users[1]["id"]} {
		config := object{"service_principal_id": id, "resource_id": resource, "scopes": list("User.Read"), "user_id": user}
		grant := h.Resource(typeName)
		grant.Apply(t, config)
		grant.ExpectNoChanges(t, config)
		if refused := h.Resource(typeName).ApplyFails(t, config); !strings.Contains(refused.String(), "Declare it once") {
			t.Errorf("%d: got %s", i, refused)
		}
		h.Restart(t)
		if refused := h.Resource(typeName).ApplyFails(t, config); !strings.Contains(refused.String(), "the import id is "+grant.String("id")) || !strings.Contains(refused.String(), "belong into one resource") {
			t.Errorf("%d: got %s", i, refused)
		}
		imported := h.Resource(typeName)
		imported.Import(t, grant.String("id"))
		imported.ExpectNoChanges(t, config)
		grants = append(grants, grant)
	}
	kinds := map[any]int{}
	for _, grant := range held(h, id) {
		kinds[grant["consentType"]]++
	}
	if kinds["AllPrincipals"] != 1 || kinds["Principal"] != 2 {
		t.Errorf("the tenant holds %v", held(h, id))
	}
	for _, grant := range slices.Backward(grants) {
		grant.Destroy(t)
	}
}

// TestDelegatedPermissionGrant_young grants a client the scopes of an API, both of which the same run has made.
func TestDelegatedPermissionGrant_young(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	scope := func(name string) object {
		return object{"admin_consent_display_name": name, "admin_consent_description": name}
	}
	orders := h.Resource("workloadid_application")
	orders.Apply(t, object{"display_name": "Orders", "api": object{"oauth2_permission_scopes": object{"Orders.Read": scope("Read")}}})
	offered := h.Resource("workloadid_service_principal")
	offered.Apply(t, object{"client_id": orders.String("client_id")})
	id, _ := client(t, h)
	config := object{"service_principal_id": id, "api": orders.String("client_id"), "scopes": list("Orders.Read")}
	grant := h.Resource(typeName)
	planned := grant.Plan(t, object{"service_principal_id": id, "api": acctest.Unknown, "scopes": list("Orders.Read")})
	if planned.After["resource_id"] != acctest.Unknown {
		t.Errorf("planned %v", planned.After)
	}
	grant.Apply(t, config)
	grant.ExpectNoChanges(t, config)

	// A scope that the same run adds is let be in the plan, and looked for at apply: Graph would take any.
	config["scopes"] = list("Orders.Read", "Orders.Write")
	if plan := grant.Plan(t, config); plan.Action != protocol.Update {
		t.Errorf("got %s", plan.Action)
	}
	if refused := grant.ApplyFails(t, config); !strings.Contains(refused.String(), "there is no such delegated scope") || !strings.Contains(refused.String(), "scopes") {
		t.Errorf("got %s", refused)
	}
	orders.Apply(t, object{"display_name": "Orders", "api": object{"oauth2_permission_scopes": object{"Orders.Read": scope("Read"), "Orders.Write": scope("Write")}}})
	grant.Apply(t, config)
	grant.ExpectNoChanges(t, config)
}

func TestDelegatedPermissionGrant_import(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _ := client(t, h)
	resource := graphID(t, h)
	// As the portal writes scopes.
	given := h.Graph(t, "POST", "/oauth2PermissionGrants", object{"clientId": id, "consentType": "AllPrincipals", "resourceId": resource, "scope": " openid User.Read"})["id"].(string)
	config := object{"service_principal_id": id, "api": "Microsoft Graph", "scopes": list("User.Read", "openid")}
	h.ResetRequests()
	imported := h.Resource(typeName)
	imported.Import(t, given)
	expect(t, h, given, get, byID)
	imported.ExpectNoChanges(t, config)
	imported.ExpectNoChanges(t, object{"service_principal_id": id, "resource_id": resource, "scopes": list("User.Read", "openid")})
	imported.ExpectNoChanges(t, object{"service_principal_id": strings.ToUpper(id), "api": graphAppID, "scopes": list("openid", "User.Read")})

	// As other providers write it.
	theirs := h.Resource(typeName)
	theirs.Import(t, "/oauth2PermissionGrants/"+given)
	theirs.ExpectNoChanges(t, config)
	byIdentity := h.Resource(typeName)
	byIdentity.ImportIdentity(t, object{"id": given})
	byIdentity.ExpectNoChanges(t, config)
	if got := fmt.Sprint(byIdentity.Identity()); got != fmt.Sprintf("map[id:%s]", given) {
		t.Errorf("identity %s", got)
	}
	for _, wrong := range []string{"", "a b", id + "/" + given, strings.Repeat("A", 43)} {
		h.Resource(typeName).ImportFails(t, wrong)
	}
}

func TestDelegatedPermissionGrant_drift(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _ := client(t, h)
	config := object{"service_principal_id": id, "api": "Microsoft Graph", "scopes": list("User.Read")}
	grant := h.Resource(typeName)
	grant.Apply(t, config)
	h.Graph(t, "PATCH", "/oauth2PermissionGrants/"+grant.String("id"), object{"scope": "User.Read Directory.AccessAsUser.All"})
	grant.Refresh(t)
	if plan := grant.Plan(t, config); plan.Action != protocol.Update || fmt.Sprint(plan.Changes) != `[AttributeName("scopes")]` {
		t.Errorf("got %s of %v", plan.Action, plan.Changes)
	}
	grant.Apply(t, config)
	grant.ExpectNoChanges(t, config)

	h.Graph(t, "DELETE", "/oauth2PermissionGrants/"+grant.String("id"), nil)
	time.Sleep(acctest.ConsistencyWindow)
	grant.Refresh(t)
	if grant.State() != nil {
		t.Errorf("state %v", grant.State())
	}
	grant.Apply(t, config)
	grant.ExpectNoChanges(t, config)
	// It goes with its client.
	h.Graph(t, "DELETE", "/servicePrincipals/"+id, nil)
	grant.Destroy(t)
}

func TestDelegatedPermissionGrant_replace(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _ := client(t, h)
	other, otherAPI := client(t, h)
	grant := h.Resource(typeName)
	config := object{"service_principal_id": id, "api": "Microsoft Graph", "scopes": list("User.Read")}
	grant.Apply(t, config)
	for _, change := range []object{
		{"service_principal_id": other},
		{"user_id": h.Tenant.Objects("users")[0]["id"]},
		{"api": acctest.Unknown},
	} {
		changed := maps.Clone(config)
		maps.Copy(changed, change)
		if plan := grant.Plan(t, changed); plan.Action != protocol.Replace {
			t.Errorf("%v: got %s", change, plan.Action)
		}
	}
	// The scopes of another API are other scopes, although they are called the same.
	elsewhere := maps.Clone(config)
	elsewhere["api"] = otherAPI
	if refused := grant.PlanFails(t, elsewhere); !strings.Contains(refused.String(), "There is no such delegated scope") {
		t.Errorf("got %s", refused)
	}
	config["user_id"] = h.Tenant.Objects("users")[0]["id"]
	grant.Apply(t, config)
	grant.ExpectNoChanges(t, config)
	if got := held(h, id); len(got) != 1 || got[0]["principalId"] != config["user_id"] {
		t.Errorf("the tenant holds %v", got)
	}
}

func TestDelegatedPermissionGrant_invalid(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, clientID := client(t, h)
	valid := object{"service_principal_id": id, "api": "Microsoft Graph", "scopes": list("User.Read")}
	grant := h.Resource(typeName)
	grant.Validate(t, valid)
	var many []any
	for i := range 200 {
		many = append(many, fmt.Sprintf("Scope.Number.%06d", i))
	}
	for name, test := range map[string]struct {
		change object
		want   string
	}{
		"no client":       {object{"service_principal_id": nil}, "service_principal_id"},
		"name of client":  {object{"service_principal_id": "shop"}, "must be a UUID"},
		"no api":          {object{"api": nil}, "resource_id"},
		"two apis":        {object{"resource_id": nobody}, "resource_id"},
		"no scopes":       {object{"scopes": list()}, "at least 1"},
		"scopes at once":  {object{"scopes": list("openid profile")}, "without spaces"},
		"too many scopes": {object{"scopes": many}, "3850"},
		"name of user":    {object{"user_id": "me@contoso.com"}, "must be a UUID"},
	} {
		config := maps.Clone(valid)
		maps.Copy(config, test.change)
		if diagnostics := grant.ValidateFails(t, config); !strings.Contains(diagnostics.String(), test.want) {
			t.Errorf("%s: got %s", name, diagnostics)
		}
	}
	for name, test := range map[string]struct {
		change object
		want   []string
	}{
		"unknown scope":    {object{"scopes": list("User.Read", "Mail.Raed")}, []string{`scopes`, `"Mail.Raed"`, "There is no such delegated scope", `Did you mean "Mail.Read"`}},
		"an app role":      {object{"scopes": list("Application.ReadWrite.OwnedBy")}, []string{"scopes", "It is an app role"}},
		"id of a scope":    {object{"scopes": list(userRead)}, []string{"scopes", `is "User.Read"`}},
		"unknown api":      {object{"api": "Microsoft Grahp"}, []string{"api", "Microsoft Grahp"}},
		"unknown resource": {object{"api": nil, "resource_id": nobody}, []string{"resource_id", nobody}},
	} {
		config := maps.Clone(valid)
		maps.Copy(config, test.change)
		diagnostics := grant.PlanFails(t, config).String()
		for _, want := range test.want {
			if !strings.Contains(diagnostics, want) {
				t.Errorf("%s: the error does not say %q: %s", name, want, diagnostics)
			}
		}
	}
	wrong := maps.Clone(valid)
	wrong["service_principal_id"] = clientID
	if refused := grant.ApplyFails(t, wrong); !strings.Contains(refused.String(), "service_principal_id takes the object id of the service principal: "+id) {
		t.Errorf("got %s", refused)
	}
}

// TestDelegatedPermissionGrant_notConfigured plans nothing about the API while the provider is not configured.
func TestDelegatedPermissionGrant_notConfigured(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithProvider(object{"tenant_id": acctest.Unknown}))
	plan := h.Resource(typeName).Plan(t, object{"service_principal_id": nobody, "api": "No such API", "scopes": list("No.Such.Scope")})
	if plan.After["resource_id"] != acctest.Unknown {
		t.Errorf("planned %v", plan.After)
	}
	h.ExpectRequestCount(t, 0)
}

// TestDelegatedPermissionGrant_withoutAnswer adopts what a create made whose answer was lost.
func TestDelegatedPermissionGrant_withoutAnswer(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _ := client(t, h)
	for _, user := range []any{nil, h.Tenant.Objects("users")[0]["id"]} {
		h.Tenant.Faults().Set(fault.MustParse("POST /v1.0/oauth2PermissionGrants reset after count=1")...)
		grant := h.Resource(typeName)
		grant.Apply(t, object{"service_principal_id": id, "api": "Microsoft Graph", "scopes": list("User.Read", "openid"), "user_id": user})
		h.Restart(t) // what a create finds, its own process does not remove
		grant = grant.In(h)
		grant.Destroy(t)
		if left := held(h, id); left != nil {
			t.Errorf("left behind: %v", left)
		}
	}
}
