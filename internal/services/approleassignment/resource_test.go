package approleassignment_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

func list(values ...any) []any { return append([]any{}, values...) }

const (
	typeName   = "workloadid_app_role_assignment"
	graphAppID = "00000003-0000-0000-c000-000000000000"
	userRead   = "df021288-bdef-4463-88db-98f22de89214" // User.Read.All
	nobody     = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"

	byClientID = "GET /v1.0/servicePrincipals(appId='{id}')"
	byID       = "GET /v1.0/servicePrincipals/{id}"
	post       = "POST /v1.0/servicePrincipals/{id}/appRoleAssignedTo"
	get        = "GET /v1.0/servicePrincipals/{id}/appRoleAssignedTo/{assignment}"
	remove     = "DELETE /v1.0/servicePrincipals/{id}/appRoleAssignedTo/{assignment}"
)

// principal makes an application with a service principal.
func principal(t *testing.T, h *acctest.Harness, properties object) (id, clientID, applicationID string) {
	t.Helper()
	body := object{"displayName": "Shop"}
	maps.Copy(body, properties)
	app := h.Graph(t, "POST", "/applications", body)
	made := h.Graph(t, "POST", "/servicePrincipals", object{"appId": app["appId"]})
	h.ResetRequests()
	return made["id"].(string), app["appId"].(string), app["id"].(string)
}

// roles are those of an API of one's own.
var roles = object{"appRoles": list(
	object{"id": uuid.NewString(), "value": "Orders.Read", "displayName": "Read", "description": "Reads.", "isEnabled": true, "allowedMemberTypes": list("Application")},
	object{"id": uuid.NewString(), "value": "Orders.Approve", "displayName": "Approve", "description": "Approves.", "isEnabled": true, "allowedMemberTypes": list("User")},
	object{"id": uuid.NewString(), "value": "Orders.Process", "displayName": "Process", "description": "Processes.", "isEnabled": true, "allowedMemberTypes": list("Application", "User")},
	object{"id": uuid.NewString(), "value": "Orders.Old", "displayName": "Old", "description": "Old.", "isEnabled": false, "allowedMemberTypes": list("Application")},
)}

func graphID(t *testing.T, h *acctest.Harness) string {
	t.Helper()
	return h.Graph(t, "GET", "/servicePrincipals(appId='"+graphAppID+"')?$select=id", nil)["id"].(string)
}

// held are the assignments that a principal has in the tenant.
func held(h *acctest.Harness, principalID string) []object {
	var found []object
	for _, assignment := range h.Tenant.Objects("appRoleAssignments") {
		if assignment["principalId"] == principalID {
			found = append(found, assignment)
		}
	}
	return found
}

// expect is ExpectRequests with {assignment} for the id of one.
func expect(t *testing.T, h *acctest.Harness, assignment *acctest.Resource, want ...string) {
	t.Helper()
	for i := range want {
		want[i] = strings.ReplaceAll(want[i], "{assignment}", assignment.String("id"))
	}
	h.ExpectRequests(t, want...)
}

func TestAppRoleAssignment_lifecycle(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h, nil)
	resource := graphID(t, h)
	h.ResetRequests()
	assignment := h.Resource(typeName)
	config := object{"principal_id": id, "api": "Microsoft Graph", "app_role": "User.Read.All"}
	assignment.Apply(t, config)
	expect(t, h, assignment, byClientID, post)
	assignment.ExpectNoChanges(t, config)
	expect(t, h, assignment, get)
	state := assignment.State()
	for attribute, want := range map[string]any{
		"resource_id": resource, "app_role_id": userRead, "principal_type": "ServicePrincipal", "principal_display_name": "Shop", "resource_display_name": "Microsoft Graph",
	} {
		if state[attribute] != want {
			t.Errorf("%s is %v, want %v", attribute, state[attribute], want)
		}
	}
	if _, err := time.Parse(time.RFC3339, assignment.String("created_date_time")); err != nil {
		t.Error(err)
	}
	all := held(h, id)
	if len(all) != 1 || all[0]["appRoleId"] != userRead || all[0]["resourceId"] != resource || all[0]["id"] != assignment.String("id") {
		t.Errorf("the tenant holds %v", all)
	}
	assignment.Destroy(t)
	h.ExpectRequests(t, strings.ReplaceAll(remove, "{assignment}", all[0]["id"].(string)))
	if left := held(h, id); left != nil {
		t.Errorf("left behind: %v", left)
	}
	assignment.Apply(t, config) // the same again
	assignment.ExpectNoChanges(t, config)
}

// TestAppRoleAssignment_spellings names APIs, roles and principals in every way, none of which makes a difference later.
func TestAppRoleAssignment_spellings(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h, nil)
	resource := graphID(t, h)
	for i, config := range []object{
		{"api": "Microsoft Graph", "app_role": "User.Read.All"},
		{"api": "microsoft graph", "app_role": "User.Read.All"},
		{"api": graphAppID, "app_role_id": userRead},
		{"api": resource, "app_role": userRead},
		{"resource_id": resource, "app_role": "User.Read.All"},
		{"resource_id": strings.ToUpper(resource), "app_role_id": strings.ToUpper(userRead)},
	} {
		config["principal_id"] = id
		assignment := h.Resource(typeName)
		assignment.Apply(t, config)
		assignment.ExpectNoChanges(t, config)
		if !strings.EqualFold(assignment.String("app_role_id"), userRead) || !strings.EqualFold(assignment.String("resource_id"), resource) || assignment.String("api") == "" || assignment.String("app_role") == "" {
			t.Errorf("%d: state %v", i, assignment.State())
		}
		for _, spelled := range []object{
			{"principal_id": strings.ToUpper(id), "api": graphAppID, "app_role": "User.Read.All"},
			{"principal_id": id, "resource_id": resource, "app_role_id": userRead},
			{"principal_id": id, "api": "Microsoft Graph", "app_role_id": userRead},
		} {
			if plan := assignment.Plan(t, spelled); plan.Action != protocol.NoOp {
				t.Errorf("%v with %v: got %s of %v", config, spelled, plan.Action, plan.Changes)
			}
		}
		assignment.Destroy(t)
	}
}

// TestAppRoleAssignment_principals gives a role of one's own API to everything that can have one.
func TestAppRoleAssignment_principals(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	resource, clientID, _ := principal(t, h, roles)
	application, _, _ := principal(t, h, nil)
	identity := h.Resource("workloadid_user_assigned_identity")
	identity.Apply(t, object{"name": "worker", "resource_group_name": "local", "location": "westeurope"})
	user, group := h.Tenant.Objects("users")[0]["id"].(string), h.Tenant.Objects("groups")[0]["id"].(string)
	for _, test := range []struct{ principal, role, kind string }{
		{application, "Orders.Read", "ServicePrincipal"},
		{identity.String("principal_id"), "Orders.Process", "ServicePrincipal"},
		{user, "Orders.Approve", "User"},
		{group, "Orders.Process", "Group"},
	} {
		for _, api := range []object{{"api": clientID}, {"resource_id": resource}} {
			assignment := h.Resource(typeName)
			config := object{"principal_id": test.principal, "app_role": test.role}
			maps.Copy(config, api)
			assignment.Apply(t, config)
			assignment.ExpectNoChanges(t, config)
			if assignment.String("principal_type") != test.kind {
				t.Errorf("%s is a %s, want %s", test.role, assignment.String("principal_type"), test.kind)
			}
			assignment.Destroy(t)
		}
	}
}

// TestAppRoleAssignment_defaultAccess lets users in to an application without roles.
func TestAppRoleAssignment_defaultAccess(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	resource, _, _ := principal(t, h, nil)
	user := h.Tenant.Objects("users")[0]["id"].(string)
	for _, role := range []string{"app_role_id", "app_role"} {
		assignment := h.Resource(typeName)
		config := object{"principal_id": user, "resource_id": resource, role: "00000000-0000-0000-0000-000000000000"}
		assignment.Apply(t, config)
		assignment.ExpectNoChanges(t, config)
		imported := h.Resource(typeName)
		imported.Import(t, resource+"/"+assignment.String("id"))
		imported.ExpectNoChanges(t, config)
		assignment.Destroy(t)
	}
}

// TestAppRoleAssignment_young gives a role of an API to a workload, both of which the same run has made.
func TestAppRoleAssignment_young(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	orders := h.Resource("workloadid_application")
	orders.Apply(t, object{"display_name": "Orders", "app_roles": object{"Orders.Read": object{"allowed_member_types": list("Application"), "display_name": "Read", "description": "Reads."}}})
	api := h.Resource("workloadid_service_principal")
	api.Apply(t, object{"client_id": orders.String("client_id")})
	shop := h.Resource("workloadid_application")
	shop.Apply(t, object{"display_name": "Shop"})
	client := h.Resource("workloadid_service_principal")
	client.Apply(t, object{"client_id": shop.String("client_id")})
	h.ResetRequests()
	assignment := h.Resource(typeName)
	planned := assignment.Plan(t, object{"principal_id": acctest.Unknown, "resource_id": acctest.Unknown, "app_role": "Orders.Read"})
	for _, attribute := range []string{"id", "api", "app_role_id", "principal_type"} {
		if planned.After[attribute] != acctest.Unknown {
			t.Errorf("%s is planned as %v", attribute, planned.After[attribute])
		}
	}
	h.ExpectRequestCount(t, 0)
	config := object{"principal_id": client.String("id"), "resource_id": api.String("id"), "app_role": "Orders.Read"}
	assignment.Apply(t, config)
	expect(t, h, assignment, byID, post)
	assignment.ExpectNoChanges(t, config)

	// A role that the same run adds is not missed in the plan, and found at apply.
	changed := maps.Clone(config)
	changed["app_role"] = "Orders.Write"
	if plan := h.Resource(typeName).Plan(t, changed); plan.After["app_role_id"] != acctest.Unknown {
		t.Errorf("planned %v", plan.After)
	}
	if refused := h.Resource(typeName).ApplyFails(t, changed); !strings.Contains(refused.String(), "there is no such app role") || !strings.Contains(refused.String(), `Did you mean "Orders.Read"?`) {
		t.Errorf("got %s", refused)
	}
	orders.Apply(t, object{"display_name": "Orders", "app_roles": object{
		"Orders.Read":  object{"allowed_member_types": list("Application"), "display_name": "Read", "description": "Reads."},
		"Orders.Write": object{"allowed_member_types": list("Application"), "display_name": "Write", "description": "Writes."},
	}})
	added := h.Resource(typeName)
	added.Apply(t, changed)
	added.ExpectNoChanges(t, changed)
}

func TestAppRoleAssignment_import(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h, nil)
	resource := graphID(t, h)
	given := h.Graph(t, "POST", "/servicePrincipals/"+resource+"/appRoleAssignedTo", object{"principalId": id, "resourceId": resource, "appRoleId": userRead})["id"].(string)
	config := object{"principal_id": id, "api": "Microsoft Graph", "app_role": "User.Read.All"}
	h.ResetRequests()
	imported := h.Resource(typeName)
	imported.Import(t, resource+"/"+given)
	expect(t, h, imported, get, byID)
	imported.ExpectNoChanges(t, config)
	imported.ExpectNoChanges(t, object{"principal_id": id, "resource_id": resource, "app_role_id": userRead})

	// As other providers write it.
	theirs := h.Resource(typeName)
	theirs.Import(t, "/servicePrincipals/"+resource+"/appRoleAssignedTo/"+given)
	theirs.ExpectNoChanges(t, config)
	byIdentity := h.Resource(typeName)
	byIdentity.ImportIdentity(t, object{"resource_id": resource, "id": given})
	byIdentity.ExpectNoChanges(t, config)
	if got := fmt.Sprint(byIdentity.Identity()); got != fmt.Sprintf("map[id:%s resource_id:%s]", given, resource) {
		t.Errorf("identity %s", got)
	}
	for _, wrong := range []string{"", given, resource, id + "/" + resource + "/" + given, "graph/" + given, resource + "/a b", resource + "/" + strings.Repeat("A", 43)} {
		h.Resource(typeName).ImportFails(t, wrong)
	}

	// Another one for the same is refused, with the id by which the one that is there is imported.
	for range 2 {
		h.Restart(t) // nothing tells that this caller made it
		refused := h.Resource(typeName).ApplyFails(t, config)
		if !strings.Contains(refused.String(), "the import id is "+resource+"/"+given) {
			t.Errorf("got %s", refused)
		}
	}
	if all := held(h, id); len(all) != 1 {
		t.Errorf("the tenant holds %v", all)
	}
}

func TestAppRoleAssignment_drift(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h, nil)
	config := object{"principal_id": id, "api": "Microsoft Graph", "app_role": "User.Read.All"}
	assignment := h.Resource(typeName)
	assignment.Apply(t, config)
	h.Graph(t, "PATCH", "/servicePrincipals/"+id, object{"notes": "Renamed."})
	h.Graph(t, "DELETE", "/servicePrincipals/"+assignment.String("resource_id")+"/appRoleAssignedTo/"+assignment.String("id"), nil)
	time.Sleep(acctest.ConsistencyWindow)
	assignment.Refresh(t)
	if assignment.State() != nil {
		t.Errorf("state %v", assignment.State())
	}
	assignment.Apply(t, config)
	assignment.ExpectNoChanges(t, config)
	// It goes with its principal.
	h.Graph(t, "DELETE", "/servicePrincipals/"+id, nil)
	assignment.Destroy(t)
}

func TestAppRoleAssignment_replace(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h, nil)
	other, _, _ := principal(t, h, nil)
	_, api, _ := principal(t, h, object{"displayName": "Orders", "appRoles": roles["appRoles"]})
	assignment := h.Resource(typeName)
	config := object{"principal_id": id, "api": "Microsoft Graph", "app_role": "User.Read.All"}
	assignment.Apply(t, config)
	before := assignment.String("id")
	for _, change := range []object{
		{"principal_id": other},
		{"principal_id": acctest.Unknown},
		{"app_role": "Group.Read.All"},
		{"api": api, "app_role": "Orders.Read"},
		{"api": acctest.Unknown},
		{"app_role": nil, "app_role_id": acctest.Unknown},
	} {
		changed := maps.Clone(config)
		maps.Copy(changed, change)
		if plan := assignment.Plan(t, changed); plan.Action != protocol.Replace {
			t.Errorf("%v: got %s", change, plan.Action)
		}
	}
	config["app_role"] = "Group.Read.All"
	assignment.Apply(t, config)
	assignment.ExpectNoChanges(t, config)
	if all := held(h, id); assignment.String("id") == before || len(all) != 1 || all[0]["id"] != assignment.String("id") {
		t.Errorf("the tenant holds %v", all)
	}
}

func TestAppRoleAssignment_invalid(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h, nil)
	api, _, _ := principal(t, h, object{"displayName": "Orders", "appRoles": roles["appRoles"]})
	valid := object{"principal_id": id, "api": "Microsoft Graph", "app_role": "User.Read.All"}
	assignment := h.Resource(typeName)
	assignment.Validate(t, valid)
	for name, test := range map[string]struct {
		change object
		want   string
	}{
		"no principal":      {object{"principal_id": nil}, "principal_id"},
		"name of principal": {object{"principal_id": "shop"}, "must be a UUID"},
		"no api":            {object{"api": nil}, "resource_id"},
		"two apis":          {object{"resource_id": api}, "resource_id"},
		"no role":           {object{"app_role": nil}, "app_role_id"},
		"two roles":         {object{"app_role_id": userRead}, "app_role_id"},
		"empty role":        {object{"app_role": ""}, "at least 1"},
		"id of no role":     {object{"app_role": nil, "app_role_id": "User.Read.All"}, "must be a UUID"},
		"resource by name":  {object{"api": nil, "resource_id": "Microsoft Graph"}, "must be a UUID"},
	} {
		config := maps.Clone(valid)
		maps.Copy(config, test.change)
		if diagnostics := assignment.ValidateFails(t, config); !strings.Contains(diagnostics.String(), test.want) {
			t.Errorf("%s: got %s", name, diagnostics)
		}
	}
	for name, test := range map[string]struct {
		change object
		want   []string
	}{
		"unknown role":          {object{"app_role": "User.Raed.All"}, []string{"app_role", "There is no such app role", `Did you mean "User.Read.All"`}},
		"role that is nobody's": {object{"app_role": nil, "app_role_id": nobody}, []string{"app_role_id", "There is no such app role"}},
		"a scope":               {object{"app_role": "User.Read"}, []string{"app_role", "delegated scope"}},
		"disabled role":         {object{"api": api, "app_role": "Orders.Old"}, []string{"app_role", "disabled"}},
		"unknown api":           {object{"api": "Microsoft Grahp"}, []string{"api", "Microsoft Grahp"}},
		"unknown resource":      {object{"api": nil, "resource_id": nobody}, []string{"resource_id", nobody}},
		"role for users":        {object{"api": api, "app_role": "Orders.Approve"}, []string{"app_role", "can be of the type User, and not Application"}},
	} {
		config := maps.Clone(valid)
		maps.Copy(config, test.change)
		diagnostics := assignment.PlanFails(t, config).String()
		for _, want := range test.want {
			if !strings.Contains(diagnostics, want) {
				t.Errorf("%s: the error does not say %q: %s", name, want, diagnostics)
			}
		}
	}
}

func TestAppRoleAssignment_wrongPrincipal(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, clientID, applicationID := principal(t, h, nil)
	lonely := h.Graph(t, "POST", "/applications", object{"displayName": "No principal"})["id"].(string)
	user := h.Tenant.Objects("users")[0]["id"].(string)
	for name, test := range map[string]struct{ principal, want string }{
		"client id":                   {clientID, "is a client id, and principal_id takes the object id of the service principal: " + id},
		"application":                 {applicationID, "is the object id of an application, and principal_id takes the one of its service principal: " + id},
		"application without another": {lonely, "which it does not have yet"},
		"user":                        {user, "can be of the type Application, and not User"},
		"nobody":                      {nobody, "There is no service principal with the object id " + nobody + " in tenant " + h.Tenant.TenantID() + ". Members of the app role \"User.Read.All\" of Microsoft Graph can be of the type Application, and not User"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			started := time.Now()
			refused := h.Resource(typeName).ApplyFails(t, object{"principal_id": test.principal, "api": "Microsoft Graph", "app_role": "User.Read.All"})
			if !strings.Contains(refused.String(), test.want) {
				t.Errorf("got %s", refused)
			}
			if took := time.Since(started); took > 12*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// TestAppRoleAssignment_notConfigured plans nothing about the API while the provider is not configured.
func TestAppRoleAssignment_notConfigured(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithProvider(object{"tenant_id": acctest.Unknown}))
	plan := h.Resource(typeName).Plan(t, object{"principal_id": nobody, "api": "No such API", "app_role": "No such role"})
	if plan.After["resource_id"] != acctest.Unknown || plan.After["app_role_id"] != acctest.Unknown {
		t.Errorf("planned %v", plan.After)
	}
	h.ExpectRequestCount(t, 0)
}

// TestAppRoleAssignment_withoutAnswer adopts what a create made whose answer was lost.
func TestAppRoleAssignment_withoutAnswer(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h, nil)
	h.Tenant.Faults().Set(fault.MustParse("POST /v1.0/servicePrincipals/*/appRoleAssignedTo reset after count=1")...)
	assignment := h.Resource(typeName)
	assignment.Apply(t, object{"principal_id": id, "api": "Microsoft Graph", "app_role": "User.Read.All"})
	if all := held(h, id); len(all) != 1 || all[0]["id"] != assignment.String("id") {
		t.Errorf("the tenant holds %v", all)
	}
}
