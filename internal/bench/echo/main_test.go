package main

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/workloadid/terraform-provider-workloadid/internal/provider"
)

// TestServer_givesBack: the schemas are our provider's, and what is read and planned is what there was.
func TestServer_givesBack(t *testing.T) {
	t.Parallel()
	ctx, echo := t.Context(), newServer()
	got, err := echo.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	own, err := provider.NewServer(provider.Options{}).GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || len(got.ResourceSchemas) == 0 || len(got.ResourceSchemas) != len(own.ResourceSchemas) {
		t.Fatalf("%d schemas of %d, %v", len(got.ResourceSchemas), len(own.ResourceSchemas), err)
	}
	const name = "workloadid_federated_identity_credential"
	upgraded, err := echo.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{
		TypeName: name, Version: got.ResourceSchemas[name].Version, RawState: &tfprotov6.RawState{JSON: []byte(`{"id":"1","name":"main"}`)},
	})
	if err != nil || upgraded.UpgradedState == nil {
		t.Fatalf("got %v, %v", upgraded, err)
	}
	if configured, err := echo.ConfigureProvider(ctx, nil); err != nil || len(configured.Diagnostics) != 0 {
		t.Errorf("configured: %v, %v", configured, err)
	}
	if validated, err := echo.ValidateResourceConfig(ctx, nil); err != nil || len(validated.Diagnostics) != 0 {
		t.Errorf("validated: %v, %v", validated, err)
	}
	if read, err := echo.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: name, CurrentState: upgraded.UpgradedState, Private: []byte("p")}); err != nil || read.NewState != upgraded.UpgradedState || string(read.Private) != "p" {
		t.Errorf("read: %v, %v", read, err)
	}
	if planned, err := echo.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{TypeName: name, ProposedNewState: upgraded.UpgradedState, PriorPrivate: []byte("p")}); err != nil || planned.PlannedState != upgraded.UpgradedState || string(planned.PlannedPrivate) != "p" {
		t.Errorf("planned: %v, %v", planned, err)
	}
}
