package application

import (
	"slices"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-validators/int32validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// See https://learn.microsoft.com/graph/api/resources/apiapplication.
type api = models.ApiApplicationable

var apiAttributes = mapping.Table[api]{
	mapping.Int32("requested_access_token_version", schema.Int32Attribute{
		Optional: true, Computed: true, Validators: []validator.Int32{int32validator.OneOf(1, 2)},
		MarkdownDescription: "Version of the access tokens that the API expects: 1 or 2. Personal Microsoft accounts need 2.",
	}, api.GetRequestedAccessTokenVersion, api.SetRequestedAccessTokenVersion),
	mapping.Bool("mapped_claims_enabled", schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: "Whether the application accepts claims mapping without a signing key of its own. Setting it at creation costs one more request."}, api.GetAcceptMappedClaims, api.SetAcceptMappedClaims).Property("acceptMappedClaims").Risk("true"),
	mapping.UUIDs("known_client_applications", schema.SetAttribute{
		Optional: true, Computed: true, Validators: []validator.Set{setvalidator.ValueStringsAre(validate.UUID())},
		MarkdownDescription: "Client ids of applications whose consent covers this API too.",
	}, api.GetKnownClientApplications, api.SetKnownClientApplications).Risk(),
	mapping.Map("oauth2_permission_scopes", schema.MapNestedAttribute{
		Optional: true, Computed: true, Validators: []validator.Map{mapvalidator.KeysAre(validate.ClaimValue())},
		MarkdownDescription: "Delegated permissions (scopes) that the API offers, by their value. Removing one disables it first, as Microsoft Graph demands.",
	}, scopeAttributes, scopeKey, api.GetOauth2PermissionScopes, api.SetOauth2PermissionScopes, models.NewPermissionScope),
	// After the scopes, whose values it refers to.
	mapping.Converted(preAuthorized, schema.MapAttribute{
		Optional: true, Computed: true, ElementType: types.SetType{ElemType: types.StringType},
		Validators:          []validator.Map{mapvalidator.KeysAre(validate.UUID()), mapvalidator.ValueSetsAre(setvalidator.SizeAtLeast(1))},
		MarkdownDescription: "Clients that need no consent: their client ids, each with the values of the scopes it may use. Microsoft Graph wants the scopes to be there before: at creation, and with scopes that are new, they cost one more request.",
	}, api.GetPreAuthorizedApplications, api.SetPreAuthorizedApplications, decodePreAuthorized, encodePreAuthorized).ID().Risk(),
}

type scope = models.PermissionScopeable

// See https://learn.microsoft.com/graph/api/resources/permissionscope.
var scopeAttributes = mapping.Table[scope]{
	mapping.UUID("id", schema.StringAttribute{Optional: true, Computed: true, Validators: uuids, MarkdownDescription: "Id of the scope. Unset, the provider derives one from the value: the same one on every run."}, scope.GetId, scope.SetId),
	mapping.Bool("enabled", schema.BoolAttribute{Optional: true, Computed: true, Default: booldefault.StaticBool(true), MarkdownDescription: "Whether the scope can be granted. Default `true`."}, scope.GetIsEnabled, scope.SetIsEnabled).Property("isEnabled"),
	mapping.String("type", schema.StringAttribute{
		Optional: true, Computed: true, Default: stringdefault.StaticString("User"), Validators: []validator.String{stringvalidator.OneOf("User", "Admin")},
		MarkdownDescription: "Who can consent: `User` (the default) or `Admin`.",
	}, scope.GetTypeEscaped, scope.SetTypeEscaped),
	mapping.String("admin_consent_display_name", schema.StringAttribute{Optional: true, MarkdownDescription: "Title that administrators see when they are asked for consent."}, scope.GetAdminConsentDisplayName, scope.SetAdminConsentDisplayName),
	mapping.String("admin_consent_description", schema.StringAttribute{Optional: true, MarkdownDescription: "Text that administrators see when they are asked for consent."}, scope.GetAdminConsentDescription, scope.SetAdminConsentDescription),
	mapping.String("user_consent_display_name", schema.StringAttribute{Optional: true, MarkdownDescription: "Title that users see when they are asked for consent."}, scope.GetUserConsentDisplayName, scope.SetUserConsentDisplayName),
	mapping.String("user_consent_description", schema.StringAttribute{Optional: true, MarkdownDescription: "Text that users see when they are asked for consent."}, scope.GetUserConsentDescription, scope.SetUserConsentDescription),
}

var scopeKey = permissionKey[scope](scopeKind)

// decodePreAuthorized names the scopes by value, for their ids say nothing to a person and can't be referred to from
// within the same resource. An id that belongs to no scope, or that the configuration has, stays an id.
func decodePreAuthorized(from api, prior attr.Value) attr.Value {
	elementType := types.SetType{ElemType: types.StringType}
	clients := from.GetPreAuthorizedApplications()
	if clients == nil {
		return types.MapNull(elementType)
	}
	values := map[string]string{}
	for _, offered := range mapping.Present(from.GetOauth2PermissionScopes()) {
		if id := offered.GetId(); id != nil {
			values[id.String()] = scopeKey.Of(offered)
		}
	}
	configured, _ := prior.(types.Map)
	elements := map[string]attr.Value{}
	for _, client := range mapping.Present(clients) {
		clientID := text(client.GetAppId())
		asID := mapping.Texts(configured.Elements()[clientID])
		var names []string
		for _, id := range client.GetDelegatedPermissionIds() {
			if value, ok := values[id]; ok && !slices.Contains(asID, id) {
				id = value
			}
			names = append(names, id)
		}
		elements[clientID] = mapping.StringSet(names)
	}
	return types.MapValueMust(elementType, elements)
}

func encodePreAuthorized(value attr.Value, to api) {
	ids := map[string]string{}
	for _, offered := range to.GetOauth2PermissionScopes() {
		if id := offered.GetId(); id != nil {
			ids[scopeKey.Of(offered)] = id.String()
		}
	}
	clients := []models.PreAuthorizedApplicationable{}
	for clientID, names := range value.(types.Map).Elements() {
		client := models.NewPreAuthorizedApplication()
		client.SetAppId(&clientID)
		permissions := []string{}
		for _, name := range names.(types.Set).Elements() {
			text := name.(types.String).ValueString()
			if id, ok := ids[text]; ok {
				text = id
			}
			permissions = append(permissions, text)
		}
		slices.Sort(permissions)
		client.SetDelegatedPermissionIds(permissions)
		clients = append(clients, client)
	}
	slices.SortFunc(clients, func(a, b models.PreAuthorizedApplicationable) int {
		return compareText(a.GetAppId(), b.GetAppId())
	})
	to.SetPreAuthorizedApplications(clients)
}

// permission is what app roles and scopes have in common.
type permission interface {
	GetId() *uuid.UUID
	SetId(*uuid.UUID)
	GetValue() *string
	SetValue(*string)
	GetIsEnabled() *bool
	SetIsEnabled(*bool)
}
