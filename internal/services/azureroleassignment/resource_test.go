package azureroleassignment_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
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
	typeName     = "workloadid_azure_role_assignment"
	subscription = "/subscriptions/" + emulator.SubscriptionID
	group        = subscription + "/resourceGroups/" + emulator.ResourceGroup
	root         = "/providers/Microsoft.Management/managementGroups/" + emulator.DefaultTenantID
	reader       = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	owner        = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635" // the caller's role
	version      = "2022-04-01"
	conditionA   = "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'orders'))"

	token   = "POST /{id}/oauth2/v2.0/token" // for Resource Manager, once
	put     = "PUT /subscriptions/{id}/resourceGroups/" + emulator.ResourceGroup + "/providers/Microsoft.Authorization/roleAssignments/{id}"
	get     = "GET /subscriptions/{id}/resourceGroups/" + emulator.ResourceGroup + "/providers/Microsoft.Authorization/roleAssignments/{id}"
	remove  = "DELETE /subscriptions/{id}/resourceGroups/" + emulator.ResourceGroup + "/providers/Microsoft.Authorization/roleAssignments/{id}"
	byName  = "GET /subscriptions/{id}/providers/Microsoft.Authorization/roleDefinitions"
	byID    = "GET /subscriptions/{id}/providers/Microsoft.Authorization/roleDefinitions/{id}"
	inGraph = "GET /v1.0/servicePrincipals/{id}"
)

// principal makes a service principal behind Terraform's back, with its application.
func principal(t *testing.T, h *acctest.Harness) (id, clientID, applicationID string) {
	t.Helper()
	app := h.Graph(t, "POST", "/applications", object{"displayName": "Deployer"})
	made := h.Graph(t, "POST", "/servicePrincipals", object{"appId": app["appId"]})
	return made["id"].(string), app["appId"].(string), app["id"].(string)
}

// held is the assignment that the tenant holds, besides the caller's.
func held(t *testing.T, h *acctest.Harness) object {
	t.Helper()
	for _, assignment := range h.Tenant.Objects("roleAssignments") {
		if !strings.HasSuffix(assignment["roleDefinitionId"].(string), owner) {
			return assignment
		}
	}
	return nil
}

func TestAzureRoleAssignment_lifecycle(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h)
	assignment := h.Resource(typeName)
	config := object{"scope": group, "role_name": "Reader", "principal_id": id, "description": "Sees the shop."}
	assignment.Apply(t, config)
	h.ExpectRequests(t, token, byName, inGraph, put)
	assignment.ExpectNoChanges(t, config)
	h.ExpectRequests(t, get)
	if got := assignment.String("role_definition_id"); got != subscription+"/providers/Microsoft.Authorization/roleDefinitions/"+reader {
		t.Errorf("role_definition_id %q", got)
	}
	if got := assignment.String("id"); got != group+"/providers/Microsoft.Authorization/roleAssignments/"+assignment.String("name") {
		t.Errorf("id %q", got)
	}
	if p := held(t, h); p["principalId"] != id || p["principalType"] != "ServicePrincipal" || p["description"] != "Sees the shop." || p["scope"] != group {
		t.Errorf("the tenant holds %v", p)
	}

	h.ResetRequests()
	config["description"], config["condition"] = "Sees more.", conditionA
	assignment.Apply(t, config)
	h.ExpectRequests(t, put)
	if p := held(t, h); p["description"] != "Sees more." || p["condition"] != conditionA || p["conditionVersion"] != "2.0" {
		t.Errorf("the tenant holds %v", p)
	}
	delete(config, "description")
	delete(config, "condition")
	assignment.Apply(t, config)
	if p := held(t, h); p["description"] != nil || p["condition"] != nil || p["conditionVersion"] != nil {
		t.Errorf("the tenant holds %v", p)
	}
	h.ResetRequests()
	assignment.Destroy(t)
	h.ExpectRequests(t, remove)
	if p := held(t, h); p != nil {
		t.Errorf("left behind: %v", p)
	}
	assignment.Apply(t, config) // under the same name again
	assignment.ExpectNoChanges(t, config)
}

func TestAzureRoleAssignment_scopesAndSpellings(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h)
	caller := h.Graph(t, "GET", "/servicePrincipals(appId='"+emulator.CallerClientID+"')", nil)["id"]
	if err := h.Tenant.AddSeed(emulator.Seed{RoleAssignments: []object{{"scope": "/", "roleName": "User Access Administrator", "principalId": caller}}}); err != nil {
		t.Fatal(err)
	}
	account := group + "/providers/Microsoft.Storage/storageAccounts/orders"
	for scope, role := range map[string]object{
		subscription: {"role_name": "reader"},
		group:        {"role_definition_id": reader},
		account:      {"role_definition_id": "/providers/Microsoft.Authorization/roleDefinitions/" + strings.ToUpper(reader)},
		root:         {"role_name": "Reader"},
		"/":          {"role_definition_id": "/providers/Microsoft.Authorization/roleDefinitions/" + reader},
		strings.Replace(account+"2", "resourceGroups", "resourcegroups", 1): {"role_definition_id": subscription + "/providers/Microsoft.Authorization/roleDefinitions/" + reader},
	} {
		assignment := h.Resource(typeName)
		config := object{"scope": scope, "principal_id": strings.ToUpper(id)}
		maps.Copy(config, role)
		assignment.Apply(t, config)
		assignment.ExpectNoChanges(t, config)
		if name := assignment.String("role_name"); !strings.EqualFold(name, "Reader") || !strings.HasSuffix(strings.ToLower(assignment.String("role_definition_id")), reader) {
			t.Errorf("%s: role %q %q", scope, name, assignment.String("role_definition_id"))
		}
		// The same written in another way is no change.
		for _, change := range []object{
			{"scope": strings.ToUpper(scope)},
			{"principal_id": id},
			{"role_name": "READER", "role_definition_id": nil},
			{"role_name": nil, "role_definition_id": strings.ToUpper(reader)},
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

func TestAzureRoleAssignment_import(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h)
	address := group + "/providers/Microsoft.Authorization/roleAssignments/" + uuid.NewString()
	h.Azure(t, http.MethodPut, address, version, object{"properties": object{
		"principalId": id, "principalType": "ServicePrincipal", "condition": conditionA, "conditionVersion": "2.0",
		"roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/" + reader,
	}})
	config := object{"scope": group, "role_name": "Reader", "principal_id": id, "condition": conditionA}
	h.ResetRequests()
	imported := h.Resource(typeName)
	imported.Import(t, address)
	h.ExpectRequests(t, token, get, byID)
	imported.ExpectNoChanges(t, config)
	imported.ExpectNoChanges(t, object{"scope": group, "role_definition_id": reader, "principal_id": id, "condition": conditionA})
	byIdentity := h.Resource(typeName)
	byIdentity.ImportIdentity(t, object{"id": address})
	byIdentity.ExpectNoChanges(t, config)
	if got := fmt.Sprint(byIdentity.Identity()); got != "map[id:"+address+"]" {
		t.Errorf("identity %s", got)
	}
	// One with a name of its own keeps it.
	config["description"] = "changed"
	imported.Apply(t, config)
	if p := held(t, h); p["description"] != "changed" || p["id"] != address {
		t.Errorf("the tenant holds %v", p)
	}
	for _, wrong := range []string{"", id, group, address + "x", address + "/..", "/subscriptions/x" + address, group + "/providers/Microsoft.Authorization/roleAssignments/" + uuid.NewString()} {
		h.Resource(typeName).ImportFails(t, wrong)
	}

	// Another one for the same is refused, with the id by which the one that is there is imported.
	h.Restart(t)
	refused := h.Resource(typeName).ApplyFails(t, object{"scope": group, "role_name": "Reader", "principal_id": id})
	if !strings.Contains(refused.String(), "the import id is "+address) {
		t.Errorf("got %s", refused)
	}
}

func TestAzureRoleAssignment_drift(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h)
	assignment := h.Resource(typeName)
	config := object{"scope": group, "role_definition_id": reader, "principal_id": id}
	assignment.Apply(t, config)
	h.Azure(t, http.MethodPut, assignment.String("id"), version, object{"properties": object{
		"principalId": id, "roleDefinitionId": subscription + "/providers/Microsoft.Authorization/roleDefinitions/" + reader, "description": "somebody else's",
	}})
	assignment.Refresh(t)
	if plan := assignment.Plan(t, config); plan.Action != protocol.Update || fmt.Sprint(plan.Changes) != `[AttributeName("description")]` {
		t.Errorf("got %s of %v", plan.Action, plan.Changes)
	}
	assignment.Apply(t, config)
	assignment.ExpectNoChanges(t, config)

	h.Azure(t, http.MethodDelete, assignment.String("id"), version, nil)
	time.Sleep(acctest.ConsistencyWindow)
	assignment.Refresh(t)
	if assignment.State() != nil {
		t.Errorf("state %v", assignment.State())
	}
	assignment.Apply(t, config)
	assignment.ExpectNoChanges(t, config)
}

func TestAzureRoleAssignment_replace(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h)
	other, _, _ := principal(t, h)
	assignment := h.Resource(typeName)
	config := object{"scope": group, "role_name": "Reader", "principal_id": id}
	assignment.Apply(t, config)
	before := assignment.String("name")
	for _, change := range []object{
		{"scope": subscription},
		{"scope": acctest.Unknown},
		{"role_name": "Contributor"},
		{"principal_id": other},
		{"principal_type": "User"},
		{"role_name": nil, "role_definition_id": "b24988ac-6180-42a0-ab88-20f7382dd24c"},
	} {
		changed := maps.Clone(config)
		maps.Copy(changed, change)
		if plan := assignment.Plan(t, changed); plan.Action != protocol.Replace {
			t.Errorf("%v: got %s", change, plan.Action)
		}
	}
	config["role_name"] = "Contributor"
	assignment.Apply(t, config)
	assignment.ExpectNoChanges(t, config)
	if assignment.String("name") == before {
		t.Error("another role has the same name")
	}
	if n := len(h.Tenant.Objects("roleAssignments")); n != 2 { // the caller's is one
		t.Errorf("there are %d assignments", n)
	}
}

// TestAzureRoleAssignment_again takes what an interrupted run has left.
func TestAzureRoleAssignment_again(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h)
	config := object{"scope": group, "role_name": "Reader", "principal_id": id}
	killed := h.Resource(typeName)
	killed.Apply(t, config)
	if refused := h.Resource(typeName).ApplyFails(t, config); !strings.Contains(refused.String(), "Declare it once") {
		t.Errorf("got %s", refused)
	}
	h.Restart(t)
	if refused := h.Resource(typeName).ApplyFails(t, config); !strings.Contains(refused.String(), "the import id is "+killed.String("id")) {
		t.Errorf("got %s", refused)
	}
	h.AdoptLeftovers(t)
	again := h.Resource(typeName)
	if warnings := again.Apply(t, config).String(); !strings.Contains(warnings, "existed already") {
		t.Errorf("got %s", warnings)
	}
	again.ExpectNoChanges(t, config)
	if again.String("id") != killed.String("id") {
		t.Errorf("got %s, want %s", again.String("id"), killed.String("id"))
	}
}

// TestAzureRoleAssignment_youngPrincipal gives a role to what the same run has made, without asking for it.
func TestAzureRoleAssignment_youngPrincipal(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	app.Apply(t, object{"display_name": "Deployer"})
	made := h.Resource("workloadid_service_principal")
	made.Apply(t, object{"client_id": app.String("client_id")})
	h.ResetRequests()
	for _, role := range []string{"Reader", "Reader", "Contributor"} {
		scope := group + "/providers/Microsoft.Storage/storageAccounts/" + uuid.NewString()
		h.Resource(typeName).Apply(t, object{"scope": scope, "role_name": role, "principal_id": made.String("id")})
	}
	anywhere := strings.Replace(put, "/providers/", "/providers/Microsoft.Storage/storageAccounts/{id}/providers/", 1)
	h.ExpectRequests(t, token, byName, anywhere, anywhere, byName, anywhere) // one lookup for each role
}

func TestAzureRoleAssignment_wrongPrincipal(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, clientID, applicationID := principal(t, h)
	lonely := h.Graph(t, "POST", "/applications", object{"displayName": "No principal"})["id"].(string)
	user := h.Tenant.Objects("users")[0]["id"].(string)
	for name, test := range map[string]struct {
		change object
		want   string
	}{
		"client id":                   {object{"principal_id": clientID}, "is a client id, and principal_id takes the object id of the service principal: " + id},
		"application":                 {object{"principal_id": applicationID}, "is the object id of an application, and principal_id takes the one of its service principal: " + id},
		"application without another": {object{"principal_id": lonely}, "which it does not have yet"},
		"user":                        {object{"principal_id": user, "principal_type": "ServicePrincipal"}, "leave principal_type out"},
		"nobody":                      {object{"principal_id": uuid.NewString()}, "There is no service principal, user or group with the object id"},
		"no user":                     {object{"principal_id": uuid.NewString(), "principal_type": "User"}, "PrincipalNotFound"},
		"client id of a user":         {object{"principal_id": clientID, "principal_type": "User"}, "is a client id"},
	} {
		t.Run(name, func(t *testing.T) {
			config := object{"scope": group, "role_name": "Reader"}
			maps.Copy(config, test.change)
			started := time.Now()
			refused := h.Resource(typeName).ApplyFails(t, config)
			if !strings.Contains(refused.String(), test.want) || !strings.Contains(refused.String(), "principal_id") {
				t.Errorf("got %s", refused)
			}
			if took := time.Since(started); took > 12*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
	if p := held(t, h); p != nil {
		t.Errorf("the tenant holds %v", p)
	}
	h.Resource(typeName).Apply(t, object{"scope": group, "role_name": "Reader", "principal_id": user})
	if p := held(t, h); p == nil || p["principalType"] != "User" {
		t.Errorf("the tenant holds %v", p)
	}
}

// TestAzureRoleAssignment_withoutDirectory assigns a role as somebody who may not read the directory.
func TestAzureRoleAssignment_withoutDirectory(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithPermissions())
	id, _, _ := principal(t, h)
	assignment := h.Resource(typeName)
	config := object{"scope": group, "role_name": "Reader", "principal_id": id}
	assignment.Apply(t, config)
	assignment.ExpectNoChanges(t, config)
}

func TestAzureRoleAssignment_invalid(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h)
	valid := object{"scope": group, "role_name": "Reader", "principal_id": id}
	assignment := h.Resource(typeName)
	assignment.Validate(t, valid)
	for name, test := range map[string]struct {
		change object
		want   string
	}{
		"no scope":          {object{"scope": nil}, "scope"},
		"a name for scope":  {object{"scope": "local"}, "must be a scope in Azure"},
		"slash at the end":  {object{"scope": group + "/"}, "must not have an empty part"},
		"way up":            {object{"scope": group + "/../../x"}, "one of dots alone"},
		"query":             {object{"scope": group + "?x=y"}, "nor any of"},
		"no subscription":   {object{"scope": "/subscriptions/shop"}, "the id of the subscription"},
		"two roles":         {object{"role_definition_id": reader}, "role_name"},
		"no role":           {object{"role_name": nil}, "role_name"},
		"empty role":        {object{"role_name": ""}, "at least 1"},
		"role of a kind":    {object{"role_name": nil, "role_definition_id": "Reader"}, "must be the id of a role"},
		"no principal":      {object{"principal_id": nil}, "principal_id"},
		"name of principal": {object{"principal_id": "deployer"}, "must be a UUID"},
		"kind of principal": {object{"principal_type": "ManagedIdentity"}, "principal_type"},
		"long description":  {object{"description": strings.Repeat("x", 1025)}, "1024"},
	} {
		config := maps.Clone(valid)
		maps.Copy(config, test.change)
		if diagnostics := assignment.ValidateFails(t, config); !strings.Contains(diagnostics.String(), test.want) {
			t.Errorf("%s: got %s", name, diagnostics)
		}
	}

	unknown := maps.Clone(valid)
	unknown["role_name"] = "Storage Blob Data Raeder"
	if diagnostics := assignment.PlanFails(t, unknown); !strings.Contains(diagnostics.String(), `Did you mean "Storage Blob Data Reader"`) || !strings.Contains(diagnostics.String(), "role_name") {
		t.Errorf("got %s", diagnostics)
	}
	unknown["role_name"] = "zzzzzzzzzzzzzzzzzzzzzzzzzzzz"
	if diagnostics := assignment.PlanFails(t, unknown); strings.Contains(diagnostics.String(), "Did you mean") {
		t.Errorf("got %s", diagnostics)
	}
	// A name that is looked up only when the scope is known is an error there too.
	broken := maps.Clone(valid)
	broken["condition"] = "(("
	if diagnostics := assignment.ApplyFails(t, broken); !strings.Contains(diagnostics.String(), "InvalidConditionOrConditionVersion") {
		t.Errorf("got %s", diagnostics)
	}
}

// TestAzureRoleAssignment_notConfigured plans nothing about the role while the provider is not configured.
func TestAzureRoleAssignment_notConfigured(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithProvider(object{"tenant_id": acctest.Unknown}))
	plan := h.Resource(typeName).Plan(t, object{"scope": group, "role_name": "No such role", "principal_id": uuid.NewString()})
	if plan.After["role_definition_id"] != acctest.Unknown {
		t.Errorf("planned %v", plan.After)
	}
	h.ExpectRequestCount(t, 0)
}

// What is missing is what the error is about, and not the principal.
func TestAzureRoleAssignment_missingScope(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	principal := h.Tenant.Objects("servicePrincipals")[0]["id"]
	got := h.Resource("workloadid_azure_role_assignment").ApplyFails(t, map[string]any{
		"scope": "/subscriptions/" + emulator.SubscriptionID + "/resourceGroups/missing", "role_name": "Reader", "principal_id": principal,
	}).String()
	if !strings.Contains(got, "Resource group 'missing' could not be found") || strings.Contains(got, "service principal") {
		t.Error(got)
	}
	for scope, want := range map[string]string{
		"/subscriptions/" + emulator.SubscriptionID + "/resource_groups/local": `scope has "resource_groups" after the subscription, where only resourceGroups/`,
		"subscriptions/" + emulator.SubscriptionID:                             "begins with a slash: /subscriptions/" + emulator.SubscriptionID,
	} {
		refused := strings.Join(strings.Fields(h.Resource("workloadid_azure_role_assignment").ValidateFails(t, map[string]any{"scope": scope, "role_name": "Reader", "principal_id": principal}).String()), " ")
		if !strings.Contains(refused, want) {
			t.Errorf("got\n%s\nwant %q", refused, want)
		}
	}
}
