package provider_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// hostile are texts that mean something to a URL, a path, a query, a header or a JSON document.
var hostile = []string{
	"it's", "a'b''c", `quo"te\back`, "sla/sh", "../../users", "..%2f..%2fusers", "x') or (1 eq 1", "a' or displayName ne '", "a?$filter=x&$top=1",
	"hash#frag", "per%20cent%", "new\nline\r\nHeader: x", "tab\tnull\x01", "{\"json\":true}", "${interpolation} {client_id}", "ünï💥cødé", "applications(appId='x')",
	strings.Repeat("x", 1<<20),
}

// TestHostile_argumentsReachTheTenantAsTheyAre sets every free text of every resource: what is not refused is stored to
// the letter, and nothing else changes.
func TestHostile_argumentsReachTheTenantAsTheyAre(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	bystander := h.Resource("workloadid_application")
	bystanderConfig := map[string]any{"display_name": "bystander", "unique_name": "bystander", "tags": []any{"untouched"}}
	bystander.Apply(t, bystanderConfig)
	app := h.Resource("workloadid_application")
	app.Apply(t, map[string]any{"display_name": "parent"})
	principal := h.Resource("workloadid_service_principal")
	principalOf := h.Resource("workloadid_application")
	principalOf.Apply(t, map[string]any{"display_name": "principal"})
	principal.Apply(t, map[string]any{"client_id": principalOf.State()["client_id"]})
	texts := map[string]struct {
		collection string
		property   map[string]string // attribute: Graph property
		config     map[string]any
	}{
		"workloadid_application": {
			"applications",
			map[string]string{"display_name": "displayName", "description": "description", "notes": "notes", "service_management_reference": "serviceManagementReference", "unique_name": "uniqueName"},
			map[string]any{"display_name": "x"},
		},
		"workloadid_service_principal": {
			"servicePrincipals",
			map[string]string{"description": "description", "notes": "notes"},
			map[string]any{"client_id": app.State()["client_id"]},
		},
		"workloadid_azure_role_assignment": {
			"roleAssignments",
			map[string]string{"description": "description", "condition": "condition", "scope": "scope", "role_name": "roleName"},
			map[string]any{"scope": "/subscriptions/" + emulator.SubscriptionID, "role_name": "Reader", "principal_id": principal.String("id")},
		},
		"workloadid_user_assigned_identity": {
			"userAssignedIdentities",
			map[string]string{"name": "name", "resource_group_name": "resourceGroup", "location": "location"},
			map[string]any{"name": "shop", "resource_group_name": emulator.ResourceGroup, "location": emulator.Location},
		},
		"workloadid_federated_identity_credential": {
			"federatedIdentityCredentials",
			map[string]string{"name": "name", "subject": "subject", "issuer": "issuer", "description": "description"},
			map[string]any{"application_id": app.String("id"), "name": "name", "issuer": "https://gitlab.com", "subject": "s"},
		},
	}
	for name, resource := range texts {
		for attribute, property := range resource.property {
			for _, text := range hostile {
				r := h.Resource(name)
				config := maps.Clone(resource.config)
				config[attribute] = text
				if diagnostics := r.Try(t, config); diagnostics.HasError() {
					if diagnostics.HasProviderBug() {
						t.Errorf("%s.%s = %.40q: %s", name, attribute, text, diagnostics)
					}
					if r.State() != nil {
						r.Destroy(t)
					}
					continue
				}
				held := false
				for _, object := range h.Tenant.Objects(resource.collection) {
					held = held || object["id"] == r.State()["id"] && object[property] == text
				}
				if !held {
					t.Errorf("%s.%s = %.40q is not what the tenant holds", name, attribute, text)
				}
				r.ExpectNoChanges(t, config)
				r.Destroy(t)
			}
		}
	}
	bystander.ExpectNoChanges(t, bystanderConfig)
	app.Refresh(t)
	if app.State() == nil {
		t.Error("the parent is gone")
	}
}

// TestHostile_keysFindNothingElse looks objects up, and imports them, by texts that no object has.
func TestHostile_keysFindNothingElse(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	app.Apply(t, map[string]any{"display_name": "it's", "unique_name": "a'b"})
	for _, key := range []string{"display_name", "unique_name"} {
		if found := h.ReadDataSource(t, "workloadid_application", map[string]any{key: app.State()[key]}); found["id"] != app.State()["id"] {
			t.Errorf("by %s: found %v", key, found["id"])
		}
	}
	for _, text := range hostile[1:] {
		if len(text) > 1<<16 {
			continue // more than an address can hold: refused by whatever is in between
		}
		for typeName, configs := range map[string][]map[string]any{
			"workloadid_application":                   {{"id": text}, {"client_id": text}, {"unique_name": text}, {"display_name": text}},
			"workloadid_service_principal":             {{"id": text}, {"client_id": text}, {"display_name": text}},
			"workloadid_federated_identity_credential": {{"application_id": app.String("id"), "name": text}, {"application_id": text, "name": "main"}, {"user_assigned_identity_id": text, "name": "main"}},
			"workloadid_user_assigned_identity":        {{"id": text}, {"name": text, "resource_group_name": emulator.ResourceGroup}, {"name": "shop", "resource_group_name": text}},
			"workloadid_azure_role_definition":         {{"role_name": text}, {"role_definition_id": text}, {"role_name": "Reader", "scope": text}, {"role_name": "Reader", "scope": "/subscriptions/" + text}},
			"workloadid_managed_identity":              {{"resource_id": text}, {"client_id": text}, {"display_name": text}, {"resource_id": "/providers/" + text}},
		} {
			for _, config := range configs {
				h.ReadDataSourceFails(t, typeName, config)
			}
		}
		for _, typeName := range []string{"workloadid_application", "workloadid_service_principal", "workloadid_federated_identity_credential", "workloadid_azure_role_assignment", "workloadid_user_assigned_identity"} {
			h.Resource(typeName).ImportFails(t, text)
			h.Resource(typeName).ImportFails(t, fmt.Sprint(app.String("id"), "/", text))
		}
		h.Resource("workloadid_user_assigned_identity").ImportFails(t, "/subscriptions/"+emulator.SubscriptionID+"/resourceGroups/local/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"+text)
		h.Resource("workloadid_azure_role_assignment").ImportFails(t, "/subscriptions/"+text+"/providers/Microsoft.Authorization/roleAssignments/"+app.String("id"))
		if listed := h.ReadDataSource(t, "workloadid_applications", map[string]any{"display_names": []any{text}})["applications"].([]any); len(listed) != 0 {
			t.Errorf("%.40q lists %d applications", text, len(listed))
		}
	}
}
