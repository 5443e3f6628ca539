package protocol

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Resource is one managed resource and what Terraform's state holds of it. It is
// not safe for concurrent use; different resources of one Provider are.
type Resource struct {
	provider     *Provider
	typeName     string
	schema       *schema
	identityType tftypes.Type // nil: no identity
	instance
}

type instance struct {
	state    tftypes.Value // null: does not exist
	private  []byte
	identity *tfprotov6.ResourceIdentityData
	tainted  bool // its creation failed halfway: it is to be replaced
}

// Resource is a resource that does not exist yet. It panics on a type the provider
// does not have.
func (p *Provider) Resource(typeName string) *Resource {
	s, ok := p.resources[typeName]
	if !ok {
		panic("the provider has no resource " + typeName)
	}
	r := &Resource{provider: p, typeName: typeName, schema: s, identityType: p.identities[typeName]}
	r.instance = r.absent()
	return r
}

func (r *Resource) absent() instance {
	return instance{state: tftypes.NewValue(r.schema.valueType, nil)}
}

// In is the resource as another run of Terraform has it, with a process of its own for the provider: what this one stored
// is all that it knows. It panics on a type the provider does not have.
func (r *Resource) In(p *Provider) *Resource {
	later := p.Resource(r.typeName)
	later.instance = r.instance
	return later
}

// Another is a resource of the same type that does not exist yet, in the same process of the provider.
func (r *Resource) Another() *Resource { return r.provider.Resource(r.typeName) }

// Type is the resource's type.
func (r *Resource) Type() string { return r.typeName }

// State is what Terraform's state holds; nil when the resource does not exist.
func (r *Resource) State() map[string]any { return toMap(r.state) }

// Identity is the resource's identity; nil when it does not exist or has none.
func (r *Resource) Identity() map[string]any {
	if r.identityType == nil || r.identity == nil {
		return nil
	}
	value, err := undynamic(r.identityType, r.identity.IdentityData)
	if err != nil {
		panic(err) // checked when it was stored
	}
	return toMap(value)
}

// Validate validates a configuration, as `terraform validate` does.
func (r *Resource) Validate(ctx context.Context, config map[string]any) Diagnostics {
	_, diags := r.configuration(ctx, config)
	return diags
}

func (r *Resource) configuration(ctx context.Context, config map[string]any) (tftypes.Value, Diagnostics) {
	var diags Diagnostics
	value, err := r.schema.root.encode(config)
	if err != nil {
		diags.add("Invalid configuration", err.Error())
		return value, diags
	}
	validated, err := r.provider.server.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{
		TypeName: r.typeName, Config: dynamic(value),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	diags.rpc("ValidateResourceConfig", err, func() []*tfprotov6.Diagnostic { return validated.Diagnostics })
	return value, diags
}

// Apply plans a configuration and applies the plan: as Terraform does, planning once
// more before it applies. What the provider returned is the state, also after an error.
func (r *Resource) Apply(ctx context.Context, config map[string]any) Diagnostics {
	value, diags := r.configuration(ctx, config)
	if diags.HasError() {
		return diags
	}
	plan, more := r.plan(ctx, value)
	if diags = append(diags, more...); diags.HasError() || plan.Action == NoOp {
		return diags
	}
	if plan.Action == Replace {
		if diags = append(diags, r.Destroy(ctx)...); diags.HasError() {
			return diags
		}
	}
	before, more := r.upgraded(ctx)
	if diags = append(diags, more...); diags.HasError() {
		return diags
	}
	again, _, more := r.planChange(ctx, before, value)
	if diags = append(diags, more...); diags.HasError() {
		return diags
	}
	diags.bugs("Provider produced inconsistent final plan", consistent(tftypes.NewAttributePath(), plan.planned, again.planned))
	if diags.HasError() {
		return diags
	}
	return append(diags, r.applyChange(ctx, before, value, again)...)
}

// PlanDestroy plans that the resource is deleted, as Terraform does in a process of its own before it is.
func (r *Resource) PlanDestroy(ctx context.Context) Diagnostics {
	before, diags := r.upgraded(ctx)
	if diags.HasError() || before.state.IsNull() {
		return diags
	}
	_, _, more := r.planChange(ctx, before, tftypes.NewValue(r.schema.valueType, nil))
	return append(diags, more...)
}

// Destroy deletes the resource, which was planned before.
func (r *Resource) Destroy(ctx context.Context) Diagnostics {
	before, diags := r.upgraded(ctx)
	if diags.HasError() || before.state.IsNull() {
		return diags
	}
	null := tftypes.NewValue(r.schema.valueType, nil)
	return append(diags, r.applyChange(ctx, before, null, &Plan{planned: null, private: before.private, identity: before.identity})...)
}

func (r *Resource) applyChange(ctx context.Context, before instance, config tftypes.Value, plan *Plan) Diagnostics {
	var diags Diagnostics
	response, err := r.provider.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: r.typeName, PriorState: dynamic(before.state), PlannedState: dynamic(plan.planned),
		Config: dynamic(config), PlannedPrivate: plan.private, PlannedIdentity: plan.identity,
	})
	failed := diags.rpc("ApplyResourceChange", err, func() []*tfprotov6.Diagnostic { return response.Diagnostics })
	if err != nil {
		return diags
	}
	state, err := r.schema.decode(response.NewState)
	if err != nil {
		diags.bug("Provider produced invalid object", err.Error())
		return diags
	}
	if !state.IsFullyKnown() {
		// Terraform stores null for what an apply that failed left unknown.
		if !failed {
			diags.bug("Provider returned invalid result object after apply", "the new state has unknown values: "+describe(state))
		}
		state = withoutUnknown(state)
	}
	if !failed {
		diags.bugs("Provider produced inconsistent result after apply", consistent(tftypes.NewAttributePath(), plan.planned, state))
	}
	diags = append(diags, r.keep(instance{
		state: state, private: response.Private, identity: response.NewIdentity, tainted: failed && before.state.IsNull(),
	}, failed)...)
	return diags
}

func withoutUnknown(value tftypes.Value) tftypes.Value {
	known, err := tftypes.Transform(value, func(_ *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		if !v.IsKnown() {
			return tftypes.NewValue(v.Type(), nil), nil
		}
		return v, nil
	})
	if err != nil {
		panic(err) // the callback returns none
	}
	return known
}

// keep takes in a new state of the resource.
func (r *Resource) keep(next instance, failed bool) Diagnostics {
	var diags Diagnostics
	if next.state.IsNull() {
		r.instance = r.absent()
		return nil
	}
	if r.identityType != nil && !failed {
		var identity *tfprotov6.DynamicValue
		if next.identity != nil {
			identity = next.identity.IdentityData
		}
		switch value, err := undynamic(r.identityType, identity); {
		case err != nil:
			diags.bug("Provider produced invalid identity", err.Error())
			next.identity = nil
		case value.IsNull(), !value.IsFullyKnown():
			diags.bug("Provider produced invalid identity", "the resource exists, and its identity is "+describe(value))
		}
	}
	r.instance = next
	return diags
}

// Refresh reads the resource.
func (r *Resource) Refresh(ctx context.Context) Diagnostics {
	before, diags := r.upgraded(ctx)
	if diags.HasError() || before.state.IsNull() {
		return diags
	}
	next, more := r.read(ctx, before)
	if diags = append(diags, more...); diags.HasError() {
		return diags
	}
	return append(diags, r.keep(next, false)...)
}

func (r *Resource) read(ctx context.Context, before instance) (instance, Diagnostics) {
	var diags Diagnostics
	response, err := r.provider.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{
		TypeName: r.typeName, CurrentState: dynamic(before.state), Private: before.private, CurrentIdentity: before.identity,
	})
	if diags.rpc("ReadResource", err, func() []*tfprotov6.Diagnostic { return response.Diagnostics }) {
		return instance{}, diags
	}
	state, err := r.schema.decode(response.NewState)
	switch {
	case err != nil:
		diags.bug("Provider produced invalid object", err.Error())
	case !state.IsFullyKnown():
		diags.bug("Provider produced invalid object", "the resource was read, and has unknown values: "+describe(state))
	}
	return instance{state, response.Private, response.NewIdentity, before.tainted}, diags
}

// Import imports the resource by its string id, and reads it.
func (r *Resource) Import(ctx context.Context, id string) Diagnostics {
	return r.importState(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: r.typeName, ID: id})
}

// ImportIdentity imports the resource by its identity, and reads it.
func (r *Resource) ImportIdentity(ctx context.Context, identity map[string]any) Diagnostics {
	var diags Diagnostics
	if r.identityType == nil {
		diags.add("No identity", r.typeName+" has no identity schema")
		return diags
	}
	value, err := encode(tftypes.NewAttributePath(), r.identityType, identity)
	if err != nil {
		diags.add("Invalid identity", err.Error())
		return diags
	}
	return r.importState(ctx, &tfprotov6.ImportResourceStateRequest{
		TypeName: r.typeName, Identity: &tfprotov6.ResourceIdentityData{IdentityData: dynamic(value)},
	})
}

func (r *Resource) importState(ctx context.Context, request *tfprotov6.ImportResourceStateRequest) Diagnostics {
	var diags Diagnostics
	response, err := r.provider.server.ImportResourceState(ctx, request)
	if diags.rpc("ImportResourceState", err, func() []*tfprotov6.Diagnostic { return response.Diagnostics }) {
		return diags
	}
	if len(response.ImportedResources) != 1 || response.ImportedResources[0].TypeName != r.typeName {
		diags.bug("Provider produced invalid import", fmt.Sprintf("got %d resources, want one %s", len(response.ImportedResources), r.typeName))
		return diags
	}
	imported := response.ImportedResources[0]
	state, err := r.schema.decode(imported.State)
	if err != nil || state.IsNull() {
		diags.bug("Provider produced invalid import", fmt.Sprintf("the state is %s (%v)", state, err))
		return diags
	}
	next, more := r.read(ctx, instance{state: state, private: imported.Private, identity: imported.Identity})
	if diags = append(diags, more...); diags.HasError() {
		return diags
	}
	if next.state.IsNull() {
		diags.add("Cannot import non-existent remote object", "the provider read the imported resource, and found none")
		return diags
	}
	return append(diags, r.keep(next, false)...)
}

// upgraded is the instance as a later run of Terraform has it: the state comes from a
// file as JSON, and the provider upgrades it. The identity is upgraded only from
// another version.
func (r *Resource) upgraded(ctx context.Context) (instance, Diagnostics) {
	var diags Diagnostics
	if r.state.IsNull() {
		return r.instance, nil
	}
	response, err := r.provider.server.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{
		TypeName: r.typeName, Version: r.schema.version, RawState: asStored(r.State()),
	})
	if diags.rpc("UpgradeResourceState", err, func() []*tfprotov6.Diagnostic { return response.Diagnostics }) {
		return r.instance, diags
	}
	state, err := r.schema.decode(response.UpgradedState)
	if err != nil {
		diags.bug("Provider produced invalid object", err.Error())
		return r.instance, diags
	}
	if !state.Equal(r.state) {
		diags.bug("Provider changed the state of its own version", fmt.Sprintf("from %s\nto %s", describe(r.state), describe(state)))
	}
	return instance{state, r.private, r.identity, r.tainted}, diags
}

// asStored is a state as it stands in a state file.
func asStored(value map[string]any) *tfprotov6.RawState {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(err) // maps, slices, strings, numbers and booleans
	}
	return &tfprotov6.RawState{JSON: encoded}
}
