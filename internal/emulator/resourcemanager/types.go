package resourcemanager

import (
	"maps"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// What the directory keeps for Resource Manager: the types below. An object's id is its ARM id in lower case, as ARM ids
// have no letter case; its property "id" is as clients see it. Properties are kept side by side: which of them an answer
// has in its "properties" is said in [envelope].

// Subscription is learn.microsoft.com/rest/api/resources/subscriptions/get. Its property "id" is the GUID alone.
var Subscription = &entitytype.Type{
	Name: "subscription", Resource: "Subscription", Set: "subscriptions",
	Properties: []entitytype.Property{
		{Name: "id", NotNull: true, ReadOnly: true},
		{Name: "displayName", Default: "Local subscription"},
		{Name: "state", Default: "Enabled"},
		{Name: "managementGroup"}, // the name of the one that it is in; the root where there is none
	},
}

// ResourceGroup is learn.microsoft.com/rest/api/resources/resource-groups/create-or-update.
var ResourceGroup = &entitytype.Type{
	Name: "resourceGroup", Resource: "ResourceGroupDefinition", Set: "resourceGroups",
	Properties: []entitytype.Property{
		{Name: "id", NotNull: true, ReadOnly: true},
		{Name: "name", NotNull: true, ReadOnly: true},
		{Name: "location", NotNull: true, Required: true},
		{Name: "tags", Kind: entitytype.KindComplex, Complex: tags},
		{Name: "provisioningState", ReadOnly: true, Default: "Succeeded"},
	},
}

// UserAssignedIdentity is learn.microsoft.com/rest/api/managedidentity/user-assigned-identities/create-or-update.
var UserAssignedIdentity = &entitytype.Type{
	Name: "userAssignedIdentity", Resource: "UserAssignedIdentity", Set: "userAssignedIdentities",
	Properties: []entitytype.Property{
		{Name: "id", NotNull: true, ReadOnly: true},
		{Name: "name", NotNull: true, ReadOnly: true},
		{Name: "location", NotNull: true, Required: true},
		{Name: "tags", Kind: entitytype.KindComplex, Complex: tags},
		{Name: "isolationScope", Values: []string{"None", "Regional"}, Default: "None"},
		{Name: "assignmentRestrictions", Kind: entitytype.KindComplex, Complex: assignmentRestrictions},
		{Name: "systemData", Kind: entitytype.KindComplex, Complex: systemData, ReadOnly: true},
		{Name: "tenantId", Kind: entitytype.KindGUID, ReadOnly: true},
		{Name: "principalId", Kind: entitytype.KindGUID, ReadOnly: true},
		{Name: "clientId", Kind: entitytype.KindGUID, ReadOnly: true},
	},
}

// SystemAssignedIdentity is learn.microsoft.com/rest/api/managedidentity/system-assigned-identities/get-by-scope: the
// identity of a resource, of which there is nothing else here. Only a seed has any.
var SystemAssignedIdentity = &entitytype.Type{
	Name: "systemAssignedIdentity", Resource: "SystemAssignedIdentity", Set: "systemAssignedIdentities",
	Properties: []entitytype.Property{
		{Name: "id", NotNull: true, ReadOnly: true},
		{Name: "name", NotNull: true, ReadOnly: true},
		{Name: "location", NotNull: true, ReadOnly: true},
		{Name: "resourceId", NotNull: true, ReadOnly: true}, // of the resource whose identity it is
		{Name: "tenantId", Kind: entitytype.KindGUID, ReadOnly: true},
		{Name: "principalId", Kind: entitytype.KindGUID, ReadOnly: true},
		{Name: "clientId", Kind: entitytype.KindGUID, ReadOnly: true},
	},
}

// credential is a federated identity credential as Resource Manager has it:
// learn.microsoft.com/rest/api/managedidentity/federated-identity-credentials/create-or-update. The directory keeps it as
// [entitytype.FederatedIdentityCredential], contained in the service principal of its identity, where Microsoft Graph
// shows it.
var credential = &entitytype.Type{
	Name: "federatedIdentityCredential", Resource: "FederatedIdentityCredential",
	Properties: []entitytype.Property{
		{Name: "issuer", Required: true},
		{Name: "subject", Required: true},
		{Name: "audiences", Collection: true, Required: true},
	},
}

// systemData is who made a resource, and when; see
// learn.microsoft.com/rest/api/managedidentity/user-assigned-identities/get#systemdata.
var systemData = &entitytype.Type{Name: "systemData", Resource: "SystemData", Open: true}

var tags = &entitytype.Type{Name: "tags", Resource: "Tags", Open: true}

var assignmentRestrictions = &entitytype.Type{
	Name: "assignmentRestrictions", Resource: "IdentityAssignmentRestrictions",
	Properties: []entitytype.Property{{Name: "providers", Collection: true}},
}

// Types are the types that the directory keeps for Resource Manager, by name.
var Types = map[string]*entitytype.Type{
	Subscription.Name: Subscription, ResourceGroup.Name: ResourceGroup,
	UserAssignedIdentity.Name: UserAssignedIdentity, SystemAssignedIdentity.Name: SystemAssignedIdentity,
	RoleAssignment.Name: RoleAssignment, ManagementGroup.Name: ManagementGroup,
}

// Indexed is what the directory must find objects by.
var Indexed = directory.Indexed{
	UserAssignedIdentity.Name:   {"clientId", "principalId"},
	SystemAssignedIdentity.Name: {"clientId", "principalId"},
	RoleAssignment.Name:         {"principalId"},
}

// outside are the properties that a resource has beside its "properties".
var outside = map[string]bool{"id": true, "name": true, "type": true, "location": true, "tags": true, "systemData": true}

// since is the first version of Microsoft.ManagedIdentity that has a property.
var since = map[string]string{"systemData": "2023-01-31", "isolationScope": "2024-11-30", "assignmentRestrictions": "2026-05-31"}

// key is the directory's id of what has that ARM id.
func key(armID string) string { return "/" + strings.ToLower(strings.Trim(armID, "/")) }

// envelope is a resource as an answer of that version has it.
func envelope(object *directory.Object, t *entitytype.Type, resourceType, version string) map[string]any {
	inner, shown := map[string]any{}, map[string]any{"type": resourceType}
	for i := range t.Properties {
		name := t.Properties[i].Name
		value, has := object.Properties[name]
		switch {
		case !has || value == nil && (!outside[name] || name == "systemData"), version < since[name], name == "resourceId":
		case outside[name]:
			shown[name] = value
		default:
			inner[name] = value
		}
	}
	shown["properties"] = inner
	return shown
}

// starting are the properties that an object of a type begins with.
func starting(t *entitytype.Type, given map[string]any) map[string]any {
	properties := map[string]any{}
	for i := range t.Properties {
		p := &t.Properties[i]
		properties[p.Name] = p.Default
		if p.Complex == tags {
			properties[p.Name] = map[string]any{}
		}
	}
	maps.Copy(properties, given)
	return properties
}
