package delegatedpermissiongrant

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/api"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// longestScope is how long all scopes may be together (https://learn.microsoft.com/graph/api/oauth2permissiongrant-update).
const longestScope = 3850

func checkLength(config mapping.Value) (diagnostics diag.Diagnostics) {
	if length := len([]rune(joined(config.Strings("scopes")))); length > longestScope {
		diagnostics.AddAttributeError(path.Root("scopes"), "Too many scopes", fmt.Sprintf("All scopes together, with a space between each two, have %d characters, and Microsoft Entra takes at most %d.", length, longestScope))
	}
	return diagnostics
}

// plan finds the API and checks the scopes that are new, for Graph takes any text for a scope.
func plan(ctx context.Context, services *entity.Services, change *entity.Change) diag.Diagnostics {
	target, diagnostics := api.PlanTarget(ctx, services, change, len(added(change.State, change.Planned)) > 0)
	if target == nil || diagnostics.HasError() {
		return diagnostics
	}
	var before mapping.Value
	if change.Planned.Get(api.TargetID).Equal(change.State.Get(api.TargetID)) {
		before = change.State
	}
	if err := offers(target, added(before, change.Planned)); err != nil && !target.MayGet(services, err) {
		return entity.Failed(path.Root("scopes"), "The scopes cannot be looked up", atScope(err))
	}
	return nil
}

// added are the scopes that an object has and another one has not.
func added(before, after mapping.Value) []string {
	known := before.Strings("scopes")
	return slices.DeleteFunc(after.Strings("scopes"), func(scope string) bool { return slices.Contains(known, scope) })
}

// unknownScope is what is wrong with one scope.
type unknownScope struct {
	scope string
	err   error
}

func (u *unknownScope) Error() string { return u.err.Error() }

func (u *unknownScope) Unwrap() error { return u.err }

// offers reports the first scope that an API does not offer.
func offers(target *api.API, scopes []string) error {
	for _, scope := range slices.Sorted(slices.Values(scopes)) {
		id, err := target.ScopeID(scope)
		if err == nil && validate.CheckUUID(scope) == nil {
			value, _ := target.ScopeValue(id)
			err = &api.Problem{Summary: "the id of a scope", Detail: fmt.Sprintf("Scopes are named by their values: %s is %q.", scope, value)}
		}
		if err != nil {
			return &unknownScope{scope, err}
		}
	}
	return nil
}

// atScope puts what is wrong with a scope where it stands.
func atScope(err error) error {
	at := path.Root("scopes")
	if unknown, ok := errors.AsType[*unknownScope](err); ok {
		at = at.AtSetValue(types.StringValue(unknown.scope))
	}
	return api.At(at, err)
}
