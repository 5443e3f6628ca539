package entitytype

import "github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"

// ManagedIdentity is the servicePrincipalType of managed identities.
const ManagedIdentity = "ManagedIdentity"

// ServicePrincipal is learn.microsoft.com/graph/api/resources/serviceprincipal.
var ServicePrincipal = &Type{
	Name: "servicePrincipal", Resource: "ServicePrincipal", Set: "servicePrincipals", Open: true,
	Properties: []Property{
		identifier(),
		deletedDateTime(),
		boolean("accountEnabled").startsAs(true).filter(odata.Eq),
		complexValues("addIns", addIn),
		texts("alternativeNames").filter(compareText),
		text("appDescription").readOnly(),
		text("appDisplayName").readOnly(),
		text("appId").required().immutable().filter(odata.Eq | odata.StartsWith),
		text("applicationTemplateId").readOnly().filter(odata.Eq),
		guid("appOwnerOrganizationId").readOnly().filter(compare),
		boolean("appRoleAssignmentRequired").notNull().startsAs(false).filter(odata.Eq),
		complexValues("appRoles", appRole),
		text("createdByAppId").readOnly(),
		complexValue("customSecurityAttributes", customSecurityAttributeValue).readOnly().selectOnly(),
		text("description").length(0, 1024).filter(compareText).search(),
		text("disabledByMicrosoftStatus").readOnly().filter(odata.Eq),
		text("displayName").filter(compareText | odata.Null).search().advancedOrderBy(),
		text("errorUrl").beta(),
		text("homepage"),
		complexValue("info", informationalURL).notNull().filter(compare | odata.Null),
		boolean("isDisabled").readOnly(),
		complexValues("keyCredentials", KeyCredential).filter(compare),
		text("loginUrl"),
		text("logoutUrl"),
		text("notes").length(0, 1024),
		texts("notificationEmailAddresses"),
		complexValues("oauth2PermissionScopes", permissionScope).only(V1),
		complexValues("publishedPermissionScopes", permissionScope).betaNameOf("oauth2PermissionScopes"),
		complexValues("passwordCredentials", PasswordCredential),
		text("preferredSingleSignOnMode").oneOf("password", "saml", "notSupported", "oidc"),
		timestamp("preferredTokenSigningKeyEndDateTime").beta().readOnly(),
		text("preferredTokenSigningKeyThumbprint"),
		text("publisherName").beta().readOnly(),
		texts("replyUrls"),
		complexValues("resourceSpecificApplicationPermissions", resourceSpecificPermission).readOnly().only(V1),
		text("samlMetadataUrl").beta(),
		complexValue("samlSingleSignOnSettings", samlSingleSignOnSettings),
		texts("servicePrincipalNames").filter(compareText),
		text("servicePrincipalType").readOnly(),
		text("signInAudience").readOnly(),
		texts("tags").length(1, 256).filter(compareText),
		guid("tokenEncryptionKeyId"),
		complexValue("verifiedPublisher", verifiedPublisher).notNull().readOnly(),
	},
}

var customSecurityAttributeValue = &Type{Name: "customSecurityAttributeValue", Resource: "CustomSecurityAttributeValue", Open: true}

var resourceSpecificPermission = &Type{Name: "resourceSpecificPermission", Resource: "ResourceSpecificPermission", Properties: []Property{
	text("description"),
	text("displayName"),
	guid("id").notNull(),
	boolean("isEnabled").notNull(),
	text("value"),
}}

var samlSingleSignOnSettings = &Type{Name: "samlSingleSignOnSettings", Resource: "SamlSingleSignOnSettings", Properties: []Property{
	text("relayState"),
}}
