package entitytype

import (
	"regexp"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

const (
	compare     = odata.Eq | odata.Ge | odata.Le
	compareText = compare | odata.StartsWith
)

// Application is learn.microsoft.com/graph/api/resources/application.
var Application = &Type{
	Name: "application", Resource: "Application", Set: "applications", Open: true,
	Properties: []Property{
		identifier(),
		deletedDateTime(),
		complexValues("addIns", addIn),
		complexValue("api", apiApplication).notNull(),
		text("appId").readOnly().filter(odata.Eq),
		text("applicationTemplateId").readOnly().filter(odata.Eq),
		complexValues("appRoles", appRole),
		complexValue("authenticationBehaviors", authenticationBehaviors).selectOnly(),
		complexValue("certification", certification).readOnly(),
		text("createdByAppId").readOnly(),
		timestamp("createdDateTime").readOnly().filter(compare | odata.Null).advancedOrderBy(),
		text("defaultRedirectUri"),
		text("description").length(0, 1024).filter(compareText).search(),
		text("disabledByMicrosoftStatus").readOnly().filter(odata.Eq),
		text("displayName").required().length(1, 256).filter(compareText | odata.Null).search().advancedOrderBy(),
		text("groupMembershipClaims").matching(groupClaims),
		texts("identifierUris").filter(compareText),
		complexValue("info", informationalURL).notNull().filter(compare | odata.Null),
		boolean("isDeviceOnlyAuthSupported"),
		boolean("isDisabled"),
		boolean("isFallbackPublicClient"),
		complexValues("keyCredentials", KeyCredential).filter(compare),
		guids("managerApplications").readOnly().selectOnly(),
		text("nativeAuthenticationApisEnabled").oneOf("none", "all"),
		text("notes"),
		boolean("oauth2RequirePostResponse").notNull().startsAs(false).only(V1),
		complexValue("optionalClaims", optionalClaims),
		complexValue("parentalControlSettings", parentalControlSettings).notNull(),
		complexValues("passwordCredentials", PasswordCredential),
		complexValue("publicClient", publicClientApplication).notNull(),
		text("publisherDomain").readOnly().filter(compareText),
		complexValue("requestSignatureVerification", requestSignatureVerification),
		complexValues("requiredResourceAccess", requiredResourceAccess).filter(compare),
		text("samlMetadataUrl"),
		text("serviceManagementReference"),
		complexValue("servicePrincipalLockConfiguration", servicePrincipalLockConfiguration),
		text("signInAudience").oneOf(AzureADMyOrg, AzureADMultipleOrgs, AzureADandPersonalMicrosoftAccount, PersonalMicrosoftAccount).
			startsAs(AzureADMyOrg).filter(odata.Eq),
		complexValue("spa", spaApplication).notNull(),
		texts("tags").length(1, 256).filter(compareText).search(),
		guid("tokenEncryptionKeyId"),
		text("uniqueName").immutable(),
		complexValue("verifiedPublisher", verifiedPublisher).notNull().readOnly(),
		complexValue("web", webApplication).notNull(),
	},
}

// The values of signInAudience.
const (
	AzureADMyOrg                       = "AzureADMyOrg"
	AzureADMultipleOrgs                = "AzureADMultipleOrgs"
	AzureADandPersonalMicrosoftAccount = "AzureADandPersonalMicrosoftAccount"
	PersonalMicrosoftAccount           = "PersonalMicrosoftAccount"
)

var groupClaims = regexp.MustCompile(`^(None|All|(SecurityGroup|ApplicationGroup|DirectoryRole)(, ?(SecurityGroup|ApplicationGroup|DirectoryRole))*)$`)

// permissionValue is what the value of an app role or a permission scope may consist of
// (https://learn.microsoft.com/graph/api/resources/approle).
var permissionValue = regexp.MustCompile("^([!#$%&'()*+,\\-/:;<=>?@\\[\\]^_`{|}~0-9A-Za-z][!#$%&'()*+,\\-./:;<=>?@\\[\\]^_`{|}~0-9A-Za-z]*)?$")

var addIn = &Type{Name: "addIn", Resource: "AddIn", Properties: []Property{
	guid("id"),
	complexValues("properties", keyValue),
	text("type").required().notNull(),
}}

var keyValue = &Type{Name: "keyValue", Resource: "KeyValue", Properties: []Property{text("key"), text("value")}}

var apiApplication = &Type{Name: "apiApplication", Resource: "ApiApplication", Properties: []Property{
	boolean("acceptMappedClaims"),
	guids("knownClientApplications").nullable(),
	complexValues("oauth2PermissionScopes", permissionScope),
	complexValues("preAuthorizedApplications", preAuthorizedApplication).nullable(),
	int32s("requestedAccessTokenVersion"),
}}

var permissionScope = &Type{Name: "permissionScope", Resource: "PermissionScope", Properties: []Property{
	text("adminConsentDescription"),
	text("adminConsentDisplayName"),
	guid("id").required().notNull(),
	boolean("isEnabled").notNull().startsAs(true),
	text("origin").readOnly(),
	text("type").oneOf("User", "Admin").startsAs("User"),
	text("userConsentDescription"),
	text("userConsentDisplayName"),
	text("value").length(0, 120).matching(permissionValue),
}}

var preAuthorizedApplication = &Type{Name: "preAuthorizedApplication", Resource: "PreAuthorizedApplication", Properties: []Property{
	text("appId").required(),
	texts("delegatedPermissionIds").only(V1),
	texts("permissionIds").betaNameOf("delegatedPermissionIds"),
}}

var appRole = &Type{Name: "appRole", Resource: "AppRole", Properties: []Property{
	texts("allowedMemberTypes").oneOf("User", "Application"),
	text("description"),
	text("displayName"),
	guid("id").required().notNull(),
	boolean("isEnabled").notNull().startsAs(true),
	text("origin").readOnly().startsAs("Application"),
	text("value").length(0, 120).matching(permissionValue),
}}

var authenticationBehaviors = &Type{Name: "authenticationBehaviors", Resource: "AuthenticationBehaviors", Properties: []Property{
	boolean("blockAzureADGraphAccess"),
	boolean("removeUnverifiedEmailClaim"),
	boolean("requireClientServicePrincipal"),
}}

var certification = &Type{Name: "certification", Resource: "Certification", Properties: []Property{
	text("certificationDetailsUrl"),
	timestamp("certificationExpirationDateTime"),
	boolean("isCertifiedByMicrosoft"),
	boolean("isPublisherAttested"),
	timestamp("lastCertificationDateTime"),
}}

var informationalURL = &Type{Name: "informationalUrl", Resource: "InformationalUrl", Properties: []Property{
	text("logoUrl").readOnly(),
	text("marketingUrl"),
	text("privacyStatementUrl"),
	text("supportUrl"),
	text("termsOfServiceUrl"),
}}

var optionalClaims = &Type{Name: "optionalClaims", Resource: "OptionalClaims", Properties: []Property{
	complexValues("accessToken", optionalClaim).nullable(),
	complexValues("idToken", optionalClaim).nullable(),
	complexValues("saml2Token", optionalClaim).nullable(),
}}

var optionalClaim = &Type{Name: "optionalClaim", Resource: "OptionalClaim", Properties: []Property{
	texts("additionalProperties").nullable(),
	boolean("essential").notNull().startsAs(false),
	text("name").required().notNull(),
	text("source").oneOf("user"),
}}

var parentalControlSettings = &Type{Name: "parentalControlSettings", Resource: "ParentalControlSettings", Properties: []Property{
	texts("countriesBlockedForMinors").length(2, 2),
	text("legalAgeGroupRule").oneOf("Allow", "RequireConsentForPrivacyServices", "RequireConsentForMinors", "RequireConsentForKids", "BlockMinors").startsAs("Allow"),
}}

var publicClientApplication = &Type{Name: "publicClientApplication", Resource: "PublicClientApplication", Properties: []Property{
	texts("redirectUris").length(1, 256),
}}

var spaApplication = &Type{Name: "spaApplication", Resource: "SpaApplication", Properties: []Property{
	texts("redirectUris").length(1, 256),
}}

var webApplication = &Type{Name: "webApplication", Resource: "WebApplication", Properties: []Property{
	text("homePageUrl"),
	complexValue("implicitGrantSettings", implicitGrantSettings).notNull(),
	text("logoutUrl").length(1, 255).matching(secureURL),
	texts("redirectUris").length(1, 256),
	complexValues("redirectUriSettings", redirectURISettings),
}}

// secureURL is what the URL for front-channel logout must be
// (https://learn.microsoft.com/entra/identity-platform/supported-accounts-validation).
var secureURL = regexp.MustCompile(`^(?i:https)://[^/?#\s]+\S*$`)

var implicitGrantSettings = &Type{Name: "implicitGrantSettings", Resource: "ImplicitGrantSettings", Properties: []Property{
	boolean("enableAccessTokenIssuance").startsAs(false),
	boolean("enableIdTokenIssuance").startsAs(false),
}}

var redirectURISettings = &Type{Name: "redirectUriSettings", Resource: "RedirectUriSettings", Properties: []Property{
	int32s("index"),
	text("uri"),
}}

var requestSignatureVerification = &Type{Name: "requestSignatureVerification", Resource: "RequestSignatureVerification", Properties: []Property{
	text("allowedWeakAlgorithms").oneOf("rsaSha1"),
	boolean("isSignedRequestRequired").notNull().startsAs(false),
}}

var requiredResourceAccess = &Type{Name: "requiredResourceAccess", Resource: "RequiredResourceAccess", Properties: []Property{
	complexValues("resourceAccess", resourceAccess),
	text("resourceAppId").required().notNull(),
}}

var resourceAccess = &Type{Name: "resourceAccess", Resource: "ResourceAccess", Properties: []Property{
	guid("id").required().notNull(),
	text("type").oneOf("Scope", "Role"),
}}

var servicePrincipalLockConfiguration = &Type{Name: "servicePrincipalLockConfiguration", Resource: "ServicePrincipalLockConfiguration", Properties: []Property{
	boolean("allProperties"),
	boolean("credentialsWithUsageSign"),
	boolean("credentialsWithUsageVerify"),
	boolean("isEnabled").notNull().startsAs(false),
	boolean("tokenEncryptionKeyId"),
}}

var verifiedPublisher = &Type{Name: "verifiedPublisher", Resource: "VerifiedPublisher", Properties: []Property{
	timestamp("addedDateTime"),
	text("displayName"),
	text("verifiedPublisherId"),
}}
