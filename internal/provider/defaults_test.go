package provider_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/provider"
)

// unusual are resources of which nothing is as it is where nobody says anything.
var unusual = map[string][]samples.Sample{
	"workloadid_application": {{Config: samples.Object{
		"display_name": "Orders", "sign_in_audience": "AzureADMultipleOrgs", "fallback_public_client_enabled": true, "tags": []any{"shop"},
		"app_roles": samples.Object{"Process": samples.Object{"allowed_member_types": []any{"Application"}, "display_name": "Process", "description": "Processes orders.", "enabled": false}},
		"api": samples.Object{"oauth2_permission_scopes": samples.Object{"Read": samples.Object{
			"admin_consent_display_name": "Read", "admin_consent_description": "Reads.", "enabled": false, "type": "Admin",
		}}},
		"optional_claims":          samples.Object{"access_token": samples.Object{"email": samples.Object{"essential": true, "additional_properties": []any{"use_guid"}}}},
		"required_resource_access": samples.Object{graphID: samples.Object{"app_role_ids": []any{readAll}, "scope_ids": []any{mailID}}},
		"add_ins":                  samples.Object{oneID: samples.Object{"type": "FileHandler", "properties": samples.Object{"version": "2"}}},
		"web":                      samples.Object{"redirect_uris": []any{"https://orders.example/callback"}, "implicit_grant": samples.Object{"id_token_issuance_enabled": true}},
	}}},
	"workloadid_federated_identity_credential": {{
		Needs: []samples.Need{{Name: "application", Type: "workloadid_application", Config: samples.Object{"display_name": "Deployer"}}},
		Config: samples.Object{
			"application_id": samples.Reference{Name: "application", Attribute: "id"}, "name": "main", "issuer": "https://issuer.example", "subject": "anybody", "audience": "api://orders",
		},
	}},
	"workloadid_azure_role_assignment": {{
		InAzure: true,
		Config:  samples.Object{"scope": "/subscriptions/" + emulator.SubscriptionID, "role_name": "Reader", "principal_id": samples.User(0), "principal_type": "User"},
	}},
	"workloadid_custom_directory_role": {{
		Config: samples.Object{"display_name": "Keeper", "permissions": []any{"microsoft.directory/applications/standard/read"}, "enabled": false, "version": "7", "template_id": oneID},
	}},
}

// TestDefaults_undoNothing: what an import has read is neither changed nor, still less, replaced because a configuration does
// not mention it: what the service knows is computed where it is unset.
func TestDefaults_undoNothing(t *testing.T) {
	t.Parallel()
	schemas, err := providerserver.NewProtocol6(provider.New("test"))().GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]int{}
	for _, typeName := range slices.Sorted(maps.Keys(samples.Resources)) {
		for _, sample := range append(slices.Clone(samples.Resources[typeName]), unusual[typeName]...) {
			h := acctest.New(t)
			for _, name := range sample.Secrets {
				h.SecretsOf("addPassword", typeName+"."+name)
			}
			config, changed := life(t, h, sample)
			r := apply(t, h, typeName, sample, config)
			if changed != nil {
				r.Apply(t, changed)
				config = changed
				for _, name := range sample.Secrets {
					h.Secret(r.String(name), typeName+"."+name)
				}
			}
			imported := h.Provider().Resource(typeName)
			if diags := append(imported.Import(t.Context(), importIDs(t, h, typeName, r)[0]), imported.Refresh(t.Context())...); diags.HasError() {
				t.Fatalf("importing %s:\n%s", typeName, diags)
			}
			for _, less := range lacking(schemas.ResourceSchemas[typeName].Block.Attributes, config) {
				plan, diags := imported.Plan(t.Context(), less.config)
				if diags.HasError() {
					continue // it must be there
				}
				if less.computed && (plan.Action == protocol.Replace || !slices.Contains(sample.Arguments, any(less.root)) && changes(plan, less.root)) {
					t.Errorf("%s %s without %s: %s because of %v", typeName, sample.Name, less.name, plan.Action, plan.Changes)
				}
				tried[typeName]++
			}
		}
	}
	for typeName := range unusual {
		if tried[typeName] == 0 {
			t.Errorf("%s: nothing was left out", typeName)
		}
	}
}

func changes(plan *protocol.Plan, attribute string) bool {
	return slices.ContainsFunc(plan.Changes, func(change string) bool { return strings.HasPrefix(change, `AttributeName("`+attribute+`")`) })
}

// less is a configuration without one attribute.
type less struct {
	root, name string
	computed   bool
	config     map[string]any
}

func lacking(attributes []*tfprotov6.SchemaAttribute, config map[string]any) []less {
	var all []less
	for _, a := range attributes {
		value, configured := config[a.Name]
		if !configured {
			continue
		}
		with := func(value any) map[string]any {
			changed := maps.Clone(config)
			if delete(changed, a.Name); value != nil {
				changed[a.Name] = value
			}
			return changed
		}
		if a.Optional {
			all = append(all, less{a.Name, a.Name, a.Computed, with(nil)})
		}
		if a.NestedType == nil {
			continue
		}
		object, _ := value.(map[string]any)
		if a.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeSingle {
			for _, inner := range lacking(a.NestedType.Attributes, object) {
				all = append(all, less{a.Name, a.Name + "." + inner.name, inner.computed, with(inner.config)})
			}
			continue
		}
		for key, element := range object {
			for _, inner := range lacking(a.NestedType.Attributes, element.(map[string]any)) {
				elements := maps.Clone(object)
				elements[key] = inner.config
				all = append(all, less{a.Name, a.Name + "." + key + "." + inner.name, inner.computed, with(elements)})
			}
		}
	}
	return all
}

// TestCLI_groupWithoutItsKind imports the role assignment of a group, whose kind the configuration does not mention.
func TestCLI_groupWithoutItsKind(t *testing.T) {
	const group = "5d1d3c1e-6c9f-4a35-9c0b-6f1f0f3b2a77"
	acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
		if h.Tenant == nil {
			t.Skip("needs a group that is known")
		}
		scope := "/subscriptions/" + emulator.SubscriptionID
		const name = "9f1c7a52-6a0e-4a52-8f5a-0c9be6c1d111"
		h.Azure(t, "PUT", scope+"/providers/Microsoft.Authorization/roleAssignments/"+name, "2022-04-01", map[string]any{"properties": map[string]any{
			"principalId": group, "roleDefinitionId": scope + "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7",
		}})
		config := required + `
resource "workloadid_azure_role_assignment" "operators" {
  scope        = "` + scope + `"
  role_name    = "Reader"
  principal_id = "` + group + `"
}
`
		return resource.TestCase{Steps: []resource.TestStep{
			{
				Config: config + `
import {
  to = workloadid_azure_role_assignment.operators
  id = "` + scope + `/providers/Microsoft.Authorization/roleAssignments/` + name + `"
}
`,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction("workloadid_azure_role_assignment.operators", plancheck.ResourceActionNoop)}},
			},
			{Config: config, Taint: []string{"workloadid_azure_role_assignment.operators"}}, // made anew, it is the same
			{Config: config, PlanOnly: true},
		}}
	}, acctest.WithSeed(emulator.Seed{Groups: []map[string]any{{"id": group, "displayName": "Operators", "securityEnabled": true}}}))
}
