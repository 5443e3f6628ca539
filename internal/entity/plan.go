package entity

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// source is what the framework's Config, Plan and State have in common.
type source interface {
	Get(ctx context.Context, target any) diag.Diagnostics
}

// read takes a whole configuration, plan or state.
func read(ctx context.Context, from source, diagnostics *diag.Diagnostics) mapping.Value {
	var object types.Object
	diagnostics.Append(from.Get(ctx, &object)...)
	return mapping.NewValue(object)
}

func (r *managed) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	if config := read(ctx, req.Config, &resp.Diagnostics); !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(r.ValidateObject(config.Framework())...)
	}
}

// ModifyPlan does for the whole object, in one walk, what plan modifiers do attribute by attribute.
func (r *managed) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() { // a destroy
		state := read(ctx, req.State, &resp.Diagnostics)
		if !resp.Diagnostics.HasError() && r.api != nil {
			created, diagnostics := req.Private.GetKey(ctx, createdKey)
			resp.Diagnostics.Append(diagnostics...)
			if abandoned := r.abandons(state, created); !abandoned {
				resp.Diagnostics.Append(r.intend(removes, state)...)
			}
		}
		return
	}
	change := Change{
		Config:  read(ctx, req.Config, &resp.Diagnostics),
		State:   read(ctx, req.State, &resp.Diagnostics),
		Planned: read(ctx, req.Plan, &resp.Diagnostics),
	}
	if resp.Diagnostics.HasError() {
		return
	}
	// What was unknown when the configuration was validated may be null now.
	if resp.Diagnostics.Append(validate.Elements(change.Config.Framework())...); resp.Diagnostics.HasError() {
		return
	}
	recorded, private := req.Private.GetKey(ctx, risksKey)
	resp.Diagnostics.Append(private...)
	// Terraform plans a replacement once more, as a create, and hands on the private state of what is there.
	written, diagnostics := req.Private.GetKey(ctx, writtenKey)
	resp.Diagnostics.Append(diagnostics...)
	change.replacing = change.State.IsNull() && len(written) > 0
	replaced, diagnostics := r.modify(ctx, &change)
	resp.Diagnostics.Append(r.lingering(change, recorded)...)
	resp.RequiresReplace = append(resp.RequiresReplace, replaced...)
	resp.Diagnostics.Append(diagnostics...)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, change.Planned.Framework())...)
}

// modify completes a plan, and says which attributes make the object be replaced.
func (r *managed) modify(ctx context.Context, change *Change) (replaced path.Paths, diagnostics diag.Diagnostics) {
	change.Planned = assemble(change.Planned, r.Table.Settle(change.Config, change.Planned, change.State))
	// A plan that looks something up must not wait for ever. The attribute timeouts has none for it.
	ctx, cancel := context.WithTimeout(ctx, defaultReadTimeout)
	defer cancel()
	if r.Plan != nil {
		doing := "updating"
		if change.State.IsNull() {
			doing = "creating"
		}
		diagnostics = r.explained(ctx, doing, r.Plan(ctx, r.api, change))
	}
	if !change.State.IsNull() {
		replaced = r.Table.Replacements(change.Planned, change.State)
		if !diagnostics.HasError() && r.api != nil && r.api.Graph != nil {
			diagnostics.Append(r.checkTargets(ctx, change, replaced)...)
		}
	}
	switch {
	case diagnostics.HasError(), len(replaced) > 0, change.replacing:
	case !change.State.IsNull():
		diagnostics.Append(r.intend(keeps, change.Planned)...)
	case !r.abandons(change.Planned, nil): // otherwise it may be there already
		diagnostics.Append(r.intend(creates, change.Planned)...)
	}
	return replaced, diagnostics
}

// Given says which of two attributes a configuration has that has one of them, and which one is found.
func Given(config mapping.Value, first, second string) (given, other string) {
	if config.Has(second) || config.Unknown(second) {
		return second, first
	}
	return first, second
}

// assemble makes a whole object of the table's attributes and the timeouts, which the envelope adds.
func assemble(like mapping.Value, attributes map[string]attr.Value) mapping.Value {
	attributes["timeouts"] = like.Get("timeouts")
	return mapping.NewValue(types.ObjectValueMust(like.Framework().AttributeTypes(context.Background()), attributes))
}
