package main

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

var object = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"text": tftypes.String}}

func with(t *testing.T, text any) *tfprotov6.DynamicValue {
	t.Helper()
	value := tftypes.NewValue(object, nil)
	if text != nil {
		value = tftypes.NewValue(object, map[string]tftypes.Value{"text": tftypes.NewValue(tftypes.String, text)})
	}
	dynamic, err := tfprotov6.NewDynamicValue(object, value)
	if err != nil {
		t.Fatal(err)
	}
	return &dynamic
}

func expect(t *testing.T, operation string, got, want *tfprotov6.DynamicValue, diagnostics []*tfprotov6.Diagnostic, err error) {
	t.Helper()
	if err != nil || len(diagnostics) > 0 {
		t.Fatalf("%s: %v, %v", operation, err, diagnostics)
	}
	found, err := got.Unmarshal(object)
	if err != nil {
		t.Fatal(err)
	}
	expected, err := want.Unmarshal(object)
	if err != nil {
		t.Fatal(err)
	}
	if !found.Equal(expected) {
		t.Errorf("%s: got %s, want %s", operation, found, expected)
	}
}

// TestProvider_lifecycle goes through what a CLI asks of it: what is configured is planned, kept, read and forgotten.
func TestProvider_lifecycle(t *testing.T) {
	t.Parallel()
	server, err := providerserver.NewProtocol6WithError(newProvider())()
	if err != nil {
		t.Fatal(err)
	}
	const name = "inert_value"
	ctx := t.Context()
	none, first, second := with(t, nil), with(t, "first"), with(t, "second")
	for _, change := range []struct {
		operation   string
		prior, next *tfprotov6.DynamicValue
	}{{"create", none, first}, {"update", first, second}, {"delete", second, none}} {
		planned, err := server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
			TypeName: name, PriorState: change.prior, ProposedNewState: change.next, Config: change.next,
		})
		expect(t, "planning to "+change.operation, planned.PlannedState, change.next, planned.Diagnostics, err)
		if len(planned.RequiresReplace) > 0 {
			t.Errorf("to %s it must be replaced", change.operation)
		}
		applied, err := server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
			TypeName: name, PriorState: change.prior, PlannedState: planned.PlannedState, Config: change.next,
		})
		expect(t, change.operation, applied.NewState, change.next, applied.Diagnostics, err)
	}
	read, err := server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: name, CurrentState: first})
	expect(t, "read", read.NewState, first, read.Diagnostics, err)
	found, err := server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: "inert_lookup", Config: second})
	expect(t, "look up", found.State, second, found.Diagnostics, err)
}
