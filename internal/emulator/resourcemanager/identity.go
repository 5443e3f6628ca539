package resourcemanager

import (
	"crypto/rand"
	"encoding/base64"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/access"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// identityName is what a user-assigned identity may be called:
// learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules.
var identityName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}$`)

// identityID is the ARM id of a user-assigned identity, which its provider writes with "resourcegroups" in lower case; see
// the examples in github.com/Azure/azure-rest-api-specs, specification/msi.
func identityID(subscription, group, name string) string {
	return "/subscriptions/" + strings.ToLower(subscription) + "/resourcegroups/" + group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/" + name
}

// systemSuffix follows the id of a resource in that of its system-assigned identity.
const systemSuffix = "/providers/Microsoft.ManagedIdentity/identities/default"

// NewUserAssignedIdentity is the object of a user-assigned identity in a resource group, and that of its service
// principal. Given are location, tags and the like, and for a seed principalId and clientId.
func NewUserAssignedIdentity(tenantID string, group *directory.Object, name string, given map[string]any) []*directory.Object {
	id := identityID(strings.Split(group.ID, "/")[2], group.String("name"), name)
	return newIdentity(UserAssignedIdentity, tenantID, id, name, "isExplicit=True", id, given)
}

// NewSystemAssignedIdentity is the object of the identity of a resource, which has the name of the resource in Microsoft
// Graph, and that of its service principal.
func NewSystemAssignedIdentity(tenantID, resourceID string, given map[string]any) []*directory.Object {
	made := newIdentity(SystemAssignedIdentity, tenantID, resourceID+systemSuffix, resourceID[strings.LastIndex(resourceID, "/")+1:], "isExplicit=False", resourceID, given)
	made[0].Properties["name"], made[0].Properties["resourceId"] = "default", resourceID
	return made
}

// newIdentity makes the objects of an identity and of its service principal, as Microsoft Graph shows one:
// learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-view-managed-identity-service-principal.
func newIdentity(t *entitytype.Type, tenantID, id, name, explicit, resourceID string, given map[string]any) []*directory.Object {
	properties := starting(t, given)
	for _, made := range []string{"principalId", "clientId"} {
		text, _ := properties[made].(string)
		if properties[made] = strings.ToLower(text); text == "" {
			properties[made] = uuid.NewString()
		}
	}
	properties["id"], properties["name"], properties["tenantId"] = id, name, tenantID
	principal := &directory.Object{ID: properties["principalId"].(string), Type: entitytype.ServicePrincipal.Name}
	principal.Properties = entitytype.ServicePrincipal.New(map[string]any{
		"id": principal.ID, "appId": properties["clientId"], "displayName": name,
		"servicePrincipalType": entitytype.ManagedIdentity,
		"alternativeNames":     []any{explicit, resourceID},
		"servicePrincipalNames": []any{
			properties["clientId"], "https://identity.azure.net/" + random(),
		},
	})
	return []*directory.Object{{ID: key(id), Type: t.Name, Properties: properties}, principal}
}

func random() string {
	content := make([]byte, 32)
	_, _ = rand.Read(content) // never fails
	return base64.StdEncoding.EncodeToString(content)
}

// removeIdentity leaves nothing of an identity, its credentials and its service principal, which cannot be restored. The
// roles of others at the identity go with it; those that the identity has elsewhere stay: learn.microsoft.com/azure/role-based-access-control/troubleshooting.
func removeIdentity(txn *directory.Txn, identity *directory.Object) {
	principalID := identity.String("principalId")
	for _, credential := range slices.Collect(txn.Children(principalID, entitytype.FederatedIdentityCredential.Name)) {
		txn.Remove(credential)
	}
	access.Remove(txn, principalID)
	if principal, found := txn.Get(principalID); found {
		txn.Purge(principal)
	}
	removeAssignments(txn, identity.ID)
	txn.Remove(identity)
}

func (r *request) showIdentity(object *directory.Object) map[string]any {
	return envelope(object, UserAssignedIdentity, "Microsoft.ManagedIdentity/userAssignedIdentities", r.version)
}

// identity finds the identity that the path names.
func (r *request) identity() (*directory.Object, *failure) {
	name := r.values["identity"]
	object, found := r.service.Store.View().Get(key(identityID(r.values["subscription"], r.values["group"], name)))
	if !found {
		return nil, notFound(identityType.String()+"/"+name, r.values["group"])
	}
	return object, nil
}

func notFound(resource, group string) *failure {
	return fail(http.StatusNotFound, "ResourceNotFound", "The Resource '%s' under resource group '%s' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix", resource, group)
}

func readIdentity(r *request) *failure {
	object, f := r.identity()
	if f != nil {
		return f
	}
	return r.answer(http.StatusOK, r.showIdentity(object))
}

func writeIdentity(r *request) *failure {
	name := r.values["identity"]
	if !identityName.MatchString(name) {
		return badRequest("The name '%s' of the user-assigned identity is invalid. It must have 3 to 128 characters, alphanumeric, hyphen or underscore, and start with a letter or number.", name)
	}
	before := r.current()
	given, f := r.decode(UserAssignedIdentity, before)
	if f != nil {
		return f
	}
	location, _ := given["location"].(string)
	if location == "" {
		return locationRequired()
	}
	given["location"] = normalLocation(location)
	status := http.StatusCreated
	var identity *directory.Object
	f = r.change(func(txn *directory.Txn) *failure {
		group, f := r.group(r.values["group"])
		if f != nil {
			return f
		}
		before, found := txn.Get(key(identityID(r.values["subscription"], r.values["group"], name)))
		if !found {
			given["systemData"] = r.made()
			made := NewUserAssignedIdentity(r.service.Tenant.TenantID(), group, name, given)
			for _, object := range made {
				txn.Put(object)
			}
			identity = made[0]
			return nil
		}
		status = http.StatusOK
		if f := sameLocation(before, given["location"].(string), r.values["group"]); f != nil {
			return f
		}
		identity = before.Clone()
		for i := range UserAssignedIdentity.Properties {
			p := &UserAssignedIdentity.Properties[i]
			switch value, ok := given[p.Name]; {
			case ok:
				identity.Properties[p.Name] = value
			case p.Complex == tags:
				identity.Properties[p.Name] = map[string]any{}
			case !p.ReadOnly && r.version >= since[p.Name]:
				identity.Properties[p.Name] = p.Default
			}
		}
		txn.Put(identity)
		return nil
	})
	if f != nil {
		return f
	}
	return r.answer(status, r.showIdentity(identity))
}

// made is the systemData of what the request makes. An application is named by its client id.
func (r *request) made() map[string]any {
	by, kind, now := r.caller.ClientID, "Application", r.service.Now().UTC().Format(time.RFC3339Nano)
	if r.caller.Delegated {
		by, kind = r.caller.ObjectID, "User"
	}
	return map[string]any{
		"createdBy": by, "createdByType": kind, "createdAt": now,
		"lastModifiedBy": by, "lastModifiedByType": kind, "lastModifiedAt": now,
	}
}

// sameLocation refuses to move a resource.
func sameLocation(object *directory.Object, location, group string) *failure {
	if at := object.String("location"); normalLocation(location) != at {
		return fail(http.StatusConflict, "InvalidResourceLocation",
			"The resource '%s' already exists in location '%s' in resource group '%s'. A resource with the same name cannot be created in location '%s'. Please select a new resource name.",
			object.String("name"), at, group, location)
	}
	return nil
}

func updateIdentity(r *request) *failure {
	before, f := r.identity()
	if f != nil {
		return f
	}
	given, f := r.decode(UserAssignedIdentity, before)
	if f != nil {
		return f
	}
	var changed *directory.Object
	f = r.change(func(txn *directory.Txn) *failure {
		before, f := r.identity()
		if f != nil {
			return f
		}
		if location, ok := given["location"].(string); ok {
			if f := sameLocation(before, location, r.values["group"]); f != nil {
				return f
			}
			delete(given, "location")
		}
		changed = before.Clone()
		maps.Copy(changed.Properties, given)
		txn.Put(changed)
		return nil
	})
	if f != nil {
		return f
	}
	return r.answer(http.StatusOK, r.showIdentity(changed))
}

func deleteIdentity(r *request) *failure {
	status := http.StatusOK
	f := r.change(func(txn *directory.Txn) *failure {
		identity, f := r.identity()
		if f != nil {
			status = http.StatusNoContent
			return nil
		}
		removeIdentity(txn, identity)
		return nil
	})
	if f != nil {
		return f
	}
	return r.noContent(status)
}

// listIdentities answers with the identities of a subscription, or of a resource group.
func listIdentities(r *request) *failure {
	prefix := key("/subscriptions/"+r.values["subscription"]) + "/"
	if group := r.values["group"]; group != "" {
		prefix = key(groupID(r.values["subscription"], group)) + "/"
	}
	found := []*directory.Object{}
	for object := range r.view.AllAfter(UserAssignedIdentity.Name, directory.Live, prefix) {
		if !strings.HasPrefix(object.ID, prefix) {
			break
		}
		found = append(found, object)
	}
	return r.page(found, pageSize, r.showIdentity)
}

// readSystemIdentity is learn.microsoft.com/rest/api/managedidentity/system-assigned-identities/get-by-scope.
func readSystemIdentity(r *request) *failure {
	object, found := r.service.Store.View().Get(key(r.scope + systemSuffix))
	if !found {
		return fail(http.StatusNotFound, "NotFound", "The resource '%s' has no system assigned identity.", r.scope)
	}
	return r.answer(http.StatusOK, envelope(object, SystemAssignedIdentity, "Microsoft.ManagedIdentity/identities", r.version))
}
