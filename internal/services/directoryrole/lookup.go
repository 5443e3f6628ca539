package directoryrole

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/rolemanagement"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/spelling"
)

// Problem is a role that a configuration names and that cannot be assigned: there is none, or it is disabled.
type Problem struct{ Summary, Detail string }

func (p *Problem) Error() string { return p.Summary + ": " + p.Detail }

// IDOf is the id of the role that has a name, whatever its letter case. It is empty where this configuration declares the
// role and has not made it yet.
func IDOf(ctx context.Context, api *entity.Services, name string) (string, error) {
	if id, declared := ours(api).id(name); declared {
		return id, nil
	}
	role, err := once(ctx, api, "name "+name, func() (Role, error) { return byName(ctx, api, name) })
	if err != nil {
		return "", err
	}
	return text(role.GetId()), assignable(role)
}

// once finds a role once in a process. Terraform plans a second time as it applies and refuses a plan that knows less then,
// which another replica, one that lacks a young role, would make of it.
func once(ctx context.Context, api *entity.Services, question string, find func() (Role, error)) (Role, error) {
	return entity.Remembered(ctx, api, "directory_role_to_assign", question, func(Role) bool { return true }, find)
}

// byName finds the role that has a name, whatever its letter case.
func byName(ctx context.Context, api *entity.Services, name string) (Role, error) {
	var found []Role
	all, err := search(ctx, api, func(all []Role) bool {
		found = keep(all, func(role Role) bool { return strings.EqualFold(text(role.GetDisplayName()), name) })
		return len(found) > 0
	})
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		names := func(yield func(string) bool) {
			for _, role := range all {
				if !yield(text(role.GetDisplayName())) {
					return
				}
			}
		}
		return nil, &Problem{"there is no such role", fmt.Sprintf("No directory role has the name %q.", name) + spelling.Question(spelling.Nearest(name, names))}
	case len(found) > 1:
		ids := make([]string, len(found))
		for i, role := range found {
			ids[i] = text(role.GetId())
		}
		return nil, &Problem{"it is not clear which role is meant", fmt.Sprintf("%d directory roles have the name %q; name the one that is meant by its id: %s.", len(found), name, strings.Join(ids, ", "))}
	}
	return found[0], nil
}

// NameOf is the name of the role that has an id.
func NameOf(ctx context.Context, api *entity.Services, id string) (string, error) {
	if name, known := ours(api).name(id); known {
		return name, nil
	}
	role, err := byID(ctx, api, id)
	if err != nil {
		return "", err
	}
	return text(role.GetDisplayName()), nil
}

// Check finds out whether the role that has an id can be assigned, and returns its name, which is empty where there is no
// such role: somebody may have made it a moment ago.
func Check(ctx context.Context, api *entity.Services, id string) (string, error) {
	if name, known := ours(api).name(id); known {
		return name, nil
	}
	role, err := once(ctx, api, "id "+id, func() (Role, error) { return byID(ctx, api, id) })
	if graph.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if own := text(role.GetId()); !strings.EqualFold(own, id) {
		return "", &Problem{"it is the template id of a custom role", fmt.Sprintf("A custom role is assigned by its id: that of %q is %s.", text(role.GetDisplayName()), own)}
	}
	return text(role.GetDisplayName()), assignable(role)
}

func assignable(role Role) error {
	if enabled := role.GetIsEnabled(); enabled != nil && !*enabled {
		return &Problem{"the role is disabled", fmt.Sprintf("The directory role %q is disabled: it cannot be assigned until it is enabled.", text(role.GetDisplayName()))}
	}
	return nil
}

// byID finds a role among all, and alone where it may be too young to be listed.
func byID(ctx context.Context, api *entity.Services, id string) (Role, error) {
	var found []Role
	_, err := search(ctx, api, func(all []Role) bool {
		found = keep(all, func(role Role) bool {
			return strings.EqualFold(text(role.GetId()), id) || strings.EqualFold(text(role.GetTemplateId()), id)
		})
		return len(found) > 0
	})
	if err != nil {
		return nil, err
	}
	if len(found) > 0 {
		return found[0], nil
	}
	return Get(ctx, api, id, selected)
}

// Get reads one role by its id.
func Get(ctx context.Context, api *entity.Services, id string, properties []string) (Role, error) {
	return Collection(api).ByUnifiedRoleDefinitionId(id).Get(ctx, &rolemanagement.DirectoryRoleDefinitionsUnifiedRoleDefinitionItemRequestBuilderGetRequestConfiguration{
		QueryParameters: &rolemanagement.DirectoryRoleDefinitionsUnifiedRoleDefinitionItemRequestBuilderGetQueryParameters{Select: properties},
	})
}

// Collection addresses the roles of the tenant.
func Collection(api *entity.Services) *rolemanagement.DirectoryRoleDefinitionsRequestBuilder {
	return rolemanagement.NewRoleManagementRequestBuilderInternal(nil, api.Graph.V1()).Directory().RoleDefinitions()
}

// listed are the roles of the tenant as they were at a time.
type listed struct {
	all  []Role
	read time.Time
}

// selected is what is kept of each role: not its actions, of which there are thousands in all.
var selected = []string{"id", "templateId", "displayName", "isEnabled", "isBuiltIn"}

// search looks among the roles of the tenant, which are listed once in a process, and again only where something is missing
// that may have been made since.
func search(ctx context.Context, api *entity.Services, found func([]Role) bool) ([]Role, error) {
	started := time.Now()
	known, err := list(ctx, api, time.Time{})
	if err != nil || found(known.all) || known.read.After(started) {
		return known.all, err
	}
	known, err = list(ctx, api, started)
	found(known.all)
	return known.all, err
}

// list lists them, once since a time. There are about 130, and 100 custom ones at most
// (https://learn.microsoft.com/entra/identity/users/directory-service-limits-restrictions). The collection takes no $top:
// https://learn.microsoft.com/graph/api/rbacapplication-list-roledefinitions names none, and a request with one is refused.
func list(ctx context.Context, api *entity.Services, since time.Time) (listed, error) {
	return entity.Remembered(ctx, api, noun, "all", func(known listed) bool { return !known.read.Before(since) }, func() (listed, error) {
		answer := listed{read: time.Now()}
		for role, err := range pages(ctx, api, selected, nil) {
			if err != nil {
				return listed{}, err
			}
			answer.all = append(answer.all, role)
		}
		return answer, nil
	})
}

// Named are the roles with a name, which Microsoft Graph compares whatever the letter case.
func Named(ctx context.Context, api *entity.Services, name string, properties []string) iter.Seq2[Role, error] {
	return pages(ctx, api, properties, entity.Equals("displayName", name))
}

func pages(ctx context.Context, api *entity.Services, properties []string, filter *string) iter.Seq2[Role, error] {
	return graph.Pages[Role](ctx, Collection(api).Get, &rolemanagement.DirectoryRoleDefinitionsRequestBuilderGetRequestConfiguration{
		QueryParameters: &rolemanagement.DirectoryRoleDefinitionsRequestBuilderGetQueryParameters{Select: properties, Filter: filter},
	})
}

// declared are the custom roles that this configuration declares, which the tenant may not have yet, or under another name.
type declared struct {
	mutex sync.Mutex
	ids   map[string]string // by name in lower case; empty until the role is made
	names map[string]string // by id in lower case
}

func ours(api *entity.Services) *declared {
	entry, _ := api.Plans.LoadOrStore("custom_directory_role", &declared{ids: map[string]string{}, names: map[string]string{}})
	return entry.(*declared)
}

// Declare lets the name of a custom role be used before the role is made, or has it. The id is empty where it is not made.
func Declare(api *entity.Services, id, name string) {
	d := ours(api)
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.ids[strings.ToLower(name)] = id
	if id != "" {
		d.names[strings.ToLower(id)] = name
	}
}

func (d *declared) id(name string) (string, bool) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	id, ok := d.ids[strings.ToLower(name)]
	return id, ok
}

func (d *declared) name(id string) (string, bool) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	name, ok := d.names[strings.ToLower(id)]
	return name, ok
}

func keep(roles []Role, wanted func(Role) bool) []Role {
	return slices.DeleteFunc(mapping.Present(roles), func(role Role) bool { return !wanted(role) })
}

func text(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}
