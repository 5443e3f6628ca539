package resourcemanager

import (
	"net/http"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/access"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
)

// rootGroup is the scope of the tenant's root management group, which has the tenant's id and is above every subscription. See learn.microsoft.com/azure/governance/management-groups/overview.
func (s *Service) rootGroup() string {
	return "/providers/microsoft.management/managementgroups/" + s.Tenant.TenantID()
}

// covers reports whether what holds at a scope holds for a resource: at it, or anywhere above. Both are keys.
func (s *Service) covers(scope, resource string) bool {
	switch {
	case scope == "/", scope == resource:
		return true
	case strings.HasPrefix(scope, key(managementGroups)) && s.groupsAbove(resource)[scope]:
		return true
	}
	return strings.HasPrefix(resource, scope+"/")
}

// authorize asks whether Azure RBAC lets the caller take the route's action:
// learn.microsoft.com/azure/role-based-access-control/overview. Deny assignments and the conditions of assignments are
// not looked at. The built-in roles themselves anyone may read, in the tenant as a whole.
func (r *request) authorize() *failure {
	resource := "/" + strings.Join(r.path, "/")
	if r.route.action == "" || r.route.of == definitionType && r.scope == "/" || r.allowed(r.route.action, key(resource)) {
		return nil
	}
	return fail(http.StatusForbidden, "AuthorizationFailed",
		"The client '%s' with object id '%s' does not have authorization to perform action '%s' over scope '%s' or the scope is invalid. If access was recently granted, please refresh your credentials.",
		r.caller.ClientID, r.caller.ObjectID, r.route.action, resource)
}

func (r *request) allowed(action, resource string) bool {
	for assignment := range access.Given(r.view, RoleAssignment.Name, r.caller.ObjectID) {
		definition, found := roleDefinitions[assignedRole(assignment)]
		if found && r.service.covers(key(assignment.String("scope")), resource) && definition.allows(action) {
			return true
		}
	}
	return false
}

// sees reports whether the caller has a role at a subscription, above, or anywhere in it.
func (r *request) sees(subscription *directory.Object) bool {
	for assignment := range access.Given(r.view, RoleAssignment.Name, r.caller.ObjectID) {
		scope := key(assignment.String("scope"))
		if r.service.covers(scope, subscription.ID) || r.service.covers(subscription.ID, scope) {
			return true
		}
	}
	return false
}

// assignedRole is the id of the role of an assignment.
func assignedRole(assignment *directory.Object) string {
	id := assignment.String("roleDefinitionId")
	return strings.ToLower(id[strings.LastIndex(id, "/")+1:])
}
