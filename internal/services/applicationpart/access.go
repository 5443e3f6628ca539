package applicationpart

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
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
)

// NewRequiredAPIAccessResource is workloadid_application_required_api_access.
func NewRequiredAPIAccessResource() resource.Resource { return requiredAPIAccess.resource() }

type access = models.RequiredResourceAccessable

var requiredAPIAccess = &kind{
	noun: "application_required_api_access", title: "required access to", attribute: "required_api_access` or `required_resource_access",
	description: "Permissions of one API that an application asks for, by names. Asking is not getting: someone must consent.",
	key:         []string{"api_client_id"},
	rows: mapping.Table[entra]{
		mapping.Derived("api", schema.StringAttribute{
			Required: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "The API: its name, such as `Microsoft Graph`, its client id, or the object id of its service principal, which the tenant must have. Another API makes a new part.",
		}, func(from entra, prior attr.Value) attr.Value {
			if found, ok := from.(*namedAccess); ok {
				return mapping.Known(prior, types.StringValue(found.api))
			}
			return mapping.Known(prior, types.StringNull())
		}).Property(""),
		mapping.Derived("api_client_id", schema.StringAttribute{Computed: true, MarkdownDescription: "Client id of the API."},
			func(from entra, _ attr.Value) attr.Value {
				return types.StringPointerValue(firstAccess(from).GetResourceAppId())
			}).Property("resourceAppId").CreateOnly(),
		permissionNames("app_roles", "App roles by their value, such as `User.Read.All`, or their id: permissions that the application has by itself."),
		permissionNames("scopes", "Scopes by their value, such as `User.Read`, or their id: permissions that the application has on behalf of a user."),
		permissionIDs("app_role_ids", "Role", "Ids of the app roles."),
		permissionIDs("scope_ids", "Scope", "Ids of the scopes."),
	},
	element: func() entra {
		part := models.NewApplication()
		part.SetRequiredResourceAccess([]access{models.NewRequiredResourceAccess()})
		return part
	},
	collections: one(elements[access]{
		name: "required_api_access", in: "requiredResourceAccess",
		get: func(of entra) []access { return mapping.Present(of.GetRequiredResourceAccess()) }, set: entra.SetRequiredResourceAccess,
		key: func(a access) string {
			if id := a.GetResourceAppId(); id != nil {
				return strings.ToLower(*id)
			}
			return ""
		},
	}),
	permissions: application.PartPermissions(),
	encode:      encodeAccess,
	settle: func(ctx context.Context, api *entity.Services, plan mapping.Value) (mapping.Value, error) {
		if plan.Has("api_client_id") && plan.Has("app_role_ids") && plan.Has("scope_ids") {
			return plan, nil
		}
		settled, open, err := withIDs(ctx, api, plan)
		if open {
			err = &entity.Unseen{Err: err}
		}
		return settled, err
	},
	plan:  planAccess,
	named: nameAccess,
}

func firstAccess(of entra) access { return of.GetRequiredResourceAccess()[0] }

// namedAccess is a part with the names of what it asks for.
type namedAccess struct {
	entra
	api   string
	names mapping.Value
}

func permissionNames(name, description string) mapping.Row[entra] {
	return mapping.Converted(name, schema.SetAttribute{
		Optional: true, ElementType: types.StringType,
		Validators: []validator.Set{
			setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1)),
			setvalidator.AtLeastOneOf(path.MatchRoot("app_roles"), path.MatchRoot("scopes")),
		},
		MarkdownDescription: description,
	}, nothing, func(entra, any) {}, func(from entra, prior attr.Value) attr.Value {
		if found, ok := from.(*namedAccess); ok {
			return found.names.Get(name)
		}
		return mapping.Known(prior, types.SetNull(types.StringType))
	}, func(attr.Value, entra) {}).Property("") // it is the ids that travel
}

func nothing(entra) any { return nil }

func permissionIDs(name, kind, description string) mapping.Row[entra] {
	return mapping.Derived(name, schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description},
		func(from entra, _ attr.Value) attr.Value { return mapping.StringSet(idsOf(firstAccess(from), kind)) }).Property("resourceAccess")
}

func idsOf(of access, kind string) []string {
	var ids []string
	for _, permission := range mapping.Present(of.GetResourceAccess()) {
		if permission.GetId() != nil && permission.GetTypeEscaped() != nil && *permission.GetTypeEscaped() == kind {
			ids = append(ids, permission.GetId().String())
		}
	}
	return ids
}

func encodeAccess(object mapping.Value, part entra) {
	to := firstAccess(part)
	if id := object.String("api_client_id"); id != "" {
		to.SetResourceAppId(&id)
	}
	all := []models.ResourceAccessable{}
	for _, permissions := range []struct{ attribute, kind string }{{"app_role_ids", "Role"}, {"scope_ids", "Scope"}} {
		for _, id := range object.Strings(permissions.attribute) {
			if parsed, err := uuid.Parse(id); err == nil {
				permission := models.NewResourceAccess()
				permission.SetId(&parsed)
				permission.SetTypeEscaped(&permissions.kind)
				all = append(all, permission)
			}
		}
	}
	to.SetResourceAccess(all)
}

// withIDs adds the ids of what is asked for by names. They are open while the API may still get what it lacks.
func withIDs(ctx context.Context, api *entity.Services, plan mapping.Value) (with mapping.Value, open bool, err error) {
	clientID, ids, open, err := application.AccessIDs(ctx, api, plan.String("api"), plan, path.Empty())
	if err != nil {
		return plan, open, err
	}
	return plan.With("api_client_id", types.StringValue(clientID)).With("app_role_ids", ids.Get("app_role_ids")).With("scope_ids", ids.Get("scope_ids")), false, nil
}

// planAccess finds the ids of what is asked for, so that a wrong name is an error in the plan. Where the names stay, nothing is
// looked up.
func planAccess(ctx context.Context, api *entity.Services, change *entity.Change) diag.Diagnostics {
	planned, state := change.Planned, change.State
	same := func(name string) bool { return !state.IsNull() && planned.Get(name).Equal(state.Get(name)) }
	if same("api") && same("app_roles") && same("scopes") {
		return nil
	}
	if !same("api") {
		planned = planned.With("api_client_id", types.StringUnknown())
	}
	change.Planned = planned.With("app_role_ids", types.SetUnknown(types.StringType)).With("scope_ids", types.SetUnknown(types.StringType))
	if api == nil || api.TenantID == "" || !planned.Has("api") || !mapping.Settled(planned.Get("app_roles")) || !mapping.Settled(planned.Get("scopes")) {
		return nil // the apply plans again, when all is known
	}
	with, later, err := withIDs(ctx, api, planned)
	switch {
	case later:
		return nil // the apply sees what the API is given before
	case err != nil:
		return entity.Failed(path.Root("api"), "The API cannot be looked up", err)
	}
	change.Planned = with
	return nil
}

// nameAccess adds the names where what is asked for is not what is known by them.
func nameAccess(ctx context.Context, api *entity.Services, known mapping.Value, part entra) (entra, error) {
	of := firstAccess(part)
	if known.Has("api") && mapping.StringSet(idsOf(of, "Role")).Equal(known.Get("app_role_ids")) && mapping.StringSet(idsOf(of, "Scope")).Equal(known.Get("scope_ids")) {
		return part, nil
	}
	name, names, err := application.AccessNames(ctx, api, of, known)
	if err != nil {
		return nil, err
	}
	return &namedAccess{part, name, names}, nil
}
