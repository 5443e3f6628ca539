package provider

import (
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// FuzzState hands states that nobody wrote to every resource: the provider must answer with a diagnostic, or with a plan
// and a refresh, and never panic.
func FuzzState(f *testing.F) {
	server := providerserver.NewProtocol6(New("test"))()
	schemas, err := server.GetProviderSchema(f.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		f.Fatal(err)
	}
	types := slices.Sorted(maps.Keys(schemas.ResourceSchemas))
	for i := range types {
		f.Add(uint8(i), []byte(`{}`))
		f.Add(uint8(i), []byte(`{"id":"3f2504e0-4f89-41d3-9a0c-0305e82c3301","client_id":"a","name":"b","display_name":"c","owners":["d",null],"tags":null}`))
		f.Add(uint8(i), []byte(`{"api":{"oauth2_permission_scopes":{"a":null},"pre_authorized_applications":{"b":null}},"app_roles":{"":{"id":null}},"web":{"redirect_uris":[null]}}`))
		f.Add(uint8(i), []byte(`{"timeouts":{"read":"never"},"subject":1}`))
	}
	f.Fuzz(func(t *testing.T, index uint8, state []byte) {
		name := types[int(index)%len(types)]
		upgraded, err := server.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
			TypeName: name, RawState: &tfprotov6.RawState{JSON: state},
		})
		if err != nil || upgraded.UpgradedState == nil {
			return
		}
		value := upgraded.UpgradedState
		if _, err := server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: name, CurrentState: value}); err != nil {
			t.Logf("read: %v", err)
		}
		if _, err := server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: name, Config: value}); err != nil {
			t.Logf("validate: %v", err)
		}
		if _, err := server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
			TypeName: name, PriorState: value, Config: value, ProposedNewState: value,
		}); err != nil {
			t.Logf("plan: %v", err)
		}
	})
}
