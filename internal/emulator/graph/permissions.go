package graph

import "slices"

// Permissions of Microsoft Graph; see learn.microsoft.com/graph/permissions-reference.
const (
	applicationReadAll        = "Application.Read.All"
	applicationReadWriteAll   = "Application.ReadWrite.All"
	applicationReadWriteOwned = "Application.ReadWrite.OwnedBy"
	applicationCreate         = "AppRegistration.Create"
	assignmentReadWriteAll    = "AppRoleAssignment.ReadWrite.All"
	grantReadAll              = "DelegatedPermissionGrant.Read.All"
	grantReadWriteAll         = "DelegatedPermissionGrant.ReadWrite.All"
	directoryReadAll          = "Directory.Read.All"
	directoryReadWriteAll     = "Directory.ReadWrite.All"
	directoryAccessAsUserAll  = "Directory.AccessAsUser.All"
	groupReadAll              = "Group.Read.All"
	groupReadWriteAll         = "Group.ReadWrite.All"
)

// permissions is what an operation asks for, as the table on its page has it. Each item of a list is enough; "A and B" is
// both. What is enough to write is enough to read, though few tables say so. The zero value asks for nothing.
type permissions struct {
	anyOf       []string // whoever calls
	application []string // besides: of an application that acts by itself
	delegated   []string // besides: of an application that acts on behalf of a user

	// owners lets a user who owns the object do without the directory role that it takes otherwise: roleaccess.go knows those.
	owners bool
	// self lets an application without any permission have its own application and service principal:
	// learn.microsoft.com/graph/api/serviceprincipal-get.
	self bool
	// ownedByListsAll has Application.ReadWrite.OwnedBy, which is otherwise about what the caller owns, show everything, as
	// learn.microsoft.com/graph/permissions-reference says it does in lists of applications and service principals.
	ownedByListsAll bool
}

func (p permissions) nothing() bool { return len(p.anyOf)+len(p.application)+len(p.delegated) == 0 }

// of are the alternatives that a caller has. On behalf of a user there is one that lets the application do in the directory
// whatever the user may do; it is in the permissions reference, and in few tables.
func (p permissions) of(caller Caller) []string {
	if caller.Delegated {
		return slices.Concat(p.anyOf, p.delegated, []string{directoryAccessAsUserAll})
	}
	return slices.Concat(p.anyOf, p.application)
}

// with are the alternatives that have another permission besides each.
func with(permission string, alternatives ...string) []string {
	var both []string
	for _, alternative := range alternatives {
		both = append(both, permission+" and "+alternative)
	}
	return both
}

var (
	readers = []string{applicationReadAll, applicationReadWriteAll, directoryReadAll, directoryReadWriteAll}
	ownedBy = []string{applicationReadWriteOwned}
)

// Applications. Pages are of learn.microsoft.com/graph/api.
var (
	// application-list, serviceprincipal-list
	listApplications = permissions{anyOf: readers, application: ownedBy, ownedByListsAll: true}
	// application-delta; serviceprincipal-delta is alike
	trackApplications = permissions{
		anyOf:       []string{directoryReadAll, directoryReadWriteAll},
		application: []string{applicationReadWriteOwned, applicationReadWriteAll}, ownedByListsAll: true,
	}
	// application-list-owners, application-list-extensionproperty, application-list-federatedidentitycredentials and the same
	// of service principals. What can be listed can also be read one by one: federatedidentitycredential-get names only those
	// who may write.
	readApplication = permissions{anyOf: readers, application: ownedBy}
	// application-get, serviceprincipal-get
	readOneself = permissions{anyOf: readers, application: ownedBy, self: true}
	// application-post-applications
	createApplications = permissions{
		anyOf: []string{applicationCreate, applicationReadWriteAll}, application: ownedBy, owners: true,
	}
	// application-update, application-delete, application-addpassword, application-addkey,
	// application-post-federatedidentitycredentials, federatedidentitycredential-update, federatedidentitycredential-delete …
	writeApplication = permissions{anyOf: []string{applicationReadWriteAll}, application: ownedBy, owners: true}
	// application-post-extensionproperty, extensionproperty-delete
	writeExtensions = permissions{
		anyOf: []string{applicationReadWriteAll, directoryReadWriteAll}, application: ownedBy,
	}
	// application-post-owners, serviceprincipal-post-owners
	addOwners = permissions{
		anyOf:       append(with(directoryReadAll, applicationReadWriteAll), directoryReadWriteAll),
		application: with(directoryReadAll, applicationReadWriteOwned), owners: true,
	}
	// application-delete-owners, serviceprincipal-delete-owners
	removeOwners = permissions{
		anyOf: []string{applicationReadWriteAll}, application: ownedBy, delegated: []string{directoryReadWriteAll}, owners: true,
	}
)

// Service principals.
var (
	// serviceprincipal-post-serviceprincipals
	createPrincipals = permissions{
		anyOf: []string{applicationReadWriteAll, directoryReadWriteAll}, application: ownedBy,
	}
	// serviceprincipal-update, serviceprincipal-addpassword, serviceprincipal-removepassword, serviceprincipal-addkey …
	writePrincipal = permissions{
		anyOf: []string{applicationReadWriteAll, directoryReadWriteAll}, application: ownedBy, owners: true,
	}
	// serviceprincipal-delete
	deletePrincipals = writeApplication
)

// Deleted items, which are read as readApplication says; see directory-deleteditems-list, -get, -restore and -delete.
var (
	readDirectory = permissions{anyOf: []string{directoryReadAll, directoryReadWriteAll}}
	writeDeleted  = permissions{
		anyOf: []string{applicationReadWriteAll}, application: ownedBy, owners: true,
	}
)

// Directory objects of whatever type, users, groups, and the tenant.
var (
	// directoryobject-get
	readObjects = permissions{anyOf: readers}
	// directoryobject-getbyids
	resolveObjects = readDirectory
	// directoryobject-delete, of applications and service principals
	deleteObjects = permissions{anyOf: []string{applicationReadWriteAll}, owners: true}
	// user-list, user-get
	readUsers = permissions{
		anyOf:     []string{"User.Read.All", "User.ReadWrite.All", directoryReadAll, directoryReadWriteAll},
		delegated: []string{"User.ReadBasic.All"},
	}
	// group-list, group-get
	readGroups = permissions{anyOf: []string{groupReadAll, groupReadWriteAll, "GroupMember.Read.All", directoryReadAll, directoryReadWriteAll}}
	// organization-get
	readOrganization = permissions{
		anyOf:     []string{"Organization.Read.All", "Organization.ReadWrite.All", directoryReadAll, directoryReadWriteAll},
		delegated: []string{"User.Read"},
	}
)

// App role assignments. The owners of the resource may give its roles; for roles of Microsoft Graph see mayAssign.
var (
	// serviceprincipal-post-approleassignedto, serviceprincipal-post-approleassignments
	assignRoles = permissions{anyOf: with(assignmentReadWriteAll, readers...), owners: true}
	// user-post-approleassignments
	assignUserRoles = permissions{anyOf: []string{assignmentReadWriteAll}, owners: true}
	// group-post-approleassignments, group-delete-approleassignments
	assignGroupRoles = permissions{anyOf: with(assignmentReadWriteAll, groupReadAll, groupReadWriteAll, directoryReadAll, directoryReadWriteAll), owners: true}
	// serviceprincipal-delete-approleassignedto, serviceprincipal-delete-approleassignments, user-delete-approleassignments
	removeRoles = assignUserRoles
	// user-list-approleassignments
	readUserRoles = permissions{anyOf: []string{directoryReadAll, assignmentReadWriteAll, directoryReadWriteAll}}
	// group-list-approleassignments
	listGroupRoles = readUserRoles
	// approleassignment-get
	readGroupRoles = permissions{anyOf: append([]string{groupReadAll, groupReadWriteAll}, listGroupRoles.anyOf...)}
)

// Delegated permission grants.
var (
	// oauth2permissiongrant-list, oauth2permissiongrant-get, serviceprincipal-list-oauth2permissiongrants,
	// user-list-oauth2permissiongrants; DelegatedPermissionGrant.Read.All is in the permissions reference alone.
	readGrants = permissions{anyOf: []string{grantReadAll, directoryReadAll, grantReadWriteAll, directoryReadWriteAll}}
	// oauth2permissiongrant-delta
	trackGrants = permissions{anyOf: []string{directoryReadAll, directoryReadWriteAll}, application: []string{grantReadWriteAll}}
	// oauth2permissiongrant-post, oauth2permissiongrant-update, oauth2permissiongrant-delete
	writeGrants = permissions{
		anyOf: []string{grantReadWriteAll, directoryReadWriteAll},
	}
)
