package applicationpart

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/application"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// permission is what app roles and scopes have in common.
type permission interface {
	GetId() *uuid.UUID
	SetId(*uuid.UUID)
	GetValue() *string
	SetValue(*string)
}

// NewAppRoleResource is workloadid_application_app_role.
func NewAppRoleResource() resource.Resource { return appRole.resource() }

type role = models.AppRoleable

var appRole = &kind{
	noun: "application_app_role", title: "app role", attribute: "app_roles",
	description: "An app role of an application: an application permission, or a role of users, that the application defines. Destroying it disables it first, as Microsoft Graph demands.",
	key:         []string{"app_role_id"},
	rows: mapping.Part(append(mapping.Table[role]{
		permissionID[role]("app_role_id", "role"),
		mapping.String("value", schema.StringAttribute{
			Optional: true, Validators: []validator.String{validate.ClaimValue(), stringvalidator.AtLeastOneOf(path.MatchRoot("value"), path.MatchRoot("app_role_id"))},
			MarkdownDescription: "Value that tokens carry. A role without one needs `app_role_id`. Changing it makes a new role.",
		}, role.GetValue, role.SetValue).CreateOnly(),
	}, application.RoleAttributes...), func(of entra) role { return of.GetAppRoles()[0] }),
	element: func() entra {
		part := models.NewApplication()
		part.SetAppRoles([]role{models.NewAppRole()})
		return part
	},
	collections: one(elements[role]{
		name: "app_roles", in: "appRoles", get: func(of entra) []role { return mapping.Present(of.GetAppRoles()) }, set: entra.SetAppRoles,
		key: permissionKey[role], kept: func(found role) role {
			kept := models.NewAppRole()
			keep(application.RoleAttributes, found, role(kept))
			return kept
		},
		removable: application.DisableRemoved[role],
	}),
	plan: planPermissionID("app_role_id", application.AppRoleID),
}

// NewPermissionScopeResource is workloadid_application_permission_scope.
func NewPermissionScopeResource() resource.Resource { return permissionScope.resource() }

type scope = models.PermissionScopeable

var permissionScope = &kind{
	noun: "application_permission_scope", title: "scope", attribute: "api.oauth2_permission_scopes",
	description: "A delegated permission (scope) that an application offers as an API. Destroying it disables it first, as Microsoft Graph demands.",
	key:         []string{"scope_id"},
	rows: mapping.Part(append(mapping.Table[scope]{
		permissionID[scope]("scope_id", "scope"),
		mapping.String("value", schema.StringAttribute{
			Required: true, Validators: []validator.String{validate.ClaimValue()},
			MarkdownDescription: "Value by which clients ask for the scope, and that tokens carry. Changing it makes a new scope.",
		}, scope.GetValue, scope.SetValue).CreateOnly(),
	}, application.ScopeAttributes...), func(of entra) scope { return of.GetApi().GetOauth2PermissionScopes()[0] }),
	element: func() entra {
		part := models.NewApplication()
		apiOf(part).SetOauth2PermissionScopes([]scope{models.NewPermissionScope()})
		return part
	},
	collections: one(elements[scope]{
		name: "api.oauth2_permission_scopes", in: "api",
		get: ofAPI(models.ApiApplicationable.GetOauth2PermissionScopes),
		set: func(to entra, scopes []scope) { apiOf(to).SetOauth2PermissionScopes(scopes) },
		key: permissionKey[scope], kept: func(found scope) scope {
			kept := models.NewPermissionScope()
			keep(application.ScopeAttributes, found, scope(kept))
			return kept
		},
		removable: application.DisableRemoved[scope],
	}),
	plan: planPermissionID("scope_id", application.ScopeID),
}

// permissionID is the row of what tells a role or a scope from others of its application.
func permissionID[P permission](name, title string) mapping.Row[P] {
	return mapping.UUID(name, schema.StringAttribute{
		Optional: true, Computed: true, Validators: []validator.String{validate.UUID()},
		MarkdownDescription: "Id of the " + title + ". Unset, the provider derives one from the value: the same one on every run, and the one that the application's own attribute has for it. Changing it makes a new " + title + ".",
	}, P.GetId, P.SetId).Property("id").CreateOnly().Alike(strings.EqualFold)
}

func permissionKey[P permission](p P) string {
	if id := p.GetId(); id != nil {
		return id.String()
	}
	return ""
}

// keep copies all that can be written of a permission: what only the service sets, a PATCH must not have.
func keep[P permission](rows mapping.Table[P], found, kept P) {
	rows.Encode(rows.Value(found), kept)
	kept.SetId(found.GetId())
	if value := found.GetValue(); value != nil {
		kept.SetValue(value)
	}
}

// planPermissionID derives the id from the value where the configuration has none.
func planPermissionID(name string, derived func(value string) string) func(context.Context, *entity.Services, *entity.Change) diag.Diagnostics {
	return func(_ context.Context, _ *entity.Services, change *entity.Change) diag.Diagnostics {
		if change.Planned.Unknown(name) && change.Config.Get(name).IsNull() && change.Planned.Has("value") {
			change.Planned = change.Planned.With(name, types.StringValue(derived(change.Planned.String("value"))))
		}
		return nil
	}
}

// apiOf is what an application offers as an API, to be written to.
func apiOf(of entra) models.ApiApplicationable {
	if of.GetApi() == nil {
		of.SetApi(models.NewApiApplication())
	}
	return of.GetApi()
}

// ofAPI gets a collection of what an application offers as an API.
func ofAPI[X any](get func(models.ApiApplicationable) []X) func(entra) []X {
	return func(of entra) []X {
		if api := of.GetApi(); api != nil {
			return mapping.Present(get(api))
		}
		return nil
	}
}
