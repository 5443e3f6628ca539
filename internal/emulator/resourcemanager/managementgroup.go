package resourcemanager

import (
	"net/http"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// ManagementGroup is learn.microsoft.com/rest/api/managementgroups/management-groups/get, to be read only. Its parent is the name of
// another one: the root has none.
var ManagementGroup = &entitytype.Type{
	Name: "managementGroup", Resource: "ManagementGroup", Set: "managementGroups",
	Properties: []entitytype.Property{
		{Name: "name", NotNull: true, ReadOnly: true},
		{Name: "displayName"},
		{Name: "parent"},
	},
}

const managementGroups = "/providers/Microsoft.Management/managementGroups/"

// NewManagementGroup is the object of a management group. One without a parent is below the tenant's root, which has the tenant's id
// for its name, unless it is that.
func NewManagementGroup(tenantID string, properties map[string]any) *directory.Object {
	kept := starting(ManagementGroup, properties)
	name, _ := kept["name"].(string)
	if kept["displayName"] == nil {
		kept["displayName"] = name
	}
	if kept["parent"] == nil && !strings.EqualFold(name, tenantID) {
		kept["parent"] = tenantID
	}
	return &directory.Object{ID: key(managementGroups + name), Type: ManagementGroup.Name, Properties: kept}
}

// groupsAbove are the keys of the management groups that a resource is in, and its own where it is one: what holds at one of them
// holds for it. See learn.microsoft.com/azure/governance/management-groups/overview.
func (s *Service) groupsAbove(resource string) map[string]bool {
	at, view, above := segments(resource), s.Store.View(), map[string]bool{}
	name := ""
	switch {
	case len(at) > 3 && at[0] == "providers" && at[1] == "microsoft.management":
		name = at[3]
	case len(at) > 1 && at[0] == "subscriptions":
		if subscription, found := view.Get(key("/subscriptions/" + at[1])); found {
			name = subscription.String("managementGroup")
		}
	case at[0] != "subscriptions":
		return nil
	}
	above[s.rootGroup()] = true
	for name != "" && !above[key(managementGroups+name)] {
		above[key(managementGroups+name)] = true
		group, _ := view.Get(key(managementGroups + name))
		if name = ""; group != nil {
			name = group.String("parent")
		}
	}
	return above
}

// managementGroup finds one by its name.
func (s *Service) managementGroup(name string) (*directory.Object, *failure) {
	object, found := s.Store.View().Get(key(managementGroups + name))
	if !found {
		return nil, fail(http.StatusNotFound, "ManagementGroupNotFound", "The management group '%s' cannot be found.", name)
	}
	return object, nil
}

func readManagementGroup(r *request) *failure {
	object, f := r.service.managementGroup(r.values["managementGroup"])
	if f != nil {
		return f
	}
	shown := r.showManagementGroup(object)
	details := map[string]any{"version": 1}
	if parent, f := r.service.managementGroup(object.String("parent")); f == nil {
		details["parent"] = map[string]any{"id": managementGroups + parent.String("name"), "name": parent.Properties["name"], "displayName": parent.Properties["displayName"]}
	}
	shown["properties"].(map[string]any)["details"] = details
	return r.answer(http.StatusOK, shown)
}

// listManagementGroups is learn.microsoft.com/rest/api/managementgroups/management-groups/list: those of the caller, who needs nothing
// to ask for them.
func listManagementGroups(r *request) *failure {
	found := []*directory.Object{}
	for object := range r.view.All(ManagementGroup.Name, directory.Live) {
		if r.allowed("Microsoft.Management/managementGroups/read", object.ID) {
			found = append(found, object)
		}
	}
	return r.page(found, pageSize, r.showManagementGroup)
}

func (r *request) showManagementGroup(object *directory.Object) map[string]any {
	return map[string]any{
		"id": managementGroups + object.String("name"), "type": managementGroupType.String(), "name": object.Properties["name"],
		"properties": map[string]any{"tenantId": r.service.Tenant.TenantID(), "displayName": object.Properties["displayName"]},
	}
}
