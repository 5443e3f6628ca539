package resourcemanager

import (
	"net/http"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// maximumAssignments is how many role assignments there can be in a subscription:
// learn.microsoft.com/azure/role-based-access-control/troubleshoot-limits.
const maximumAssignments = 4000

// principalTypes are the types of those who can be given roles, by the directory's.
var principalTypes = map[string]string{
	entitytype.User.Name: "User", entitytype.Group.Name: "Group", entitytype.ServicePrincipal.Name: "ServicePrincipal",
}

// checkAssignment judges what a request says of a role assignment, for itself.
func checkAssignment(given map[string]any) *failure {
	principal, _ := given["principalId"].(string)
	role, _ := given["roleDefinitionId"].(string)
	at := segments(role)
	if !entitytype.IsGUID(principal) || len(at) < 4 || !strings.EqualFold(strings.Join(at[len(at)-4:len(at)-1], "/"), "providers/"+definitionType.String()) {
		return fail(http.StatusBadRequest, "BadRequestFormat", "The request was incorrectly formatted.")
	}
	if id := strings.ToLower(at[len(at)-1]); roleDefinitions[id] == nil {
		return noDefinition(http.StatusNotFound, id)
	}
	if kind, ok := given["principalType"].(string); ok && !slices.Contains([]string{"User", "Group", "ServicePrincipal", "ForeignGroup", "Device"}, kind) {
		return fail(http.StatusBadRequest, "InvalidPrincipalType", "The PrincipalType property '%s' is not valid. It must be 'User', 'Group' or 'ServicePrincipal'.", kind)
	}
	return checkCondition(given)
}

// checkCondition judges the condition as far as its outer form goes. 2.0 is its only version, and the one it has by
// default: learn.microsoft.com/azure/role-based-access-control/conditions-faq and …/conditions-troubleshoot.
func checkCondition(given map[string]any) *failure {
	condition, has := given["condition"].(string)
	version, versioned := given["conditionVersion"].(string)
	if has && !versioned {
		version, given["conditionVersion"] = "2.0", "2.0"
	}
	depth, quoted, balanced := 0, false, true
	for _, c := range condition {
		switch {
		case c == '\'':
			quoted = !quoted
		case !quoted && c == '(':
			depth++
		case !quoted && c == ')':
			depth--
		}
		balanced = balanced && depth >= 0
	}
	switch {
	case !has && !versioned:
		return nil
	case !has, version != "2.0", !balanced, depth != 0, quoted, !strings.ContainsAny(condition, "@!("):
		return fail(http.StatusBadRequest, "InvalidConditionOrConditionVersion", "The given role assignment condition is invalid.")
	}
	return nil
}

// checkPrincipal asks the directory, which answers from a replica, for the principal. Who says that it is a service
// principal is believed where it is not there, for it may be young:
// learn.microsoft.com/azure/role-based-access-control/troubleshooting, and the service's own word in
// github.com/hashicorp/terraform-provider-azurerm/pull/4168 and github.com/Azure/bicep/issues/11025. So a wrong id is, too.
func (r *request) checkPrincipal(given map[string]any) *failure {
	id := strings.ToLower(given["principalId"].(string))
	said, _ := given["principalType"].(string)
	object, found := r.view.Get(id)
	if found && object.Type == entitytype.Application.Name {
		return fail(http.StatusBadRequest, "PrincipalTypeNotSupported", "Principals of type Application cannot validly be used in role assignments.")
	}
	if !found || principalTypes[object.Type] == "" {
		if said == "ServicePrincipal" {
			return nil
		}
		return fail(http.StatusBadRequest, "PrincipalNotFound",
			"Principal %s does not exist in the directory %s. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
			short(id), r.service.Tenant.TenantID())
	}
	if said != "" && said != principalTypes[object.Type] {
		return fail(http.StatusBadRequest, "UnmatchedPrincipalType",
			"The PrincipalId '%s' has type '%s' , which is different from specified PrinciaplType '%s'.", short(id), principalTypes[object.Type], said)
	}
	given["principalType"] = principalTypes[object.Type]
	return nil
}

// checkNew refuses a second assignment of a role to a principal at a scope, and too many.
func (r *request) checkNew(txn *directory.Txn, object *directory.Object) *failure {
	for other := range txn.Lookup(RoleAssignment.Name, "principalId", "", object.String("principalId")) {
		if key(other.String("scope")) == key(object.String("scope")) && assignedRole(other) == assignedRole(object) {
			return fail(http.StatusConflict, "RoleAssignmentExists", "The role assignment already exists. The ID of the existing role assignment is %s.", short(other.String("name")))
		}
	}
	at := segments(object.String("scope"))
	if !strings.EqualFold(at[0], "subscriptions") {
		return nil
	}
	subscription, count := key("/subscriptions/"+at[1]), 0
	for other := range txn.All(RoleAssignment.Name, directory.Live) {
		if scope := key(other.String("scope")); scope == subscription || strings.HasPrefix(scope, subscription+"/") {
			count++
		}
	}
	if count >= maximumAssignments {
		return fail(http.StatusBadRequest, "RoleAssignmentLimitExceeded", "The role assignment limit for the subscription has been exceeded: no more than %d role assignments can be created.", maximumAssignments)
	}
	return nil
}
