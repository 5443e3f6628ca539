package graph

import (
	"net/http"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/access"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
)

// What a directory role lets its holder do. An application may do by a role what it has no permission for; a user needs,
// besides the permission that the application has been delegated, a role that allows the operation, unless every member
// of the tenant may do it or the user owns what it is done to. Each operation's page says which roles those are ("the
// signed-in user must be assigned a supported Microsoft Entra role"); here they follow from the actions of the roles. See
// learn.microsoft.com/graph/permissions-overview and learn.microsoft.com/entra/fundamentals/users-default-permissions.

// roleActions are the actions that operations take, by the beginning of their path; the first that fits counts. An update
// takes one action, whichever properties it changes, where Microsoft Entra ID has one for each group of them.
var roleActions = []struct{ path, read, create, update, remove string }{
	{path: "applications/{application}/addPassword", create: "applications/credentials/update"},
	{path: "applications/{application}/removePassword", create: "applications/credentials/update"},
	{path: "applications/{application}/addKey", create: "applications/credentials/update"},
	{path: "applications/{application}/removeKey", create: "applications/credentials/update"},
	{"applications/{application}/federatedIdentityCredentials", "applications/standard/read", "applications/credentials/update", "applications/credentials/update", "applications/credentials/update"},
	{"applications/{application}/appManagementPolicies", "applications/policies/read", "applications/policies/update", "", "applications/policies/update"},
	{"servicePrincipals/{servicePrincipal}/appManagementPolicies", "servicePrincipals/policies/read", "servicePrincipals/policies/update", "", "servicePrincipals/policies/update"},
	{"applications/{application}/owners", "applications/owners/read", "applications/owners/update", "applications/owners/update", "applications/owners/update"},
	{"applications/{application}/extensionProperties", "applications/standard/read", "applications/extensionProperties/update", "applications/extensionProperties/update", "applications/extensionProperties/update"},
	{path: "applications/{item}/restore", create: "deletedItems.applications/restore"},
	{"applications", "applications/standard/read", "applications/create", "applications/basic/update", "applications/delete"},
	{path: "servicePrincipals/{servicePrincipal}/addPassword", create: "servicePrincipals/credentials/update"},
	{path: "servicePrincipals/{servicePrincipal}/removePassword", create: "servicePrincipals/credentials/update"},
	{path: "servicePrincipals/{servicePrincipal}/addKey", create: "servicePrincipals/credentials/update"},
	{path: "servicePrincipals/{servicePrincipal}/removeKey", create: "servicePrincipals/credentials/update"},
	{"servicePrincipals/{servicePrincipal}/owners", "servicePrincipals/owners/read", "servicePrincipals/owners/update", "servicePrincipals/owners/update", "servicePrincipals/owners/update"},
	{"servicePrincipals/{servicePrincipal}/appRoleAssignments", "servicePrincipals/appRoleAssignments/read", "servicePrincipals/appRoleAssignedTo/update", "", "servicePrincipals/appRoleAssignedTo/update"},
	{"servicePrincipals/{servicePrincipal}/appRoleAssignedTo", "servicePrincipals/appRoleAssignedTo/read", "servicePrincipals/appRoleAssignedTo/update", "", "servicePrincipals/appRoleAssignedTo/update"},
	{path: "servicePrincipals/{servicePrincipal}/oauth2PermissionGrants", read: "servicePrincipals/oAuth2PermissionGrants/read"},
	{path: "servicePrincipals/{servicePrincipal}/memberOf", read: "servicePrincipals/memberOf/read"},
	{path: "servicePrincipals/{servicePrincipal}/transitiveMemberOf", read: "servicePrincipals/memberOf/read"},
	{path: "servicePrincipals/{servicePrincipal}/ownedObjects", read: "servicePrincipals/ownedObjects/read"},
	{path: "servicePrincipals/{item}/restore", create: "deletedItems.applications/restore"},
	{"servicePrincipals", "servicePrincipals/standard/read", "servicePrincipals/create", "servicePrincipals/basic/update", "servicePrincipals/delete"},
	{"users/{user}/appRoleAssignments", "users/appRoleAssignments/read", "servicePrincipals/appRoleAssignedTo/update", "", "servicePrincipals/appRoleAssignedTo/update"},
	{"groups/{group}/appRoleAssignments", "groups/appRoleAssignments/read", "servicePrincipals/appRoleAssignedTo/update", "", "servicePrincipals/appRoleAssignedTo/update"},
	{"oauth2PermissionGrants", "oAuth2PermissionGrants/standard/read", "oAuth2PermissionGrants/create", "oAuth2PermissionGrants/basic/update", "oAuth2PermissionGrants/delete"},
	{path: "directory/deletedItems", create: "deletedItems.applications/restore", remove: "deletedItems.applications/delete"},
	{"directory/administrativeUnits", "administrativeUnits/standard/read", "administrativeUnits/allProperties/allTasks", "administrativeUnits/allProperties/allTasks", "administrativeUnits/allProperties/allTasks"},
	{path: "directoryObjects/{directoryObject}", remove: "applications/delete"},
	{"policies/appManagementPolicies", "applicationPolicies/standard/read", "applicationPolicies/create", "applicationPolicies/basic/update", "applicationPolicies/delete"},
	{path: "policies/defaultAppManagementPolicy", read: "applicationPolicies/standard/read", update: "applicationPolicies/basic/update"},
	{path: "users", read: "users/standard/read"},
	{"groups/{group}/members", "groups/members/read", "groups/members/update", "", "groups/members/update"},
	{path: "groups", read: "groups/standard/read"},
	{path: "organization", read: "organization/standard/read"},
	{"roleManagement/directory/roleDefinitions", "roleDefinitions/standard/read", "roleDefinitions/allProperties/allTasks", "roleDefinitions/allProperties/allTasks", "roleDefinitions/allProperties/allTasks"},
	{"roleManagement/directory/roleAssignments", "roleAssignments/standard/read", "roleAssignments/allProperties/allTasks", "", "roleAssignments/allProperties/allTasks"},
	{"directoryRoles/{directoryRole}/members", "directoryRoles/members/read", "roleAssignments/allProperties/allTasks", "", "roleAssignments/allProperties/allTasks"},
	{"directoryRoles", "directoryRoles/standard/read", "directoryRoles/allProperties/allTasks", "", ""},
	{path: "directoryRoleTemplates", read: "directoryRoles/standard/read"},
}

// roleAction is the action that the operation takes; empty where no directory role is about it.
func (rt *route) roleAction() string {
	path := strings.Join(rt.pattern, "/")
	for _, row := range roleActions {
		if path != row.path && !strings.HasPrefix(path, row.path+"/") {
			continue
		}
		action := map[string]string{
			http.MethodGet: row.read, http.MethodPost: row.create, http.MethodPatch: row.update, http.MethodPut: row.update, http.MethodDelete: row.remove,
		}[rt.method]
		if action == "" {
			return ""
		}
		return "microsoft.directory/" + action
	}
	return ""
}

// byRole reports whether a directory role of the caller's allows the operation: in the whole tenant, as the token says,
// or, where there is an object, for that one.
func (r *request) byRole(object *directory.Object) bool {
	action := r.route.roleAction()
	if action == "" {
		return false
	}
	if object == nil {
		// Which of the two kinds the group is of, mayChangeMembers looks at.
		return r.mayTake(action) || action == changeMembers && r.mayTake("microsoft.directory/groupsAssignableToRoles/update")
	}
	for assignment := range access.Given(r.view, roleAssignmentType.Name, r.caller.ObjectID) {
		role, found := r.view.Get(assignment.String("roleDefinitionId"))
		if found && assignment.String("directoryScopeId") == "/"+object.ID && allows(role, action) {
			return true
		}
	}
	return false
}

// changeMembers is the action of changing the members of a group that can't be given directory roles.
const changeMembers = "microsoft.directory/groups/members/update"

// mayTake reports whether a directory role that the token names allows an action.
func (r *request) mayTake(action string) bool {
	return slices.ContainsFunc(r.caller.DirectoryRoles, func(template string) bool {
		role, found := definition(r.view, template)
		return found && allows(role, action)
	})
}

// createsAsOwner reports whether a directory role lets the caller create what it then owns, and what is owned by it already.
func (r *request) createsAsOwner() bool {
	action := r.route.roleAction()
	return strings.HasSuffix(action, "/create") && slices.ContainsFunc(r.caller.DirectoryRoles, func(template string) bool {
		role, found := definition(r.view, template)
		return found && allows(role, action+"AsOwner")
	})
}

// hasScopedRole reports whether a directory role may let the caller do the operation to the one object of the path.
func (r *request) hasScopedRole() bool {
	if !slices.Contains(r.route.pattern, "{application}") && !slices.Contains(r.route.pattern, "{servicePrincipal}") {
		return false
	}
	for assignment := range access.Given(r.view, roleAssignmentType.Name, r.caller.ObjectID) {
		if assignment.String("directoryScopeId") != tenantScope {
			return true
		}
	}
	return false
}

// allows reports whether a role has an action, by its own name or by one that takes it in: all tasks, all updates, all
// that can be read.
func allows(role *directory.Object, action string) bool {
	if role.Properties["isEnabled"] != true {
		return false
	}
	resource := action
	if second := strings.IndexByte(action[len("microsoft.directory/"):], '/'); second >= 0 {
		resource = action[:len("microsoft.directory/")+second]
	}
	wider := []string{action, resource + "/allProperties/allTasks"}
	switch {
	case resource == "microsoft.directory/oAuth2PermissionGrants" && strings.HasSuffix(action, "/read"):
		// learn.microsoft.com/graph/api/oauth2permissiongrant-list names Application Developer too.
		wider = append(wider, resource+"/allProperties/read", resource+"/createAsOwner")
	case strings.Contains(action, "/appRoleAssign") && strings.HasSuffix(action, "/read"):
		// learn.microsoft.com/graph/api/serviceprincipal-list-approleassignedto names all who may assign.
		wider = append(wider, resource+"/allProperties/read", "microsoft.directory/servicePrincipals/appRoleAssignedTo/update")
	case strings.HasSuffix(action, "/read"):
		wider = append(wider, resource+"/allProperties/read")
	case strings.HasSuffix(action, "/update"):
		wider = append(wider, resource+"/allProperties/update")
	}
	if family, _, found := strings.Cut(resource, "deletedItems."); found { // a Global Administrator's is about all of them
		wider = append(wider, family+"deletedItems"+action[len(resource):])
	}
	for _, permission := range role.Items("rolePermissions") {
		for _, allowed := range (&directory.Object{Properties: permission}).Strings("allowedResourceActions") {
			if slices.Contains(wider, allowed) {
				return true
			}
		}
	}
	return false
}

// everyMembers reports whether the operation is one that every member of the tenant may do: reading the directory, but for
// what applications have been granted and who has which role; see learn.microsoft.com/graph/api/serviceprincipal-list-approleassignedto,
// oauth2permissiongrant-list and rbacapplication-list-roleassignments, which ask for a directory role such as Directory Readers.
func (rt *route) everyMembers() bool {
	action := rt.roleAction()
	if strings.Contains(action, "/appRoleAssign") || strings.Contains(action, "/roleDefinitions/") || strings.Contains(action, "/roleAssignments/") || strings.Contains(strings.ToLower(action), "oauth2permissiongrants/") {
		return false
	}
	return rt.method == http.MethodGet || action == "" || strings.HasSuffix(action, "/read")
}
