package resourcemanager

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
)

// groupName is what a resource group may be called:
// learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules.
var groupName = regexp.MustCompile(`^[-\p{L}\p{N}._()]{1,90}$`)

// NewResourceGroup is the object of a resource group, whose properties are complete but for what can be derived.
func NewResourceGroup(subscriptionID, name string, given map[string]any) *directory.Object {
	properties := starting(ResourceGroup, given)
	id := groupID(subscriptionID, name)
	properties["id"], properties["name"] = id, name
	return &directory.Object{ID: key(id), Type: ResourceGroup.Name, Properties: properties}
}

func (r *request) showGroup(object *directory.Object) map[string]any {
	return envelope(object, ResourceGroup, "Microsoft.Resources/resourceGroups", r.version)
}

func writeGroup(r *request) *failure {
	name := r.values["group"]
	if !groupName.MatchString(name) || strings.HasSuffix(name, ".") {
		return fail(http.StatusBadRequest, "InvalidResourceGroup", "The provided resource group name '%s' is longer than 90 characters or has these invalid characters. The name can only be a letter, digit, '-', '.', '(', ')' or '_', and not end with a period.", name)
	}
	given, f := r.decode(ResourceGroup, r.current())
	if f != nil {
		return f
	}
	location, _ := given["location"].(string)
	if location == "" {
		return locationRequired()
	}
	given["location"] = normalLocation(location)
	status := http.StatusCreated
	object := NewResourceGroup(r.values["subscription"], name, given)
	f = r.change(func(txn *directory.Txn) *failure {
		if before, found := txn.Get(object.ID); found {
			status = http.StatusOK
			if before.Properties["location"] != given["location"] {
				return fail(http.StatusConflict, "InvalidResourceGroupLocation", "Invalid resource group location '%s'. The Resource group already exists in location '%s'.", given["location"], before.Properties["location"])
			}
			object.Properties["id"], object.Properties["name"] = before.Properties["id"], before.Properties["name"]
		}
		txn.Put(object)
		return nil
	})
	if f != nil {
		return f
	}
	return r.answer(status, r.showGroup(object))
}

// current is the resource that the request's path names, as it is; nil where there is none.
func (r *request) current() *directory.Object {
	object, _ := r.service.Store.View().Get(key("/" + strings.Join(r.path, "/")))
	return object
}

func updateGroup(r *request) *failure {
	given, f := r.decode(ResourceGroup, r.current())
	if f != nil {
		return f
	}
	var changed *directory.Object
	f = r.change(func(txn *directory.Txn) *failure {
		before, f := r.group(r.values["group"])
		if f != nil {
			return f
		}
		if location, ok := given["location"].(string); ok && normalLocation(location) != before.String("location") {
			return fail(http.StatusConflict, "InvalidResourceGroupLocation", "Invalid resource group location '%s'. The Resource group already exists in location '%s'.", location, before.String("location"))
		}
		changed = before.Clone()
		if tags, ok := given["tags"]; ok {
			changed.Properties["tags"] = tags
		}
		txn.Put(changed)
		return nil
	})
	if f != nil {
		return f
	}
	return r.answer(http.StatusOK, r.showGroup(changed))
}

func readGroup(r *request) *failure {
	object, f := r.group(r.values["group"])
	if f != nil {
		return f
	}
	return r.answer(http.StatusOK, r.showGroup(object))
}

// existsGroup is learn.microsoft.com/rest/api/resources/resource-groups/check-existence.
func existsGroup(r *request) *failure {
	if _, f := r.group(r.values["group"]); f != nil {
		return r.noContent(http.StatusNotFound)
	}
	return r.noContent(http.StatusNoContent)
}

func listGroups(r *request) *failure {
	prefix := key("/subscriptions/"+r.values["subscription"]) + "/"
	found := slices.Collect(r.view.All(ResourceGroup.Name, directory.Live))
	found = slices.DeleteFunc(found, func(object *directory.Object) bool { return !strings.HasPrefix(object.ID, prefix) })
	size, f := r.top()
	if f != nil {
		return f
	}
	return r.page(found, size, r.showGroup)
}

// operationPrefix begins the names of the operations that deletes of resource groups are.
const operationPrefix = "RESOURCEGROUPDELETIONJOB-"

// deleteGroup deletes a resource group with everything in it, role assignments included: at once, though clients are told to ask when it is done.
func deleteGroup(r *request) *failure {
	f := r.change(func(txn *directory.Txn) *failure {
		group, f := r.group(r.values["group"])
		if f != nil {
			return f
		}
		for _, object := range slices.Collect(txn.All(UserAssignedIdentity.Name, directory.Live)) {
			if strings.HasPrefix(object.ID, group.ID+"/") {
				removeIdentity(txn, object)
			}
		}
		for _, object := range slices.Collect(txn.All(SystemAssignedIdentity.Name, directory.Live)) {
			if strings.HasPrefix(object.ID, group.ID+"/") {
				removeIdentity(txn, object)
			}
		}
		removeAssignments(txn, group.ID)
		txn.Remove(group)
		return nil
	})
	if f != nil {
		return f
	}
	r.w.Header().Set("Location", r.service.Origin(r.Request)+"/subscriptions/"+r.values["subscription"]+"/operationresults/"+
		operationPrefix+strings.ToUpper(r.values["group"])+"?api-version="+r.version)
	r.w.Header().Set("Retry-After", "0")
	return r.noContent(http.StatusAccepted)
}

// readOperation says how far an operation is: learn.microsoft.com/azure/azure-resource-manager/management/async-operations.
func readOperation(r *request) *failure {
	if !strings.HasPrefix(r.values["operation"], operationPrefix) {
		return fail(http.StatusNotFound, "NotFound", "The operation '%s' could not be found.", r.values["operation"])
	}
	return r.noContent(http.StatusOK)
}
