package azureroledefinition

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"

	"github.com/workloadid/terraform-provider-workloadid/internal/arm"
	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/spelling"
)

// UnknownError is a name that no role has.
type UnknownError struct {
	Name, Scope string
	// Nearest are the names of roles that are written almost like it, the nearest first.
	Nearest []string
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("No role that can be assigned at %s has the name %q.", e.Scope, e.Name) + spelling.Question(e.Nearest)
}

// ByName finds the role of a name that can be assigned at a scope. What was found is remembered: built-in roles are the
// same in all of a subscription, and so are nearly all others. See
// https://learn.microsoft.com/rest/api/authorization/role-definitions/list.
func ByName(ctx context.Context, api *entity.Services, scope, name string) (*armauthorization.RoleDefinition, error) {
	filter := "roleName eq " + entity.Quote(name)
	// A role that can be assigned in a part of the subscription only is not found at the subscription.
	for _, at := range slices.Compact([]string{Root(scope), scope}) {
		role, err := remembered(ctx, api, at+" "+name, func() (*armauthorization.RoleDefinition, error) {
			for role, err := range list(ctx, api, at, filter) {
				if err != nil || strings.EqualFold(NameOf(role), name) {
					return role, err
				}
			}
			return nil, nil
		})
		if err != nil || role != nil {
			return role, err
		}
	}
	nearest, err := namesLike(ctx, api, scope, name)
	if err != nil {
		return nil, err
	}
	return nil, &UnknownError{Name: name, Scope: scope, Nearest: nearest}
}

// ByID finds the role with a UUID, or with an id of Azure Resource Manager that ends in one.
func ByID(ctx context.Context, api *entity.Services, scope, id string) (*armauthorization.RoleDefinition, error) {
	return remembered(ctx, api, Root(scope)+" "+UUID(id), func() (*armauthorization.RoleDefinition, error) {
		client, err := client(api)
		if err != nil {
			return nil, err
		}
		found, err := client.GetByID(ctx, strings.TrimPrefix(FullID(scope, id), "/"), nil)
		if err != nil {
			return nil, err
		}
		return &found.RoleDefinition, nil
	})
}

// Root is the widest scope above another one that a role's id has: its subscription, or else all of the tenant.
func Root(scope string) string {
	segments := strings.Split(scope, "/")
	if len(segments) > 2 && strings.EqualFold(segments[1], "subscriptions") {
		return strings.Join(segments[:3], "/")
	}
	return "/"
}

const inProvider = "/providers/Microsoft.Authorization/roleDefinitions/"

// FullID is the id of a role as assignments at a scope have it.
func FullID(scope, id string) string {
	if strings.Contains(id, "/") {
		return id
	}
	return strings.TrimSuffix(Root(scope), "/") + inProvider + id
}

// UUID is what an id of a role ends in: what tells it from others, however it is written.
func UUID(id string) string { return strings.ToLower(id[strings.LastIndex(id, "/")+1:]) }

func client(api *entity.Services) (*armauthorization.RoleDefinitionsClient, error) {
	return armauthorization.NewRoleDefinitionsClient(api.ResourceManager.Credential(), api.ResourceManager.Options())
}

func list(ctx context.Context, api *entity.Services, scope, filter string) iter.Seq2[*armauthorization.RoleDefinition, error] {
	client, err := client(api)
	if err != nil {
		return entity.One[*armauthorization.RoleDefinition](nil, err)
	}
	options := &armauthorization.RoleDefinitionsClientListOptions{}
	if filter != "" {
		options.Filter = &filter
	}
	return arm.Pages(ctx, client.NewListPager(strings.Trim(scope, "/"), options), func(page armauthorization.RoleDefinitionsClientListResponse) []*armauthorization.RoleDefinition {
		return page.Value
	})
}

// namesLike are the names of roles that are written nearly as the given one.
func namesLike(ctx context.Context, api *entity.Services, scope, name string) ([]string, error) {
	var names []string
	for role, err := range list(ctx, api, scope, "") {
		if err != nil {
			return nil, err
		}
		names = append(names, NameOf(role))
	}
	return spelling.Nearest(name, slices.Values(names)), nil
}

// remembered asks once, whatever the letter case; that there is no such role is asked again.
func remembered(ctx context.Context, api *entity.Services, question string, ask func() (*armauthorization.RoleDefinition, error)) (*armauthorization.RoleDefinition, error) {
	return entity.Remembered(ctx, api, noun, question, func(role *armauthorization.RoleDefinition) bool { return role != nil }, ask)
}

// AsUnknown finds an [UnknownError].
func AsUnknown(err error) (*UnknownError, bool) { return errors.AsType[*UnknownError](err) }
