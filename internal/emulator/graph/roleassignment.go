package graph

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/access"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

var roleAssignmentType = entitytype.RoleAssignment

// tenantScope is the directoryScopeId of what holds in the whole tenant.
const tenantScope = "/"

// GlobalAdministrator is the template id of the role that may do everything.
const GlobalAdministrator = "62e90394-69f5-4237-9190-012177145e10"

// Limits of one principal: learn.microsoft.com/entra/identity/users/directory-service-limits-restrictions.
const (
	maximumCustomAssignments = 150 // of custom roles, at any scope
	maximumScopedAssignments = 100 // of built-in roles, at less than the tenant
)

// assignableToUnits are the built-in roles that can be assigned for an administrative unit, besides those that are not
// among the built-in ones here: learn.microsoft.com/entra/identity/role-based-access-control/manage-roles-portal.
var assignableToUnits = map[string]bool{
	"58a13ea3-c632-46ae-9ee0-9c0d43cd7f3d": true, // Attribute Assignment Administrator
	"ffd52fa5-98dc-465c-991d-fc073eb59f8f": true, // Attribute Assignment Reader
	"c4e39bd9-1100-46d3-8c65-fb160da0071f": true, // Authentication Administrator
	"7698a772-787b-4ac8-901f-60d6b08affd2": true, // Cloud Device Administrator
	"fdd7a751-b60b-444a-984c-02652fe8fa1c": true, // Groups Administrator
	"729827e3-9c14-49f7-bb1b-9608f156bbb8": true, // Helpdesk Administrator
	"4d6ac14f-3453-41d0-bef9-a3e0c569773a": true, // License Administrator
	"966707d0-3269-4727-9be2-8c3a10f19b9d": true, // Password Administrator
	"7be44c8a-adaf-4e2a-84d6-ab2649e08a13": true, // Privileged Authentication Administrator
	"f28a1f50-f6e7-4571-818b-6a12f2af6b6c": true, // SharePoint Administrator
	"69091246-20e8-4a56-aa4d-066075b2a7a8": true, // Teams Administrator
	"fe930be7-5e62-47db-91af-98c3a49a38b1": true, // User Administrator
}

// assignableToApplications are the built-in roles that can be assigned for one application or service principal; see the
// same page.
var assignableToApplications = map[string]bool{
	"9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": true, // Application Administrator
	"158c047a-c907-4556-b7ef-446551a6b5f7": true, // Cloud Application Administrator
}

// createRoleAssignment answers POST /roleManagement/directory/roleAssignments; see
// learn.microsoft.com/graph/api/rbacapplication-post-roleassignments and
// learn.microsoft.com/entra/identity/role-based-access-control/custom-assign-graph.
func createRoleAssignment(r *request) error {
	body, err := r.decode(roleAssignmentType, true)
	if err != nil {
		return err
	}
	given := &directory.Object{Properties: body.Properties}
	switch {
	case given.String("appScopeId") != "":
		return badRequest("The property 'appScopeId' is not supported for role assignments of the directory provider: use 'directoryScopeId'.")
	case given.String("directoryScopeId") == "":
		return badRequest("A value is required for property 'directoryScopeId' of resource 'RoleAssignment'.")
	case given.Properties["condition"] != nil:
		return badRequest("Invalid value specified for property 'condition' of resource 'RoleAssignment'.")
	}
	var assignment *directory.Object
	err = r.change(func(txn *directory.Txn) error {
		role, err := r.known(func(view *directory.View) (*directory.Object, error) {
			found, ok := definition(view, given.String("roleDefinitionId"))
			if !ok {
				return nil, notFound(given.String("roleDefinitionId"))
			}
			return found, nil
		})
		if err != nil {
			return err
		}
		principal, err := r.live(given.String("principalId"))
		if err != nil {
			return err
		}
		scope, err := r.directoryScope(given.String("directoryScopeId"))
		if err != nil {
			return err
		}
		assignment, err = r.assign(txn, role, principal, scope)
		return err
	})
	if err != nil {
		return err
	}
	return r.created(roleAssignmentType, roleAssignmentType.Set, assignment, r.base()+"/"+roleAssignmentType.Set+"/"+assignment.ID)
}

// live finds a directory object by its id.
func (r *request) live(id string) (*directory.Object, error) {
	return r.known(func(view *directory.View) (*directory.Object, error) {
		object, found := view.Get(strings.ToLower(id))
		if !found || !isDirectoryObject(object) {
			return nil, notFound(id)
		}
		return object, nil
	})
}

// directoryScope finds what a directoryScopeId names: nil is the tenant.
func (r *request) directoryScope(scope string) (*directory.Object, error) {
	if scope == tenantScope {
		return nil, nil
	}
	path, rooted := strings.CutPrefix(scope, "/")
	id, isUnit := strings.CutPrefix(path, "administrativeUnits/")
	if !rooted || !entitytype.IsGUID(id) {
		return nil, badRequest("Invalid value specified for property 'directoryScopeId' of resource 'RoleAssignment'.")
	}
	object, err := r.live(id)
	if err == nil && isUnit != (object.Type == unitType.Name) {
		return nil, notFound(id)
	}
	return object, err
}

// assign gives a principal a role for a scope, nil being the tenant. A built-in role is activated by its first assignment.
func (r *request) assign(txn *directory.Txn, role, principal, scope *directory.Object) (*directory.Object, error) {
	if err := checkAssignment(role, principal, scope); err != nil {
		return nil, err
	}
	id, scopeID := access.RoleAssignmentID(role.ID, principal.ID, ""), tenantScope
	if scope != nil {
		id, scopeID = access.RoleAssignmentID(role.ID, principal.ID, scope.ID), "/"+scope.ID
		if scope.Type == unitType.Name {
			scopeID = "/administrativeUnits/" + scope.ID
		}
	}
	if _, exists := txn.Get(id); exists {
		return nil, conflictingObject()
	}
	custom, scoped := 0, 0
	for other := range txn.Lookup(roleAssignmentType.Name, "principalId", "", principal.ID) {
		if of, found := txn.Get(other.String("roleDefinitionId")); found && !of.Bool("isBuiltIn") {
			custom++
		} else if other.String("directoryScopeId") != tenantScope {
			scoped++
		}
	}
	if !role.Bool("isBuiltIn") && custom >= maximumCustomAssignments || role.Bool("isBuiltIn") && scope != nil && scoped >= maximumScopedAssignments {
		return nil, failure(http.StatusForbidden, "Directory_QuotaExceeded", "The number of role assignments of the principal '%s' exceeds the maximum.", principal.ID)
	}
	if role.Bool("isBuiltIn") {
		if _, active := activeRole(&txn.View, role.ID); !active {
			txn.Put(ActivatedRole(role))
		}
	}
	assignment := &directory.Object{ID: id, Type: roleAssignmentType.Name, Properties: roleAssignmentType.New(map[string]any{
		"id": id, "roleDefinitionId": role.ID, "principalId": principal.ID, "directoryScopeId": scopeID,
		"principalOrganizationId": r.service.TenantID,
	})}
	txn.Put(assignment)
	return assignment, nil
}

func checkAssignment(role, principal, scope *directory.Object) error {
	switch entitytype.All[principal.Type] {
	case entitytype.User, entitytype.ServicePrincipal:
	case entitytype.Group:
		if !principal.Bool("isAssignableToRole") {
			// github.com/Microsoft365DSC/Microsoft365DSC/issues/879
			return badRequest("Groups without IsAssignableToRole property set cannot be assigned to roles.")
		}
	default:
		return badRequest("The principal '%s' is neither a user nor a group nor a service principal.", principal.ID)
	}
	if role.Properties["isEnabled"] != true {
		return badRequest("The role definition '%s' is not enabled for assignment.", role.ID)
	}
	if scope == nil {
		return nil
	}
	supported := !role.Bool("isBuiltIn")
	switch entitytype.All[scope.Type] {
	case entitytype.AdministrativeUnit:
		supported = supported || assignableToUnits[role.ID]
	case entitytype.Application, entitytype.ServicePrincipal:
		supported = supported || assignableToApplications[role.ID]
	case entitytype.Group, entitytype.User:
	default:
		return notFound(scope.ID)
	}
	if !supported {
		return badRequest("The given built-in role is not supported to be assigned to a single resource scope.")
	}
	return nil
}

// quotedID is an id as a filter has it.
var quotedID = regexp.MustCompile(`'[0-9A-Fa-f-]{36}'`)

// listRoleAssignments answers GET of the assignments, among which a filter finds those of a role by its template id too:
// learn.microsoft.com/entra/identity/role-based-access-control/custom-assign-graph.
func listRoleAssignments(r *request) error {
	query := r.URL.Query()
	for _, option := range []string{"$filter", "filter"} {
		if query.Has(option) {
			query.Set(option, quotedID.ReplaceAllStringFunc(query.Get(option), func(quoted string) string {
				if role, found := r.view.First(definitionType.Name, "templateId", "", strings.Trim(quoted, "'")); found {
					return "'" + role.ID + "'"
				}
				return quoted
			}))
		}
	}
	byID := *r
	byID.Request = r.Clone(r.Context())
	byID.URL.RawQuery = query.Encode()
	return list(roleAssignmentType)(&byID)
}

func deleteRoleAssignment(r *request) error {
	return r.apply(func(txn *directory.Txn) error {
		assignment, err := r.resolve(roleAssignmentType, "assignment", "")
		if err != nil {
			return err
		}
		return r.unassign(txn, assignment)
	})
}

func (r *request) unassign(txn *directory.Txn, assignment *directory.Object) error {
	if assignment.String("roleDefinitionId") == GlobalAdministrator && assignment.String("principalId") == r.caller.ObjectID {
		return badRequest("Removing self from Global Administrator built-in role is not allowed")
	}
	txn.Remove(assignment)
	return nil
}

// forgetScope removes the directory roles that were given for an object that is being deleted. Whether they come back
// when it is restored is not documented.
func forgetScope(txn *directory.Txn, object *directory.Object) {
	for _, scope := range []string{"/" + object.ID, "/administrativeUnits/" + object.ID} {
		for _, assignment := range slices.Collect(txn.Lookup(roleAssignmentType.Name, "directoryScopeId", "", scope)) {
			txn.Remove(assignment)
		}
	}
}

// readAssignedRole answers GET …/roleAssignments/{id}/roleDefinition.
func readAssignedRole(r *request) error {
	query, err := r.parseEntity(definitionType)
	if err != nil {
		return err
	}
	assignment, err := r.resolve(roleAssignmentType, "assignment", "")
	if err != nil {
		return err
	}
	role, found := r.view.Get(assignment.String("roleDefinitionId"))
	if !found {
		return notFound(assignment.String("roleDefinitionId"))
	}
	return r.show(http.StatusOK, definitionType.Set, role, query)
}

// assigned follows a navigation property of a role assignment.
func (r *request) assigned(assignment *directory.Object, navigation string) []odata.Object {
	var id string
	switch navigation {
	case "roleDefinition":
		if role, found := r.view.Get(assignment.String("roleDefinitionId")); found {
			return []odata.Object{r.entity(role)}
		}
		return nil
	case "principal":
		id = assignment.String("principalId")
	case "directoryScope":
		scope := assignment.String("directoryScopeId")
		id = scope[strings.LastIndexByte(scope, '/')+1:]
	}
	if object, found := r.view.Get(id); found {
		return []odata.Object{r.typed(object)}
	}
	return nil
}
