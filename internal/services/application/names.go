package application

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	offering "github.com/workloadid/terraform-provider-workloadid/internal/services/api"
)

// The permissions that an application asks for, by name, and by the ids that Microsoft Graph has.
const (
	byName = "required_api_access"
	byID   = "required_resource_access"
)

// requiredAPIAccess is required_resource_access in people's words. Only the plan and a read that finds something else look
// names up: whoever does not use it pays nothing.
var requiredAPIAccess = mapping.Derived(byName, schema.MapNestedAttribute{
	Optional: true, Validators: []validator.Map{mapvalidator.KeysAre(stringvalidator.LengthAtLeast(1))},
	MarkdownDescription: "`required_resource_access` by names instead of ids: the permissions that the application asks for, by the name of the API, such as `Microsoft Graph`, its client id, or the object id of its service principal, which the tenant must have. Only one of the two can be set. Unset, what the application asks for is left as it is.",
	NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"app_roles": permissionNames("App roles by their value, such as `User.Read.All`: permissions that the application has by itself."),
		"scopes":    permissionNames("Scopes by their value, such as `User.Read`: permissions that the application has on behalf of a user."),
	}},
}, func(from entra, prior attr.Value) attr.Value {
	if found, ok := from.(*withNames); ok {
		return found.names
	}
	return mapping.Known(prior, types.MapNull(namesType))
}).Property("").ID()

func permissionNames(description string) schema.SetAttribute {
	return schema.SetAttribute{
		Optional: true, ElementType: types.StringType,
		Validators:          []validator.Set{setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
		MarkdownDescription: description,
	}
}

var (
	texts     = types.SetType{ElemType: types.StringType}
	namesType = types.ObjectType{AttrTypes: map[string]attr.Type{"app_roles": texts, "scopes": texts}}
	idsType   = types.ObjectType{AttrTypes: map[string]attr.Type{"app_role_ids": texts, "scope_ids": texts}}
)

// withNames is an application with the names of what it asks for.
type withNames struct {
	entra
	names attr.Value
}

// named adds the names where what the application asks for is not what is known by them.
func named(ctx context.Context, services *entity.Services, known mapping.Value, found entra) (entra, error) {
	if !known.Has(byName) || (mapping.Table[entra]{requiredResourceAccess}).Decode(found, known)[byID].Equal(known.Get(byID)) {
		return found, nil
	}
	names, err := namesOf(ctx, services, known, found)
	if err != nil {
		return nil, err
	}
	return &withNames{found, names}, nil
}

func namesOf(ctx context.Context, services *entity.Services, known mapping.Value, found entra) (attr.Value, error) {
	keys := map[string]string{} // as they are known, by client id
	for key := range known.Elements(byName) {
		of, err := offering.Find(ctx, services, key)
		if err != nil {
			return nil, err
		}
		keys[of.ClientID] = key
	}
	elements := map[string]attr.Value{}
	for _, access := range mapping.Present(found.GetRequiredResourceAccess()) {
		clientID := text(access.GetResourceAppId())
		key := keys[clientID]
		of, err := offering.Find(ctx, services, clientID)
		switch {
		case err != nil && !isNowhere(err):
			return nil, err
		case err != nil:
			of, key = &offering.API{}, clientID
		case key == "":
			key = of.String()
		}
		elements[key] = accessNames(of, access, known.Elements(byName)[key])
	}
	return types.MapValueMust(namesType, elements), nil
}

// isNowhere reports whether an API was not found: the tenant need not have what an application asks for.
func isNowhere(err error) bool { return entity.IsNone(err) || graph.IsNotFound(err) }

// accessNames are the names of what is asked of an API. before is what is known of it.
func accessNames(of *offering.API, access resourceAccess, before mapping.Value) types.Object {
	var roles, scopes []string
	for _, permission := range mapping.Present(access.GetResourceAccess()) {
		switch id := permission.GetId(); {
		case id == nil:
		case text(permission.GetTypeEscaped()) == "Role":
			value, _ := of.AppRoleValue(id.String())
			roles = append(roles, value)
		default:
			value, _ := of.ScopeValue(id.String())
			scopes = append(scopes, value)
		}
	}
	return types.ObjectValueMust(namesType.AttrTypes, map[string]attr.Value{"app_roles": orNothing(roles, before.Get("app_roles")), "scopes": orNothing(scopes, before.Get("scopes"))})
}

// orNothing is a set, or null where there is nothing and was nothing.
func orNothing(values []string, before attr.Value) attr.Value {
	if len(values) == 0 && (before == nil || before.IsNull()) {
		return types.SetNull(types.StringType)
	}
	return mapping.StringSet(values)
}

// planNames plans the ids of what is asked for by names. Where the names stay, nothing is looked up.
func planNames(ctx context.Context, services *entity.Services, change *entity.Change) diag.Diagnostics {
	names := change.Planned.Get(byName)
	if names == nil || names.IsNull() || !change.State.IsNull() && names.Equal(change.State.Get(byName)) {
		return nil
	}
	planned := change.Planned
	change.Planned = planned.With(byID, types.MapUnknown(idsType))
	if services == nil || services.TenantID == "" || !mapping.Settled(names) {
		return nil // the apply plans again, when all is known
	}
	ids, open, err := idsByNames(ctx, services, planned)
	switch {
	case open:
		return nil // the apply sees what the API is given before
	case err != nil:
		return entity.Failed(path.Root(byName), "The API cannot be looked up", err)
	}
	change.Planned = planned.With(byID, ids)
	return nil
}

// idsByNames are what is asked for by names, by ids. They are open while an API may still get what it lacks.
func idsByNames(ctx context.Context, services *entity.Services, planned mapping.Value) (ids attr.Value, open bool, err error) {
	elements := map[string]attr.Value{}
	keys := map[string]string{}
	all := planned.Elements(byName)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		at := path.Root(byName).AtMapKey(key)
		found, open, err := findAccess(ctx, services, key, all[key], at)
		switch {
		case err != nil:
			return nil, open, err
		case keys[found.clientID] != "":
			return nil, false, &entity.AttributeError{Path: at, Summary: "an API is named twice", Detail: fmt.Sprintf("%q and %q are the same API, %s. Name it once.", keys[found.clientID], key, found.clientID)}
		}
		keys[found.clientID] = key
		elements[found.clientID] = found.ids()
	}
	return types.MapValueMust(idsType, elements), false, nil
}

// settleNames has a write ask for what the plan has by names alone, for an API that was to get it first.
func settleNames(ctx context.Context, services *entity.Services, write *entity.Write[entra]) error {
	if !write.Plan.Has(byName) || !write.Plan.Unknown(byID) {
		return nil
	}
	ids, open, err := idsByNames(ctx, services, write.Plan)
	if open {
		return &entity.Unseen{Err: err}
	}
	if err == nil {
		complete := models.NewApplication()
		attributes.Encode(write.Plan.With(byID, ids), complete)
		write.Body.SetRequiredResourceAccess(complete.GetRequiredResourceAccess())
	}
	return err
}

// access is what is asked of an API, by ids.
type access struct {
	clientID      string
	roles, scopes []string
}

func (a access) ids() types.Object {
	return types.ObjectValueMust(idsType.AttrTypes, map[string]attr.Value{"app_role_ids": mapping.StringSet(a.roles), "scope_ids": mapping.StringSet(a.scopes)})
}

// findAccess finds the ids of what is asked of an API by names, which are at a path. It is open while the API may still get
// what it lacks.
func findAccess(ctx context.Context, services *entity.Services, api string, names mapping.Value, at path.Path) (found access, open bool, err error) {
	wrong := at
	err = offering.Use(ctx, services, api, func(of *offering.API) (err error) {
		defer func() { open = of.MayGet(services, err) }()
		found.clientID = of.ClientID
		wrong = at.AtName("app_roles")
		if found.roles, err = each(names.Strings("app_roles"), func(value string) (string, error) { return of.AppRoleID(value, offering.Application) }); err != nil {
			return err
		}
		wrong = at.AtName("scopes")
		found.scopes, err = each(names.Strings("scopes"), of.ScopeID)
		return err
	})
	if graph.IsNotFound(err) && services.Knows(api) {
		open = true // a replica does not show it yet
	}
	return found, open, offering.At(wrong, err)
}

// each finds the ids of all values, in the values' order.
func each(values []string, find func(string) (string, error)) ([]string, error) {
	var ids []string
	for _, value := range slices.Sorted(slices.Values(values)) {
		id, err := find(value)
		if err != nil {
			return nil, err
		}
		ids = append(ids, strings.ToLower(id))
	}
	return ids, nil
}
