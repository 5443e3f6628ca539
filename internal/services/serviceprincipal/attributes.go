// Package serviceprincipal is workloadid_service_principal: the presence of an application in a tenant.
// See https://learn.microsoft.com/graph/api/resources/serviceprincipal.
package serviceprincipal

import (
	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

type entra = models.ServicePrincipalable

// Much of a service principal comes from its application, and Microsoft's own have values that nobody here gave them: so
// whatever is unset is left as it is, and an empty text or collection clears.
var attributes = mapping.Table[entra]{
	mapping.String("id", schema.StringAttribute{Computed: true, Validators: uuids, MarkdownDescription: "Object id of the service principal: the principal that is given access."}, entra.GetId, nil).ID(),
	mapping.String("client_id", schema.StringAttribute{Required: true, Validators: uuids, MarkdownDescription: "Client id (`appId`) of the application. Changing it makes a new service principal."}, entra.GetAppId, entra.SetAppId).Property("appId").CreateOnly().ID(),
	mapping.Argument[entra]("adopt_existing", schema.BoolAttribute{
		Optional:            true,
		MarkdownDescription: "Whether to take over the service principal if the tenant has it already, as it has Microsoft's own. One that was taken over, or imported, is left in place on destroy. Default `false`.",
	}),
	mapping.Bool("account_enabled", schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: "Whether the service principal can sign in and users can sign in to it."}, entra.GetAccountEnabled, entra.SetAccountEnabled),
	mapping.Bool("app_role_assignment_required", schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: "Whether users and applications need an app role assignment to get a token for the application."}, entra.GetAppRoleAssignmentRequired, entra.SetAppRoleAssignmentRequired).Risk("false"),
	mapping.Strings("alternative_names", schema.SetAttribute{Optional: true, Computed: true, MarkdownDescription: "Further names to find the service principal by."}, entra.GetAlternativeNames, entra.SetAlternativeNames),
	mapping.String("description", schema.StringAttribute{Optional: true, Computed: true, Validators: atMost1024, MarkdownDescription: "Text that people see in the My Apps portal, at most 1,024 characters."}, entra.GetDescription, entra.SetDescription),
	mapping.String("notes", schema.StringAttribute{Optional: true, Computed: true, Validators: atMost1024, MarkdownDescription: "Notes for those who manage the service principal, at most 1,024 characters."}, entra.GetNotes, entra.SetNotes),
	mapping.String("login_url", schema.StringAttribute{Optional: true, Computed: true, Validators: []validator.String{stringvalidator.Any(validate.URL(), stringvalidator.OneOf(""))}, MarkdownDescription: "Where Microsoft Entra sends users to sign in by themselves."}, entra.GetLoginUrl, entra.SetLoginUrl),
	mapping.Strings("notification_email_addresses", schema.SetAttribute{
		Optional: true, Computed: true, Validators: []validator.Set{setvalidator.ValueStringsAre(validate.Email())},
		MarkdownDescription: "Who is told when the active certificate is about to expire.",
	}, entra.GetNotificationEmailAddresses, entra.SetNotificationEmailAddresses),
	mapping.String("preferred_single_sign_on_mode", schema.StringAttribute{
		Optional: true, Computed: true, Validators: []validator.String{stringvalidator.OneOf("", "notSupported", "oidc", "password", "saml")},
		MarkdownDescription: "How people sign in: `oidc`, `saml`, `password` or `notSupported`.",
	}, entra.GetPreferredSingleSignOnMode, entra.SetPreferredSingleSignOnMode),
	mapping.Object("saml_single_sign_on_settings", schema.SingleNestedAttribute{Optional: true, Computed: true, MarkdownDescription: "Settings of SAML single sign-on."},
		mapping.Table[models.SamlSingleSignOnSettingsable]{
			mapping.String("relay_state", schema.StringAttribute{Optional: true, MarkdownDescription: "Where the service provider sends users after sign-in."}, models.SamlSingleSignOnSettingsable.GetRelayState, models.SamlSingleSignOnSettingsable.SetRelayState),
		}, entra.GetSamlSingleSignOnSettings, entra.SetSamlSingleSignOnSettings, models.NewSamlSingleSignOnSettings),
	mapping.Strings("tags", schema.SetAttribute{
		Optional: true, Computed: true, Validators: []validator.Set{setvalidator.ValueStringsAre(validate.Tag())},
		MarkdownDescription: "Texts to find and group service principals by; `WindowsAzureActiveDirectoryIntegratedApp` shows it among the enterprise applications, `HideApp` hides it from users. It has the tags of its application besides, which are in `application_tags`.",
	}, entra.GetTags, entra.SetTags),
	mapping.Derived("application_tags", schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Tags that the service principal has because its application has them. One that is in `tags` too need not be here."}, func(from entra, prior attr.Value) attr.Value {
		if tags, ok := from.GetAdditionalData()[inherited].([]string); ok {
			return mapping.StringSet(tags)
		}
		if prior == nil || prior.IsUnknown() {
			return mapping.StringSet(nil)
		}
		return prior
	}).Property(""),
	mapping.Links("owners", schema.SetAttribute{
		Optional: true, Computed: true, Validators: []validator.Set{setvalidator.SizeAtMost(100), setvalidator.ValueStringsAre(validate.UUID())},
		MarkdownDescription: "Object ids of the users and service principals that own the service principal, at most 100. Unset leaves the owners alone. A caller with `Application.ReadWrite.OwnedBy` alone becomes an owner of what it creates, and has to be among them: without it, it could not touch the service principal again. To name others, it also needs `Directory.Read.All`.",
	}, entra.GetOwners).Risk(),

	mapping.String("display_name", schema.StringAttribute{Computed: true, MarkdownDescription: "Name that people see; the application's."}, entra.GetDisplayName, nil),
	mapping.String("service_principal_type", schema.StringAttribute{Computed: true, MarkdownDescription: "`Application`, `ManagedIdentity`, `Legacy`, `SocialIdp` or `ServiceIdentity`."}, entra.GetServicePrincipalType, nil),
	mapping.UUID("app_owner_organization_id", schema.StringAttribute{Computed: true, MarkdownDescription: "Tenant in which the application is registered."}, entra.GetAppOwnerOrganizationId, nil),
	mapping.String("sign_in_audience", schema.StringAttribute{Computed: true, MarkdownDescription: "Who can sign in to the application."}, entra.GetSignInAudience, nil),
	mapping.Derived("app_role_ids", schema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Ids of the app roles that the application defines, by their values."}, func(from entra, _ attr.Value) attr.Value {
		return idsByValue(from.GetAppRoles())
	}).Property("appRoles"),
	mapping.Derived("oauth2_permission_scope_ids", schema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Ids of the scopes that the application defines, by their values."}, func(from entra, _ attr.Value) attr.Value {
		return idsByValue(from.GetOauth2PermissionScopes())
	}).Property("oauth2PermissionScopes"),
	mapping.Strings("service_principal_names", schema.SetAttribute{Computed: true, MarkdownDescription: "Names that tokens can be asked for by: client id and identifier URIs."}, entra.GetServicePrincipalNames, nil),
	mapping.Strings("redirect_uris", schema.SetAttribute{Computed: true, MarkdownDescription: "Where tokens and codes may be sent; the application's."}, entra.GetReplyUrls, nil).Property("replyUrls"),
	mapping.String("homepage_url", schema.StringAttribute{Computed: true, MarkdownDescription: "Home page of the application."}, entra.GetHomepage, nil).Property("homepage"),
	mapping.String("logout_url", schema.StringAttribute{Computed: true, MarkdownDescription: "Where users are signed out."}, entra.GetLogoutUrl, nil),
	mapping.String("application_template_id", schema.StringAttribute{Computed: true, MarkdownDescription: "Gallery template that the service principal was made from."}, entra.GetApplicationTemplateId, nil),
	mapping.String("disabled_by_microsoft_status", schema.StringAttribute{Computed: true, MarkdownDescription: "Whether and why Microsoft has disabled the application."}, entra.GetDisabledByMicrosoftStatus, nil),
}

var (
	uuids      = []validator.String{validate.UUID()}
	atMost1024 = []validator.String{stringvalidator.UTF8LengthAtMost(1024)}
)

// idsByValue leaves out what has no value: it can only be named by its id.
func idsByValue[P interface {
	GetId() *uuid.UUID
	GetValue() *string
}](permissions []P,
) attr.Value {
	ids := map[string]attr.Value{}
	for _, permission := range mapping.Present(permissions) {
		if id, value := permission.GetId(), permission.GetValue(); id != nil && value != nil && *value != "" {
			ids[*value] = types.StringValue(id.String())
		}
	}
	return types.MapValueMust(types.StringType, ids)
}
