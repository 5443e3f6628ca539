package approleassignment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/api"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/serviceprincipal"
)

// plan finds the role, so that a wrong value is an error before anything is changed. A role that is assigned already is not
// looked up again.
func plan(ctx context.Context, services *entity.Services, change *entity.Change) diag.Diagnostics {
	given, other := entity.Given(change.Config, "app_role", "app_role_id")
	same := !change.State.IsNull() && change.Planned.Get(given).Equal(change.State.Get(given))
	target, diagnostics := api.PlanTarget(ctx, services, change, !same)
	if sameTarget := change.Planned.Get(api.TargetID).Equal(change.State.Get(api.TargetID)); diagnostics.HasError() || same && sameTarget {
		return diagnostics
	}
	change.Planned = change.Planned.With(other, types.StringUnknown())
	if target == nil || !change.Planned.Has(given) {
		return nil // not known yet
	}
	role := change.Planned.String(given)
	id, err := target.AppRoleID(role, "")
	switch {
	case target.MayGet(services, err):
		return nil
	case err != nil:
		return entity.Failed(path.Root(given), "The role cannot be looked up", api.At(path.Root(given), err))
	}
	if err := checkMember(ctx, services, target, role, change.Planned.String("principal_id")); err != nil {
		return entity.Failed(path.Root(given), "The role cannot be looked up", api.At(path.Root(given), err))
	}
	value, _ := target.AppRoleValue(id)
	switch {
	case mapping.SameGUID(id, change.State.String("app_role_id")) && change.State.Has("app_role"): // however it is written now
		change.Planned = change.Planned.With("app_role", change.State.Get("app_role")).With("app_role_id", change.State.Get("app_role_id"))
	case given == "app_role":
		change.Planned = change.Planned.With("app_role_id", types.StringValue(id))
	default:
		change.Planned = change.Planned.With("app_role", types.StringValue(value))
	}
	return nil
}

// checkMember refuses a role that is for users only to a service principal. One that is for applications only is mostly
// given to one: it is not worth a request, and Graph refuses it to others.
func checkMember(ctx context.Context, services *entity.Services, target *api.API, role, principal string) error {
	_, err := target.AppRoleID(role, api.Application)
	if err == nil || principal == "" {
		return nil
	}
	if exists, lookupErr := serviceprincipal.Exists(ctx, services, principal); !exists || lookupErr != nil {
		return nil
	}
	return err
}
