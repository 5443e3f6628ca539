package azureroleassignment

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

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
			"The name of the assignment follows from scope, role and principal, so that applying again after an interruption finds what is there already.",
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
		Find: func(ctx context.Context, api *entity.Services, plan mapping.Value, _ time.Time) iter.Seq2[azure, error] {
			role, err := roleOf(ctx, api, plan)
			if err != nil {
				return entity.One(azure(nil), err)
			}
			found, err := get(ctx, api, derivedID(plan, role))
			if err == nil { // by its name it is of this role and this principal, however they are written
				found.Properties.RoleDefinitionID, found.Properties.PrincipalID = &role, new(plan.String("principal_id"))
			}
			return entity.One(found, err)
		},
		NaturalKey: func(mapping.Value) bool { return true },
		References: func(object mapping.Value) []string { return []string{object.String("principal_id")} },
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

// names is the namespace of the names of assignments.
var names = uuid.MustParse("6f0a4e1c-8b0d-4d57-9a3e-2c6f7f0d9b51")

// derivedID is the id of the assignment of a role.
func derivedID(plan mapping.Value, role string) string {
	scope := strings.TrimSuffix(plan.String("scope"), "/")
	triple := strings.ToLower(strings.Join([]string{scope, azureroledefinition.UUID(role), plan.String("principal_id")}, "\n"))
	return scope + "/providers/Microsoft.Authorization/roleAssignments/" + uuid.NewSHA1(names, []byte(triple)).String()
}

func create(ctx context.Context, api *entity.Services, write *entity.Write[azure]) (azure, error) {
	role, err := roleOf(ctx, api, write.Plan)
	if err != nil {
		return nil, err
	}
	id := derivedID(write.Plan, role)
	if api.Knows(id) {
		return nil, &entity.AttributeError{
			Path: path.Root("principal_id"), Summary: "it is declared twice",
			Detail: "Another resource of this configuration assigns this role to this principal at this scope, as " + id + ". Declare it once.",
		}
	}
	kind, err := kindOfPrincipal(ctx, api, write.Plan)
	if err != nil {
		return nil, err
	}
	write.Body.Properties.PrincipalType = kind
	write.Body.Properties.RoleDefinitionID = &role
	created, err := put(ctx, api, id, write.Plan, write.Body)
	if err != nil {
		return nil, explained(ctx, api, write.Plan, role, err)
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

// explained says where the assignment is that an error is about.
func explained(ctx context.Context, api *entity.Services, plan mapping.Value, role string, err error) error {
	answer, ok := graph.AsError(err)
	if ok && answer.Code == "PrincipalTypeNotSupported" {
		if hint := hint(ctx, api, plan); hint != "" {
			return fmt.Errorf("%w\n\n%s", err, hint)
		}
	}
	if !ok || answer.Code != "RoleAssignmentExists" {
		return err
	}
	client, clientErr := client(api)
	if clientErr != nil {
		return err
	}
	options := &armauthorization.RoleAssignmentsClientListForScopeOptions{Filter: new("principalId eq " + entity.Quote(plan.String("principal_id")))}
	pager := client.NewListForScopePager(strings.Trim(plan.String("scope"), "/"), options)
	for other, pageErr := range arm.Pages(ctx, pager, func(page armauthorization.RoleAssignmentsClientListForScopeResponse) []*armauthorization.RoleAssignment {
		return page.Value
	}) {
		if pageErr != nil {
			return err
		}
		if p := other.Properties; other.ID != nil && p != nil && p.Scope != nil && p.RoleDefinitionID != nil && strings.EqualFold(*p.Scope, plan.String("scope")) && sameRole(*p.RoleDefinitionID, role) {
			return fmt.Errorf("%w\n\nIt has another name than this provider gives it. To manage the one that is there, import it: the import id is %s", err, *other.ID)
		}
	}
	return err
}
