package approleassignment

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/api"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/serviceprincipal"
)

// NewResource is workloadid_app_role_assignment.
func NewResource() resource.Resource {
	return entity.Resource[entra]{
		Noun: "app_role_assignment",
		Description: "An app role of an API that a service principal, a managed identity, a user or a group has. Where a service principal has one, it is an application permission to which an administrator has consented.\n\n" +
			"`workloadid_api_access` gives a workload all that it needs at one API at once.",
		Table:       attributes,
		Identity:    []string{"resource_id", "id"},
		ImportIDs:   []string{"/servicePrincipals/<resource_id>/appRoleAssignedTo/<id>", "<resource_id>/<id>"},
		Permissions: permissions,
		New:         newAssignment,
		Create:      create,
		Read:        read,
		Listings:    []*graph.Listing{api.Assignments},
		Delete: func(ctx context.Context, services *entity.Services, state mapping.Value) error {
			return collection(services, state.String("resource_id")).ByAppRoleAssignmentId(state.String("id")).Delete(ctx, nil)
		},
		Find: find,
		Keys: []entity.UniqueKey{{api.TargetID, "app_role_id", "principal_id"}, {api.TargetID, "app_role", "principal_id"}, {api.TargetName, "app_role", "principal_id"}},
		References: func(object mapping.Value) []string {
			return []string{object.String("principal_id"), object.String(api.TargetID), object.String(api.TargetName)}
		},
		Targets: []entity.Target{entity.ToPrincipal("principal_id")},
		Hint:    hint,
		Guess:   guess,
		Plan:    plan,
	}.Resource()
}

// See https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto, serviceprincipal-list-approleassignedto
// and serviceprincipal-delete-approleassignedto, "Permissions".
var permissions = entity.Permissions{
	Read: entity.Needs{
		Application: []string{"Application.Read.All", "Directory.Read.All"},
		Delegated:   []string{"Application.Read.All", "Directory.Read.All"}, DirectoryRoles: []string{"Directory Readers"},
	},
	Create: entity.Needs{
		Application: []string{"AppRoleAssignment.ReadWrite.All and Application.Read.All", "AppRoleAssignment.ReadWrite.All and Directory.Read.All"},
		Delegated:   []string{"AppRoleAssignment.ReadWrite.All and Application.Read.All", "AppRoleAssignment.ReadWrite.All and Directory.Read.All"}, DirectoryRoles: administrators,
	},
	Delete: entity.Needs{
		Application: []string{"AppRoleAssignment.ReadWrite.All"},
		Delegated:   []string{"AppRoleAssignment.ReadWrite.All"}, DirectoryRoles: administrators,
	},
	Note: "`AppRoleAssignment.ReadWrite.All` lets its holder give any permission to anybody, itself included. Have as few callers with it as you can.",
}

// Only the last may give app roles of Microsoft Graph to applications:
// https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference.
var administrators = []string{"none (for app roles of service principals that the person owns)", "Cloud Application Administrator (but for application permissions of Microsoft Graph)", "Privileged Role Administrator"}

// collection is on the API's side, where all kinds of principals are and Microsoft recommends to write
// (https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignments).
func collection(services *entity.Services, resourceID string) *serviceprincipals.ItemAppRoleAssignedToRequestBuilder {
	return serviceprincipals.NewServicePrincipalsRequestBuilderInternal(nil, services.Graph.V1()).ByServicePrincipalId(resourceID).AppRoleAssignedTo()
}

func create(ctx context.Context, services *entity.Services, write *entity.Write[entra]) (entra, error) {
	to, err := resolve(ctx, services, write.Plan)
	if err != nil {
		given, _ := entity.Given(write.Plan, "app_role_id", "app_role")
		return nil, api.At(path.Root(given), err)
	}
	write.Body.SetResourceId(guid(to.resourceID))
	write.Body.SetAppRoleId(guid(to.roleID))
	created, err := collection(services, to.resourceID).Post(ctx, write.Body.AppRoleAssignmentable, nil)
	if err != nil {
		return nil, placed(err)
	}
	return &assignment{created, &to.role}, nil
}

// assigned is a role of an API.
type assigned struct{ resourceID, roleID, role string }

// resolve is the role of a plan. It looks up what was not known when it was planned.
func resolve(ctx context.Context, services *entity.Services, plan mapping.Value) (assigned, error) {
	role := assigned{plan.String(api.TargetID), plan.String("app_role_id"), plan.String("app_role")}
	if role.resourceID != "" && role.roleID != "" && role.role != "" {
		return role, nil
	}
	err := api.UseTarget(ctx, services, plan, func(target *api.API) (err error) {
		role.resourceID = target.ID
		if role.roleID, err = target.AppRoleID(cmp.Or(role.role, role.roleID), ""); err == nil {
			role.role, _ = target.AppRoleValue(role.roleID)
		}
		return err
	})
	return role, err
}

func guid(id string) *uuid.UUID {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return nil
	}
	return &parsed
}

// read looks up how the role is called, where that is not known. Who may not read the API does without.
func read(ctx context.Context, services *entity.Services, query entity.Query) (entra, error) {
	found, err := collection(services, query.String(api.TargetID)).ByAppRoleAssignmentId(query.String("id")).Get(ctx, &serviceprincipals.ItemAppRoleAssignedToAppRoleAssignmentItemRequestBuilderGetRequestConfiguration{
		QueryParameters: &serviceprincipals.ItemAppRoleAssignedToAppRoleAssignmentItemRequestBuilderGetQueryParameters{Select: attributes.Select()},
	})
	if err != nil {
		return nil, err
	}
	read := &assignment{AppRoleAssignmentable: found}
	if query.Has("app_role") || found.GetAppRoleId() == nil {
		return read, nil
	}
	target, err := api.ByID(ctx, services, query.String(api.TargetID))
	switch answer, refused := graph.AsError(err); {
	case refused && answer.Status < 500:
		return read, nil
	case err != nil:
		return nil, err
	}
	if value, offered := target.AppRoleValue(found.GetAppRoleId().String()); offered {
		read.role = &value
	}
	return read, nil
}

// find looks for the assignment of the role to the principal, of which there is one at most.
func find(ctx context.Context, services *entity.Services, plan mapping.Value, _ time.Time) iter.Seq2[entra, error] {
	return func(yield func(entra, error) bool) {
		role, err := resolve(ctx, services, plan)
		if err != nil {
			yield(nil, err)
			return
		}
		configuration := &serviceprincipals.ItemAppRoleAssignedToRequestBuilderGetRequestConfiguration{
			QueryParameters: &serviceprincipals.ItemAppRoleAssignedToRequestBuilderGetQueryParameters{Select: attributes.Select(), Top: new(int32(entity.PageSize))},
		}
		for found, err := range graph.Pages[models.AppRoleAssignmentable](ctx, collection(services, role.resourceID).Get, configuration) {
			ours := err == nil && found.GetAppRoleId() != nil && found.GetPrincipalId() != nil &&
				mapping.SameGUID(found.GetAppRoleId().String(), role.roleID) && mapping.SameGUID(found.GetPrincipalId().String(), plan.String("principal_id"))
			if (ours || err != nil) && !yield(&assignment{AppRoleAssignmentable: found}, err) {
				return
			}
		}
	}
}

// hint recognises what is no id of a principal, and a role that is not for such principals: Graph says only that there is no
// such permission.
func hint(ctx context.Context, services *entity.Services, plan mapping.Value) string {
	id := plan.String("principal_id")
	if mistaken := serviceprincipal.Mistaken(ctx, services, "principal_id", id); mistaken != "" {
		return mistaken
	}
	if exists, err := serviceprincipal.Exists(ctx, services, id); err != nil || !exists {
		return "" // it may be seen yet
	}
	return notFor(ctx, services, plan, api.Application)
}

// guess takes what is no service principal for a user or a group.
func guess(ctx context.Context, services *entity.Services, plan mapping.Value) string {
	id := plan.String("principal_id")
	if exists, err := serviceprincipal.Exists(ctx, services, id); err != nil || exists || services.Knows(id) {
		return ""
	}
	wrong := notFor(ctx, services, plan, api.User)
	if wrong == "" {
		return ""
	}
	return fmt.Sprintf("There is no service principal with the object id %s in tenant %s. %s", id, services.TenantID, wrong)
}

// notFor is why the role can't be given to a kind of principal, if it can't.
func notFor(ctx context.Context, services *entity.Services, plan mapping.Value, kind string) string {
	err := api.UseTarget(ctx, services, plan, func(target *api.API) error {
		_, err := target.AppRoleID(cmp.Or(plan.String("app_role"), plan.String("app_role_id")), kind)
		return err
	})
	if problem, ok := errors.AsType[*api.Problem](err); ok {
		return problem.Detail
	}
	return ""
}

// placed says which attribute a refusal is about, which Graph does not.
func placed(err error) error {
	answer, ok := graph.AsError(err)
	if !ok {
		return err
	}
	for text, property := range map[string]string{
		"Not a valid reference update": "principalId", "Specified resourceId was not found": "resourceId", "Permission being assigned was not found": "appRoleId",
	} {
		if strings.Contains(answer.Message, text) {
			answer.Target = property
		}
	}
	return err
}
