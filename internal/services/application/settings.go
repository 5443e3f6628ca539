package application

import (
	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

type information = models.InformationalUrlable

var informationAttributes = mapping.Table[information]{
	mapping.String("marketing_url", schema.StringAttribute{Optional: true, Validators: urls, MarkdownDescription: "Marketing page."}, information.GetMarketingUrl, information.SetMarketingUrl),
	mapping.String("privacy_statement_url", schema.StringAttribute{Optional: true, Validators: urls, MarkdownDescription: "Privacy statement."}, information.GetPrivacyStatementUrl, information.SetPrivacyStatementUrl),
	mapping.String("support_url", schema.StringAttribute{Optional: true, Validators: urls, MarkdownDescription: "Support page."}, information.GetSupportUrl, information.SetSupportUrl),
	mapping.String("terms_of_service_url", schema.StringAttribute{Optional: true, Validators: urls, MarkdownDescription: "Terms of service."}, information.GetTermsOfServiceUrl, information.SetTermsOfServiceUrl),
	mapping.String("logo_url", schema.StringAttribute{Computed: true, MarkdownDescription: "Where the service keeps the logo."}, information.GetLogoUrl, nil),
}

type lock = models.ServicePrincipalLockConfigurationable

var lockAttributes = mapping.Table[lock]{
	mapping.Bool("enabled", schema.BoolAttribute{Required: true, MarkdownDescription: "Whether any lock is in force."}, lock.GetIsEnabled, lock.SetIsEnabled).Property("isEnabled"),
	mapping.Bool("all_properties", schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: "Locks everything that can be locked."}, lock.GetAllProperties, lock.SetAllProperties),
	mapping.Bool("credentials_with_usage_sign", schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: "Locks credentials of the usage Sign."}, lock.GetCredentialsWithUsageSign, lock.SetCredentialsWithUsageSign),
	mapping.Bool("credentials_with_usage_verify", schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: "Locks credentials of the usage Verify: they can't be added on the service principal."}, lock.GetCredentialsWithUsageVerify, lock.SetCredentialsWithUsageVerify),
	mapping.Bool("token_encryption_key_id", schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: "Locks the token encryption key."}, lock.GetTokenEncryptionKeyId, lock.SetTokenEncryptionKeyId),
}

type signature = models.RequestSignatureVerificationable

var signatureAttributes = mapping.Table[signature]{
	mapping.Bool("signed_request_required", schema.BoolAttribute{Required: true, MarkdownDescription: "Whether unsigned requests are refused."}, signature.GetIsSignedRequestRequired, signature.SetIsSignedRequestRequired).Property("isSignedRequestRequired"),
	mapping.Enum("allowed_weak_algorithms", schema.StringAttribute{
		Optional: true, Validators: []validator.String{stringvalidator.OneOf("rsaSha1")},
		MarkdownDescription: "Weak algorithm that is accepted all the same: `rsaSha1`.",
	}, signature.GetAllowedWeakAlgorithms, signature.SetAllowedWeakAlgorithms, models.ParseWeakAlgorithms),
}

type parentalControl = models.ParentalControlSettingsable

var parentalControlAttributes = mapping.Table[parentalControl]{
	mapping.Strings("countries_blocked_for_minors", schema.SetAttribute{Optional: true, Computed: true, MarkdownDescription: "Two-letter codes of the countries where minors can't use the application."}, parentalControl.GetCountriesBlockedForMinors, parentalControl.SetCountriesBlockedForMinors),
	mapping.String("legal_age_group_rule", schema.StringAttribute{
		Optional: true, Computed: true,
		Validators:          []validator.String{stringvalidator.OneOf("Allow", "RequireConsentForPrivacyServices", "RequireConsentForMinors", "RequireConsentForKids", "BlockMinors")},
		MarkdownDescription: "Rule for users below the age of consent: `Allow`, `RequireConsentForPrivacyServices`, `RequireConsentForMinors`, `RequireConsentForKids` or `BlockMinors`.",
	}, parentalControl.GetLegalAgeGroupRule, parentalControl.SetLegalAgeGroupRule),
}

type behaviors = models.AuthenticationBehaviorsable

var behaviorAttributes = mapping.Table[behaviors]{
	mapping.Bool("block_azure_ad_graph_access", schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: "Whether the application is kept from Azure AD Graph."}, behaviors.GetBlockAzureADGraphAccess, behaviors.SetBlockAzureADGraphAccess).Property("blockAzureADGraphAccess").Risk("false"),
	mapping.Bool("remove_unverified_email_claim", schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: "Whether an e-mail address whose domain nobody verified is left out of tokens."}, behaviors.GetRemoveUnverifiedEmailClaim, behaviors.SetRemoveUnverifiedEmailClaim).Risk("false"),
	mapping.Bool("require_client_service_principal", schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: "Whether clients need a service principal in the tenant."}, behaviors.GetRequireClientServicePrincipal, behaviors.SetRequireClientServicePrincipal).Risk("false"),
}

type verifiedPublisher = models.VerifiedPublisherable

var verifiedPublisherAttributes = mapping.Table[verifiedPublisher]{
	mapping.String("display_name", schema.StringAttribute{Computed: true, MarkdownDescription: "Name of the publisher."}, verifiedPublisher.GetDisplayName, nil),
	mapping.String("verified_publisher_id", schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the publisher's Partner Center account."}, verifiedPublisher.GetVerifiedPublisherId, nil),
	mapping.Time("added_date_time", schema.StringAttribute{Computed: true, MarkdownDescription: "When it was verified, RFC 3339 in UTC."}, verifiedPublisher.GetAddedDateTime),
}

type addIn = models.AddInable

// See https://learn.microsoft.com/graph/api/resources/addin.
var addIns = mapping.Map("add_ins", schema.MapNestedAttribute{
	Optional: true, Computed: true, Validators: []validator.Map{mapvalidator.KeysAre(validate.UUID())},
	MarkdownDescription: "Custom behaviours that a consuming service can call the application for, by their ids.",
}, mapping.Table[addIn]{
	mapping.String("type", schema.StringAttribute{Required: true, MarkdownDescription: "Kind of the add-in, for example `FileHandler`."}, addIn.GetTypeEscaped, addIn.SetTypeEscaped),
	mapping.Converted("properties", schema.MapAttribute{Optional: true, Computed: true, Default: mapdefault.StaticValue(types.MapValueMust(types.StringType, nil)), ElementType: types.StringType, MarkdownDescription: "Parameters of the add-in."},
		addIn.GetProperties, addIn.SetProperties,
		func(from addIn, _ attr.Value) attr.Value {
			elements := map[string]attr.Value{}
			for _, property := range mapping.Present(from.GetProperties()) {
				elements[text(property.GetKey())] = types.StringPointerValue(property.GetValue())
			}
			return types.MapValueMust(types.StringType, elements)
		},
		func(value attr.Value, to addIn) {
			properties := []models.KeyValueable{}
			for key, element := range value.(types.Map).Elements() {
				property := models.NewKeyValue()
				property.SetKey(&key)
				property.SetValue(element.(types.String).ValueStringPointer())
				properties = append(properties, property)
			}
			to.SetProperties(properties)
		}),
}, mapping.Key[addIn]{
	IDs: true,
	Of: func(a addIn) string {
		if id := a.GetId(); id != nil {
			return id.String()
		}
		return ""
	},
	Set: func(a addIn, key string) {
		if id, err := uuid.Parse(key); err == nil {
			a.SetId(&id)
		}
	},
}, entra.GetAddIns, entra.SetAddIns, models.NewAddIn)
