package resourcemanager

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/access"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// RoleAssignment is learn.microsoft.com/rest/api/authorization/role-assignments/create. The directory keeps one by its
// name, which no two have, whatever their scopes.
var RoleAssignment = &entitytype.Type{
	Name: "roleAssignment", Resource: "RoleAssignment", Set: "roleAssignments",
	Properties: []entitytype.Property{
		{Name: "id", NotNull: true, ReadOnly: true},
		{Name: "name", NotNull: true, ReadOnly: true},
		{Name: "scope", NotNull: true, ReadOnly: true},
		{Name: "roleDefinitionId", NotNull: true, Required: true},
		{Name: "principalId", NotNull: true, Required: true},
		{Name: "principalType"},
		{Name: "description"},
		{Name: "condition"},
		{Name: "conditionVersion"},
		{Name: "delegatedManagedIdentityResourceId"},
		{Name: "createdOn", ReadOnly: true},
		{Name: "updatedOn", ReadOnly: true},
		{Name: "createdBy", ReadOnly: true},
		{Name: "updatedBy", ReadOnly: true},
	},
}

func assignmentKey(name string) string { return "/roleassignments/" + strings.ToLower(name) }

// NewRoleAssignment is the object of a role assignment, for which all has been checked.
func NewRoleAssignment(scope, name string, given map[string]any) *directory.Object {
	properties := starting(RoleAssignment, given)
	scope = "/" + strings.Trim(scope, "/")
	properties["scope"], properties["name"] = scope, strings.ToLower(name)
	properties["id"] = strings.TrimSuffix(scope, "/") + "/providers/Microsoft.Authorization/roleAssignments/" + strings.ToLower(name)
	role := assignedRole(&directory.Object{Properties: given})
	properties["roleDefinitionId"] = roleDefinitionID(scope, role)
	principal, _ := given["principalId"].(string)
	properties["principalId"] = strings.ToLower(principal)
	return &directory.Object{ID: assignmentKey(name), Type: RoleAssignment.Name, Properties: properties}
}

func (r *request) showAssignment(object *directory.Object) map[string]any {
	properties := maps.Clone(object.Properties)
	shown := map[string]any{"id": properties["id"], "name": properties["name"], "type": assignmentType.String(), "properties": properties}
	delete(properties, "id")
	delete(properties, "name")
	for _, optional := range []string{"description", "condition", "conditionVersion", "delegatedManagedIdentityResourceId"} {
		if properties[optional] == nil {
			delete(properties, optional)
		}
	}
	return shown
}

// checkScope makes sure that the scope of a request is one.
func (r *request) checkScope() *failure {
	scope := key(r.scope)
	switch at := segments(scope); {
	case scope == "/", at[0] == "subscriptions":
		if f := r.checkGroup(segments(r.scope)); f != nil {
			return f
		}
		if identity := r.scopeIdentity(); identity != "" {
			if _, found := r.service.Store.View().Get(identity); !found {
				return notFound(strings.Join(segments(r.scope)[5:], "/"), segments(r.scope)[3])
			}
		}
		return nil
	case len(at) == 4 && at[1] == "microsoft.management" && at[2] == "managementgroups":
		_, f := r.service.managementGroup(segments(r.scope)[3])
		return f
	}
	return fail(http.StatusBadRequest, "MissingSubscription", "The request did not have a subscription or a valid tenant level resource provider.")
}

// checkGroup judges the part of a scope that is in a subscription: a resource group that there is, and resources. What is
// neither is a route of Microsoft.Resources, which does not have the version:
// https://github.com/hashicorp/terraform-provider-azurerm/issues/943 and https://github.com/Azure/azure-cli/issues/6114.
func (r *request) checkGroup(at []string) *failure {
	if len(at) < 3 {
		return nil
	}
	inGroup := strings.EqualFold(at[2], "resourceGroups")
	rest := at[2:]
	if inGroup && len(at) > 3 {
		rest = at[4:]
	}
	if inGroup && len(at) == 3 || len(rest) > 0 && !strings.EqualFold(rest[0], "providers") {
		return unknownVersion(resourceGroupType, r.version)
	}
	if inGroup {
		if _, f := r.group(at[3]); f != nil {
			return f
		}
	}
	if len(rest) > 1 && !strings.Contains(rest[1], ".") {
		return fail(http.StatusNotFound, "InvalidResourceNamespace", "The resource namespace '%s' is invalid.", rest[1])
	}
	return nil
}

// scopeIdentity is the key of the user-assigned identity that the scope is: of other resources nothing is known here, and
// whether they exist cannot be judged.
func (r *request) scopeIdentity() string {
	at := segments(key(r.scope))
	if len(at) == 8 && at[5] == "microsoft.managedidentity" && at[6] == "userassignedidentities" {
		return key(r.scope)
	}
	return ""
}

func (r *request) assignment(view *directory.View) (*directory.Object, bool) {
	object, found := view.Get(assignmentKey(r.values["assignment"]))
	return object, found && key(object.String("scope")) == key(r.scope)
}

func readAssignment(r *request) *failure {
	if f := r.checkScope(); f != nil {
		return f
	}
	object, found := r.assignment(r.view)
	if !found {
		return fail(http.StatusNotFound, "RoleAssignmentNotFound", "The role assignment '%s' is not found.", short(r.values["assignment"]))
	}
	return r.answer(http.StatusOK, r.showAssignment(object))
}

// writeAssignment creates a role assignment, or changes what can be changed of the one with that name: its description and
// condition. The same request again changes nothing.
func writeAssignment(r *request) *failure {
	name := r.values["assignment"]
	if !entitytype.IsGUID(name) {
		return fail(http.StatusBadRequest, "InvalidRoleAssignmentId", "The role assignment ID '%s' is not valid. The role assignment ID must be a GUID.", name)
	}
	if f := r.checkScope(); f != nil {
		return f
	}
	existing, _ := r.assignment(r.service.Store.View())
	given, f := r.decode(RoleAssignment, existing)
	if f != nil {
		return f
	}
	if f := checkAssignment(given); f != nil {
		return f
	}
	if f := r.checkPrincipal(given); f != nil {
		return f
	}
	status := http.StatusCreated
	now := entitytype.FormatTime(r.service.Now())
	maps.Copy(given, map[string]any{"createdOn": now, "updatedOn": now, "createdBy": r.caller.ObjectID, "updatedBy": r.caller.ObjectID})
	object := NewRoleAssignment(r.scope, name, given)
	f = r.change(func(txn *directory.Txn) *failure {
		before, found := txn.Get(object.ID)
		if !found {
			if f := r.checkNew(txn, object); f != nil {
				return f
			}
			txn.Put(object)
			return nil
		}
		status = http.StatusOK
		for _, fixed := range []string{"scope", "principalId", "roleDefinitionId"} {
			if !strings.EqualFold(before.String(fixed), object.String(fixed)) {
				return fail(http.StatusBadRequest, "RoleAssignmentUpdateNotPermitted", "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.")
			}
		}
		for _, kept := range []string{"createdOn", "createdBy", "scope", "id"} {
			object.Properties[kept] = before.Properties[kept]
		}
		txn.Put(object)
		return nil
	})
	if f != nil {
		return f
	}
	return r.answer(status, r.showAssignment(object))
}

// deleteAssignment answers with what it deleted.
func deleteAssignment(r *request) *failure {
	if f := r.checkScope(); f != nil {
		return f
	}
	var object *directory.Object
	f := r.change(func(txn *directory.Txn) *failure {
		if found, ok := r.assignment(&txn.View); ok {
			object = found
			txn.Remove(object)
		}
		return nil
	})
	switch {
	case f != nil:
		return f
	case object == nil:
		return r.noContent(http.StatusNoContent)
	}
	return r.answer(http.StatusOK, r.showAssignment(object))
}

// removeAssignments removes the role assignments at a scope and below, which go with what they are at.
func removeAssignments(txn *directory.Txn, scope string) {
	for _, object := range slices.Collect(txn.All(RoleAssignment.Name, directory.Live)) {
		if at := key(object.String("scope")); at == scope || strings.HasPrefix(at, scope+"/") {
			txn.Remove(object)
		}
	}
}

// listAssignments is learn.microsoft.com/rest/api/authorization/role-assignments/list-for-scope: those at, above and below
// the scope, unless the filter says otherwise. assignedTo finds what the principal has through groups too.
func listAssignments(r *request) *failure {
	if f := r.checkScope(); f != nil {
		return f
	}
	terms, f := r.filter()
	if f != nil {
		return f
	}
	below, candidates := true, r.view.All(RoleAssignment.Name, directory.Live)
	for _, t := range terms {
		switch {
		case t.calls("atScope"):
			below = false
		case t.equals("principalId"):
			candidates = r.view.Lookup(RoleAssignment.Name, "principalId", "", t.value)
		case t.calls("assignedTo"):
			candidates = access.Given(r.view, RoleAssignment.Name, t.value)
		default:
			return unsupportedFilter(t)
		}
	}
	scope := key(r.scope)
	found := []*directory.Object{}
	for object := range candidates {
		at := key(object.String("scope"))
		if r.service.covers(at, scope) || below && r.service.covers(scope, at) {
			found = append(found, object)
		}
	}
	return r.page(found, pageSize, r.showAssignment)
}
