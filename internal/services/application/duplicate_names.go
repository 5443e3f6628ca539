package application

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

const preventDuplicateNames = "prevent_duplicate_names"

var preventsDuplicates = mapping.Argument[entra](preventDuplicateNames, schema.BoolAttribute{
	Optional:            true,
	MarkdownDescription: "Whether to refuse a `display_name` that an application of the tenant has already, when the application is created or renamed. The plan says so, with the ids of those that have it. Microsoft Entra itself lets many applications have one name, and `unique_name` is what it keeps unique. Default `false`.",
})

// checkDuplicates refuses, in the plan, a new name that is taken. Applications of this configuration are left to the create: the
// plan of a replacement does not say which one it replaces.
func checkDuplicates(ctx context.Context, api *entity.Services, change *entity.Change) diag.Diagnostics {
	name := change.Planned.String("display_name")
	if !change.Planned.Bool(preventDuplicateNames) || api == nil || api.Graph == nil || api.TenantID == "" || name == "" || name == change.State.String("display_name") {
		return nil
	}
	taken, err := namesakes(ctx, api, name, func(id string) bool { return id == change.State.String("id") || api.Knows(id) })
	if err == nil {
		err = duplicate(name, taken)
	}
	if err != nil {
		return entity.Failed(path.Root("display_name"), "The name cannot be looked up", err)
	}
	return nil
}

// refuseDuplicate refuses it again right before the create, which is when others may have come to be. An attempt that has got past
// this is not asked again: what has the name then may be what it made.
func refuseDuplicate(ctx context.Context, api *entity.Services, write *entity.Write[entra]) error {
	if !write.Plan.Bool(preventDuplicateNames) {
		return nil
	}
	known := knownNames(api)
	if known.isPast(write.Body) {
		return nil
	}
	name := write.Plan.String("display_name")
	taken, err := namesakes(ctx, api, name, known.isGone)
	if made := known.of(name); made != "" && !slices.Contains(taken, made) {
		taken = append(taken, made) // a replica that lags behind may not list it yet
	}
	if err == nil {
		err = duplicate(name, taken)
	}
	if err == nil {
		known.past(write.Body)
	}
	return err
}

// duplicate is the refusal of a name, nil where it is free.
func duplicate(name string, taken []string) error {
	if len(taken) == 0 {
		return nil
	}
	return &entity.AttributeError{
		Path: path.Root("display_name"), Summary: "the name is taken",
		Detail: fmt.Sprintf("%s is set, and %q is the display name of what is there already, with the object id %s. "+
			"To manage that one, import it: the import id is the object id. Otherwise choose another display_name.", preventDuplicateNames, name, strings.Join(taken, ", ")),
	}
}

// namesakes are the object ids of the applications that have a name, but for those that are left out. One that a listing shows may
// be gone already.
func namesakes(ctx context.Context, api *entity.Services, name string, leftOut func(id string) bool) ([]string, error) {
	var ids []string
	for found, err := range list(ctx, api, entity.Equals("displayName", name), nil) {
		if err != nil {
			return nil, err
		}
		if id := text(found.GetId()); !leftOut(id) {
			ids = append(ids, id)
		}
	}
	return slices.DeleteFunc(ids, func(id string) bool {
		_, err := getByID(ctx, api, id, nil)
		return graph.IsNotFound(err)
	}), nil
}

// names are those of the applications that this operation of Terraform has made so far.
type names struct {
	mutex sync.Mutex
	made  map[string]string // object ids by name
	gone  map[string]bool
	begun map[entra]bool // by what is sent
}

func knownNames(api *entity.Services) *names {
	known, _ := api.Plans.LoadOrStore("names of applications", &names{made: map[string]string{}, gone: map[string]bool{}, begun: map[entra]bool{}})
	return known.(*names)
}

func (n *names) isPast(body entra) bool {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return n.begun[body]
}

func (n *names) past(body entra) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.begun[body] = true
}

func (n *names) isGone(id string) bool {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return n.gone[id]
}

// of is the object id of the application that was made with a name; names have no letter case.
func (n *names) of(name string) string {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if id := n.made[strings.ToLower(name)]; !n.gone[id] {
		return id
	}
	return ""
}

func (n *names) add(name, id string) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.made[strings.ToLower(name)] = id
}

func (n *names) remove(id string) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.gone[id] = true
}
