package api

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

const noun = "api"

// NewDataSource is workloadid_api.
func NewDataSource() datasource.DataSource {
	return entity.DataSource[*API]{
		Noun: noun,
		Description: "An API that the tenant has, Microsoft's or one's own, and the permissions that it offers: app roles, which a workload has by itself, and delegated scopes, which it has on behalf of a user. " +
			"It is found by its name, its client id, or the object id of its service principal.",
		Table:       attributes,
		Permissions: permissions,
		Keys:        []string{"display_name", "client_id", "id"},
		Read: func(ctx context.Context, services *entity.Services, query entity.Query) (*API, error) {
			switch {
			case query.Has("display_name"):
				return byName(ctx, services, query.String("display_name"))
			case query.Has("client_id"):
				return byClientID(ctx, services, query.String("client_id"))
			}
			return byID(ctx, services, query.String("id"))
		},
	}.DataSource()
}

// See https://learn.microsoft.com/graph/api/serviceprincipal-get, "Permissions".
var permissions = entity.Permissions{Read: entity.Needs{
	Application: []string{"Application.Read.All", "Application.ReadWrite.All"}, Delegated: []string{"Application.Read.All", "Application.ReadWrite.All"},
}}

var uuids = []validator.String{validate.UUID()}

var attributes = mapping.Table[*API]{
	mapping.Derived("display_name", schema.StringAttribute{Computed: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)}, MarkdownDescription: "Name of the API, such as `Microsoft Graph` or `Azure Key Vault`. A name that several service principals have is an error that lists them; Microsoft's own APIs are not mistaken for others of the same name."}, func(from *API, prior attr.Value) attr.Value {
		if given, ok := prior.(types.String); ok && given.ValueString() != "" {
			return prior // a well-known name in another letter case
		}
		return types.StringValue(from.DisplayName)
	}),
	mapping.String("client_id", schema.StringAttribute{Computed: true, Validators: uuids, MarkdownDescription: "Client id (`appId`) of the API, which Microsoft's own have in every tenant of a cloud."}, func(from *API) *string { return &from.ClientID }, nil).Property("appId").ID(),
	mapping.String("id", schema.StringAttribute{Computed: true, Validators: uuids, MarkdownDescription: "Object id of the API's service principal in this tenant."}, (*API).GetId, nil).ID(),
	mapping.Map("app_roles", schema.MapNestedAttribute{Computed: true, MarkdownDescription: "App roles by their value, such as `User.Read.All`; one without a value by its id."},
		mapping.Table[AppRole]{
			mapping.UUID("id", schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the app role."}, AppRole.GetId, nil),
			mapping.String("display_name", schema.StringAttribute{Computed: true, MarkdownDescription: "Name that people see."}, AppRole.GetDisplayName, nil),
			mapping.String("description", schema.StringAttribute{Computed: true, MarkdownDescription: "What the role allows."}, AppRole.GetDescription, nil),
			mapping.Strings("allowed_member_types", schema.SetAttribute{Computed: true, MarkdownDescription: "Who can have it: `Application`, `User` (which includes groups), or both. Giving it to an application always takes an administrator's consent."}, AppRole.GetAllowedMemberTypes, nil),
			mapping.Bool("enabled", schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it can be given."}, AppRole.GetIsEnabled, nil).Property("isEnabled"),
		}, mapping.Key[AppRole]{Of: func(role AppRole) string { return key(role) }}, func(from *API) []AppRole { return from.AppRoles }, nil, noBody[AppRole]).Property("appRoles"),
	mapping.Map("delegated_scopes", schema.MapNestedAttribute{Computed: true, MarkdownDescription: "Delegated scopes by their value, such as `User.Read`."},
		mapping.Table[Scope]{
			mapping.UUID("id", schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the scope."}, Scope.GetId, nil),
			mapping.String("display_name", schema.StringAttribute{Computed: true, MarkdownDescription: "Title that administrators see when they are asked for consent."}, Scope.GetAdminConsentDisplayName, nil).Property("adminConsentDisplayName"),
			mapping.String("description", schema.StringAttribute{Computed: true, MarkdownDescription: "What the scope allows, as administrators see it."}, Scope.GetAdminConsentDescription, nil).Property("adminConsentDescription"),
			mapping.Derived("admin_consent_required", schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether only an administrator can consent: the scope's type is `Admin`, and not `User`. What users may consent to is also a matter of the tenant's settings."}, func(from Scope, _ attr.Value) attr.Value {
				return types.BoolValue(text(from.GetTypeEscaped()) == "Admin")
			}).Property("type"),
			mapping.Bool("enabled", schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it can be given."}, Scope.GetIsEnabled, nil).Property("isEnabled"),
		}, mapping.Key[Scope]{Of: func(scope Scope) string { return key(scope) }}, func(from *API) []Scope { return from.Scopes }, nil, noBody[Scope]).Property("oauth2PermissionScopes"),
}

// noBody is for what is only read.
func noBody[N any]() (none N) { return none }
