package customdirectoryrole_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

const (
	typeName   = "workloadid_custom_directory_role"
	collection = "/v1.0/roleManagement/directory/roleDefinitions"

	update = "microsoft.directory/applications/credentials/update"
	read   = "microsoft.directory/applications/standard/read"

	globalReader = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
)

func list(values ...any) []any { return append([]any{}, values...) }

// held are the custom roles that the tenant holds.
func held(h *acctest.Harness) []object {
	var custom []object
	for _, role := range h.Tenant.Objects("roleManagement/directory/roleDefinitions") {
		if role["isBuiltIn"] == false {
			custom = append(custom, role)
		}
	}
	return custom
}

func actionsOf(role object) string {
	return fmt.Sprint(role["rolePermissions"].([]any)[0].(object)["allowedResourceActions"])
}

func TestCustomDirectoryRole_lifecycle(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	role := h.Resource(typeName)
	config := object{"display_name": "Credential keeper", "description": "Changes credentials.", "permissions": list(update), "version": "1"}
	role.Apply(t, config)
	h.ExpectRequests(t, "POST "+collection)
	role.ExpectNoChanges(t, config)
	h.ExpectRequests(t, "GET "+collection+"/{id}")
	all := held(h)
	if len(all) != 1 || all[0]["displayName"] != "Credential keeper" || all[0]["description"] != "Changes credentials." || all[0]["isEnabled"] != true || all[0]["version"] != "1" || actionsOf(all[0]) != "["+update+"]" {
		t.Fatalf("the tenant holds %v", all)
	}
	if role.String("id") != all[0]["id"] || role.String("template_id") != all[0]["templateId"] || role.State()["enabled"] != true {
		t.Errorf("state %v", role.State())
	}

	h.ResetRequests()
	config = object{"display_name": "Keeper", "permissions": list(read, update), "enabled": false}
	role.Apply(t, config)
	h.ExpectRequests(t, "PATCH "+collection+"/{id}")
	if all := held(h); all[0]["displayName"] != "Keeper" || all[0]["description"] != nil || all[0]["version"] != nil || all[0]["isEnabled"] != false || !strings.Contains(actionsOf(all[0]), read) {
		t.Errorf("the tenant holds %v", all)
	}
	role.ExpectNoChanges(t, config)
	h.ResetRequests()
	role.Destroy(t)
	h.ExpectRequests(t, "DELETE "+collection+"/{id}")
	if all := held(h); len(all) != 0 {
		t.Errorf("left behind: %v", all)
	}
}

func TestCustomDirectoryRole_import(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	made := h.Graph(t, "POST", "/roleManagement/directory/roleDefinitions", object{
		"displayName": "Support", "isEnabled": true,
		"rolePermissions": list(object{"allowedResourceActions": list(read)}, object{"allowedResourceActions": list(update)}),
	})["id"].(string)
	config := object{"display_name": "Support", "permissions": list(update, read)}
	imported := h.Resource(typeName)
	imported.Import(t, made)
	imported.ExpectNoChanges(t, config)
	byIdentity := h.Resource(typeName)
	byIdentity.ImportIdentity(t, object{"id": made})
	byIdentity.ExpectNoChanges(t, config)
	if got := fmt.Sprint(byIdentity.Identity()); got != "map[id:"+made+"]" {
		t.Errorf("identity %s", got)
	}
	for _, wrong := range []string{"", "Support", uuid.NewString()} {
		h.Resource(typeName).ImportFails(t, wrong)
	}
	if refused := h.Resource(typeName).ImportFails(t, globalReader); !strings.Contains(refused.String(), "is a built-in one") {
		t.Errorf("got %s", refused)
	}

	// Another one of that name is refused, with the id by which the one that is there is imported.
	h.Restart(t)
	refused := h.Resource(typeName).ApplyFails(t, config)
	if !strings.Contains(refused.String(), "the import id is "+made) {
		t.Errorf("got %s", refused)
	}
}

func TestCustomDirectoryRole_drift(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	role := h.Resource(typeName)
	config := object{"display_name": "Support", "permissions": list(read)}
	role.Apply(t, config)
	at := "/roleManagement/directory/roleDefinitions/" + role.String("id")
	h.Graph(t, "PATCH", at, object{"description": "somebody else's", "rolePermissions": list(object{"allowedResourceActions": list(read, update)})})
	role.Refresh(t)
	if plan := role.Plan(t, config); plan.Action != protocol.Update || fmt.Sprint(plan.Changes) != `[AttributeName("description") AttributeName("permissions")]` {
		t.Errorf("got %s of %v", plan.Action, plan.Changes)
	}
	role.Apply(t, config)
	role.ExpectNoChanges(t, config)
	if all := held(h); actionsOf(all[0]) != "["+read+"]" {
		t.Errorf("the tenant holds %v", all)
	}
	h.Graph(t, "DELETE", at, nil)
	time.Sleep(acctest.ConsistencyWindow)
	role.Refresh(t)
	if role.State() != nil {
		t.Errorf("state %v", role.State())
	}
	role.Apply(t, config)
	role.ExpectNoChanges(t, config)
}

func TestCustomDirectoryRole_replace(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	role := h.Resource(typeName)
	template := "AAAAAAAA-0000-4000-8000-000000000001"
	config := object{"display_name": "Support", "permissions": list(read), "template_id": template}
	role.Apply(t, config)
	role.ExpectNoChanges(t, config)
	if all := held(h); all[0]["templateId"] != strings.ToLower(template) {
		t.Errorf("the tenant holds %v", all)
	}
	before := role.String("id")
	without := maps.Clone(config)
	delete(without, "template_id")
	role.ExpectNoChanges(t, without)
	config["template_id"] = uuid.NewString()
	if plan := role.Plan(t, config); plan.Action != protocol.Replace {
		t.Errorf("got %s", plan.Action)
	}
	role.Apply(t, config)
	role.ExpectNoChanges(t, config)
	if role.String("id") == before || len(held(h)) != 1 {
		t.Errorf("the tenant holds %v", held(h))
	}
}

// TestCustomDirectoryRole_assigned is refused where somebody has the role, and says who.
func TestCustomDirectoryRole_assigned(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	role := h.Resource(typeName)
	config := object{"display_name": "Support", "permissions": list(read)}
	role.Apply(t, config)
	user := h.Tenant.Objects("users")[0]["id"].(string)
	assignment := h.Graph(t, "POST", "/roleManagement/directory/roleAssignments", object{"principalId": user, "roleDefinitionId": role.String("id"), "directoryScopeId": "/"})["id"].(string)
	refused := role.DestroyFails(t)
	if !strings.Contains(refused.String(), "The role is still assigned") || !strings.Contains(refused.String(), assignment+" (of the principal "+user+")") {
		t.Errorf("got %s", refused)
	}
	role.ExpectNoChanges(t, config) // it is still managed
	h.Graph(t, "DELETE", "/roleManagement/directory/roleAssignments/"+assignment, nil)
	role.Destroy(t)
}

// TestCustomDirectoryRole_byName lets an assignment of the same configuration name the role before it is made.
func TestCustomDirectoryRole_byName(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	user := h.Tenant.Objects("users")[0]["id"].(string)
	role := h.Resource(typeName)
	config := object{"display_name": "Support", "permissions": list(read)}
	role.Plan(t, config)
	named := object{"role_name": "support", "principal_id": user}
	assignment := h.Resource("workloadid_directory_role_assignment")
	if plan := assignment.Plan(t, named); plan.After["role_definition_id"] != acctest.Unknown {
		t.Errorf("planned %v", plan.After)
	}
	role.Apply(t, config)
	assignment.Apply(t, named)
	assignment.ExpectNoChanges(t, named)
	if assignment.String("role_definition_id") != role.String("id") {
		t.Errorf("state %v", assignment.State())
	}
}

func TestCustomDirectoryRole_invalid(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	valid := object{"display_name": "Support", "permissions": list(read)}
	role := h.Resource(typeName)
	role.Validate(t, valid)
	for name, test := range map[string]struct {
		change object
		want   string
	}{
		"no name":              {object{"display_name": nil}, "display_name"},
		"empty name":           {object{"display_name": ""}, "at least 1"},
		"no permissions":       {object{"permissions": nil}, "permissions"},
		"empty permissions":    {object{"permissions": list()}, "at least 1"},
		"permission of an API": {object{"permissions": list("Application.Read.All")}, "must be an action of the form microsoft.directory/"},
		"another namespace":    {object{"permissions": list("microsoft.office365.exchange/allEntities/basic/allTasks")}, "must be an action of the form microsoft.directory/"},
		"too short":            {object{"permissions": list("microsoft.directory/applications")}, "must be an action of the form microsoft.directory/"},
		"template of a kind":   {object{"template_id": "support"}, "must be a UUID"},
	} {
		config := maps.Clone(valid)
		maps.Copy(config, test.change)
		if diagnostics := role.ValidateFails(t, config); !strings.Contains(diagnostics.String(), test.want) {
			t.Errorf("%s: got %s", name, diagnostics)
		}
	}
	for _, action := range []string{"microsoft.directory/groups.security/create", "microsoft.directory/servicePrincipals/managePermissionGrantsForAll.microsoft-company-admin"} {
		role.Validate(t, object{"display_name": "Support", "permissions": list(action)})
	}
}
