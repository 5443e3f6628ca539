package graph

import (
	"net/http"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// table lists every operation there is. Where several patterns fit a path the first one with the verb is taken.
func (s *Service) table() []route {
	const (
		get, post, patch, put, remove = http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodPut, http.MethodDelete

		applications = "/applications"
		application  = "/applications/{application}"
		credentials  = "/applications/{application}/federatedIdentityCredentials"
		credential   = "/applications/{application}/federatedIdentityCredentials/{credential}"
		principals   = "/servicePrincipals"
		principal    = "/servicePrincipals/{servicePrincipal}"
	)
	return []route{
		on(get, applications, readApplications, list(entitytype.Application)),
		on(post, applications, writeApplication, createApplication),
		on(get, applications+"/delta", readApplications, delta(entitytype.Application)),
		on(get, applications+"/$count", readApplications, count(entitytype.Application)),
		on(get, application, readOneself, read(entitytype.Application)),
		on(patch, application, writeApplication, updateApplication),
		on(remove, application, writeApplication, remover(entitytype.Application)),

		on(get, application+"/logo", readApplication, readLogo),
		on(put, application+"/logo", writeApplication, writeLogo),
		on(remove, application+"/logo", writeApplication, deleteLogo),
		on(post, "/applications/{item}/restore", writeApplication, restoreDeleted),
		on(post, application+"/addKey", writeApplication, addKey(entitytype.Application)),
		on(post, application+"/removeKey", writeApplication, removeKey(entitytype.Application)),

		on(get, application+"/extensionProperties", readApplication, contained(entitytype.Application, "extensionProperties", entitytype.ExtensionProperty)),
		on(post, application+"/extensionProperties", writeApplication, createExtension),
		on(get, application+"/extensionProperties/{extension}", readApplication, readExtension),
		on(remove, application+"/extensionProperties/{extension}", writeApplication, deleteExtension),
		on(post, application+"/setVerifiedPublisher", permissions{}, delegatedOnly(entitytype.Application)),
		on(post, application+"/unsetVerifiedPublisher", permissions{}, delegatedOnly(entitytype.Application)),

		on(get, credentials, readApplication, contained(entitytype.Application, "federatedIdentityCredentials", entitytype.FederatedIdentityCredential)),
		on(post, credentials, writeApplication, createCredential),
		on(get, credentials+"/$count", readApplication, countContained(entitytype.Application, "federatedIdentityCredentials", entitytype.FederatedIdentityCredential)),
		on(get, credential, readApplication, readCredential(entitytype.Application)),
		on(patch, credential, writeApplication, updateCredential),
		on(remove, credential, writeApplication, deleteCredential),

		on(post, application+"/addPassword", writeApplication, addPassword(entitytype.Application)),
		on(post, application+"/removePassword", writeApplication, removePassword(entitytype.Application)),
		on(get, application+"/owners", readApplication, listOwners(entitytype.Application)),
		on(get, application+"/owners/$count", readApplication, countOwners(entitytype.Application)),
		on(get, application+"/owners/$ref", readApplication, listOwnerReferences(entitytype.Application)),
		on(post, application+"/owners/$ref", writeApplication, addOwner(entitytype.Application)),
		on(remove, application+"/owners/$ref", writeApplication, removeOwner(entitytype.Application)),
		on(remove, application+"/owners/{owner}/$ref", writeApplication, removeOwner(entitytype.Application)),

		on(get, principals, readApplications, list(entitytype.ServicePrincipal)),
		on(post, principals, writePrincipal, createServicePrincipal),
		on(get, principals+"/delta", readApplications, delta(entitytype.ServicePrincipal)),
		on(get, principals+"/$count", readApplications, count(entitytype.ServicePrincipal)),
		on(get, principal, readOneself, read(entitytype.ServicePrincipal)),
		on(patch, principal, writePrincipal, updateServicePrincipal),
		on(remove, principal, writePrincipal, remover(entitytype.ServicePrincipal)),
		on(post, "/servicePrincipals/{item}/restore", writePrincipal, restoreDeleted),
		on(post, principal+"/addKey", writePrincipal, addKey(entitytype.ServicePrincipal)),
		on(post, principal+"/removeKey", writePrincipal, removeKey(entitytype.ServicePrincipal)),
		on(post, principal+"/addPassword", writePrincipal, addPassword(entitytype.ServicePrincipal)),
		on(post, principal+"/removePassword", writePrincipal, removePassword(entitytype.ServicePrincipal)),
		on(get, principal+"/owners", readApplication, listOwners(entitytype.ServicePrincipal)),
		on(get, principal+"/owners/$count", readApplication, countOwners(entitytype.ServicePrincipal)),
		on(get, principal+"/owners/$ref", readApplication, listOwnerReferences(entitytype.ServicePrincipal)),
		on(post, principal+"/owners/$ref", writePrincipal, addOwner(entitytype.ServicePrincipal)),
		on(remove, principal+"/owners/$ref", writePrincipal, removeOwner(entitytype.ServicePrincipal)),
		on(remove, principal+"/owners/{owner}/$ref", writePrincipal, removeOwner(entitytype.ServicePrincipal)),
		on(get, principal+"/ownedObjects", readApplication, listOwned),
		on(get, principal+"/federatedIdentityCredentials", readApplication, contained(entitytype.ServicePrincipal, "federatedIdentityCredentials", entitytype.FederatedIdentityCredential)),
		on(get, principal+"/federatedIdentityCredentials/$count", readApplication, countContained(entitytype.ServicePrincipal, "federatedIdentityCredentials", entitytype.FederatedIdentityCredential)),
		on(get, principal+"/federatedIdentityCredentials/{credential}", readApplication, readCredential(entitytype.ServicePrincipal)),

		on(get, principal+"/appRoleAssignments", readApplication, contained(entitytype.ServicePrincipal, "appRoleAssignments", entitytype.AppRoleAssignment)),
		on(post, principal+"/appRoleAssignments", assignRole, createAssignment(entitytype.ServicePrincipal, "appRoleAssignments")),
		on(get, principal+"/appRoleAssignments/$count", readApplication, countContained(entitytype.ServicePrincipal, "appRoleAssignments", entitytype.AppRoleAssignment)),
		on(get, principal+"/appRoleAssignments/{assignment}", readApplication, readAssignment(entitytype.ServicePrincipal, "appRoleAssignments")),
		on(remove, principal+"/appRoleAssignments/{assignment}", removeRole, deleteAssignment(entitytype.ServicePrincipal, "appRoleAssignments")),
		on(get, principal+"/appRoleAssignedTo", readApplication, contained(entitytype.ServicePrincipal, "appRoleAssignedTo", entitytype.AppRoleAssignment)),
		on(post, principal+"/appRoleAssignedTo", assignRole, createAssignment(entitytype.ServicePrincipal, "appRoleAssignedTo")),
		on(get, principal+"/appRoleAssignedTo/$count", readApplication, countContained(entitytype.ServicePrincipal, "appRoleAssignedTo", entitytype.AppRoleAssignment)),
		on(get, principal+"/appRoleAssignedTo/{assignment}", readApplication, readAssignment(entitytype.ServicePrincipal, "appRoleAssignedTo")),
		on(remove, principal+"/appRoleAssignedTo/{assignment}", removeRole, deleteAssignment(entitytype.ServicePrincipal, "appRoleAssignedTo")),
		on(get, "/users/{user}/appRoleAssignments", readUserRoles, contained(entitytype.User, "appRoleAssignments", entitytype.AppRoleAssignment)),
		on(post, "/users/{user}/appRoleAssignments", assignUserRole, createAssignment(entitytype.User, "appRoleAssignments")),
		on(get, "/users/{user}/appRoleAssignments/$count", readUserRoles, countContained(entitytype.User, "appRoleAssignments", entitytype.AppRoleAssignment)),
		on(get, "/users/{user}/appRoleAssignments/{assignment}", readUserRoles, readAssignment(entitytype.User, "appRoleAssignments")),
		on(remove, "/users/{user}/appRoleAssignments/{assignment}", removeRole, deleteAssignment(entitytype.User, "appRoleAssignments")),
		on(get, "/groups/{group}/appRoleAssignments", readGroupRoles, contained(entitytype.Group, "appRoleAssignments", entitytype.AppRoleAssignment)),
		on(post, "/groups/{group}/appRoleAssignments", assignGroupRole, createAssignment(entitytype.Group, "appRoleAssignments")),
		on(get, "/groups/{group}/appRoleAssignments/$count", readGroupRoles, countContained(entitytype.Group, "appRoleAssignments", entitytype.AppRoleAssignment)),
		on(get, "/groups/{group}/appRoleAssignments/{assignment}", readGroupRoles, readAssignment(entitytype.Group, "appRoleAssignments")),
		on(remove, "/groups/{group}/appRoleAssignments/{assignment}", removeGroupRole, deleteAssignment(entitytype.Group, "appRoleAssignments")),

		on(get, "/oauth2PermissionGrants", readGrants, list(entitytype.OAuth2PermissionGrant)),
		on(post, "/oauth2PermissionGrants", writeGrant, createGrant),
		on(get, "/oauth2PermissionGrants/delta", readGrants, delta(entitytype.OAuth2PermissionGrant)),
		on(get, "/oauth2PermissionGrants/$count", readGrants, count(entitytype.OAuth2PermissionGrant)),
		on(get, "/oauth2PermissionGrants/{oAuth2PermissionGrant}", readGrants, read(entitytype.OAuth2PermissionGrant)),
		on(patch, "/oauth2PermissionGrants/{oAuth2PermissionGrant}", writeGrant, updateGrant),
		on(remove, "/oauth2PermissionGrants/{oAuth2PermissionGrant}", writeGrant, deleteGrant),
		on(get, principal+"/oauth2PermissionGrants", readGrantsOf, listGrants(entitytype.ServicePrincipal)),
		on(get, principal+"/oauth2PermissionGrants/$count", readGrantsOf, countContained(entitytype.ServicePrincipal, "oauth2PermissionGrants", entitytype.OAuth2PermissionGrant)),
		on(get, principal+"/oauth2PermissionGrants/{oAuth2PermissionGrant}", readGrantsOf, readGrant(entitytype.ServicePrincipal)),
		on(get, "/users/{user}/oauth2PermissionGrants", readGrantsOf, listGrants(entitytype.User)),
		on(get, "/users/{user}/oauth2PermissionGrants/$count", readGrantsOf, countContained(entitytype.User, "oauth2PermissionGrants", entitytype.OAuth2PermissionGrant)),
		on(get, "/users/{user}/oauth2PermissionGrants/{oAuth2PermissionGrant}", readGrantsOf, readGrant(entitytype.User)),

		on(get, "/directory/deletedItems", readDirectory, listDeletedUncast),
		on(get, "/directory/deletedItems/microsoft.graph.application", readApplication, listDeleted(entitytype.Application)),
		on(get, "/directory/deletedItems/microsoft.graph.application/$count", readApplication, countDeleted(entitytype.Application)),
		on(get, "/directory/deletedItems/microsoft.graph.servicePrincipal", readApplication, listDeleted(entitytype.ServicePrincipal)),
		on(get, "/directory/deletedItems/microsoft.graph.servicePrincipal/$count", readApplication, countDeleted(entitytype.ServicePrincipal)),
		on(get, "/directory/deletedItems/{item}", readApplication, readDeleted),
		on(remove, "/directory/deletedItems/{item}", writeApplication, purgeDeleted),
		on(get, "/directory/deletedItems/{item}/microsoft.graph.application", readApplication, readDeletedAs(entitytype.Application)),
		on(get, "/directory/deletedItems/{item}/microsoft.graph.servicePrincipal", readApplication, readDeletedAs(entitytype.ServicePrincipal)),
		on(post, "/directory/deletedItems/{item}/restore", writeApplication, restoreDeleted),

		on(post, "/directoryObjects/getByIds", readObjects, getByIDs),
		on(get, "/directoryObjects/{directoryObject}", readObjects, readDirectoryObject),
		on(remove, "/directoryObjects/{directoryObject}", writeApplication, deleteDirectoryObject),
		on(post, "/directoryObjects/{item}/restore", writeApplication, restoreDeleted),

		on(get, "/users", readUsers, list(entitytype.User)),
		on(get, "/users/$count", readUsers, count(entitytype.User)),
		on(get, "/users/{user}", readUsers, read(entitytype.User)),
		on(get, "/groups", readGroups, list(entitytype.Group)),
		on(get, "/groups/$count", readGroups, count(entitytype.Group)),
		on(get, "/groups/{group}", readGroups, read(entitytype.Group)),
		on(get, "/me", permissions{}, me),
		on(get, "/me/{relation}", permissions{}, me),
		on(get, "/organization", readOrganization, list(entitytype.Organization)),
		on(get, "/organization/{organization}", readOrganization, read(entitytype.Organization)),
	}
}
