package entitytype

// AppManagementPolicy is learn.microsoft.com/graph/api/resources/appmanagementpolicy.
var AppManagementPolicy = &Type{
	Name: "appManagementPolicy", Resource: "AppManagementPolicy", Set: "policies/appManagementPolicies",
	Properties: []Property{
		identifier(),
		deletedDateTime(),
		text("description").required(),
		text("displayName").required(),
		boolean("isEnabled").notNull().startsAs(false),
		complexValue("restrictions", customAppManagement),
	},
}

// TenantAppManagementPolicy is learn.microsoft.com/graph/api/resources/tenantappmanagementpolicy, of which there is one.
var TenantAppManagementPolicy = &Type{
	Name: "tenantAppManagementPolicy", Resource: "TenantAppManagementPolicy", Set: "policies/defaultAppManagementPolicy",
	Properties: []Property{
		identifier(),
		deletedDateTime(),
		complexValue("applicationRestrictions", applicationManagement),
		text("description"),
		text("displayName"),
		boolean("isEnabled").notNull().startsAs(false),
		complexValue("servicePrincipalRestrictions", servicePrincipalManagement),
	},
}

// The restrictions of identifier URIs, and the exemption of callers by custom security attributes, are left out.
var (
	customAppManagement        = &Type{Name: "customAppManagementConfiguration", Resource: "AppManagementConfiguration", Properties: restrictions}
	applicationManagement      = &Type{Name: "appManagementApplicationConfiguration", Resource: "AppManagementConfiguration", Properties: restrictions}
	servicePrincipalManagement = &Type{Name: "appManagementServicePrincipalConfiguration", Resource: "AppManagementConfiguration", Properties: restrictions}
)

var restrictions = []Property{
	complexValues("keyCredentials", keyCredentialConfiguration).nullable(),
	complexValues("passwordCredentials", passwordCredentialConfiguration).nullable(),
}

var keyCredentialConfiguration = &Type{Name: "keyCredentialConfiguration", Resource: "KeyCredentialConfiguration", Properties: []Property{
	duration("maxLifetime"),
	timestamp("restrictForAppsCreatedAfterDateTime"),
	text("restrictionType").required().oneOf("asymmetricKeyLifetime"),
	text("state").notNull().oneOf("enabled", "disabled").startsAs("enabled"),
}}

var passwordCredentialConfiguration = &Type{Name: "passwordCredentialConfiguration", Resource: "PasswordCredentialConfiguration", Properties: []Property{
	duration("maxLifetime"),
	timestamp("restrictForAppsCreatedAfterDateTime"),
	text("restrictionType").required().oneOf("passwordAddition", "passwordLifetime", "symmetricKeyAddition", "symmetricKeyLifetime", "customPasswordAddition"),
	text("state").notNull().oneOf("enabled", "disabled").startsAs("enabled"),
}}

func init() {
	AppManagementPolicy.Navigation = []Navigation{{Name: "appliesTo", Target: DirectoryObject, Expand: true}}
}
