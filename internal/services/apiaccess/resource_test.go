package apiaccess_test

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

func list(values ...any) []any { return append([]any{}, values...) } // empty, not null

const (
	typeName      = "workloadid_api_access"
	graphClientID = "00000003-0000-0000-c000-000000000000"

	lookup   = "GET /v1.0/servicePrincipals(appId='{id}')"
	read     = "GET /v1.0/servicePrincipals/{id}"
	assign   = "POST /v1.0/servicePrincipals/{id}/appRoleAssignedTo"
	assigned = "GET /v1.0/servicePrincipals/{id}/appRoleAssignments"
	unassign = "DELETE /v1.0/servicePrincipals/{id}/appRoleAssignedTo/"
	grant    = "POST /v1.0/oauth2PermissionGrants"
	granted  = "GET /v1.0/oauth2PermissionGrants"
	regrant  = "PATCH /v1.0/oauth2PermissionGrants/"
	known    = "GET /v1.0/oauth2PermissionGrants/"
	ungrant  = "DELETE /v1.0/oauth2PermissionGrants/"
)

// principal makes a service principal behind Terraform's back, with its application.
func principal(t *testing.T, h *acctest.Harness) string {
	t.Helper()
	app := h.Graph(t, http.MethodPost, "/applications", object{"displayName": "Deployer"})
	return h.Graph(t, http.MethodPost, "/servicePrincipals", object{"appId": app["appId"]})["id"].(string)
}

// graphAPI is the service principal of Microsoft Graph.
func graphAPI(t *testing.T, h *acctest.Harness) object {
	t.Helper()
	return h.Graph(t, http.MethodGet, "/servicePrincipals(appId='"+graphClientID+"')", nil)
}

// roleID is the id of an app role of Microsoft Graph.
func roleID(t *testing.T, h *acctest.Harness, value string) string {
	t.Helper()
	for _, role := range graphAPI(t, h)["appRoles"].([]any) {
		if role.(object)["value"] == value {
			return role.(object)["id"].(string)
		}
	}
	t.Fatalf("Microsoft Graph has no app role %s", value)
	return ""
}

// held is what the tenant holds for a principal: the values of the app roles, and the scopes of grants for all users.
func held(t *testing.T, h *acctest.Harness, principalID string) (roles []string, scopes string) {
	t.Helper()
	values := map[any]string{}
	for _, role := range graphAPI(t, h)["appRoles"].([]any) {
		values[role.(object)["id"]] = role.(object)["value"].(string)
	}
	roles = []string{}
	for _, assignment := range h.Graph(t, http.MethodGet, "/servicePrincipals/"+principalID+"/appRoleAssignments", nil)["value"].([]any) {
		roles = append(roles, values[assignment.(object)["appRoleId"]])
	}
	slices.Sort(roles)
	for _, grant := range h.Graph(t, http.MethodGet, "/servicePrincipals/"+principalID+"/oauth2PermissionGrants", nil)["value"].([]any) {
		scopes += grant.(object)["scope"].(string)
	}
	return roles, scopes
}

func expectHeld(t *testing.T, h *acctest.Harness, principalID string, wantRoles []string, wantScopes string) {
	t.Helper()
	if roles, scopes := held(t, h, principalID); !slices.Equal(roles, wantRoles) || scopes != wantScopes {
		t.Errorf("the tenant holds %v and %q, want %v and %q", roles, scopes, wantRoles, wantScopes)
	}
}

// give gives an app role of Microsoft Graph by hand.
func give(t *testing.T, h *acctest.Harness, principalID, role string) object {
	t.Helper()
	api := graphAPI(t, h)["id"].(string)
	return h.Graph(t, http.MethodPost, "/servicePrincipals/"+api+"/appRoleAssignedTo", object{"principalId": principalID, "resourceId": api, "appRoleId": roleID(t, h, role)})
}

func consent(t *testing.T, h *acctest.Harness, principalID, scopes string) object {
	t.Helper()
	return h.Graph(t, http.MethodPost, "/oauth2PermissionGrants", object{"clientId": principalID, "resourceId": graphAPI(t, h)["id"], "consentType": "AllPrincipals", "scope": scopes})
}

// expectRequests is ExpectRequests for paths that end in ids which are no GUIDs.
func expectRequests(t *testing.T, h *acctest.Harness, want ...string) {
	t.Helper()
	var got []string
	for _, request := range h.Requests() {
		path, _, _ := strings.Cut(request.Path, "?")
		for i, segment := range strings.Split(path, "/") {
			if i > 2 && uuid.Validate(segment) == nil {
				path = strings.Replace(path, segment, "{id}", 1)
			}
		}
		for _, end := range []string{"/appRoleAssignedTo/", "/oauth2PermissionGrants/"} {
			if before, _, ok := strings.Cut(path, end); ok {
				path = before + end
			}
		}
		got = append(got, request.Method+" "+strings.Replace(path, graphClientID, "{id}", 1))
	}
	h.ResetRequests()
	if !slices.Equal(got, want) {
		t.Errorf("requests:\ngot  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

func TestAPIAccess_lifecycle(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := principal(t, h)
	access := h.Resource(typeName)
	config := object{"service_principal_id": id, "api": "Microsoft Graph", "app_roles": list("User.Read.All", "Group.Read.All"), "delegated_scopes": list("User.Read", "Mail.Send")}
	access.Apply(t, config)
	expectRequests(t, h, lookup, read, assign, assign, grant)
	expectHeld(t, h, id, []string{"Group.Read.All", "User.Read.All"}, "Mail.Send User.Read")
	access.ExpectNoChanges(t, config)
	expectRequests(t, h, assigned, granted)
	if access.String("id") != id+"/"+access.String("api_id") || access.String("api_id") != graphAPI(t, h)["id"] || access.State()["exclusive"] != false {
		t.Errorf("the state is %v", access.State())
	}
	if ids := access.State()["app_role_assignment_ids"].(object); len(ids) != 2 || ids["User.Read.All"] == "" {
		t.Errorf("the assignments are %v", ids)
	}
	if want := (object{"service_principal_id": id, "api_id": access.String("api_id")}); !reflect.DeepEqual(access.Identity(), want) {
		t.Errorf("the identity is %v", access.Identity())
	}

	config["app_roles"], config["delegated_scopes"] = list("User.Read.All", "Mail.Send"), list("User.Read")
	plan := access.Plan(t, config)
	if plan.Action != protocol.Update {
		t.Errorf("%s is planned", plan.Action)
	}
	h.ResetRequests()
	access.Apply(t, config)
	expectRequests(t, h, assign, unassign, known, regrant)
	expectHeld(t, h, id, []string{"Mail.Send", "User.Read.All"}, "User.Read")
	access.ExpectNoChanges(t, config)

	config["app_roles"] = list("User.Read.All", "Mail.Send", "Group.Read.All")
	delete(config, "delegated_scopes")
	h.ResetRequests()
	access.Apply(t, config)
	expectRequests(t, h, assign, known, ungrant)
	expectHeld(t, h, id, []string{"Group.Read.All", "Mail.Send", "User.Read.All"}, "")
	access.ExpectNoChanges(t, config)
	expectRequests(t, h, assigned) // nothing is managed of the other kind

	access.Destroy(t)
	expectRequests(t, h, unassign, unassign, unassign)
	expectHeld(t, h, id, []string{}, "")
}

// TestAPIAccess_othersAreLeftAlone: what was given by hand stays, also in the one grant that there can be; and what is listed
// but there already is an error, unless the provider block says that it is taken over.
func TestAPIAccess_othersAreLeftAlone(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := principal(t, h)
	give(t, h, id, "Directory.Read.All")
	give(t, h, id, "User.Read.All")
	consent(t, h, id, "openid User.Read")
	config := object{"service_principal_id": id, "api": "Microsoft Graph", "app_roles": list("Group.Read.All", "User.Read.All"), "delegated_scopes": list("User.Read", "Mail.Send")}
	for want, refused := range map[string]object{
		"already: User.Read.All": {"service_principal_id": id, "api": "Microsoft Graph", "app_roles": list("User.Read.All")},
		"already: User.Read":     {"service_principal_id": id, "api": "Microsoft Graph", "delegated_scopes": list("User.Read", "Mail.Send")},
	} {
		if text := h.Resource(typeName).ApplyFails(t, refused).String(); !strings.Contains(text, want) || !strings.Contains(text, "the import id is "+id+"/") {
			t.Errorf("got %s, want %q", text, want)
		}
	}
	expectHeld(t, h, id, []string{"Directory.Read.All", "User.Read.All"}, "openid User.Read")
	h.AdoptLeftovers(t)
	access := h.Resource(typeName)
	access.Apply(t, config)
	expectHeld(t, h, id, []string{"Directory.Read.All", "Group.Read.All", "User.Read.All"}, "openid User.Read Mail.Send")
	access.ExpectNoChanges(t, config)

	second := h.Resource(typeName) // another module's
	more := object{"service_principal_id": id, "api": graphClientID, "app_roles": list("Mail.Send"), "delegated_scopes": list("Mail.Read")}
	second.Apply(t, more)
	expectHeld(t, h, id, []string{"Directory.Read.All", "Group.Read.All", "Mail.Send", "User.Read.All"}, "openid User.Read Mail.Send Mail.Read")
	access.ExpectNoChanges(t, config)
	second.ExpectNoChanges(t, more)

	access.Destroy(t)
	expectHeld(t, h, id, []string{"Directory.Read.All", "Mail.Send"}, "openid Mail.Read")
	second.ExpectNoChanges(t, more)
	second.Destroy(t)
	expectHeld(t, h, id, []string{"Directory.Read.All"}, "openid")
}

func TestAPIAccess_exclusive(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := principal(t, h)
	give(t, h, id, "Directory.Read.All")
	consent(t, h, id, "openid")
	config := object{"service_principal_id": id, "api": "Microsoft Graph", "app_roles": list("User.Read.All"), "exclusive": true}
	access := h.Resource(typeName)
	warnings := access.Apply(t, config).String()
	if !strings.Contains(warnings, "the app role Directory.Read.All") || !strings.Contains(warnings, "the delegated scope openid") {
		t.Errorf("what is taken away is not named: %s", warnings)
	}
	expectHeld(t, h, id, []string{"User.Read.All"}, "")
	access.ExpectNoChanges(t, config)

	// What somebody adds is in the plan, by name.
	give(t, h, id, "Mail.Send")
	consent(t, h, id, "Mail.Read")
	access.Refresh(t)
	if roles, scopes := fmt.Sprint(access.State()["app_roles"]), fmt.Sprint(access.State()["delegated_scopes"]); roles != "[Mail.Send User.Read.All]" || scopes != "[Mail.Read]" {
		t.Errorf("the state has %s and %s", roles, scopes)
	}
	if plan := access.Plan(t, config); plan.Action != protocol.Update {
		t.Errorf("%s is planned", plan.Action)
	}
	access.Apply(t, config)
	expectHeld(t, h, id, []string{"User.Read.All"}, "")

	// One that becomes exclusive takes away what there is besides.
	config["exclusive"] = false
	access.Apply(t, config)
	give(t, h, id, "Mail.Send")
	access.ExpectNoChanges(t, config)
	config["exclusive"] = true
	if warnings := access.Apply(t, config).String(); !strings.Contains(warnings, "the app role Mail.Send") {
		t.Errorf("what is taken away is not named: %s", warnings)
	}
	expectHeld(t, h, id, []string{"User.Read.All"}, "")
}

func TestAPIAccess_drift(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := principal(t, h)
	access := h.Resource(typeName)
	config := object{"service_principal_id": id, "api": "Microsoft Graph", "app_roles": list("User.Read.All", "Group.Read.All"), "delegated_scopes": list("User.Read", "Mail.Send")}
	access.Apply(t, config)
	remove := func(role string) {
		h.Graph(t, http.MethodDelete, "/servicePrincipals/"+access.String("api_id")+"/appRoleAssignedTo/"+access.State()["app_role_assignment_ids"].(object)[role].(string), nil)
	}
	remove("User.Read.All")
	h.Graph(t, http.MethodPatch, "/oauth2PermissionGrants/"+access.String("delegated_permission_grant_id"), object{"scope": "Mail.Send openid"})
	access.Refresh(t)
	if roles, scopes := fmt.Sprint(access.State()["app_roles"]), fmt.Sprint(access.State()["delegated_scopes"]); roles != "[Group.Read.All]" || scopes != "[Mail.Send]" {
		t.Errorf("the state has %s and %s", roles, scopes)
	}
	access.Apply(t, config)
	expectHeld(t, h, id, []string{"Group.Read.All", "User.Read.All"}, "Mail.Send openid User.Read")

	// All of it.
	remove("User.Read.All")
	remove("Group.Read.All")
	h.Graph(t, http.MethodDelete, "/oauth2PermissionGrants/"+access.String("delegated_permission_grant_id"), nil)
	access.Refresh(t)
	if plan := access.Plan(t, config); plan.Action != protocol.Update {
		t.Errorf("%s is planned", plan.Action)
	}
	access.Apply(t, config)
	expectHeld(t, h, id, []string{"Group.Read.All", "User.Read.All"}, "Mail.Send User.Read")

	// With the principal goes what it was given.
	h.Graph(t, http.MethodDelete, "/servicePrincipals/"+id, nil)
	access.Refresh(t)
	if access.State() != nil {
		t.Errorf("the state has %v", access.State())
	}
}

func TestAPIAccess_import(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := principal(t, h)
	give(t, h, id, "User.Read.All")
	consent(t, h, id, "User.Read openid")
	apiID := graphAPI(t, h)["id"].(string)
	config := object{"service_principal_id": id, "api": "Microsoft Graph", "app_roles": list("User.Read.All"), "delegated_scopes": list("User.Read", "openid")}
	for _, by := range []string{apiID, graphClientID, "Microsoft Graph", "microsoft graph"} {
		access := h.Resource(typeName)
		access.Import(t, id+"/"+by)
		access.ExpectNoChanges(t, config)
	}
	access := h.Resource(typeName)
	access.ImportIdentity(t, object{"service_principal_id": id, "api_id": apiID})
	access.ExpectNoChanges(t, config)
	for _, same := range []string{graphClientID, apiID} { // the API by another name
		config["api"] = same
		access.ExpectNoChanges(t, config)
	}
	config["delegated_scopes"] = list("User.Read")
	access.Apply(t, config)
	expectHeld(t, h, id, []string{"User.Read.All"}, "User.Read")
	access.Destroy(t)
	expectHeld(t, h, id, []string{}, "")
	for _, wrong := range []string{id, id + "/", "x/" + apiID, id + "/Microsoft Grahp", uuid.NewString() + "/" + apiID} {
		h.Resource(typeName).ImportFails(t, wrong)
	}
}

func TestAPIAccess_replace(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	first, second := principal(t, h), principal(t, h)
	access := h.Resource(typeName)
	config := object{"service_principal_id": first, "api": "Microsoft Graph", "app_roles": list("User.Read.All")}
	access.Apply(t, config)
	config["service_principal_id"] = second
	if plan := access.Plan(t, config); plan.Action != protocol.Replace || !slices.Equal(plan.Replace, []string{`AttributeName("service_principal_id")`}) {
		t.Errorf("%s is planned, because of %v", plan.Action, plan.Replace)
	}
	access.Apply(t, config)
	expectHeld(t, h, first, []string{}, "")
	expectHeld(t, h, second, []string{"User.Read.All"}, "")
	access.ExpectNoChanges(t, config)
	config["api"], config["app_roles"], config["delegated_scopes"] = "Azure Key Vault", nil, list("user_impersonation")
	if plan := access.Plan(t, config); plan.Action != protocol.Replace || !slices.Equal(plan.Replace, []string{`AttributeName("api_id")`}) {
		t.Errorf("%s is planned, because of %v", plan.Action, plan.Replace)
	}
	access.Apply(t, config)
	expectHeld(t, h, second, []string{}, "user_impersonation")
	access.ExpectNoChanges(t, config)
}

// TestAPIAccess_ofOneOwnAPI is made with its API and its principal, in one apply, on replicas that lag.
func TestAPIAccess_ofOnesOwnAPI(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	role := object{"allowed_member_types": list("Application"), "display_name": "Read", "description": "Reads orders."}
	app := h.Resource("workloadid_application")
	app.Apply(t, object{"display_name": "Orders", "app_roles": object{"Orders.Read": role}})
	api := h.Resource("workloadid_service_principal")
	api.Apply(t, object{"client_id": app.String("client_id")})
	client := h.Resource("workloadid_user_assigned_identity")
	client.Apply(t, object{"name": "client", "resource_group_name": "local", "location": "westeurope"})
	access := h.Resource(typeName)
	open := object{"service_principal_id": acctest.Unknown, "api": acctest.Unknown, "app_roles": list("Orders.Read")}
	if plan := access.Plan(t, open); plan.After["api_id"] != acctest.Unknown {
		t.Errorf("planned %v", plan.After)
	}
	config := object{"service_principal_id": client.String("principal_id"), "api": api.String("id"), "app_roles": list("Orders.Read")}
	access.Apply(t, config)
	access.ExpectNoChanges(t, config)
	// What is added to the API in the same apply is known to be coming.
	roles := object{"Orders.Read": role, "Orders.Write": role}
	app.Apply(t, object{"display_name": "Orders", "app_roles": roles})
	config["app_roles"] = list("Orders.Read", "Orders.Write")
	access.Apply(t, config)
	access.ExpectNoChanges(t, config)
	if ids := access.State()["app_role_assignment_ids"].(object); len(ids) != 2 {
		t.Errorf("assigned %v", ids)
	}
}

// TestAPIAccess_partly keeps what was done in the state, and goes on from there.
func TestAPIAccess_partly(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithPermissions("Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All"))
	id := principal(t, h)
	access := h.Resource(typeName)
	config := object{"service_principal_id": id, "api": "Microsoft Graph", "app_roles": list("User.Read.All")}
	access.Apply(t, config)
	config["app_roles"], config["delegated_scopes"] = list("User.Read.All", "Mail.Send"), list("Mail.Read")
	text := access.ApplyFails(t, config).String()
	if !strings.Contains(text, "DelegatedPermissionGrant.ReadWrite.All") {
		t.Errorf("the missing permission is not named: %s", text)
	}
	if roles, scopes := fmt.Sprint(access.State()["app_roles"]), access.State()["delegated_scopes"]; roles != "[Mail.Send User.Read.All]" || scopes != nil {
		t.Errorf("the state has %s and %v", roles, scopes)
	}
	expectHeld(t, h, id, []string{"Mail.Send", "User.Read.All"}, "")
	delete(config, "delegated_scopes")
	access.ExpectNoChanges(t, config)
	access.Destroy(t)
	expectHeld(t, h, id, []string{}, "")

	created := h.Resource(typeName)
	config["delegated_scopes"] = list("Mail.Read")
	created.ApplyFails(t, config)
	if roles := fmt.Sprint(created.State()["app_roles"]); roles != "[Mail.Send User.Read.All]" {
		t.Errorf("the state has %s", roles)
	}
	created.Destroy(t)
	expectHeld(t, h, id, []string{}, "")
}

// TestAPIAccess_withoutAnswer: whatever has been given when the time is up, or Terraform interrupted, is in the state.
func TestAPIAccess_withoutAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  string
		exists bool // and another role, and the scope User.Read
	}{
		"of an app role":                    {"POST /v1.0/servicePrincipals/*/appRoleAssignedTo delayed=1m", false},
		"of scopes":                         {"POST /v1.0/oauth2PermissionGrants delayed=1m", false},
		"of an app role that is added":      {"POST /v1.0/servicePrincipals/*/appRoleAssignedTo delayed=1m", true},
		"of scopes that are added":          {"PATCH /v1.0/oauth2PermissionGrants/* delayed=1m", true},
		"of a removal, which stays to do":   {"DELETE /v1.0/servicePrincipals/*/appRoleAssignedTo/* 403", true},
		"of what the service has not heard": {"POST /v1.0/servicePrincipals/*/appRoleAssignedTo latency=1m", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := acctest.New(t)
			id := principal(t, h)
			resource := h.Resource(typeName)
			timeouts := object{"create": "1s", "update": "1s"}
			if test.exists {
				resource.Apply(t, object{"service_principal_id": id, "api": "Microsoft Graph", "app_roles": list("Mail.Send"), "delegated_scopes": list("User.Read"), "timeouts": timeouts})
			}
			config := object{"service_principal_id": id, "api": "Microsoft Graph", "app_roles": list("User.Read.All"), "delegated_scopes": list("User.Read", "Mail.Read"), "timeouts": timeouts}
			h.Tenant.Faults().Set(fault.MustParse(test.fault)...)
			resource.ApplyFails(t, config)
			h.Tenant.Faults().Clear()
			roles, scopes := held(t, h, id)
			if got := texts(resource.State()["app_roles"]); !slices.Equal(got, roles) {
				t.Errorf("the state has %q, and the tenant %q", got, roles)
			}
			if got := texts(resource.State()["delegated_scopes"]); !slices.Equal(got, slices.Sorted(strings.FieldsSeq(scopes))) {
				t.Errorf("the state has the scopes %q, and the tenant %q", got, scopes)
			}
			resource.Apply(t, config)
			resource.ExpectNoChanges(t, config)
			resource.Destroy(t)
			if roles, scopes := held(t, h, id); len(roles) > 0 || scopes != "" {
				t.Errorf("%q and %q are left", roles, scopes)
			}
		})
	}
}

// texts are those of a set in a state; none where there is no set.
func texts(set any) []string {
	var all []string
	elements, _ := set.([]any)
	for _, text := range elements {
		all = append(all, text.(string))
	}
	slices.Sort(all)
	return all
}

// TestAPIAccess_givenByOthers: where a request gets no answer, and what it gives is there, that is not taken for its own where
// others have given something else of what is declared: destroying it would take theirs away.
func TestAPIAccess_givenByOthers(t *testing.T) {
	t.Parallel()
	for name, given := range map[string]object{
		"roles":  {"app_roles": list("Group.Read.All", "User.Read.All")},
		"scopes": {"app_roles": list("Group.Read.All"), "delegated_scopes": list("User.Read")},
	} {
		for _, rule := range []string{"POST /v1.0/servicePrincipals/** 500 count=1", "POST /v1.0/servicePrincipals/** reset after count=1"} {
			t.Run(name+"/"+rule, func(t *testing.T) {
				t.Parallel()
				h := acctest.New(t)
				id := principal(t, h)
				config := object{"service_principal_id": id, "api": "Microsoft Graph"}
				maps.Copy(config, given)
				first := h.Resource(typeName)
				first.Apply(t, config)
				h.Restart(t)
				second := h.Resource(typeName)
				h.Tenant.Faults().Set(fault.MustParse(rule)...)
				if refused := second.ApplyFails(t, config).String(); !strings.Contains(refused, "it has been given already") {
					t.Errorf("got %s", refused)
				}
				if second.State() != nil {
					t.Errorf("the state has %v", second.State())
				}
				first = first.In(h)
				first.ExpectNoChanges(t, config)
			})
		}
	}
}

func TestAPIAccess_invalid(t *testing.T) {
	t.Parallel()
	own := object{
		"id": uuid.NewString(), "appId": uuid.NewString(), "displayName": "Orders", "servicePrincipalType": "Application",
		"appRoles": list(
			object{"id": uuid.NewString(), "value": "Old", "isEnabled": false, "displayName": "Old", "description": "Old.", "allowedMemberTypes": list("Application")},
			object{"id": uuid.NewString(), "value": "Buyer", "isEnabled": true, "displayName": "Buyer", "description": "Buys.", "allowedMemberTypes": list("User")},
		),
	}
	h := acctest.New(t, acctest.WithSeed(emulator.Seed{ServicePrincipals: []map[string]any{own}}))
	id := principal(t, h)
	access := h.Resource(typeName)
	for name, config := range map[string]object{
		"no access":          {"service_principal_id": id, "api": "Microsoft Graph"},
		"no id":              {"service_principal_id": "me", "api": "Microsoft Graph", "app_roles": list("User.Read.All")},
		"no API":             {"service_principal_id": id, "api": "", "app_roles": list("User.Read.All")},
		"several scopes":     {"service_principal_id": id, "api": "Microsoft Graph", "delegated_scopes": list("User.Read Mail.Read")},
		"a role without any": {"service_principal_id": id, "api": "Microsoft Graph", "app_roles": list("")},
	} {
		t.Run(name, func(t *testing.T) { access.ValidateFails(t, config) })
	}
	for name, test := range map[string]struct {
		config object
		want   []string
	}{
		"misspelled role":   {object{"api": "Microsoft Graph", "app_roles": list("User.Raed.All")}, []string{`AttributeName("app_roles").ElementKeyValue`, `Did you mean "User.Read.All"`}},
		"misspelled scope":  {object{"api": "Microsoft Graph", "delegated_scopes": list("Mail.Sned")}, []string{"delegated_scopes", `Did you mean "Mail.Send"`}},
		"a scope as role":   {object{"api": "Microsoft Graph", "app_roles": list("openid")}, []string{"It is a delegated scope"}},
		"a scope by id":     {object{"api": "Azure Key Vault", "delegated_scopes": list("f53da476-18e3-4152-8e01-aec403e6edc0")}, []string{"user_impersonation"}},
		"several are wrong": {object{"api": "Microsoft Graph", "app_roles": list("A.B", "C.D")}, []string{`"A.B"`, `"C.D"`}},
		"disabled":          {object{"api": "Orders", "app_roles": list("Old")}, []string{"disabled"}},
		"for people":        {object{"api": "Orders", "app_roles": list("Buyer")}, []string{"User, and not Application"}},
		"unknown API":       {object{"api": "Microsoft Grahp", "app_roles": list("User.Read.All")}, []string{"api", "there is no API", "the id of that resource"}},
		"no such id":        {object{"api": uuid.NewString(), "app_roles": list("User.Read.All")}, []string{"cannot be looked up", "404"}},
	} {
		t.Run(name, func(t *testing.T) {
			test.config["service_principal_id"] = id
			text := access.PlanFails(t, test.config).String()
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("%s lacks %q", text, want)
				}
			}
		})
	}
	// The wrong one of an object's ids.
	app := h.Graph(t, http.MethodPost, "/applications", object{"displayName": "Other"})
	made := h.Graph(t, http.MethodPost, "/servicePrincipals", object{"appId": app["appId"]})
	for _, wrong := range []any{app["appId"], app["id"]} {
		text := access.ApplyFails(t, object{"service_principal_id": wrong, "api": "Microsoft Graph", "app_roles": list("User.Read.All")}).String()
		if !strings.Contains(text, "service_principal_id takes the") || !strings.Contains(text, made["id"].(string)) {
			t.Errorf("got %s", text)
		}
	}
	if access.State() != nil {
		t.Errorf("the state has %v", access.State())
	}
}

// TestAPIAccess_leftoverOfAnOlderGrant: a grant that an interrupted run has made anew has the id of the one that it was before, and
// a replica that lags behind shows what that had. None of it is given again.
func TestAPIAccess_leftoverOfAnOlderGrant(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithConsistencyWindow(5*time.Second))
	id := principal(t, h)
	consent(t, h, id, "User.Read Mail.Send")
	grant := h.Tenant.Objects("oauth2PermissionGrants")[0]["id"]
	h.AdoptLeftovers(t)
	if err := h.Tenant.SetReplication(emulator.Replication{Replicas: 3, Lag: emulator.Lag{Min: 3 * time.Second, Max: 3 * time.Second}}); err != nil {
		t.Fatal(err)
	}
	h.Graph(t, "DELETE", fmt.Sprint("/oauth2PermissionGrants/", grant), nil)
	consent(t, h, id, "User.Read")
	if now := h.Tenant.Objects("oauth2PermissionGrants")[0]["id"]; now != grant {
		t.Fatalf("the grant is %v, and was %v", now, grant)
	}
	config := object{"service_principal_id": id, "api": "Microsoft Graph", "delegated_scopes": list("User.Read", "Mail.Read")}
	h.Resource(typeName).Apply(t, config)
	if err := h.Tenant.SetReplication(emulator.Replication{}); err != nil {
		t.Fatal(err)
	}
	expectHeld(t, h, id, []string{}, "User.Read Mail.Read")
}
