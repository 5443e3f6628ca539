package entitytype

import "github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"

// DirectoryObject is learn.microsoft.com/graph/api/resources/directoryobject, the base of most others.
var DirectoryObject = &Type{
	Name: "directoryObject", Resource: "DirectoryObject", Set: "directoryObjects",
	Properties: []Property{identifier(), deletedDateTime()},
}

// User is learn.microsoft.com/graph/api/resources/user, to be read only.
var User = &Type{
	Name: "user", Resource: "User", Set: "users",
	Properties: []Property{
		identifier(),
		deletedDateTime().selectOnly(),
		boolean("accountEnabled").selectOnly().filter(odata.Eq),
		texts("businessPhones"),
		timestamp("createdDateTime").selectOnly().filter(compare),
		text("displayName").filter(compareText | odata.Null).search().orderBy(),
		text("givenName").filter(compareText | odata.Null),
		text("jobTitle").filter(compareText | odata.Null),
		text("mail").filter(compareText | odata.Null).search(),
		text("mailNickname").selectOnly().filter(compareText | odata.Null),
		text("mobilePhone").filter(compareText | odata.Null),
		text("officeLocation").filter(compareText | odata.Null),
		text("preferredLanguage").filter(compareText | odata.Null),
		text("surname").filter(compareText | odata.Null),
		text("userPrincipalName").filter(compareText).orderBy(),
		text("userType").selectOnly().filter(odata.Eq),
	},
}

// Group is learn.microsoft.com/graph/api/resources/group, to be read only.
var Group = &Type{
	Name: "group", Resource: "Group", Set: "groups",
	Properties: []Property{
		identifier(),
		deletedDateTime(),
		timestamp("createdDateTime").filter(compare),
		text("description").filter(compareText).search(),
		text("displayName").filter(compareText | odata.Null).search().orderBy(),
		texts("groupTypes").filter(odata.Eq),
		boolean("isAssignableToRole"),
		text("mail").filter(compareText | odata.Null),
		boolean("mailEnabled").filter(odata.Eq),
		text("mailNickname").filter(compareText),
		boolean("securityEnabled").filter(odata.Eq),
		text("securityIdentifier"),
		text("visibility"),
	},
}

// Organization is learn.microsoft.com/graph/api/resources/organization, to be read only.
var Organization = &Type{
	Name: "organization", Resource: "Organization", Set: "organization",
	Properties: []Property{
		identifier(),
		deletedDateTime(),
		text("countryLetterCode"),
		timestamp("createdDateTime"),
		text("displayName"),
		text("tenantType"),
		complexValues("verifiedDomains", verifiedDomain),
	},
}

var verifiedDomain = &Type{Name: "verifiedDomain", Resource: "VerifiedDomain", Properties: []Property{
	text("capabilities"),
	boolean("isDefault"),
	boolean("isInitial"),
	text("name"),
	text("type"),
}}

// AppRoleAssignment is learn.microsoft.com/graph/api/resources/approleassignment.
var AppRoleAssignment = &Type{
	Name: "appRoleAssignment", Resource: "AppRoleAssignment",
	Properties: []Property{
		identifier(),
		deletedDateTime(),
		guid("appRoleId").required().notNull(),
		timestamp("createdDateTime").readOnly().only(V1),
		timestamp("creationTimestamp").readOnly().betaNameOf("createdDateTime"),
		text("principalDisplayName").readOnly().filter(odata.Eq | odata.StartsWith),
		guid("principalId").required(),
		text("principalType").readOnly(),
		text("resourceDisplayName").readOnly(),
		guid("resourceId").required().filter(odata.Eq),
	},
}

// OAuth2PermissionGrant is learn.microsoft.com/graph/api/resources/oauth2permissiongrant. An update changes the scope
// alone; see learn.microsoft.com/graph/api/oauth2permissiongrant-update.
var OAuth2PermissionGrant = &Type{
	Name: "oAuth2PermissionGrant", Resource: "OAuth2PermissionGrant", Set: "oauth2PermissionGrants",
	Properties: []Property{
		identifier(),
		text("clientId").required().notNull().immutable().filter(odata.Eq),
		text("consentType").required().immutable().oneOf("AllPrincipals", "Principal").filter(odata.Eq),
		timestamp("expiryTime").required().immutable().beta(),
		text("principalId").immutable().filter(odata.Eq),
		text("resourceId").required().notNull().immutable().filter(odata.Eq),
		text("scope").length(0, 3850),
		timestamp("startTime").required().immutable().beta(),
	},
}

func identifier() Property { return text("id").notNull().readOnly().filter(odata.Eq) }

func deletedDateTime() Property {
	return timestamp("deletedDateTime").readOnly().filter(compare | odata.Null).advancedOrderBy()
}

// What refers to each other in circles is joined here.
func init() {
	owners := Navigation{Name: "owners", Target: DirectoryObject, Expand: true, Count: true}
	owned := Navigation{Name: "ownedObjects", Target: DirectoryObject, Expand: true, Count: true}
	credentials := Navigation{Name: "federatedIdentityCredentials", Target: FederatedIdentityCredential, Expand: true, Filter: true, Count: true}
	DirectoryObject.Derived = []*Type{Application, ServicePrincipal, User, Group, Organization, DirectoryRole, AdministrativeUnit}
	extensions := Navigation{Name: "extensionProperties", Target: ExtensionProperty, Expand: true, Count: true}
	Application.Navigation = []Navigation{owners, credentials, extensions}
	assignments := Navigation{Name: "appRoleAssignments", Target: AppRoleAssignment, Expand: true}
	assigned := Navigation{Name: "appRoleAssignedTo", Target: AppRoleAssignment, Expand: true}
	User.Navigation = []Navigation{assignments}
	Group.Navigation = []Navigation{assignments, {Name: "members", Target: DirectoryObject, Expand: true}}
	memberOf := Navigation{Name: "memberOf", Target: DirectoryObject, Expand: true}
	transitiveMemberOf := Navigation{Name: "transitiveMemberOf", Target: DirectoryObject}
	ServicePrincipal.Navigation = []Navigation{owners, owned, credentials, assignments, assigned, memberOf, transitiveMemberOf}
}

// All is every entity type, by name.
var All = map[string]*Type{
	Application.Name: Application, ServicePrincipal.Name: ServicePrincipal,
	FederatedIdentityCredential.Name: FederatedIdentityCredential, ExtensionProperty.Name: ExtensionProperty, AppRoleAssignment.Name: AppRoleAssignment,
	OAuth2PermissionGrant.Name: OAuth2PermissionGrant,
	DirectoryObject.Name:       DirectoryObject, User.Name: User, Group.Name: Group, Organization.Name: Organization,
	RoleDefinition.Name: RoleDefinition, RoleAssignment.Name: RoleAssignment, DirectoryRole.Name: DirectoryRole,
	DirectoryRoleTemplate.Name: DirectoryRoleTemplate, AdministrativeUnit.Name: AdministrativeUnit,
	AppManagementPolicy.Name: AppManagementPolicy, TenantAppManagementPolicy.Name: TenantAppManagementPolicy,
}
