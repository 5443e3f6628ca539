package emulator

import (
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/instancemetadata"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/login"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/resourcemanager"
)

// What a new tenant has in Azure: a subscription, of which the seeded caller is Owner, and a resource group in it.
const (
	SubscriptionID = "c0ffee00-0000-4000-8000-00000000a20e"
	ResourceGroup  = "local"
	Location       = "westeurope" // of the resource group
)

// IdentityHeader is what programs have in IDENTITY_HEADER that get tokens as they would in App Service. Like the seeded
// caller's secret it is none.
const IdentityHeader = "local-only-1f0c1f7e-identity-header"

// managedIdentities answers requests for tokens of managed identities.
func (t *Tenant) managedIdentities() *instancemetadata.Service {
	return instancemetadata.New(instancemetadata.Options{
		Identities: t.identities, Secret: IdentityHeader,
		Token: func(r *http.Request, clientID, resource string) (login.AccessToken, error) {
			at, err := t.at(t.origin(r))
			if err != nil {
				return login.AccessToken{}, err
			}
			return at.login.ManagedIdentityToken(r.Context(), clientID, resource)
		},
	})
}

// identities are the managed identities that there are.
func (t *Tenant) identities() []instancemetadata.Identity {
	var found []instancemetadata.Identity
	view := t.store.View()
	for object := range view.All(resourcemanager.UserAssignedIdentity.Name, directory.Live) {
		found = append(found, instancemetadata.Identity{ClientID: object.String("clientId"), ObjectID: object.String("principalId"), ResourceID: object.String("id")})
	}
	for object := range view.All(resourcemanager.SystemAssignedIdentity.Name, directory.Live) {
		found = append(found, instancemetadata.Identity{
			ClientID: object.String("clientId"), ObjectID: object.String("principalId"), ResourceID: object.String("resourceId"), System: true,
		})
	}
	return found
}

// azure is what a new tenant has in Azure.
func azure() Seed {
	return Seed{
		Subscriptions:  []map[string]any{{"id": SubscriptionID, "displayName": "Local subscription"}},
		ResourceGroups: []map[string]any{{"id": "/subscriptions/" + SubscriptionID + "/resourceGroups/" + ResourceGroup, "location": Location}},
	}
}

// identityIDs is the namespace of the ids of seeded identities that the seed does not give.
var identityIDs = uuid.MustParse("5d1f0b5e-0c8c-4e0a-9a53-3e2c8c7ad2c4")

// seedAzure makes what a seed has of Azure. The known objects have the resource groups that there
// are besides.
func (t *Tenant) seedAzure(given Seed, known []*directory.Object) ([]*directory.Object, error) {
	var objects []*directory.Object
	for _, item := range given.ManagementGroups {
		if name, _ := item["name"].(string); name == "" {
			return nil, fmt.Errorf("a seeded management group has no name: %v", item["displayName"])
		}
		if err := resourcemanager.ManagementGroup.Shape(item); err != nil {
			return nil, fmt.Errorf("seeding the management group %s: %w", item["name"], err)
		}
		group := resourcemanager.NewManagementGroup(t.options.TenantID, item)
		objects = append(objects, group)
		if group.String("parent") != "" {
			objects = append(objects, owner(group.ID, group.ID))
		}
	}
	for _, item := range given.Subscriptions {
		if id, _ := item["id"].(string); !entitytype.IsGUID(id) {
			return nil, fmt.Errorf("a seeded subscription has no id that is a GUID: %v", item["displayName"])
		}
		if err := resourcemanager.Subscription.Shape(item); err != nil {
			return nil, fmt.Errorf("seeding the subscription %s: %w", item["id"], err)
		}
		objects = append(objects, resourcemanager.NewSubscription(item), owner("/subscriptions/"+strings.ToLower(item["id"].(string)), item["id"].(string)))
	}
	for _, item := range given.ResourceGroups {
		at, err := armID(item, "id", "subscriptions", "resourceGroups")
		if err == nil {
			err = resourcemanager.ResourceGroup.Shape(item)
		}
		if err != nil {
			return nil, fmt.Errorf("seeding a resource group: %w", err)
		}
		objects = append(objects, resourcemanager.NewResourceGroup(at[0], at[1], without(item, "id")))
	}
	for _, item := range given.UserAssignedIdentities {
		made, err := t.seedIdentity(item, append(objects, known...))
		if err != nil {
			return nil, fmt.Errorf("seeding a user-assigned identity: %w", err)
		}
		objects = append(objects, made...)
	}
	for _, item := range given.SystemAssignedIdentities {
		id, _ := item["resourceId"].(string)
		if err := resourcemanager.SystemAssignedIdentity.Shape(item); err != nil {
			return nil, fmt.Errorf("seeding a system-assigned identity: %w", err)
		}
		if !strings.HasPrefix(id, "/subscriptions/") {
			return nil, fmt.Errorf("seeding a system-assigned identity: its resourceId is %q, which is no ARM id", id)
		}
		objects = append(objects, resourcemanager.NewSystemAssignedIdentity(t.options.TenantID, id, identified(id, without(item, "resourceId")))...)
	}
	for _, item := range given.RoleAssignments {
		made, err := seedRoleAssignment(item)
		if err != nil {
			return nil, fmt.Errorf("seeding a role assignment: %w", err)
		}
		objects = append(objects, made)
	}
	return objects, nil
}

// owner is the role assignment by which the seeded caller is Owner of what a seed has, as whoever makes a subscription or a
// management group is. At the tenant's root nobody has a role in the beginning:
// learn.microsoft.com/azure/governance/management-groups/overview.
func owner(scope, key string) *directory.Object {
	role, _ := resourcemanager.RoleDefinitionID("Owner")
	return resourcemanager.NewRoleAssignment(scope, assignmentName(key, role, callerObjectID), map[string]any{
		"roleDefinitionId": role, "principalId": callerObjectID, "principalType": "ServicePrincipal", "createdOn": beginning, "updatedOn": beginning,
	})
}

// assignmentName is the name of a seeded role assignment, the same in every tenant and run.
func assignmentName(scope, role, principal string) string {
	return uuid.NewSHA1(identityIDs, []byte(strings.ToLower(scope+role+principal))).String()
}

// seedRoleAssignment makes a role assignment. The role is given by roleName, or by roleDefinitionId.
func seedRoleAssignment(item map[string]any) (*directory.Object, error) {
	properties := without(item, "name", "roleName")
	if roleName, ok := item["roleName"].(string); ok {
		id, known := resourcemanager.RoleDefinitionID(roleName)
		if !known {
			return nil, fmt.Errorf("there is no built-in role %q here", roleName)
		}
		properties["roleDefinitionId"] = id
	}
	if err := resourcemanager.RoleAssignment.Shape(properties); err != nil {
		return nil, err
	}
	for _, required := range []string{"scope", "roleDefinitionId", "principalId"} {
		if text, _ := properties[required].(string); text == "" {
			return nil, fmt.Errorf("it has no %s", required)
		}
	}
	name, _ := item["name"].(string)
	scope, role, principal := properties["scope"].(string), properties["roleDefinitionId"].(string), properties["principalId"].(string)
	if name == "" {
		name = assignmentName(scope, role, principal)
	}
	if !entitytype.IsGUID(name) || !entitytype.IsGUID(principal) {
		return nil, fmt.Errorf("its name and principalId have to be GUIDs, not %q and %q", name, principal)
	}
	for _, moment := range []string{"createdOn", "updatedOn"} {
		if properties[moment] == nil {
			properties[moment] = beginning
		}
	}
	return resourcemanager.NewRoleAssignment(scope, name, properties), nil
}

// seedIdentity makes a user-assigned identity with its federated identity credentials, in a resource group that is among
// the objects.
func (t *Tenant) seedIdentity(item map[string]any, objects []*directory.Object) ([]*directory.Object, error) {
	at, err := armID(item, "id", "subscriptions", "resourceGroups", "providers/Microsoft.ManagedIdentity/userAssignedIdentities")
	if err != nil {
		return nil, err
	}
	if err := resourcemanager.UserAssignedIdentity.Shape(item); err != nil {
		return nil, err
	}
	group := resourcemanager.NewResourceGroup(at[0], at[1], nil)
	found := false
	for _, object := range objects {
		if object.ID == group.ID {
			group, found = object, true
		}
	}
	if !found {
		return nil, fmt.Errorf("there is no resource group %s", group.String("id"))
	}
	properties := identified(item["id"].(string), without(item, "id", "federatedIdentityCredentials"))
	if properties["location"] == nil {
		properties["location"] = group.Properties["location"]
	}
	made := resourcemanager.NewUserAssignedIdentity(t.options.TenantID, group, at[2], properties)
	for _, credential := range directory.Items(item["federatedIdentityCredentials"]) {
		id := uuid.NewSHA1(identityIDs, fmt.Append(nil, item["id"], credential["name"])).String()
		credential["id"] = id
		contained, err := seeded(entitytype.FederatedIdentityCredential, credential, made[0].String("principalId"))
		if err != nil {
			return nil, err
		}
		made = append(made, contained)
	}
	return made, nil
}

// identified are the properties of an identity with the ids of its service principal, the same in every tenant and run.
func identified(of string, properties map[string]any) map[string]any {
	for _, name := range []string{"principalId", "clientId"} {
		if properties[name] == nil {
			properties[name] = uuid.NewSHA1(identityIDs, []byte(name+strings.ToLower(of))).String()
		}
	}
	return properties
}

// armID takes an ARM id apart, in which each of the types is followed by a name.
func armID(item map[string]any, property string, types ...string) (names []string, err error) {
	id, _ := item[property].(string)
	rest := id
	for _, kind := range types {
		prefix := "/" + kind + "/"
		if len(rest) <= len(prefix) || !strings.EqualFold(rest[:len(prefix)], prefix) {
			return nil, fmt.Errorf("%q is not the ARM id that it should be", id)
		}
		name, after, _ := strings.Cut(rest[len(prefix):], "/")
		names, rest = append(names, name), "/"+after
	}
	if rest != "/" {
		return nil, fmt.Errorf("%q is not the ARM id that it should be", id)
	}
	return names, nil
}

func without(item map[string]any, names ...string) map[string]any {
	properties := maps.Clone(item)
	for _, name := range names {
		delete(properties, name)
	}
	return properties
}
