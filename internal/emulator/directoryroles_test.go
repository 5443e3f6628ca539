package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/seed"
)

const (
	definitions = "/v1.0/roleManagement/directory/roleDefinitions"
	assignments = "/v1.0/roleManagement/directory/roleAssignments"
	units       = "/v1.0/directory/administrativeUnits"

	applicationAdministrator = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
	exchangeAdministrator    = "29232cdf-9323-42fd-ade2-1d097af3e4de"
	userAdministrator        = "fe930be7-5e62-47db-91af-98c3a49a38b1"
	readersRole              = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"

	conflicting = "A conflicting object with one or more of the specified property values is present in the directory."
)

// startRoles is start for who manages roles and administrative units.
func startRoles(t *testing.T) *client {
	return start(t).as("Application.ReadWrite.All", "RoleManagement.ReadWrite.Directory", "AdministrativeUnit.ReadWrite.All", "Directory.Read.All")
}

func (c *client) customRole(name string, actions ...string) map[string]any {
	c.t.Helper()
	content, _ := json.Marshal(actions)
	return c.post(definitions, fmt.Sprintf(`{"displayName":%q,"isEnabled":true,"rolePermissions":[{"allowedResourceActions":%s}]}`, name, content)).want(201).body
}

func (c *client) assign(role, principal, scope string) answer {
	c.t.Helper()
	return c.post(assignments, fmt.Sprintf(`{"@odata.type":"#microsoft.graph.unifiedRoleAssignment","roleDefinitionId":%q,"principalId":%q,"directoryScopeId":%q}`, role, principal, scope))
}

func TestRoleDefinition_builtIn(t *testing.T) {
	t.Parallel()
	c := startRoles(t)
	all := c.get(definitions).want(200)
	if names := all.values("displayName"); len(names) < 25 || !slices.Contains(names, any("Conditional Access Administrator")) {
		t.Errorf("%d built-in roles: %v", len(names), names)
	}
	role := c.get(definitions + "/" + applicationAdministrator).want(200)
	if role.at("displayName") != "Application Administrator" || role.at("isBuiltIn") != true || role.at("isEnabled") != true || role.at("templateId") != applicationAdministrator {
		t.Errorf("%s", role.raw)
	}
	if actions := role.at("rolePermissions", 0, "allowedResourceActions").([]any); !slices.Contains(actions, any("microsoft.directory/applications/credentials/update")) {
		t.Errorf("actions: %v", actions)
	}
	found := c.get(definitions + "?$filter=displayName eq 'Directory Readers'").want(200)
	same(t, "found by name", found.values("id"), `["`+readersRole+`"]`)
	found = c.get(definitions + "?$filter=id in ('" + readersRole + "','" + userAdministrator + "')&$select=id").want(200)
	same(t, "found by ids", found.values("id"), `["`+readersRole+`","`+userAdministrator+`"]`)
	same(t, "inherited", c.get(definitions+"/"+applicationAdministrator+"?$expand=inheritsPermissionsFrom($select=id)").at("inheritsPermissionsFrom"), `[{"id":"`+readersRole+`"}]`)
	c.patch(definitions+"/"+applicationAdministrator, `{"description":"mine"}`).fails(400, "Request_BadRequest", "Built-in role definitions cannot be updated or deleted.")
	c.delete(definitions+"/"+applicationAdministrator).fails(400, "Request_BadRequest", "Built-in role definitions cannot be updated or deleted.")
	if privileged := c.get("/beta/roleManagement/directory/roleDefinitions/" + applicationAdministrator).at("isPrivileged"); privileged != true {
		t.Errorf("beta: isPrivileged is %v", privileged)
	}
	c.get("/v1.0/directoryObjects/"+applicationAdministrator).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, applicationAdministrator))
}

func TestRoleDefinition_lifecycle(t *testing.T) {
	t.Parallel()
	c := startRoles(t)
	made := c.customRole("Support", "microsoft.directory/applications/basic/update")
	id := made["id"].(string)
	if made["templateId"] != id || made["isBuiltIn"] != false || made["version"] != nil {
		t.Errorf("made %v", made)
	}
	same(t, "scopes", made["resourceScopes"], `["/"]`)
	same(t, "permissions", made["rolePermissions"], `[{"allowedResourceActions":["microsoft.directory/applications/basic/update"],"condition":null,"excludedResourceActions":[]}]`)
	same(t, "custom ones", c.get(definitions+"?$filter=isBuiltIn eq false").want(200).values("displayName"), `["Support"]`)
	c.patch(definitions+"/"+id, `{"displayName":"Helpers","description":"d","isEnabled":false,"version":"2"}`).want(204)
	changed := c.get(definitions + "/" + id).want(200)
	if changed.at("displayName") != "Helpers" || changed.at("isEnabled") != false || changed.at("version") != "2" || len(changed.at("rolePermissions").([]any)) != 1 {
		t.Errorf("%s", changed.raw)
	}
	c.delete(definitions + "/" + id).want(204)
	c.get(definitions+"/"+id).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, id))
	c.delete(definitions+"/"+id).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, id))

	own := c.post(definitions, `{"displayName":"x","isEnabled":true,"templateId":"AAAAAAAA-0000-4000-8000-000000000001","rolePermissions":[{"allowedResourceActions":["microsoft.directory/applications/create"]}]}`).want(201)
	if own.at("templateId") != "aaaaaaaa-0000-4000-8000-000000000001" || own.at("id") == own.at("templateId") {
		t.Errorf("%s", own.raw)
	}
}

func TestRoleDefinition_invalid(t *testing.T) {
	t.Parallel()
	c := startRoles(t)
	taken := c.customRole("Taken", "microsoft.directory/applications/create")
	permission := `"rolePermissions":[{"allowedResourceActions":["microsoft.directory/applications/create"]}]`
	for body, message := range map[string]string{
		`{"isEnabled":true,` + permission + `}`:                                                                                                           "A value is required for property 'displayName' of resource 'RoleDefinition'.",
		`{"displayName":"r",` + permission + `}`:                                                                                                          "A value is required for property 'isEnabled' of resource 'RoleDefinition'.",
		`{"displayName":"r","isEnabled":true}`:                                                                                                            "A value is required for property 'rolePermissions' of resource 'RoleDefinition'.",
		`{"displayName":"r","isEnabled":true,"rolePermissions":[]}`:                                                                                       "A value is required for property 'rolePermissions' of resource 'RoleDefinition'.",
		`{"displayName":"r","isEnabled":true,"rolePermissions":[{}]}`:                                                                                     "A value is required for property 'allowedResourceActions' of resource 'RolePermission'.",
		`{"displayName":"r","isEnabled":true,"isBuiltIn":true,` + permission + `}`:                                                                        "Property 'isBuiltIn' is read-only and cannot be set.",
		`{"displayName":"r","isEnabled":true,"resourceScopes":["/x"],` + permission + `}`:                                                                 "Invalid value specified for property 'resourceScopes' of resource 'RoleDefinition'.",
		`{"displayName":"r","isEnabled":true,"templateId":"t",` + permission + `}`:                                                                        "Invalid value specified for property 'templateId' of resource 'RoleDefinition'.",
		`{"displayName":"taken","isEnabled":true,` + permission + `}`:                                                                                     conflicting,
		`{"displayName":"Directory Readers","isEnabled":true,` + permission + `}`:                                                                         conflicting,
		`{"displayName":"r","isEnabled":true,"templateId":"` + readersRole + `",` + permission + `}`:                                                      conflicting,
		`{"displayName":"r","isEnabled":true,"rolePermissions":[{"allowedResourceActions":["microsoft.office365.exchange/allEntities/basic/allTasks"]}]}`: "Action 'microsoft.office365.exchange/allEntities/basic/allTasks' is not supported for Custom Role creation.",
		`{"displayName":"r","isEnabled":true,"rolePermissions":[{"allowedResourceActions":["microsoft.directory/applications/create"],"condition":"c"}]}`: "Conditions and excluded actions are not supported for custom roles.",
	} {
		c.post(definitions, body).fails(400, "Request_BadRequest", message)
	}
	id := taken["id"].(string)
	c.patch(definitions+"/"+id, `{"displayName":null}`).fails(400, "Request_BadRequest", "A value is required for property 'displayName' of resource 'RoleDefinition'.")
	c.patch(definitions+"/"+id, `{"rolePermissions":[]}`).fails(400, "Request_BadRequest", "A value is required for property 'rolePermissions' of resource 'RoleDefinition'.")
	_, principal := c.principal(`{"displayName":"holder"}`)
	c.assign(id, principal["id"].(string), "/").want(201)
	c.delete(definitions+"/"+id).fails(400, "Request_BadRequest", "The role definition '"+id+"' cannot be deleted because there are role assignments that refer to it.")
	for i := range 99 {
		c.customRole(fmt.Sprint("role ", i), "microsoft.directory/applications/create")
	}
	c.post(definitions, `{"displayName":"r","isEnabled":true,`+permission+`}`).want(403)
}

func TestRoleAssignment_lifecycle(t *testing.T) {
	t.Parallel()
	c := startRoles(t)
	application, principal := c.principal(`{"displayName":"holder"}`)
	holder := principal["id"].(string)
	made := c.assign(applicationAdministrator, holder, "/").want(201)
	id := made.at("id").(string)
	if !strings.HasPrefix(id, "kl2Jm9Msx0SdAqasLV6lw") || !strings.HasSuffix(id, "-1") || len(id) != 45 {
		t.Errorf("the id is %s", id)
	}
	if made.at("directoryScopeId") != "/" || made.at("roleDefinitionId") != applicationAdministrator || made.at("principalId") != holder {
		t.Errorf("%s", made.raw)
	}
	c.assign(applicationAdministrator, holder, "/").fails(400, "Request_BadRequest", conflicting)
	scoped := c.assign(applicationAdministrator, holder, "/"+application["id"].(string)).want(201)
	if other := scoped.at("id").(string); len(other) != 66 || !strings.HasPrefix(other, strings.TrimSuffix(id, "-1")[:42]) {
		t.Errorf("the id for a scope is %s", other)
	}
	by := func(filter string, want ...any) {
		t.Helper()
		got := c.get(assignments + "?$filter=" + filter).want(200).values("id")
		slices.SortFunc(got, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		slices.SortFunc(want, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", filter, got, want)
		}
	}
	by("principalId eq '"+holder+"'", id, scoped.at("id"))
	by("roleDefinitionId eq '"+applicationAdministrator+"' and directoryScopeId eq '/'", id)
	by("principalId eq '" + holder + "' and roleDefinitionId eq '" + readersRole + "'")
	by("directoryScopeId eq '/"+application["id"].(string)+"'", scoped.at("id"))

	expanded := c.get(assignments + "/" + id + "?$expand=roleDefinition($select=displayName)").want(200)
	same(t, "the role", expanded.at("roleDefinition"), `{"displayName":"Application Administrator"}`)
	expanded = c.get(assignments + "?$filter=principalId eq '" + holder + "' and directoryScopeId eq '/'&$expand=principal").want(200)
	if expanded.at("value", 0, "principal", "@odata.type") != "#microsoft.graph.servicePrincipal" || expanded.at("value", 0, "principal", "displayName") != "holder" {
		t.Errorf("%s", expanded.raw)
	}
	if scope := c.get(assignments+"/"+scoped.at("id").(string)+"?$expand=directoryScope").at("directoryScope", "id"); scope != application["id"] {
		t.Errorf("the scope is %v", scope)
	}
	if role := c.get(assignments + "/" + id + "/roleDefinition").want(200).at("id"); role != applicationAdministrator {
		t.Errorf("the role is %v", role)
	}
	c.patch(assignments+"/"+id, `{"directoryScopeId":"/"}`).want(405)
	c.delete(assignments + "/" + id).want(204)
	c.get(assignments+"/"+id).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, id))
	c.delete(assignments+"/"+id).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, id))
	c.assign(applicationAdministrator, holder, "/").want(201)

	c.delete("/v1.0/servicePrincipals/" + holder).want(204)
	by("principalId eq '" + holder + "'")
}

func TestRoleAssignment_invalid(t *testing.T) {
	t.Parallel()
	c := startRoles(t)
	application, principal := c.principal(`{"displayName":"holder"}`)
	holder := principal["id"].(string)
	const nobody = "99999999-0000-4000-8000-000000000009"
	for body, message := range map[string]string{
		`{"principalId":"` + holder + `","directoryScopeId":"/"}`:                                                        "A value is required for property 'roleDefinitionId' of resource 'RoleAssignment'.",
		`{"roleDefinitionId":"` + readersRole + `","directoryScopeId":"/"}`:                                              "A value is required for property 'principalId' of resource 'RoleAssignment'.",
		`{"roleDefinitionId":"` + readersRole + `","principalId":"` + holder + `"}`:                                      "A value is required for property 'directoryScopeId' of resource 'RoleAssignment'.",
		`{"roleDefinitionId":"` + readersRole + `","principalId":"` + holder + `","appScopeId":"/"}`:                     "The property 'appScopeId' is not supported for role assignments of the directory provider: use 'directoryScopeId'.",
		`{"roleDefinitionId":"` + readersRole + `","principalId":"` + holder + `","directoryScopeId":"x"}`:               "Invalid value specified for property 'directoryScopeId' of resource 'RoleAssignment'.",
		`{"roleDefinitionId":"` + readersRole + `","principalId":"` + holder + `","directoryScopeId":"/","id":"x"}`:      "Property 'id' is read-only and cannot be set.",
		`{"roleDefinitionId":"` + readersRole + `","principalId":"` + holder + `","directoryScopeId":"/","nothing":"x"}`: "Invalid property 'nothing'.",
	} {
		c.post(assignments, body).fails(400, "Request_BadRequest", message)
	}
	c.assign(nobody, holder, "/").fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, nobody))
	c.assign(readersRole, nobody, "/").fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, nobody))
	c.assign(applicationAdministrator, holder, "/"+nobody).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, nobody))
	c.assign(readersRole, holder, "/"+application["id"].(string)).fails(400, "Request_BadRequest", "The given built-in role is not supported to be assigned to a single resource scope.")
	c.assign(readersRole, application["id"].(string), "/").want(400)
	c.assign(readersRole, seed.ObjectID("platform-team"), "/").fails(400, "Request_BadRequest", "Groups without IsAssignableToRole property set cannot be assigned to roles.")
	c.assign(readersRole, seed.ObjectID("workload-owners"), "/").want(201)
	disabled := c.post(definitions, `{"displayName":"off","isEnabled":false,"rolePermissions":[{"allowedResourceActions":["microsoft.directory/applications/create"]}]}`).want(201).at("id").(string)
	c.assign(disabled, holder, "/").want(400)
	custom := c.post(definitions, `{"displayName":"on","isEnabled":true,"templateId":"aaaaaaaa-0000-4000-8000-00000000000a","rolePermissions":[{"allowedResourceActions":["microsoft.directory/applications/create"]}]}`).want(201).at("id")
	if made := c.assign("aaaaaaaa-0000-4000-8000-00000000000a", holder, "/"+application["id"].(string)).want(201); made.at("roleDefinitionId") != custom {
		t.Errorf("by template: %s", made.raw)
	}
	found := c.get(assignments + "?$filter=roleDefinitionId eq 'aaaaaaaa-0000-4000-8000-00000000000A'").want(200)
	same(t, "found by template", found.values("roleDefinitionId"), fmt.Sprintf(`[%q]`, custom))
	c.get(assignments + "?$expand=principal,roleDefinition").want(400)
}

func TestRoleAssignment_permissions(t *testing.T) {
	t.Parallel()
	c := startRoles(t)
	_, principal := c.principal(`{"displayName":"holder"}`)
	const refused = "Insufficient privileges to complete the operation."
	for _, reader := range []string{"RoleManagement.Read.Directory", "RoleManagement.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"} {
		c.as(reader).get(definitions).want(200)
		c.as(reader).get(assignments).want(200)
		c.as(reader).get("/v1.0/directoryRoles").want(200)
		c.as(reader).assign(readersRole, principal["id"].(string), "/").fails(403, "Authorization_RequestDenied", refused)
	}
	c.as("Application.ReadWrite.All").get(definitions).fails(403, "Authorization_RequestDenied", refused)
	c.as("RoleManagement.ReadWrite.Directory").get(units).fails(403, "Authorization_RequestDenied", refused)
	c.as("AdministrativeUnit.Read.All").get(units).want(200)
	c.as("AdministrativeUnit.Read.All").post(units, `{"displayName":"u"}`).fails(403, "Authorization_RequestDenied", refused)
	c.as("RoleManagement.ReadWrite.Directory").assign(readersRole, principal["id"].(string), "/").want(201)
}

func TestDirectoryRole(t *testing.T) {
	t.Parallel()
	c := startRoles(t)
	_, principal := c.principal(`{"displayName":"holder"}`)
	holder := principal["id"].(string)
	same(t, "active from the beginning", c.get("/v1.0/directoryRoles").want(200).values("displayName"), `["Global Administrator"]`)
	templates := c.get("/v1.0/directoryRoleTemplates").want(200)
	if n := len(templates.values("id")); n < 25 {
		t.Errorf("%d templates", n)
	}
	if name := c.get("/v1.0/directoryRoleTemplates/" + readersRole).want(200).at("displayName"); name != "Directory Readers" {
		t.Errorf("the template is %v", name)
	}
	c.get("/v1.0/directoryRoles(roleTemplateId='" + readersRole + "')").want(404)
	role := c.post("/v1.0/directoryRoles", `{"roleTemplateId":"`+readersRole+`"}`).want(201)
	if role.at("roleTemplateId") != readersRole || role.at("id") == readersRole || role.at("displayName") != "Directory Readers" {
		t.Errorf("%s", role.raw)
	}
	id := role.at("id").(string)
	c.post("/v1.0/directoryRoles", `{"roleTemplateId":"`+readersRole+`"}`).fails(400, "Request_BadRequest", conflicting)
	c.post("/v1.0/directoryRoles", `{"roleTemplateId":"`+holder+`"}`).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, holder))
	same(t, "by template", c.get("/v1.0/directoryRoles?$filter=roleTemplateId eq '"+readersRole+"'").want(200).values("id"), `["`+id+`"]`)

	reference := `{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/` + holder + `"}`
	c.post("/v1.0/directoryRoles/"+id+"/members/$ref", reference).want(204)
	c.post("/v1.0/directoryRoles/roleTemplateId="+readersRole+"/members/$ref", reference).fails(400, "Request_BadRequest", "One or more added object references already exist for the following modified properties: 'members'.")
	same(t, "assignments", c.get(assignments+"?$filter=principalId eq '"+holder+"'").want(200).values("roleDefinitionId"), `["`+readersRole+`"]`)
	same(t, "members", c.get("/v1.0/directoryRoles(roleTemplateId='"+readersRole+"')/members").want(200).values("id"), `["`+holder+`"]`)
	same(t, "expanded", c.get("/v1.0/directoryRoles/"+id+"?$expand=members").want(200).at("members", 0, "displayName"), `"holder"`)
	same(t, "memberOf", c.get("/v1.0/servicePrincipals/"+holder+"/memberOf").want(200).values("@odata.type"), `["#microsoft.graph.directoryRole"]`)
	same(t, "transitiveMemberOf", c.get("/v1.0/servicePrincipals/"+holder+"/transitiveMemberOf").want(200).values("id"), `["`+id+`"]`)
	if n := string(c.get("/v1.0/servicePrincipals/"+holder+"/memberOf/$count", "ConsistencyLevel", "eventual").want(200).raw); n != "1" {
		t.Errorf("a member of %s", n)
	}
	c.delete("/v1.0/directoryRoles/" + id + "/members/" + holder + "/$ref").want(204)
	c.delete("/v1.0/directoryRoles/"+id+"/members/"+holder+"/$ref").fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, holder))
	same(t, "assignments afterwards", c.get(assignments).want(200).values("id"), `[]`)

	c.assign(applicationAdministrator, holder, "/").want(201)
	same(t, "activated by an assignment", c.get("/v1.0/directoryRoles(roleTemplateId='"+applicationAdministrator+"')/members?$select=id").want(200).values("id"), `["`+holder+`"]`)
}

func TestAdministrativeUnit(t *testing.T) {
	t.Parallel()
	c := startRoles(t)
	_, principal := c.principal(`{"displayName":"holder"}`)
	holder := principal["id"].(string)
	unit := c.post(units, `{"displayName":"West","description":"d"}`).want(201)
	id := unit.at("id").(string)
	same(t, "listed", c.get(units+"?$filter=displayName eq 'West'").want(200).values("id"), `["`+id+`"]`)
	c.patch(units+"/"+id, `{"displayName":"East","visibility":"HiddenMembership"}`).want(204)
	if changed := c.get(units + "/" + id).want(200); changed.at("displayName") != "East" || changed.at("visibility") != "HiddenMembership" || changed.at("description") != "d" {
		t.Errorf("%s", changed.raw)
	}
	c.post(units, `{"description":"d"}`).fails(400, "Request_BadRequest", "A value is required for property 'displayName' of resource 'AdministrativeUnit'.")
	c.post(units, `{"displayName":"u","visibility":"Private"}`).fails(400, "Request_BadRequest", "Invalid value specified for property 'visibility' of resource 'AdministrativeUnit'.")

	ada := seed.ObjectID("ada@entralocal.onmicrosoft.com")
	member := func(id string) string {
		return `{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/` + id + `"}`
	}
	c.post(units+"/"+id+"/members/$ref", member(ada)).want(204)
	c.post(units+"/"+id+"/members/$ref", member(ada)).fails(400, "Request_BadRequest", conflicting)
	c.post(units+"/"+id+"/members/$ref", member(holder)).want(400)
	same(t, "members", c.get(units+"/"+id+"/members").want(200).values("id"), `["`+ada+`"]`)

	scope := "/administrativeUnits/" + id
	made := c.assign(userAdministrator, holder, scope).want(201)
	if made.at("directoryScopeId") != scope {
		t.Errorf("%s", made.raw)
	}
	c.assign(exchangeAdministrator, holder, scope).fails(400, "Request_BadRequest", "The given built-in role is not supported to be assigned to a single resource scope.")
	c.assign(userAdministrator, holder, "/administrativeUnits/"+ada).want(404)
	same(t, "not in the whole tenant", c.get("/v1.0/servicePrincipals/"+holder+"/memberOf").want(200).values("id"), `[]`)
	c.delete(units + "/" + id + "/members/" + ada + "/$ref").want(204)
	c.delete(units + "/" + id + "/members/" + ada + "/$ref").want(404)
	c.delete(units + "/" + id).want(204)
	c.get(units + "/" + id).want(404)
	same(t, "roles for the unit", c.get(assignments).want(200).values("id"), `[]`)
}

// What a token says of directory roles, and what they let its bearer do.
func TestDirectoryRole_ofCaller(t *testing.T) {
	t.Parallel()
	c := startRoles(t)
	const refused = "Insufficient privileges to complete the operation."
	application, principal := c.principal(`{"displayName":"holder"}`)
	target := c.application(`{"displayName":"target"}`)["id"].(string)
	holder, path := principal["id"].(string), "/v1.0/applications/"+target
	secret := c.post("/v1.0/applications/"+application["id"].(string)+"/addPassword", `{}`).want(200).at("secretText").(string)
	signIn := func() (*client, []any) {
		t.Helper()
		other := *c
		form := url.Values{
			"grant_type": {"client_credentials"}, "client_id": {application["appId"].(string)}, "client_secret": {secret},
			"scope": {"https://graph.microsoft.com/.default"},
		}
		token := c.post("/"+c.tenant.TenantID()+"/oauth2/v2.0/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded").want(200)
		other.token = token.at("access_token").(string)
		return &other, claimsOf(t, other.token)["wids"].([]any)
	}
	nobody, roles := signIn()
	if len(roles) != 1 {
		t.Errorf("without a role wids is %v", roles)
	}
	nobody.get("/v1.0/users").fails(403, "Authorization_RequestDenied", refused)

	c.assign(readersRole, holder, "/").want(201)
	reader, roles := signIn()
	if !slices.Contains(roles, any(readersRole)) {
		t.Errorf("wids is %v", roles)
	}
	reader.get("/v1.0/users").want(200)
	reader.get(path).want(200)
	reader.patch(path, `{"notes":"n"}`).fails(403, "Authorization_RequestDenied", refused)

	c.assign(applicationAdministrator, holder, "/"+target).want(201)
	scoped, roles := signIn()
	if slices.Contains(roles, any(applicationAdministrator)) {
		t.Errorf("a role for one application is among wids %v", roles)
	}
	scoped.patch(path, `{"notes":"n"}`).want(204)
	scoped.post(path+"/addPassword", `{}`).want(200)
	scoped.patch("/v1.0/applications/"+application["id"].(string), `{"notes":"n"}`).fails(403, "Authorization_RequestDenied", refused)
	scoped.post("/v1.0/applications", `{"displayName":"x"}`).fails(403, "Authorization_RequestDenied", refused)

	custom := c.customRole("credentials", "microsoft.directory/applications/credentials/update")["id"].(string)
	c.assign(custom, holder, "/").want(201)
	able, _ := signIn()
	able.post("/v1.0/applications/"+application["id"].(string)+"/addPassword", `{}`).want(200)
	able.delete("/v1.0/applications/"+application["id"].(string)).fails(403, "Authorization_RequestDenied", refused)
}

// A user needs a role besides the permission, but not for what is the user's own.
func TestDirectoryRole_ofUser(t *testing.T) {
	t.Parallel()
	c := startRoles(t)
	const refused = "Insufficient privileges to complete the operation."
	ada := seed.ObjectID("ada@entralocal.onmicrosoft.com")
	as := func(roles ...string) *client {
		other := *c
		other.token = c.tenant.UserTokenAs(ada, roles, "Application.ReadWrite.All", "RoleManagement.ReadWrite.Directory", "Directory.Read.All")
		return &other
	}
	others := "/v1.0/applications/" + c.application(`{"displayName":"another's"}`)["id"].(string)
	member := as()
	member.get(others).want(200)
	member.patch(others, `{"notes":"n"}`).fails(403, "Authorization_RequestDenied", refused)
	own := member.application(`{"displayName":"own"}`)["id"].(string)
	same(t, "owners", c.get("/v1.0/applications/"+own+"/owners").values("id"), `["`+ada+`"]`)
	member.patch("/v1.0/applications/"+own, `{"notes":"n"}`).want(204)
	member.assign(readersRole, ada, "/").fails(403, "Authorization_RequestDenied", refused)
	as(applicationAdministrator).patch(others, `{"notes":"n"}`).want(204)
	as(applicationAdministrator).assign(readersRole, ada, "/").fails(403, "Authorization_RequestDenied", refused)
	as("e8611ab8-c189-46e8-94e1-60213ab1f814").assign(readersRole, ada, "/").want(201)
	as("62e90394-69f5-4237-9190-012177145e10").delete(others).want(204)

	administrator := c.assign("62e90394-69f5-4237-9190-012177145e10", ada, "/").want(201).at("id").(string)
	as("62e90394-69f5-4237-9190-012177145e10").delete(assignments+"/"+administrator).fails(400, "Request_BadRequest", "Removing self from Global Administrator built-in role is not allowed")
	other := *c
	other.token = c.tenant.UserTokenAs(ada, []string{"62e90394-69f5-4237-9190-012177145e10"}, "Application.Read.All")
	other.post("/v1.0/applications", `{"displayName":"x"}`).fails(403, "Authorization_RequestDenied", refused)
}
