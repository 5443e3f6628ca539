package azureroleassignment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/azureroledefinition"
)

// plan finds the role, so that a wrong name is an error before anything is changed. A role that is assigned already is not
// looked up again.
func plan(ctx context.Context, api *entity.Services, change *entity.Change) diag.Diagnostics {
	given, other := entity.Given(change.Config, "role_name", "role_definition_id")
	assigned := !change.State.IsNull() && change.Planned.Get(given).Equal(change.State.Get(given)) && change.Planned.Get("scope").Equal(change.State.Get("scope"))
	if assigned {
		return nil
	}
	change.Planned = change.Planned.With(other, types.StringUnknown())
	scope := change.Planned.String("scope")
	if api == nil || api.TenantID == "" || scope == "" || !change.Planned.Has(given) {
		return nil // the provider, the scope or the role is not known yet
	}
	if given == "role_definition_id" {
		return planName(ctx, api, change, scope)
	}
	role, err := azureroledefinition.ByName(ctx, api, scope, change.Planned.String("role_name"))
	if err != nil {
		return entity.Failed(path.Root("role_name"), "The role cannot be looked up", unknownRole(err))
	}
	id := *role.ID
	if known := change.State.String("role_definition_id"); known != "" && sameRole(known, id) {
		id = known // a role that was given another name
	}
	change.Planned = change.Planned.With("role_definition_id", types.StringValue(id))
	return nil
}

// planName looks up how a role is called, if it can: it need not be visible to who may assign it.
func planName(ctx context.Context, api *entity.Services, change *entity.Change, scope string) diag.Diagnostics {
	role, err := azureroledefinition.ByID(ctx, api, scope, change.Planned.String("role_definition_id"))
	if err == nil {
		change.Planned = change.Planned.With("role_name", types.StringValue(azureroledefinition.NameOf(role)))
	}
	return nil
}

// unknownRole puts an unknown name where it was given.
func unknownRole(err error) error {
	if unknown, ok := azureroledefinition.AsUnknown(err); ok {
		return &entity.AttributeError{Path: path.Root("role_name"), Summary: "there is no such role", Detail: unknown.Error()}
	}
	return err
}
