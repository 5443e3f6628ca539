package directoryroleassignment

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/directoryrole"
)

// plan finds the role, so that a wrong one is an error before anything is changed. A role that is assigned already is not
// looked up again.
func plan(ctx context.Context, api *entity.Services, change *entity.Change) diag.Diagnostics {
	change.Planned = change.Planned.With("directory_scope_id", plannedScope(change.Planned))
	given, other := entity.Given(change.Config, "role_name", "role_definition_id")
	if !change.State.IsNull() && change.Planned.Get(given).Equal(change.State.Get(given)) {
		return nil
	}
	change.Planned = change.Planned.With(other, types.StringUnknown())
	if api == nil || api.TenantID == "" || !change.Planned.Has(given) {
		return nil // the provider or the role is not known yet
	}
	find := directoryrole.IDOf
	if given == "role_definition_id" {
		find = directoryrole.Check
	}
	found, err := find(ctx, api, change.Planned.String(given))
	switch {
	case err != nil:
		return entity.Failed(path.Root(given), "The role cannot be looked up", unknownRole(given, err))
	case found == "" && given == "role_definition_id" && !api.Knows(change.Planned.String(given)):
		return diag.Diagnostics{diag.NewAttributeWarningDiagnostic(path.Root(given), "No such role yet",
			fmt.Sprintf("No directory role has the id %s. If nobody made it a moment ago, the apply will fail. The id of a role is that of its template or definition, and not that of an activated role (directoryRole) in the tenant.", change.Planned.String(given)))}
	case found == "": // it is yet to be made, or to be seen
		return nil
	}
	if known := change.State.String(other); strings.EqualFold(known, found) {
		found = known // the role that it was, under another name
	}
	change.Planned = change.Planned.With(other, types.StringValue(found))
	return nil
}

// plannedScope is the scope that the attributes come to.
func plannedScope(planned mapping.Value) attr.Value {
	if planned.Unknown("administrative_unit_id") || planned.Unknown("application_id") {
		return types.StringUnknown()
	}
	if scope := scopeOf(planned); !strings.EqualFold(planned.String("directory_scope_id"), scope) {
		return types.StringValue(scope)
	}
	return planned.Get("directory_scope_id")
}

// unknownRole puts a problem of the role where the role was given.
func unknownRole(attribute string, err error) error {
	if problem, ok := errors.AsType[*directoryrole.Problem](err); ok {
		return &entity.AttributeError{Path: path.Root(attribute), Summary: problem.Summary, Detail: problem.Detail}
	}
	return err
}
