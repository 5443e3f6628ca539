// Package customdirectoryrole is workloadid_custom_directory_role: a role of one's own, with the actions that it allows.
// See https://learn.microsoft.com/entra/identity/role-based-access-control/custom-overview.
package customdirectoryrole

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/directoryrole"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/directoryroleassignment"
)

type entra = directoryrole.Role

var attributes = directoryrole.Attributes.Without("built_in")

// NewResource is workloadid_custom_directory_role.
func NewResource() resource.Resource {
	return entity.Resource[entra]{
		Noun: "custom_directory_role",
		Description: "A custom role of Microsoft Entra: what it allows is given to principals with `workloadid_directory_role_assignment`. It takes a licence of Microsoft Entra ID P1 or P2.\n\n" +
			"A role that is assigned cannot be deleted: destroy its assignments first, as Terraform does where they refer to the role.",
		Table:       attributes,
		Identity:    []string{"id"},
		Permissions: entity.Permissions{Read: directoryrole.Reading, Create: directoryrole.Writing},
		New:         func() entra { return models.NewUnifiedRoleDefinition() },
		Create:      create,
		Read:        read,
		Update: func(ctx context.Context, api *entity.Services, write *entity.Write[entra]) error {
			_, err := directoryrole.Collection(api).ByUnifiedRoleDefinitionId(write.Prior.String("id")).Patch(ctx, write.Body, nil)
			return err
		},
		Delete: remove,
		Find: func(ctx context.Context, api *entity.Services, plan mapping.Value, _ time.Time) iter.Seq2[entra, error] {
			return directoryrole.Named(ctx, api, plan.String("display_name"), attributes.Select())
		},
		Keys:    []entity.UniqueKey{{"display_name"}},
		Contest: contest,
		Plan:    plan,
	}.Resource()
}

// contest: roles are picked by their names, of which each has one of its own.
var contest = &entity.Contest[entra]{
	Values: func(object mapping.Value) []string {
		if !object.Has("display_name") {
			return nil
		}
		return []string{strings.ToLower(object.String("display_name"))}
	},
	Refused: entity.IsAlreadyThere,
	Vacate: func(ctx context.Context, api *entity.Services, write *entity.Write[entra]) (entra, error) {
		passing := uuid.NewString()
		body := models.NewUnifiedRoleDefinition()
		body.SetDisplayName(&passing)
		if _, err := directoryrole.Collection(api).ByUnifiedRoleDefinitionId(write.Prior.String("id")).Patch(ctx, body, nil); err != nil {
			return nil, err
		}
		now := models.NewUnifiedRoleDefinition()
		attributes.Encode(write.Prior, now)
		now.SetDisplayName(&passing)
		now.SetId(new(write.Prior.String("id")))
		return now, nil
	},
}

// plan lets assignments of the same configuration have the role by its name.
func plan(_ context.Context, api *entity.Services, change *entity.Change) diag.Diagnostics {
	if api != nil && change.Planned.Has("display_name") {
		directoryrole.Declare(api, change.State.String("id"), change.Planned.String("display_name"))
	}
	return nil
}

// create chooses the template id where the configuration does not. By it a role is known for the one that was asked for,
// whatever becomes of the answer, and not made twice.
func create(ctx context.Context, api *entity.Services, write *entity.Write[entra]) (entra, error) {
	if !write.Plan.Has("template_id") {
		id := uuid.NewString()
		write.Plan = write.Plan.With("template_id", types.StringValue(id))
		write.Body.SetTemplateId(&id)
	}
	created, err := directoryrole.Collection(api).Post(ctx, write.Body, nil)
	if err != nil {
		return nil, err
	}
	if id := created.GetId(); id != nil {
		directoryrole.Declare(api, *id, write.Plan.String("display_name"))
	}
	return created, nil
}

// read refuses roles of Microsoft's, which nobody can change or delete.
func read(ctx context.Context, api *entity.Services, query entity.Query) (entra, error) {
	found, err := directoryrole.Get(ctx, api, query.String("id"), directoryrole.Attributes.Select())
	if err != nil {
		return nil, err
	}
	if builtIn := found.GetIsBuiltIn(); builtIn != nil && *builtIn {
		return nil, fmt.Errorf("the role %s is a built-in one, which Microsoft manages. The data source workloadid_directory_role looks it up", query.String("id"))
	}
	return found, nil
}

// remove says who has a role that cannot be deleted for that.
func remove(ctx context.Context, api *entity.Services, state mapping.Value) error {
	id := state.String("id")
	err := directoryrole.Collection(api).ByUnifiedRoleDefinitionId(id).Delete(ctx, nil)
	if answer, ok := graph.AsError(err); !ok || answer.Status != http.StatusBadRequest && answer.Status != http.StatusConflict {
		return err
	}
	var assignments []string
	for assignment, listErr := range directoryroleassignment.ListOf(ctx, api, id) {
		if listErr != nil {
			return err
		}
		assignments = append(assignments, fmt.Sprintf("%s (of the principal %s)", text(assignment.GetId()), text(assignment.GetPrincipalId())))
	}
	if len(assignments) == 0 {
		return err
	}
	return fmt.Errorf("%w\n\nThe role is still assigned, and is not deleted before its assignments are: %s", err, strings.Join(assignments, ", "))
}

func text(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}
