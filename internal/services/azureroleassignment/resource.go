package azureroleassignment

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/arm"
	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/azureroledefinition"
)

// NewResource is workloadid_azure_role_assignment.
func NewResource() resource.Resource {
	return entity.Resource[azure]{
		Noun: "azure_role_assignment",
		Description: "A role in Azure that a service principal, a managed identity, a user or a group has at a scope.\n\n" +
			"Azure allows one assignment of a role to a principal at a scope. One that is there already is an error that tells how to import it.",
		Table:       attributes,
		Identity:    []string{"id"},
		Permissions: permissions,
		New:         newAssignment,
		Create:      create,
		Read:        read,
		Listings:    []*graph.Listing{listing},
		Update: func(ctx context.Context, api *entity.Services, write *entity.Write[azure]) error {
			// There is no PATCH: what is left out goes.
			complete := newAssignment()
			attributes.Encode(write.Plan, complete)
			_, err := put(ctx, api, write.Prior.String("id"), write.Prior, complete)
			return err
		},
		Delete: func(ctx context.Context, api *entity.Services, state mapping.Value) error {
			client, err := client(api)
			if err == nil {
				_, err = client.DeleteByID(ctx, address(state.String("id")), nil)
			}
			return err
		},
		Find:       find,
		Keys:       []entity.UniqueKey{{"principal_id", "role_definition_id", "scope"}, {"principal_id", "role_name", "scope"}},
		References: func(object mapping.Value) []string { return []string{object.String("principal_id")} },
		Targets:    targets,
		Hint:       hint,
		Guess:      guess,
		Plan:       plan,
	}.Resource()
}

// See https://learn.microsoft.com/azure/role-based-access-control/role-assignments-steps, "Prerequisites".
var permissions = entity.Permissions{
	Read:   entity.Needs{AzureRoles: []string{"Reader"}},
	Create: entity.Needs{AzureRoles: []string{"Role Based Access Control Administrator", "User Access Administrator"}},
}

// create chooses a name for the assignment, by which it is known whatever becomes of the answer. It is another one each time:
// a name that followed from scope, role and principal would let two owners take one assignment for their own.
func create(ctx context.Context, api *entity.Services, write *entity.Write[azure]) (azure, error) {
	role, err := roleOf(ctx, api, write.Plan)
	if err != nil {
		return nil, err
	}
	kind, err := kindOfPrincipal(ctx, api, write.Plan)
	if err != nil {
		return nil, err
	}
	if !write.Plan.Has("id") {
		id := strings.TrimSuffix(write.Plan.String("scope"), "/") + "/providers/Microsoft.Authorization/roleAssignments/" + uuid.NewString()
		write.Plan = write.Plan.With("id", types.StringValue(id))
	}
	write.Body.Properties.PrincipalType = kind
	write.Body.Properties.RoleDefinitionID = &role
	created, err := put(ctx, api, write.Plan.String("id"), write.Plan, write.Body)
	if answer, ok := graph.AsError(err); ok && answer.Code == "PrincipalTypeNotSupported" {
		if hint := hint(ctx, api, write.Plan); hint != "" {
			err = fmt.Errorf("%w\n\n%s", err, hint)
		}
	}
	if err != nil {
		return nil, err
	}
	return created, named(ctx, api, write.Plan, created)
}

// roleOf is the full id of the role that a plan names.
func roleOf(ctx context.Context, api *entity.Services, plan mapping.Value) (string, error) {
	if id := plan.String("role_definition_id"); id != "" {
		return azureroledefinition.FullID(plan.String("scope"), id), nil
	}
	found, err := azureroledefinition.ByName(ctx, api, plan.String("scope"), plan.String("role_name"))
	if err != nil {
		return "", unknownRole(err)
	}
	return *found.ID, nil
}

// named adds the name of the role to an answer, unless it is known. Somebody who may not read roles does without.
func named(ctx context.Context, api *entity.Services, known mapping.Value, answer azure) error {
	id := answer.Properties.RoleDefinitionID
	if known.Has("role_name") || id == nil {
		return nil
	}
	role, err := azureroledefinition.ByID(ctx, api, *answer.Properties.Scope, *id)
	switch answer, refused := graph.AsError(err); {
	case refused && answer.Status < 500:
		return nil
	case err != nil:
		return err
	}
	answer.roleName = new(azureroledefinition.NameOf(role))
	return nil
}

// listing has the assignments at a subscription and everywhere in it:
// https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest.
var listing = &graph.Listing{
	ResourceManager: true,
	Path:            "/subscriptions/{}/providers/Microsoft.Authorization/roleAssignments",
	Member:          "/subscriptions/{}/{*}/providers/Microsoft.Authorization/roleAssignments/{}",
}

func read(ctx context.Context, api *entity.Services, query entity.Query) (azure, error) {
	found, err := get(ctx, api, query.String("id"))
	if err != nil {
		return nil, err
	}
	return found, named(ctx, api, query.Value, found)
}

func client(api *entity.Services) (*armauthorization.RoleAssignmentsClient, error) {
	// The subscription counts for listings only.
	return armauthorization.NewRoleAssignmentsClient(api.SubscriptionID, api.ResourceManager.Credential(), api.ResourceManager.Options())
}

// address is an id as the SDK puts it behind a slash.
func address(id string) string { return strings.TrimPrefix(id, "/") }

func get(ctx context.Context, api *entity.Services, id string) (azure, error) {
	client, err := client(api)
	if err != nil {
		return nil, err
	}
	found, err := client.GetByID(ctx, address(id), nil)
	if err != nil {
		return nil, err
	}
	return &assignment{RoleAssignment: found.RoleAssignment}, nil
}

// put creates the assignment, or makes it what the body says.
func put(ctx context.Context, api *entity.Services, id string, object mapping.Value, body azure) (azure, error) {
	client, err := client(api)
	if err != nil {
		return nil, err
	}
	properties := *body.Properties
	properties.RoleDefinitionID = new(azureroledefinition.FullID(object.String("scope"), *properties.RoleDefinitionID))
	answer, err := client.CreateByID(ctx, address(id), armauthorization.RoleAssignmentCreateParameters{Properties: &properties}, nil)
	if err != nil {
		return nil, atPrincipal(err)
	}
	return &assignment{RoleAssignment: answer.RoleAssignment}, nil
}

// find is the assignment of the name that was chosen for it; otherwise the one of the role to the principal at the scope, of
// which Azure allows one.
func find(ctx context.Context, api *entity.Services, plan mapping.Value, _ time.Time) iter.Seq2[azure, error] {
	return func(yield func(azure, error) bool) {
		role, err := roleOf(ctx, api, plan)
		if err != nil {
			yield(nil, err)
			return
		}
		if id := plan.String("id"); id != "" {
			if found, err := get(ctx, api, id); !graph.IsNotFound(err) {
				yield(spelt(found, role, plan), err)
				return
			}
		}
		client, err := client(api)
		if err != nil {
			yield(nil, err)
			return
		}
		options := &armauthorization.RoleAssignmentsClientListForScopeOptions{Filter: new("principalId eq " + entity.Quote(plan.String("principal_id")))}
		pager := client.NewListForScopePager(address(strings.TrimSuffix(plan.String("scope"), "/")), options)
		for other, err := range arm.Pages(ctx, pager, func(page armauthorization.RoleAssignmentsClientListForScopeResponse) []*armauthorization.RoleAssignment {
			return page.Value
		}) {
			if err != nil {
				yield(nil, err)
				return
			}
			p := other.Properties
			same := other.ID != nil && p != nil && p.Scope != nil && p.RoleDefinitionID != nil && p.PrincipalID != nil &&
				strings.EqualFold(strings.TrimSuffix(*p.Scope, "/"), strings.TrimSuffix(plan.String("scope"), "/")) &&
				sameRole(*p.RoleDefinitionID, role) && strings.EqualFold(*p.PrincipalID, plan.String("principal_id"))
			if same && !yield(spelt(&assignment{RoleAssignment: *other}, role, plan), nil) {
				return
			}
		}
	}
}

// spelt writes role and principal as they were sent, for it is of these however they are written.
func spelt(found azure, role string, plan mapping.Value) azure {
	if found != nil && found.Properties != nil {
		found.Properties.RoleDefinitionID, found.Properties.PrincipalID = &role, new(plan.String("principal_id"))
	}
	return found
}
