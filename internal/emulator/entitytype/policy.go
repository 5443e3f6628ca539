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

// The restrictions of identifier URIs, those of applications in a policy of their own, and the exemption of callers by custom
// security attributes are left out. What beta has beside credentials is kept and shown, and refuses nothing: nobody says with
// which errors it does.
var (
	customAppManagement   = &Type{Name: "customAppManagementConfiguration", Resource: "AppManagementConfiguration", Properties: restrictions}
	applicationManagement = &Type{Name: "appManagementApplicationConfiguration", Resource: "AppManagementConfiguration", Properties: append([]Property{
		complexValue("audiences", audiencesConfiguration).beta(),
		complexValue("redirectUris", redirectURIConfiguration).beta(),
	}, restrictions...)}
	servicePrincipalManagement = &Type{Name: "appManagementServicePrincipalConfiguration", Resource: "AppManagementConfiguration", Properties: restrictions}
)

var restrictions = []Property{
	complexValues("keyCredentials", keyCredentialConfiguration).nullable(),
	complexValues("passwordCredentials", passwordCredentialConfiguration).nullable(),
}

var keyCredentialConfiguration = &Type{Name: "keyCredentialConfiguration", Resource: "KeyCredentialConfiguration", Properties: []Property{
	texts("certificateBasedApplicationConfigurationIds").nullable().beta(),
	duration("maxLifetime"),
	timestamp("restrictForAppsCreatedAfterDateTime"),
	text("restrictionType").required().oneOf("asymmetricKeyLifetime").only(V1),
	text("restrictionType").required().oneOf("asymmetricKeyLifetime", "trustedCertificateAuthority").beta(),
	text("state").notNull().oneOf("enabled", "disabled").startsAs("enabled"),
}}

var passwordCredentialConfiguration = &Type{Name: "passwordCredentialConfiguration", Resource: "PasswordCredentialConfiguration", Properties: []Property{
	duration("maxLifetime"),
	timestamp("restrictForAppsCreatedAfterDateTime"),
	text("restrictionType").required().oneOf("passwordAddition", "passwordLifetime", "symmetricKeyAddition", "symmetricKeyLifetime", "customPasswordAddition"),
	text("state").notNull().oneOf("enabled", "disabled").startsAs("enabled"),
}}

var audiencesConfiguration = &Type{Name: "audiencesConfiguration", Resource: "AudiencesConfiguration", Properties: []Property{
	complexValue("azureAdMultipleOrgs", &Type{Name: "azureAdMultipleOrgsAudienceRestriction", Resource: "AudienceRestriction", Properties: restriction()}),
	complexValue("personalMicrosoftAccount", &Type{Name: "audienceRestriction", Resource: "AudienceRestriction", Properties: restriction()}),
}}

var redirectURIConfiguration = &Type{Name: "redirectUriConfiguration", Resource: "RedirectUriConfiguration", Properties: []Property{
	complexValue("uriWithBlockedDomain", redirectURIRestriction("BlockedDomain", texts("blockedDomains"))),
	complexValue("uriWithBlockedScheme", redirectURIRestriction("BlockedScheme", texts("blockedSchemes"), texts("exemptFormats"))),
	complexValue("uriWithoutAllowedDomain", redirectURIRestriction("AllowedDomain", texts("allowedDomains"))),
	complexValue("uriWithoutAllowedScheme", redirectURIRestriction("AllowedScheme", texts("allowedSchemes"))),
	complexValue("uriWithWildcard", &Type{Name: "redirectUriWildcardConfiguration", Resource: "RedirectUriWildcardConfiguration", Properties: restriction(
		complexValue("excludeFormats", &Type{Name: "redirectUriWildcardExcludeFormats", Resource: "RedirectUriWildcardExcludeFormats", Properties: []Property{
			boolean("excludeWildcardsInPath").notNull().startsAs(false),
			texts("excludeWildcardsInPathWithDomains"),
		}}),
	)}),
}}

// redirectURIRestriction is a restriction of redirect URIs whose lists each platform may have for itself.
func redirectURIRestriction(kind string, lists ...Property) *Type {
	platform := &Type{Name: "redirectUriPlatform" + kind + "Configuration", Resource: "RedirectUriPlatform" + kind + "Configuration", Properties: lists}
	return &Type{Name: "redirectUri" + kind + "Configuration", Resource: "RedirectUri" + kind + "Configuration", Properties: restriction(append([]Property{
		complexValue("publicClient", platform),
		complexValue("spa", platform),
		complexValue("web", platform),
	}, lists...)...)}
}

// restriction are the properties of a restriction that is one object, and those that it has beside them.
func restriction(properties ...Property) []Property {
	return append([]Property{
		boolean("isStateSetByMicrosoft").notNull().readOnly().startsAs(false),
		timestamp("restrictForAppsCreatedAfterDateTime"),
		text("state").notNull().oneOf("enabled", "disabled").startsAs("enabled"),
	}, properties...)
}

func init() {
	AppManagementPolicy.Navigation = []Navigation{{Name: "appliesTo", Target: DirectoryObject, Expand: true}}
}
