// Package application is workloadid_application: the global definition of an application.
// See https://learn.microsoft.com/graph/api/resources/application.
package application

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

type entra = models.Applicationable

var attributes = mapping.Table[entra]{
	mapping.String("id", schema.StringAttribute{Computed: true, Validators: uuids, MarkdownDescription: "Object id of the application."}, entra.GetId, nil).ID(),
	mapping.String("client_id", schema.StringAttribute{Computed: true, Validators: uuids, MarkdownDescription: "Client id (application id, `appId`): what tokens and other tenants know the application by."}, entra.GetAppId, nil).Property("appId").ID(),
	mapping.String("display_name", schema.StringAttribute{Required: true, MarkdownDescription: "Name that people see, at most 256 characters (90 where personal Microsoft accounts sign in)."}, entra.GetDisplayName, entra.SetDisplayName),
	preventsDuplicates,
	mapping.String("unique_name", schema.StringAttribute{Optional: true, Computed: true, Validators: notEmpty, MarkdownDescription: "Name that no other application of the tenant has and that never changes. Changing it makes a new application."}, entra.GetUniqueName, entra.SetUniqueName).CreateOnly(),
	mapping.String("description", schema.StringAttribute{Optional: true, Validators: atMost(1024), MarkdownDescription: "What the application is for, at most 1,024 characters."}, entra.GetDescription, entra.SetDescription),
	mapping.String("notes", schema.StringAttribute{Optional: true, MarkdownDescription: "Notes for those who manage the application."}, entra.GetNotes, entra.SetNotes),
	mapping.String("service_management_reference", schema.StringAttribute{Optional: true, MarkdownDescription: "Reference to the application in a service or asset management database."}, entra.GetServiceManagementReference, entra.SetServiceManagementReference),
	mapping.String("sign_in_audience", schema.StringAttribute{
		Optional: true, Computed: true, Default: stringdefault.StaticString(validate.AudienceMyOrg),
		Validators:          []validator.String{stringvalidator.OneOf(validate.Audiences...)},
		MarkdownDescription: "Who can sign in: `AzureADMyOrg` (the default), `AzureADMultipleOrgs`, `AzureADandPersonalMicrosoftAccount` or `PersonalMicrosoftAccount`.",
	}, entra.GetSignInAudience, entra.SetSignInAudience).Risk(validate.Audiences[1:]...),
	identifierURIs,
	mapping.Strings("tags", schema.SetAttribute{
		Optional: true, Computed: true,
		Validators:          []validator.Set{setvalidator.ValueStringsAre(validate.Tag())},
		MarkdownDescription: "Texts to find and group applications by; some, such as `HideApp`, have a meaning to Microsoft Entra.",
	}, entra.GetTags, entra.SetTags),
	groupMembershipClaims,
	mapping.Bool("fallback_public_client_enabled", schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: "Whether the application is a public client where its type can't be told from the request."}, entra.GetIsFallbackPublicClient, entra.SetIsFallbackPublicClient).Property("isFallbackPublicClient").Risk("true"),
	mapping.Bool("device_only_auth_enabled", schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: "Whether the application supports sign-in of a device without a user."}, entra.GetIsDeviceOnlyAuthSupported, entra.SetIsDeviceOnlyAuthSupported).Property("isDeviceOnlyAuthSupported").Risk("true"),
	mapping.Bool("oauth2_post_response_required", schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: "Whether a token request may be answered with POST instead of GET only."}, entra.GetOauth2RequirePostResponse, entra.SetOauth2RequirePostResponse).Property("oauth2RequirePostResponse"),
	mapping.Enum("native_authentication_apis", schema.StringAttribute{
		Optional: true, Computed: true, Validators: []validator.String{stringvalidator.OneOf("none", "all")},
		MarkdownDescription: "Which native authentication APIs the application may use: `none` or `all`.",
	}, entra.GetNativeAuthenticationApisEnabled, entra.SetNativeAuthenticationApisEnabled, models.ParseNativeAuthenticationApisEnabled).Property("nativeAuthenticationApisEnabled").Risk("all"),
	mapping.String("default_redirect_uri", schema.StringAttribute{Optional: true, MarkdownDescription: "Redirect URI to use when a request names none; it must be one of the platforms' redirect URIs."}, entra.GetDefaultRedirectUri, entra.SetDefaultRedirectUri),
	mapping.String("saml_metadata_url", schema.StringAttribute{Optional: true, Validators: urls, MarkdownDescription: "Where the application's SAML metadata is."}, entra.GetSamlMetadataUrl, entra.SetSamlMetadataUrl),
	mapping.UUID("token_encryption_key_id", schema.StringAttribute{Optional: true, Validators: uuids, MarkdownDescription: "Id of the key credential whose public key encrypts the tokens issued for the application."}, entra.GetTokenEncryptionKeyId, entra.SetTokenEncryptionKeyId),

	mapping.Object("api", schema.SingleNestedAttribute{Optional: true, Computed: true, MarkdownDescription: "What the application offers as a web API."},
		apiAttributes, entra.GetApi, entra.SetApi, models.NewApiApplication),
	appRoles,
	requiredResourceAccess,
	requiredAPIAccess,
	mapping.Object("optional_claims", schema.SingleNestedAttribute{Optional: true, Computed: true, MarkdownDescription: "Claims that are added to tokens."},
		optionalClaimsAttributes, entra.GetOptionalClaims, entra.SetOptionalClaims, models.NewOptionalClaims),
	mapping.Object("web", schema.SingleNestedAttribute{Optional: true, Computed: true, MarkdownDescription: "The application as a web server application."},
		webAttributes, entra.GetWeb, entra.SetWeb, models.NewWebApplication),
	mapping.Object("spa", schema.SingleNestedAttribute{Optional: true, Computed: true, MarkdownDescription: "The application as a single-page application."},
		spaAttributes, entra.GetSpa, entra.SetSpa, models.NewSpaApplication),
	mapping.Object("public_client", schema.SingleNestedAttribute{Optional: true, Computed: true, MarkdownDescription: "The application as an installed client, on a desktop or a phone."},
		publicClientAttributes, entra.GetPublicClient, entra.SetPublicClient, models.NewPublicClientApplication),
	mapping.Object("info", schema.SingleNestedAttribute{Optional: true, Computed: true, MarkdownDescription: "Pages that inform about the application."},
		informationAttributes, entra.GetInfo, entra.SetInfo, models.NewInformationalUrl),
	mapping.Object("service_principal_lock_configuration", schema.SingleNestedAttribute{Optional: true, Computed: true, MarkdownDescription: "Which properties other tenants can't change on their service principals of a multitenant application."},
		lockAttributes, entra.GetServicePrincipalLockConfiguration, entra.SetServicePrincipalLockConfiguration, models.NewServicePrincipalLockConfiguration),
	mapping.Object("request_signature_verification", schema.SingleNestedAttribute{Optional: true, Computed: true, MarkdownDescription: "Whether SAML requests must be signed."},
		signatureAttributes, entra.GetRequestSignatureVerification, entra.SetRequestSignatureVerification, models.NewRequestSignatureVerification),
	mapping.Object("parental_control_settings", schema.SingleNestedAttribute{Optional: true, Computed: true, MarkdownDescription: "Use by minors."},
		parentalControlAttributes, entra.GetParentalControlSettings, entra.SetParentalControlSettings, models.NewParentalControlSettings),
	mapping.Object("authentication_behaviors", schema.SingleNestedAttribute{Optional: true, Computed: true, MarkdownDescription: "Breaking changes of token issuance that the application takes or leaves."},
		behaviorAttributes, entra.GetAuthenticationBehaviors, entra.SetAuthenticationBehaviors, models.NewAuthenticationBehaviors),
	addIns,

	mapping.Links("owners", schema.SetAttribute{
		Optional: true, Computed: true,
		Validators:          []validator.Set{setvalidator.SizeAtMost(100), setvalidator.ValueStringsAre(validate.UUID())},
		MarkdownDescription: "Object ids of the users and service principals that own the application, at most 100. Unset leaves the owners alone. A caller with `Application.ReadWrite.OwnedBy` alone becomes an owner of what it creates, and has to be among them: without it, it could not touch the application again. To name others, it also needs `Directory.Read.All`.",
	}, entra.GetOwners).Risk(),
	mapping.Argument[entra]("logo", schema.StringAttribute{Optional: true, Validators: []validator.String{validate.LogoBase64()}, MarkdownDescription: "Logo as base64 of a PNG, JPEG or GIF file, as `filebase64()` gives it. It is not read back, so a change made elsewhere is not seen."}),

	mapping.String("publisher_domain", schema.StringAttribute{Computed: true, MarkdownDescription: "Verified domain of the publisher."}, entra.GetPublisherDomain, nil),
	mapping.String("application_template_id", schema.StringAttribute{Computed: true, MarkdownDescription: "Gallery template that the application was made from."}, entra.GetApplicationTemplateId, nil),
	mapping.String("disabled_by_microsoft_status", schema.StringAttribute{Computed: true, MarkdownDescription: "Whether and why Microsoft has disabled the application."}, entra.GetDisabledByMicrosoftStatus, nil),
	mapping.Time("created_date_time", schema.StringAttribute{Computed: true, MarkdownDescription: "When the application was created, RFC 3339 in UTC."}, entra.GetCreatedDateTime),
	mapping.Object("verified_publisher", schema.SingleNestedAttribute{Computed: true, MarkdownDescription: "The verified publisher, where there is one."},
		verifiedPublisherAttributes, entra.GetVerifiedPublisher, nil, models.NewVerifiedPublisher),
}

// Rules that several attributes share.
var (
	uuids    = []validator.String{validate.UUID()}
	urls     = []validator.String{validate.URL()}
	notEmpty = []validator.String{stringvalidator.LengthAtLeast(1)}
	// noTexts is for collections inside the elements of a collection: Graph replaces those whole, so unset is empty.
	noTexts = setdefault.StaticValue(mapping.StringSet(nil))
)

func atMost(characters int) []validator.String {
	return []validator.String{stringvalidator.UTF8LengthAtMost(characters)}
}
