package graph

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

var definitionType = entitytype.RoleDefinition

// Permissions for directory roles, after the pages of their operations below learn.microsoft.com/graph/api. Role
// definitions, and the activation of roles, take Directory.ReadWrite.All too; role assignments do not.
const roleManagementReadWrite = "RoleManagement.ReadWrite.Directory"

var (
	readRoles            = permissions{anyOf: []string{"RoleManagement.Read.Directory", "RoleManagement.Read.All", directoryReadAll, roleManagementReadWrite, directoryReadWriteAll}}
	writeRoleDefinitions = permissions{anyOf: []string{roleManagementReadWrite, directoryReadWriteAll}}
	activateRoles        = writeRoleDefinitions
	writeRoles           = permissions{anyOf: []string{roleManagementReadWrite}}
)

// maximumCustomRoles is how many custom roles a tenant has at most:
// learn.microsoft.com/entra/identity/users/directory-service-limits-restrictions.
const maximumCustomRoles = 100

// directoryReaders is the role from which the other built-in ones inherit:
// learn.microsoft.com/graph/api/rbacapplication-list-roledefinitions.
const directoryReaders = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"

// customAction is what an action of a custom role must look like. Which actions custom roles may have besides that is a
// list that grows; all of them are taken here.
var customAction = regexp.MustCompile(`^microsoft\.directory(/[A-Za-z0-9._-]+){2,}$`)

// createRoleDefinition answers POST /roleManagement/directory/roleDefinitions; see
// learn.microsoft.com/graph/api/rbacapplication-post-roledefinitions.
func createRoleDefinition(r *request) error {
	body, err := r.decode(definitionType, true)
	if err != nil {
		return err
	}
	var definition *directory.Object
	err = r.change(func(txn *directory.Txn) error {
		definition = &directory.Object{ID: uuid.NewString(), Type: definitionType.Name, Properties: definitionType.New(body.Properties)}
		properties := definition.Properties
		properties["id"], properties["isBuiltIn"], properties["isPrivileged"] = definition.ID, false, false
		if definition.String("templateId") == "" {
			properties["templateId"] = definition.ID
		}
		if len(definition.Strings("resourceScopes")) == 0 {
			properties["resourceScopes"] = []any{"/"}
		}
		custom := 0
		for other := range txn.All(definitionType.Name, directory.Live) {
			if !other.Bool("isBuiltIn") {
				custom++
			}
		}
		if custom >= maximumCustomRoles {
			return failure(http.StatusForbidden, "Directory_QuotaExceeded", "The number of custom role definitions exceeds the maximum of %d.", maximumCustomRoles)
		}
		if err := checkDefinition(txn, definition); err != nil {
			return err
		}
		txn.Put(definition)
		return nil
	})
	if err != nil {
		return err
	}
	return r.created(definitionType, definitionType.Set, definition, r.base()+"/"+definitionType.Set+"/"+definition.ID)
}

// updateRoleDefinition answers PATCH; see learn.microsoft.com/graph/api/unifiedroledefinition-update.
func updateRoleDefinition(r *request) error {
	body, err := r.decode(definitionType, false)
	if err != nil {
		return err
	}
	return r.apply(func(txn *directory.Txn) error {
		definition, err := r.customRole()
		if err != nil {
			return err
		}
		changed := definition.Clone()
		maps.Copy(changed.Properties, body.Properties)
		if err := checkDefinition(txn, changed); err != nil {
			return err
		}
		txn.Put(changed)
		return nil
	})
}

// deleteRoleDefinition answers DELETE; see learn.microsoft.com/graph/api/unifiedroledefinition-delete. What becomes of
// the assignments of the role is not documented: here it has to have none, so that no client loses them unawares.
func deleteRoleDefinition(r *request) error {
	return r.apply(func(txn *directory.Txn) error {
		definition, err := r.customRole()
		if err != nil {
			return err
		}
		for range txn.Lookup(roleAssignmentType.Name, "roleDefinitionId", "", definition.ID) {
			return badRequest("The role definition '%s' cannot be deleted because there are role assignments that refer to it.", definition.ID)
		}
		txn.Remove(definition)
		return nil
	})
}

// customRole finds the role definition of the path, which is to be changed: built-in ones never are.
func (r *request) customRole() (*directory.Object, error) {
	definition, err := r.resolve(definitionType, "definition", "")
	if err == nil && definition.Bool("isBuiltIn") {
		return nil, badRequest("Built-in role definitions cannot be updated or deleted.")
	}
	return definition, err
}

// checkDefinition judges a custom role. That its name is its own is what the pages of Microsoft Entra suggest, where a
// role is picked by its name; the status and text for a second one are not documented.
func checkDefinition(txn *directory.Txn, definition *directory.Object) error {
	if !entitytype.IsGUID(definition.String("templateId")) {
		return badRequest("Invalid value specified for property 'templateId' of resource 'RoleDefinition'.")
	}
	definition.Properties["templateId"] = strings.ToLower(definition.String("templateId"))
	for _, property := range []string{"displayName", "templateId"} {
		for other := range txn.Lookup(definitionType.Name, property, "", definition.String(property)) {
			if other.ID != definition.ID {
				return conflictingObject()
			}
		}
	}
	permissions := definition.Items("rolePermissions")
	if len(permissions) == 0 {
		return badRequest("A value is required for property 'rolePermissions' of resource 'RoleDefinition'.")
	}
	for _, permission := range permissions {
		actions, _ := permission["allowedResourceActions"].([]any)
		if len(actions) == 0 {
			return badRequest("A value is required for property 'allowedResourceActions' of resource 'RolePermission'.")
		}
		for _, action := range actions {
			if name, _ := action.(string); !customAction.MatchString(name) {
				return badRequest("Action '%s' is not supported for Custom Role creation.", name)
			}
		}
		if excluded, _ := permission["excludedResourceActions"].([]any); permission["condition"] != nil || len(excluded) > 0 {
			return badRequest("Conditions and excluded actions are not supported for custom roles.")
		}
	}
	return nil
}

// conflictingObject is what the directory says of what it has already: github.com/dod-ccpo/atat/pull/1554, of a second
// role assignment; learn.microsoft.com/entra/identity/multi-tenant-organizations has the same text.
func conflictingObject() error {
	return badRequest("A conflicting object with one or more of the specified property values is present in the directory.")
}

// definition finds a role definition by its id or its template id.
func definition(view *directory.View, id string) (*directory.Object, bool) {
	if object, found := view.Get(strings.ToLower(id)); found && object.Type == definitionType.Name {
		return object, true
	}
	return view.First(definitionType.Name, "templateId", "", id)
}

// inherited are the role definitions that one inherits from.
func (r *request) inherited(of *directory.Object) []odata.Object {
	readers, found := r.view.Get(directoryReaders)
	if !found || !of.Bool("isBuiltIn") || of.ID == readers.ID {
		return nil
	}
	return []odata.Object{r.entity(readers)}
}

// builtInRoles are the definitions of the built-in roles, by name.
func builtInRoles(view *directory.View) []*directory.Object {
	var found []*directory.Object
	for definition := range view.All(definitionType.Name, directory.Live) {
		if definition.Bool("isBuiltIn") {
			found = append(found, definition)
		}
	}
	slices.SortFunc(found, func(a, b *directory.Object) int {
		return strings.Compare(a.String("displayName"), b.String("displayName"))
	})
	return found
}
