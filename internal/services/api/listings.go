package api

import "github.com/workloadid/terraform-provider-workloadid/internal/graph"

// Assignments are those of an API's app roles: https://learn.microsoft.com/graph/api/serviceprincipal-list-approleassignedto.
var Assignments = &graph.Listing{
	Path: "/servicePrincipals/{}/appRoleAssignedTo", Select: []string{"id", "appRoleId", "createdDateTime", "principalDisplayName", "principalId", "principalType", "resourceDisplayName", "resourceId"},
	Where: "/servicePrincipals/{principalId}/appRoleAssignments?resourceId eq {}",
}

// Grants are the delegated permission grants of the tenant: https://learn.microsoft.com/graph/api/oauth2permissiongrant-list.
var Grants = &graph.Listing{
	Path: "/oauth2PermissionGrants", Select: []string{"id", "clientId", "consentType", "principalId", "resourceId", "scope"},
	Where: "/oauth2PermissionGrants?clientId eq '{clientId}' and resourceId eq '{resourceId}' and consentType eq '{consentType}'",
}
