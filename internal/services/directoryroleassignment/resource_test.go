package directoryroleassignment_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

const (
	typeName                 = "workloadid_directory_role_assignment"
	applicationAdministrator = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
	globalReader             = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
	helpdeskAdministrator    = "729827e3-9c14-49f7-bb1b-9608f156bbb8"

	collection = "/v1.0/roleManagement/directory/roleAssignments"
	roles      = "GET /v1.0/roleManagement/directory/roleDefinitions?$select=id,templateId,displayName,isEnabled,isBuiltIn"
	post       = "POST " + collection
)

// principal makes a service principal behind Terraform's back, with its application.
func principal(t *testing.T, h *acctest.Harness) (id, clientID, applicationID string) {
	t.Helper()
	app := h.Graph(t, "POST", "/applications", object{"displayName": "Deployer"})
	made := h.Graph(t, "POST", "/servicePrincipals", object{"appId": app["appId"]})
	return made["id"].(string), app["appId"].(string), app["id"].(string)
}

// administrativeUnit makes one, which the seeded caller may not.
func administrativeUnit(t *testing.T, h *acctest.Harness) string {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, h.URL+"/v1.0/directory/administrativeUnits", strings.NewReader(`{"displayName":"Branch"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+h.Tenant.Token("AdministrativeUnit.ReadWrite.All"))
	request.Header.Set("Content-Type", "application/json")
	response, err := emulator.RoundTripper{Tenant: h.Tenant}.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var unit object
	if err := json.NewDecoder(response.Body).Decode(&unit); err != nil || unit["id"] == nil {
		t.Fatalf("got %v, %v", unit, err)
	}
	return unit["id"].(string)
}

// held are the assignments that the tenant holds.
func held(h *acctest.Harness) []object {
	return h.Tenant.Objects("roleManagement/directory/roleAssignments")
}

func path(method string, assignment *acctest.Resource) string {
	return method + " " + collection + "/" + assignment.String("id")
}

func TestDirectoryRoleAssignment_lifecycle(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h)
	h.ResetRequests()
	assignment := h.Resource(typeName)
	config := object{"role_name": "application administrator", "principal_id": id}
	assignment.Apply(t, config)
	h.ExpectRequests(t, roles, post)
	assignment.ExpectNoChanges(t, config)
	h.ExpectRequests(t, path("GET", assignment))
	if assignment.String("role_definition_id") != applicationAdministrator || assignment.String("directory_scope_id") != "/" {
		t.Errorf("state %v", assignment.State())
	}
	if all := held(h); len(all) != 1 || all[0]["principalId"] != id || all[0]["roleDefinitionId"] != applicationAdministrator || all[0]["directoryScopeId"] != "/" {
		t.Errorf("the tenant holds %v", all)
	}
	late := h.Graph(t, "POST", "/roleManagement/directory/roleDefinitions", object{
		"displayName": "Late", "isEnabled": true, "rolePermissions": []any{object{"allowedResourceActions": []any{"microsoft.directory/applications/create"}}},
	})
	if plan := h.Resource(typeName).Plan(t, object{"role_name": "Late", "principal_id": id}); plan.After["role_definition_id"] != late["id"] {
		t.Errorf("a role that was made after roles were listed is planned as %v", plan.After)
	}
	h.ResetRequests()
	assignment.Destroy(t)
	if n := len(h.Requests()); n != 1 {
		t.Errorf("a destroy took %d requests", n)
	}
	if all := held(h); len(all) != 0 {
		t.Errorf("left behind: %v", all)
	}
	assignment.Apply(t, config) // under the same id again
	assignment.ExpectNoChanges(t, config)
}

func TestDirectoryRoleAssignment_scopesAndSpellings(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, applicationID := principal(t, h)
	unit := administrativeUnit(t, h)
	for scope, test := range map[string]struct{ config object }{
		"/":                            {object{"role_name": "Global Reader"}},
		"/" + applicationID:            {object{"role_definition_id": strings.ToUpper(applicationAdministrator), "application_id": strings.ToUpper(applicationID)}},
		"/" + id:                       {object{"role_name": "Application Administrator", "application_id": id}},
		"/administrativeUnits/" + unit: {object{"role_definition_id": helpdeskAdministrator, "administrative_unit_id": strings.ToUpper(unit)}},
	} {
		assignment := h.Resource(typeName)
		config := object{"principal_id": strings.ToUpper(id)}
		maps.Copy(config, test.config)
		assignment.Apply(t, config)
		assignment.ExpectNoChanges(t, config)
		if !strings.EqualFold(assignment.String("directory_scope_id"), scope) || assignment.String("role_name") == "" {
			t.Errorf("%s: state %v", scope, assignment.State())
		}
		if all := held(h); len(all) != 1 || all[0]["directoryScopeId"] != scope {
			t.Errorf("%s: the tenant holds %v", scope, all)
		}
		// The same written in another way is no change.
		for _, change := range []object{
			{"principal_id": id},
			{"role_name": strings.ToUpper(assignment.String("role_name")), "role_definition_id": nil},
			{"role_name": nil, "role_definition_id": strings.ToLower(assignment.String("role_definition_id"))},
		} {
			spelled := maps.Clone(config)
			maps.Copy(spelled, change)
			if plan := assignment.Plan(t, spelled); plan.Action != protocol.NoOp {
				t.Errorf("%s with %v: got %s of %v", scope, change, plan.Action, plan.Changes)
			}
		}
		assignment.Destroy(t)
	}
}

func TestDirectoryRoleAssignment_import(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, applicationID := principal(t, h)
	made := h.Graph(t, "POST", "/roleManagement/directory/roleAssignments", object{"principalId": id, "roleDefinitionId": applicationAdministrator, "directoryScopeId": "/" + applicationID})["id"].(string)
	config := object{"role_name": "Application Administrator", "principal_id": id, "application_id": applicationID}
	h.ResetRequests()
	imported := h.Resource(typeName)
	imported.Import(t, made)
	h.ExpectRequests(t, "GET "+collection+"/"+made, roles)
	imported.ExpectNoChanges(t, config)
	imported.ExpectNoChanges(t, object{"role_definition_id": applicationAdministrator, "principal_id": id, "application_id": applicationID})
	byIdentity := h.Resource(typeName)
	byIdentity.ImportIdentity(t, object{"id": made})
	byIdentity.ExpectNoChanges(t, config)
	if got := fmt.Sprint(byIdentity.Identity()); got != "map[id:"+made+"]" {
		t.Errorf("identity %s", got)
	}
	for _, wrong := range []string{"", made + "x", "a/b", "a b", "a?b"} {
		h.Resource(typeName).ImportFails(t, wrong)
	}

	// Another one for the same is refused, with the id by which the one that is there is imported.
	h.Restart(t)
	refused := h.Resource(typeName).ApplyFails(t, config)
	if !strings.Contains(refused.String(), "the import id is "+made) {
		t.Errorf("got %s", refused)
	}
}

// TestDirectoryRoleAssignment_twice is a mistake of the configuration, and nothing to import.
func TestDirectoryRoleAssignment_twice(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h)
	config := object{"role_name": "Global Reader", "principal_id": id}
	h.Resource(typeName).Apply(t, config)
	if refused := h.Resource(typeName).ApplyFails(t, config); !strings.Contains(refused.String(), "Declare it once") {
		t.Errorf("got %s", refused)
	}
}

func TestDirectoryRoleAssignment_drift(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h)
	assignment := h.Resource(typeName)
	config := object{"role_definition_id": globalReader, "principal_id": id}
	assignment.Apply(t, config)
	h.Graph(t, "DELETE", "/roleManagement/directory/roleAssignments/"+assignment.String("id"), nil)
	time.Sleep(acctest.ConsistencyWindow)
	assignment.Refresh(t)
	if assignment.State() != nil {
		t.Errorf("state %v", assignment.State())
	}
	assignment.Apply(t, config)
	assignment.ExpectNoChanges(t, config)
}

func TestDirectoryRoleAssignment_replace(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, applicationID := principal(t, h)
	other, _, _ := principal(t, h)
	assignment := h.Resource(typeName)
	config := object{"role_name": "Application Administrator", "principal_id": id}
	assignment.Apply(t, config)
	before := assignment.String("id")
	for _, change := range []object{
		{"application_id": applicationID},
		{"application_id": acctest.Unknown},
		{"administrative_unit_id": h.Graph(t, "POST", "/directory/administrativeUnits", object{"displayName": "Unit"})["id"]},
		{"role_name": "Global Reader"},
		{"role_name": nil, "role_definition_id": globalReader},
		{"role_name": nil, "role_definition_id": acctest.Unknown},
		{"principal_id": other},
	} {
		changed := maps.Clone(config)
		maps.Copy(changed, change)
		if plan := assignment.Plan(t, changed); plan.Action != protocol.Replace {
			t.Errorf("%v: got %s", change, plan.Action)
		}
	}
	config["application_id"] = applicationID
	assignment.Apply(t, config)
	assignment.ExpectNoChanges(t, config)
	if all := held(h); len(all) != 1 || all[0]["id"] == before || all[0]["directoryScopeId"] != "/"+applicationID {
		t.Errorf("the tenant holds %v", all)
	}
}

// TestDirectoryRoleAssignment_again takes nothing over: that the role was given by an interrupted run, nothing tells.
func TestDirectoryRoleAssignment_again(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h)
	config := object{"role_name": "Global Reader", "principal_id": id}
	killed := h.Resource(typeName)
	killed.Apply(t, config)
	h.Restart(t)
	if refused := h.Resource(typeName).ApplyFails(t, config); !strings.Contains(refused.String(), "the import id is "+killed.String("id")) {
		t.Errorf("got %s", refused)
	}
}

// TestDirectoryRoleAssignment_youngPrincipal gives a role, which the same run has made, to what the same run has made.
func TestDirectoryRoleAssignment_youngPrincipal(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithTenant(func(o *emulator.Options) {
		o.Replication = emulator.Replication{Replicas: 3, Lag: emulator.Lag{Max: time.Second}}
	}), acctest.WithConsistencyWindow(20*time.Second))
	app := h.Resource("workloadid_application")
	app.Apply(t, object{"display_name": "Deployer"})
	made := h.Resource("workloadid_service_principal")
	made.Apply(t, object{"client_id": app.String("client_id")})
	role := h.Resource("workloadid_custom_directory_role")
	role.Apply(t, object{"display_name": "Credential keeper", "permissions": []any{"microsoft.directory/applications/credentials/update"}})
	for _, config := range []object{
		{"role_definition_id": role.String("id"), "principal_id": made.String("id")},
		{"role_name": "Credential Keeper", "principal_id": made.String("id"), "application_id": app.String("id")},
	} {
		assignment := h.Resource(typeName)
		assignment.Apply(t, config)
		assignment.ExpectNoChanges(t, config)
	}
	if all := held(h); len(all) != 2 || all[0]["roleDefinitionId"] != role.String("id") || all[1]["roleDefinitionId"] != role.String("id") {
		t.Errorf("the tenant holds %v", all)
	}
	for _, request := range h.Requests() {
		if strings.HasSuffix(request.Path, "/roleDefinitions") && request.Method == http.MethodGet {
			t.Errorf("what this run made was looked up: %s", request.Path)
		}
	}
}

func TestDirectoryRoleAssignment_wrongPrincipal(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, clientID, applicationID := principal(t, h)
	user := h.Tenant.Objects("users")[0]["id"].(string)
	for name, test := range map[string]struct{ principal, want string }{
		"client id":   {clientID, "is a client id, and principal_id takes the object id of the service principal: " + id},
		"application": {applicationID, "is the object id of an application, and principal_id takes the one of its service principal: " + id},
		"nobody":      {uuid.NewString(), "Request_ResourceNotFound"},
	} {
		t.Run(name, func(t *testing.T) {
			started := time.Now()
			refused := h.Resource(typeName).ApplyFails(t, object{"role_name": "Global Reader", "principal_id": test.principal})
			if !strings.Contains(refused.String(), test.want) || !strings.Contains(refused.String(), "principal_id") {
				t.Errorf("got %s", refused)
			}
			if took := time.Since(started); took > 12*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
	refused := h.Resource(typeName).ApplyFails(t, object{"role_name": "Application Administrator", "principal_id": id, "application_id": clientID})
	if !strings.Contains(refused.String(), "application_id takes its object id: "+applicationID) {
		t.Errorf("got %s", refused)
	}
	if all := held(h); len(all) != 0 {
		t.Errorf("the tenant holds %v", all)
	}
	h.Resource(typeName).Apply(t, object{"role_name": "Global Reader", "principal_id": user})
}

func TestDirectoryRoleAssignment_invalid(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h)
	valid := object{"role_name": "Global Reader", "principal_id": id}
	assignment := h.Resource(typeName)
	assignment.Validate(t, valid)
	for name, test := range map[string]struct {
		change object
		want   string
	}{
		"two roles":         {object{"role_definition_id": globalReader}, "role_name"},
		"no role":           {object{"role_name": nil}, "role_name"},
		"empty role":        {object{"role_name": ""}, "at least 1"},
		"name for an id":    {object{"role_name": nil, "role_definition_id": "Global Reader"}, "must be a UUID"},
		"no principal":      {object{"principal_id": nil}, "principal_id"},
		"name of principal": {object{"principal_id": "deployer"}, "must be a UUID"},
		"two scopes":        {object{"administrative_unit_id": id, "application_id": id}, "cannot be specified"},
		"name of a unit":    {object{"administrative_unit_id": "Branch"}, "must be a UUID"},
		"path for an id":    {object{"application_id": "/" + id}, "must be a UUID"},
	} {
		config := maps.Clone(valid)
		maps.Copy(config, test.change)
		if diagnostics := assignment.ValidateFails(t, config); !strings.Contains(diagnostics.String(), test.want) {
			t.Errorf("%s: got %s", name, diagnostics)
		}
	}

	disabled := h.Graph(t, "POST", "/roleManagement/directory/roleDefinitions", object{
		"displayName": "Sleeping", "isEnabled": false, "templateId": uuid.NewString(),
		"rolePermissions": []any{object{"allowedResourceActions": []any{"microsoft.directory/applications/create"}}},
	})
	h.Restart(t)
	assignment = h.Resource(typeName)
	for name, test := range map[string]struct{ attribute, value, want string }{
		"misspelled":       {"role_name", "Applicatio Administratr", `Did you mean "Application Administrator"`},
		"nothing like it":  {"role_name", "zzzzzzzzzzzzzzzzzzzzzzzz", "No directory role has the name"},
		"disabled":         {"role_name", "Sleeping", "cannot be assigned until it is enabled"},
		"disabled, by id":  {"role_definition_id", disabled["id"].(string), "cannot be assigned until it is enabled"},
		"another template": {"role_definition_id", disabled["templateId"].(string), "A custom role is assigned by its id: that of \"Sleeping\" is " + disabled["id"].(string)},
	} {
		diagnostics := assignment.PlanFails(t, object{test.attribute: test.value, "principal_id": id})
		if !strings.Contains(diagnostics.String(), test.want) || !strings.Contains(diagnostics.String(), test.attribute) {
			t.Errorf("%s: got %s", name, diagnostics)
		}
	}
	// It may be one that was made a moment ago: the apply judges, after a few seconds.
	nobodys := object{"role_definition_id": uuid.NewString(), "principal_id": id}
	if plan := assignment.Plan(t, nobodys); plan.After["role_name"] != acctest.Unknown {
		t.Errorf("planned %v", plan.After)
	}
	if refused := assignment.ApplyFails(t, nobodys); !strings.Contains(refused.String(), "No directory role has the id") || !strings.Contains(refused.String(), "Request_ResourceNotFound") || !strings.Contains(refused.String(), "role_definition_id") {
		t.Errorf("got %s", refused)
	}
	if diagnostics := assignment.PlanFails(t, object{"role_name": "zzzzzzzzzzzzzzzzzzzzzzzz", "principal_id": id}); strings.Contains(diagnostics.String(), "Did you mean") {
		t.Errorf("got %s", diagnostics)
	}
}

// TestDirectoryRoleAssignment_notConfigured plans nothing about the role while the provider is not configured.
func TestDirectoryRoleAssignment_notConfigured(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithProvider(object{"tenant_id": acctest.Unknown}))
	plan := h.Resource(typeName).Plan(t, object{"role_name": "No such role", "principal_id": uuid.NewString()})
	if plan.After["role_definition_id"] != acctest.Unknown || plan.After["directory_scope_id"] != "/" {
		t.Errorf("planned %v", plan.After)
	}
	h.ExpectRequestCount(t, 0)
}

// TestDirectoryRoleAssignment_permissions has no others than those that are said to be needed.
func TestDirectoryRoleAssignment_permissions(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithPermissions("RoleManagement.ReadWrite.Directory"))
	id, _, _ := principal(t, h)
	role, assignment := h.Resource("workloadid_custom_directory_role"), h.Resource(typeName)
	role.Apply(t, object{"display_name": "Keeper", "permissions": []any{"microsoft.directory/applications/credentials/update"}})
	role.Apply(t, object{"display_name": "Keeper", "permissions": []any{"microsoft.directory/applications/credentials/update"}, "description": "Keeps."})
	config := object{"role_definition_id": role.String("id"), "principal_id": id}
	assignment.Apply(t, config)
	h.SignIn(t, "RoleManagement.Read.Directory")
	reader := assignment.In(h)
	reader.ExpectNoChanges(t, config)
	if refused := reader.DestroyFails(t); !strings.Contains(refused.String(), "RoleManagement.ReadWrite.Directory") {
		t.Errorf("got %s", refused)
	}
	assignment.Destroy(t)
	role.Destroy(t)
}

// TestDirectoryRoleAssignment_listed counts what it takes to plan and to refresh many.
func TestDirectoryRoleAssignment_listed(t *testing.T) {
	t.Parallel()
	const count = 300
	h := acctest.New(t)
	assignments, configs := make([]*acctest.Resource, count), make([]object, count)
	for i := range count {
		id, _, _ := principal(t, h)
		configs[i] = object{"role_name": []string{"Global Reader", "Application Administrator", "Directory Readers"}[i%3], "principal_id": id}
		assignments[i] = h.Resource(typeName)
	}
	h.ResetRequests()
	inParallel(count, func(i int) { assignments[i].Apply(t, configs[i]) })
	h.ExpectRequestCount(t, count+1) // one lookup of all roles
	time.Sleep(acctest.ConsistencyWindow)
	h.Restart(t)
	h.ResetRequests()
	inParallel(count, func(i int) {
		assignments[i] = assignments[i].In(h)
		assignments[i].ExpectNoChanges(t, configs[i])
	})
	requests := h.Requests()
	t.Logf("a refresh of %d took %d requests", count, len(requests))
	if len(requests) > 10+3 { // ten single reads in any case, a count or another single read, and a page
		t.Errorf("a refresh of %d took %d requests: %v", count, len(requests), requests)
	}
}

// inParallel does something ten at a time, as Terraform does.
func inParallel(count int, do func(i int)) {
	var all sync.WaitGroup
	turns := make(chan struct{}, 10)
	for i := range count {
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			do(i)
		})
	}
	all.Wait()
}
