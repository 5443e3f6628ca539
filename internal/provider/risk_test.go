package provider_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/provider"
)

// risks are settings that let in more than the service does by itself, as the last apply had them, and what stays of them.
var risks = []struct {
	typeName, at, stays string
	setting             samples.Object
}{
	{"workloadid_application", "web.implicit_grant.access_token_issuance_enabled", "true", samples.Object{"web": samples.Object{"implicit_grant": samples.Object{"access_token_issuance_enabled": true}}}},
	{"workloadid_application", "web.implicit_grant.id_token_issuance_enabled", "true", samples.Object{"web": samples.Object{"implicit_grant": samples.Object{"id_token_issuance_enabled": true}}}},
	{"workloadid_application", "web.redirect_uris", "https://orders.example/callback", samples.Object{"web": samples.Object{"redirect_uris": []any{"https://orders.example/callback"}}}},
	{"workloadid_application", "spa.redirect_uris", "https://orders.example/callback", samples.Object{"spa": samples.Object{"redirect_uris": []any{"https://orders.example/callback"}}}},
	{"workloadid_application", "public_client.redirect_uris", "https://orders.example/callback", samples.Object{"public_client": samples.Object{"redirect_uris": []any{"https://orders.example/callback"}}}},
	{"workloadid_application", "fallback_public_client_enabled", "true", samples.Object{"fallback_public_client_enabled": true}},
	{"workloadid_application", "device_only_auth_enabled", "true", samples.Object{"device_only_auth_enabled": true}},
	{"workloadid_application", "native_authentication_apis", "all", samples.Object{"native_authentication_apis": "all"}},
	{"workloadid_application", "sign_in_audience", "AzureADMultipleOrgs", samples.Object{"sign_in_audience": "AzureADMultipleOrgs"}},
	{"workloadid_application", "api.mapped_claims_enabled", "true", samples.Object{"api": samples.Object{"mapped_claims_enabled": true}}},
	{"workloadid_application", "api.known_client_applications", oneID, samples.Object{"api": samples.Object{"known_client_applications": []any{oneID}}}},
	{"workloadid_application", "authentication_behaviors.remove_unverified_email_claim", "false", samples.Object{"authentication_behaviors": samples.Object{"remove_unverified_email_claim": false}}},
	{"workloadid_application", "authentication_behaviors.block_azure_ad_graph_access", "false", samples.Object{"authentication_behaviors": samples.Object{"block_azure_ad_graph_access": false}}},
	{"workloadid_application", "authentication_behaviors.require_client_service_principal", "false", samples.Object{"authentication_behaviors": samples.Object{"require_client_service_principal": false}}},
	{"workloadid_application", "api.pre_authorized_applications", oneID, samples.Object{"api": samples.Object{
		"oauth2_permission_scopes":    samples.Object{"Read": samples.Object{"admin_consent_display_name": "Read", "admin_consent_description": "Reads."}},
		"pre_authorized_applications": samples.Object{oneID: []any{"Read"}},
	}}},
	{"workloadid_application", "owners", "", samples.Object{"owners": []any{samples.User(0), samples.User(1)}}},
	{"workloadid_service_principal", "app_role_assignment_required", "false", samples.Object{"app_role_assignment_required": false}},
	{"workloadid_service_principal", "owners", "", samples.Object{"owners": []any{samples.User(0), samples.User(1)}}},
}

// TestRisk_whatStaysIsSaid: the plan that no longer says what a dangerous setting shall be warns of the value that stays, by
// whichever of its objects it is left out, and until a configuration says it.
func TestRisk_whatStaysIsSaid(t *testing.T) {
	t.Parallel()
	for _, risk := range risks {
		t.Run(risk.typeName+"/"+risk.at, func(t *testing.T) {
			t.Parallel()
			h := acctest.New(t)
			plain, _ := life(t, h, samples.Resources[risk.typeName][0])
			set := maps.Clone(plain)
			setting, _ := life(t, h, samples.Sample{Config: risk.setting})
			maps.Copy(set, setting)
			r := h.Resource(risk.typeName)
			r.Apply(t, set)
			quiet := func(when string, config map[string]any) {
				t.Helper()
				r.Refresh(t)
				if found := warnings(t, r, config); found != "" {
					t.Errorf("%s:\n%s", when, found)
				}
			}
			quiet("as it was applied", set)
			h.Restart(t)
			r = r.In(h)
			r.Refresh(t)
			for range 2 {
				plan, diags := r.PlanWarnings(t, plain)
				found := strings.Join(strings.Fields(diags.String()), " ")
				if !strings.Contains(found, risk.at+" is no longer in the configuration") || !strings.Contains(found, risk.stays) {
					t.Errorf("nobody says that %s stays %s:\n%s", risk.at, risk.stays, found)
				}
				if plan.Action != protocol.NoOp {
					t.Errorf("%s because of %v", plan.Action, plan.Changes)
				}
			}
			quiet("said again", set)
			// What was applied without it is not managed any more.
			other := maps.Clone(plain)
			other["notes"] = "Something else."
			if found := r.Apply(t, other).String(); !strings.Contains(found, "no longer") {
				t.Errorf("another change hides it:\n%s", found)
			}
			quiet("once that was applied", other)
			// Nor is what somebody else has set.
			imported := h.Resource(risk.typeName)
			imported.Import(t, r.String("id"))
			if found := warnings(t, imported, other); found != "" {
				t.Errorf("after an import:\n%s", found)
			}
		})
	}
}

func warnings(t *testing.T, r *acctest.Resource, config map[string]any) string {
	t.Helper()
	_, diags := r.PlanWarnings(t, config)
	return diags.String()
}

// TestRisk_allAreTried: every setting that is marked in a table is in the test.
func TestRisk_allAreTried(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, risk := range risks {
		tried[risk.typeName+"/"+risk.at] = true
	}
	for _, create := range provider.New("test").Resources(t.Context()) {
		r := create()
		var metadata resource.MetadataResponse
		r.Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: "workloadid"}, &metadata)
		for _, at := range entity.RisksOf(r) {
			if name := metadata.TypeName + "/" + at; !tried[name] {
				t.Errorf("%s is not tried", name)
			}
		}
	}
}
