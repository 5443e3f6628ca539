package directoryroleassignment

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/rolemanagement"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/application"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/directoryrole"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/serviceprincipal"
)

// NewResource is workloadid_directory_role_assignment.
func NewResource() resource.Resource {
	return entity.Resource[entra]{
		Noun: "directory_role_assignment",
		Description: "A role of Microsoft Entra that a service principal, a managed identity, a user or a group has: in the whole tenant, or limited to an administrative unit, an application or a service principal.\n\n" +
			"It can be 15 minutes before the role takes effect.",
		Table:       attributes,
		Identity:    []string{"id"},
		Permissions: entity.Permissions{Read: directoryrole.Reading, Create: directoryrole.Writing},
		New:         func() entra { return models.NewUnifiedRoleAssignment() },
		Create:      create,
		Read:        read,
		Listings:    []*graph.Listing{listing},
		Delete: func(ctx context.Context, api *entity.Services, state mapping.Value) error {
			return collection(api).ByUnifiedRoleAssignmentId(state.String("id")).Delete(ctx, nil)
		},
		Find: find,
		Keys: []entity.UniqueKey{
			{"principal_id", "role_definition_id", "administrative_unit_id?", "application_id?"},
			{"principal_id", "role_name", "administrative_unit_id?", "application_id?"},
		},
		References: func(object mapping.Value) []string {
			return []string{object.String("principal_id"), object.String("role_definition_id"), object.String("administrative_unit_id"), object.String("application_id")}
		},
		Targets: []entity.Target{
			entity.ToPrincipal("principal_id"),
			{Attribute: "role_definition_id", What: "directory role with the id", Find: func(ctx context.Context, api *entity.Services, plan mapping.Value) error {
				_, err := directoryrole.Get(ctx, api, plan.String("role_definition_id"), []string{"id"})
				return err
			}},
			entity.To("administrative_unit_id", "administrative unit", "directory/administrativeUnits"),
			{Attribute: "application_id", What: "application or service principal with the object id", Find: func(ctx context.Context, api *entity.Services, plan mapping.Value) error {
				_, err := entity.GetByPath(ctx, api, "/directoryObjects/"+plan.String("application_id"))
				return err
			}},
		},
		Hint: hint,
		Plan: plan,
	}.Resource()
}

func collection(api *entity.Services) *rolemanagement.DirectoryRoleAssignmentsRequestBuilder {
	return rolemanagement.NewRoleManagementRequestBuilderInternal(nil, api.Graph.V1()).Directory().RoleAssignments()
}

// listing has the assignments of all roles: https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignments.
var listing = &graph.Listing{Path: "/roleManagement/directory/roleAssignments", Select: attributes.Select(), Uncounted: true}

func create(ctx context.Context, api *entity.Services, write *entity.Write[entra]) (entra, error) {
	role, err := roleOf(ctx, api, write.Plan)
	if err != nil {
		return nil, err
	}
	name := write.Plan.String("role_name")
	if name == "" {
		if name, err = directoryrole.NameOf(ctx, api, role); err != nil {
			return nil, at("roleDefinitionId", err)
		}
	}
	// For Find, and for the next time.
	write.Plan = write.Plan.With("role_definition_id", types.StringValue(role)).With("role_name", types.StringValue(name))
	write.Body.SetRoleDefinitionId(&role)
	write.Body.SetDirectoryScopeId(new(scopeOf(write.Plan)))
	created, err := collection(api).Post(ctx, write.Body, nil)
	if err != nil {
		return nil, located(ctx, api, write.Plan, role, err)
	}
	return named(created, name), nil
}

// roleOf is the id of the role that a plan names.
func roleOf(ctx context.Context, api *entity.Services, plan mapping.Value) (string, error) {
	if id := plan.String("role_definition_id"); id != "" {
		return id, nil
	}
	id, err := directoryrole.IDOf(ctx, api, plan.String("role_name"))
	return id, unknownRole("role_name", err)
}

// scopeOf is the directoryScopeId that a plan comes to.
func scopeOf(plan mapping.Value) string {
	if unit := plan.String("administrative_unit_id"); unit != "" {
		return administrativeUnits + unit
	}
	return "/" + plan.String("application_id") // of the whole tenant where there is none
}

func read(ctx context.Context, api *entity.Services, query entity.Query) (entra, error) {
	found, err := collection(api).ByUnifiedRoleAssignmentId(query.String("id")).Get(ctx, &rolemanagement.DirectoryRoleAssignmentsUnifiedRoleAssignmentItemRequestBuilderGetRequestConfiguration{
		QueryParameters: &rolemanagement.DirectoryRoleAssignmentsUnifiedRoleAssignmentItemRequestBuilderGetQueryParameters{Select: attributes.Select()},
	})
	if err != nil || query.Has("role_name") || found.GetRoleDefinitionId() == nil {
		return found, err
	}
	name, err := directoryrole.NameOf(ctx, api, *found.GetRoleDefinitionId())
	if err != nil {
		return nil, fmt.Errorf("the role of the assignment: %w", err)
	}
	return named(found, name), nil
}

// named adds the name of the role to an answer.
func named(assignment entra, name string) entra {
	role := models.NewUnifiedRoleDefinition()
	role.SetDisplayName(&name)
	assignment.SetRoleDefinition(role)
	return assignment
}

// List are the assignments of roles to a principal.
func List(ctx context.Context, api *entity.Services, principal string) iter.Seq2[models.UnifiedRoleAssignmentable, error] {
	return list(ctx, api, entity.Equals("principalId", principal))
}

// ListOf are the assignments of a role.
func ListOf(ctx context.Context, api *entity.Services, role string) iter.Seq2[models.UnifiedRoleAssignmentable, error] {
	return list(ctx, api, entity.Equals("roleDefinitionId", role))
}

func list(ctx context.Context, api *entity.Services, filter *string) iter.Seq2[entra, error] {
	return graph.Pages[entra](ctx, collection(api).Get, &rolemanagement.DirectoryRoleAssignmentsRequestBuilderGetRequestConfiguration{
		QueryParameters: &rolemanagement.DirectoryRoleAssignmentsRequestBuilderGetQueryParameters{Select: attributes.Select(), Filter: filter},
	})
}

// find finds the assignment of a role to a principal at a scope, of which there is one at most.
func find(ctx context.Context, api *entity.Services, plan mapping.Value, _ time.Time) iter.Seq2[entra, error] {
	role, err := roleOf(ctx, api, plan)
	if err != nil {
		return entity.One(entra(nil), err)
	}
	principal, scope := plan.String("principal_id"), scopeOf(plan)
	return func(yield func(entra, error) bool) {
		for found, err := range List(ctx, api, principal) {
			if err == nil {
				if !strings.EqualFold(text(found.GetRoleDefinitionId()), role) || !strings.EqualFold(text(found.GetDirectoryScopeId()), scope) {
					continue
				}
				// It is the one, however ids are written.
				found.SetRoleDefinitionId(&role)
				found.SetPrincipalId(&principal)
				found.SetDirectoryScopeId(&scope)
				found = named(found, plan.String("role_name"))
			}
			if !yield(found, err) || err != nil {
				return
			}
		}
	}
}

// at puts an answer of Microsoft Graph where a property comes from in the configuration.
func at(property string, err error) error {
	if answer, ok := graph.AsError(err); ok {
		answer.Target = property
	}
	return err
}

// located finds out which of the ids that a refused assignment has is the one that is not right.
func located(ctx context.Context, api *entity.Services, plan mapping.Value, role string, err error) error {
	answer, ok := graph.AsError(err)
	if !ok || answer.Status != http.StatusNotFound && answer.Status != http.StatusBadRequest {
		return err
	}
	names := func(id string) bool {
		return id != "" && strings.Contains(strings.ToLower(answer.Message), strings.ToLower(id))
	}
	switch principal := plan.String("principal_id"); {
	case names(principal):
		if answer.Status == http.StatusBadRequest { // which no replica will think better of
			if mistaken := serviceprincipal.Mistaken(ctx, api, "principal_id", principal); mistaken != "" {
				err = fmt.Errorf("%w\n\n%s", err, mistaken)
			}
		}
		return at("principalId", err)
	case names(role):
		return at("roleDefinitionId", err)
	case names(plan.String("administrative_unit_id")):
		return at("directoryScopeId", err)
	}
	return err
}

// hint recognises other ids of an application where that of a service principal, or of the application, belongs.
func hint(ctx context.Context, api *entity.Services, plan mapping.Value) string {
	if scope := plan.String("application_id"); scope != "" {
		if mistaken := application.MistakenID(ctx, api, scope); mistaken != "" {
			return mistaken
		}
	}
	return serviceprincipal.Mistaken(ctx, api, "principal_id", plan.String("principal_id"))
}

func text(value *string) string { return *cmp.Or(value, new("")) }
