package azureroledefinition

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/agext/levenshtein"

	"github.com/workloadid/terraform-provider-workloadid/internal/arm"
	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
)

// UnknownError is a name that no role has.
type UnknownError struct {
	Name, Scope string
	// Nearest are the names of roles that are written almost like it, the nearest first.
	Nearest []string
}

func (e *UnknownError) Error() string {
	text := fmt.Sprintf("No role that can be assigned at %s has the name %q.", e.Scope, e.Name)
	if len(e.Nearest) > 0 {
		quoted := make([]string, len(e.Nearest))
		for i, name := range e.Nearest {
			quoted[i] = fmt.Sprintf("%q", name)
		}
		text += " Did you mean " + strings.Join(quoted, " or ") + "?"
	}
	return text
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

// namesLike are at most three names that are written nearly as the given one.
func namesLike(ctx context.Context, api *entity.Services, scope, name string) ([]string, error) {
	type candidate struct {
		name     string
		distance int
	}
	var candidates []candidate
	for role, err := range list(ctx, api, scope, "") {
		if err != nil {
			return nil, err
		}
		distance := levenshtein.Distance(strings.ToLower(NameOf(role)), strings.ToLower(name), nil)
		if distance <= max(2, len(name)/3) {
			candidates = append(candidates, candidate{NameOf(role), distance})
		}
	}
	slices.SortFunc(candidates, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), strings.Compare(a.name, b.name))
	})
	var names []string
	for _, near := range candidates[:min(3, len(candidates))] {
		names = append(names, near.name)
	}
	return names, nil
}

// roles are those that were found, by what they were asked for. They belong to one configured provider.
type roles struct {
	mutex sync.Mutex
	found map[string]*found
}

// found is one of them, once somebody has had its turn.
type found struct {
	turn chan struct{}
	role *armauthorization.RoleDefinition
}

// remembered asks once. Whoever wants the same waits for the answer; that there is none is asked again.
func remembered(ctx context.Context, api *entity.Services, question string, ask func() (*armauthorization.RoleDefinition, error)) (*armauthorization.RoleDefinition, error) {
	entry, _ := api.Plans.LoadOrStore(noun, &roles{found: map[string]*found{}})
	all := entry.(*roles)
	question = strings.ToLower(question)
	all.mutex.Lock()
	this := all.found[question]
	if this == nil {
		this = &found{turn: make(chan struct{}, 1)}
		all.found[question] = this
	}
	all.mutex.Unlock()
	select {
	case this.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("no time was left to wait for an equal lookup of a role: %w", context.Cause(ctx))
	}
	defer func() { <-this.turn }()
	if this.role != nil {
		return this.role, nil
	}
	role, err := ask()
	if err == nil {
		this.role = role
	}
	return role, err
}

// AsUnknown finds an [UnknownError].
func AsUnknown(err error) (*UnknownError, bool) { return errors.AsType[*UnknownError](err) }
