package apiaccess

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/api"
)

const cannotLookUp = "The API cannot be looked up"

// plan finds the API and what is newly asked of it, so that a wrong name is an error before anything is changed. Where
// nothing changes, nothing is looked up.
func plan(ctx context.Context, services *entity.Services, change *entity.Change) diag.Diagnostics {
	planned, state := change.Planned, change.State
	sameAPI := !state.IsNull() && planned.Get("api").Equal(state.Get("api"))
	if sameAPI && planned.Get("app_roles").Equal(state.Get("app_roles")) && planned.Get("delegated_scopes").Equal(state.Get("delegated_scopes")) && planned.Get("exclusive").Equal(state.Get("exclusive")) {
		return nil
	}
	if !sameAPI {
		change.Planned = change.Planned.With("api_id", types.StringUnknown())
	}
	if services == nil || services.TenantID == "" || !planned.Has("api") {
		openIDs(change)
		return nil // the provider or the API is not known yet
	}
	var diagnostics diag.Diagnostics
	look := func(found *api.API) error {
		if !sameAPI {
			change.Planned = change.Planned.With("api_id", types.StringValue(found.ID))
			if found.ID == state.String("api_id") { // by another of its names
				change.Planned = change.Planned.With("api", state.Get("api"))
			}
		}
		diagnostics = nil
		var wrong error
		wrong = errors.Join(wrong, check(change, "app_roles", &diagnostics, func(value string) error {
			_, err := found.AppRoleID(value, api.Application)
			return err
		}))
		wrong = errors.Join(wrong, check(change, "delegated_scopes", &diagnostics, func(value string) error { return checkScope(found, value) }))
		if found.MayGet(services, wrong) {
			diagnostics = nil // the apply sees what it is given before
		}
		return wrong
	}
	var err error
	if sameAPI {
		err = api.UseID(ctx, services, state.String("api_id"), look)
	} else {
		err = api.Use(ctx, services, planned.String("api"), look)
	}
	openIDs(change)
	switch {
	case err == nil, api.IsProblem(err):
	case services.Knows(planned.String("api")) && graph.IsNotFound(err):
		return nil // a replica does not show it yet
	case entity.IsNone(err):
		return entity.Failed(path.Root("api"), cannotLookUp, fmt.Errorf("%w. If this configuration makes the API's service principal, let api be the id of that resource", err))
	default:
		return entity.Failed(path.Root("api"), cannotLookUp, err)
	}
	diagnostics.Append(warnOfOthers(ctx, services, change)...)
	return diagnostics
}

// check refuses the values that are new and that the API does not offer.
func check(change *entity.Change, attribute string, diagnostics *diag.Diagnostics, offered func(string) error) (wrong error) {
	var known []string
	if change.Planned.Get("api_id").Equal(change.State.Get("api_id")) {
		known = change.State.Strings(attribute)
	}
	for _, value := range slices.Sorted(slices.Values(change.Planned.Strings(attribute))) {
		if slices.Contains(known, value) {
			continue
		}
		at := path.Root(attribute).AtSetValue(types.StringValue(value))
		if err := offered(value); err != nil {
			wrong = errors.Join(wrong, err)
			diagnostics.Append(entity.Failed(at, cannotLookUp, api.At(at, err))...)
		}
	}
	return wrong
}

// openIDs leaves open what only the requests will tell.
func openIDs(change *entity.Change) {
	planned, state := change.Planned, change.State
	moved := !planned.Get("api_id").Equal(state.Get("api_id")) || !planned.Get("service_principal_id").Equal(state.Get("service_principal_id"))
	if moved {
		planned = planned.With("id", types.StringUnknown())
	}
	if moved || !planned.Get("app_roles").Equal(state.Get("app_roles")) {
		planned = planned.With("app_role_assignment_ids", types.MapUnknown(types.StringType))
	}
	if moved || !planned.Get("delegated_scopes").Equal(state.Get("delegated_scopes")) {
		planned = planned.With("delegated_permission_grant_id", types.StringUnknown())
	}
	change.Planned = planned
}

// warnOfOthers names what others have given and an access takes away that is to be the only one: the state does not have it, so
// that the plan would not show it.
func warnOfOthers(ctx context.Context, services *entity.Services, change *entity.Change) diag.Diagnostics {
	planned := change.Planned
	principalID, apiID := planned.String("service_principal_id"), planned.String("api_id")
	if !planned.Bool("exclusive") || change.State.Bool("exclusive") || principalID == "" || apiID == "" || planned.Unknown("app_roles") || planned.Unknown("delegated_scopes") {
		return nil
	}
	roles, err := assigned(ctx, services, principalID, apiID)
	if err != nil {
		return nil // the apply says what is wrong, if anything is
	}
	grant, err := granted(ctx, services, principalID, apiID)
	if err != nil {
		return nil
	}
	var others []string
	of, err := api.ByID(ctx, services, apiID)
	if err != nil {
		return nil
	}
	for role := range maps.Keys(roles) {
		value, _ := of.AppRoleValue(role)
		if _, ours := named(planned.Strings("app_roles"), value, role); !ours && !slices.Contains(change.State.Strings("app_roles"), value) {
			others = append(others, "the app role "+value)
		}
	}
	for _, scope := range scopesOf(grant) {
		if !slices.Contains(planned.Strings("delegated_scopes"), scope) && !slices.Contains(change.State.Strings("delegated_scopes"), scope) {
			others = append(others, "the delegated scope "+scope)
		}
	}
	if len(others) == 0 {
		return nil
	}
	slices.Sort(others)
	return diag.Diagnostics{diag.NewAttributeWarningDiagnostic(path.Root("exclusive"), "Access that others have given is taken away",
		fmt.Sprintf("%s has at %s, besides what is listed here: %s. That is taken away, because exclusive is set.", principalID, of, strings.Join(others, ", ")))}
}
