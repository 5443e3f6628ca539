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
		on(get, applications+"/$count", readApplications, count(entitytype.Application)),
		on(get, application, readApplication, read(entitytype.Application)),
		on(patch, application, writeApplication, updateApplication),
		on(remove, application, writeApplication, deleteApplication),

		on(get, credentials, readApplication, listCredentials),
		on(post, credentials, writeApplication, createCredential),
		on(get, credentials+"/$count", readApplication, countCredentials),
		on(get, credential, readApplication, readCredential),
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
		on(get, principals+"/$count", readApplications, count(entitytype.ServicePrincipal)),
		on(get, principal, readApplication, read(entitytype.ServicePrincipal)),
		on(patch, principal, writePrincipal, updateServicePrincipal),
		on(remove, principal, writePrincipal, deleteServicePrincipal),
		on(post, principal+"/addPassword", writePrincipal, addPassword(entitytype.ServicePrincipal)),
		on(post, principal+"/removePassword", writePrincipal, removePassword(entitytype.ServicePrincipal)),
		on(get, principal+"/owners", readApplication, listOwners(entitytype.ServicePrincipal)),
		on(get, principal+"/owners/$count", readApplication, countOwners(entitytype.ServicePrincipal)),
		on(get, principal+"/owners/$ref", readApplication, listOwnerReferences(entitytype.ServicePrincipal)),
		on(post, principal+"/owners/$ref", writePrincipal, addOwner(entitytype.ServicePrincipal)),
		on(remove, principal+"/owners/$ref", writePrincipal, removeOwner(entitytype.ServicePrincipal)),
		on(remove, principal+"/owners/{owner}/$ref", writePrincipal, removeOwner(entitytype.ServicePrincipal)),
		on(get, principal+"/ownedObjects", readApplication, listOwned),

		on(get, "/users", readUsers, list(entitytype.User)),
		on(get, "/users/$count", readUsers, count(entitytype.User)),
		on(get, "/users/{user}", readUsers, read(entitytype.User)),
		on(get, "/groups", readGroups, list(entitytype.Group)),
		on(get, "/groups/$count", readGroups, count(entitytype.Group)),
		on(get, "/groups/{group}", readGroups, read(entitytype.Group)),
		on(get, "/organization", readOrganization, list(entitytype.Organization)),
		on(get, "/organization/{organization}", readOrganization, read(entitytype.Organization)),
	}
}
