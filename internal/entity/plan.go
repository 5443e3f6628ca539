package entity

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
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
	if req.Plan.Raw.IsNull() {
		return // a destroy
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
		if !diagnostics.HasError() {
			diagnostics.Append(r.checkReplacement(ctx, change, replaced)...)
		}
	}
	return replaced, diagnostics
}

// checkReplacement refuses a replacement that would only delete: Terraform deletes what is there before the service is asked
// for the new one and, with the wrong one of an object's ids, refuses it. Nothing is lost by a create that is refused, so that
// those are not worth the lookup.
func (r *managed) checkReplacement(ctx context.Context, change *Change, replaced path.Paths) diag.Diagnostics {
	if r.Hint == nil || r.References == nil || r.api == nil || r.api.Graph == nil {
		return nil
	}
	var changed path.Path
	found := false
	before := r.References(change.State)
	for _, at := range replaced {
		name := at.String() // they are all at the root
		if change.Planned.Unknown(name) {
			return nil // what it refers to is made by then
		}
		if id := change.Planned.String(name); !found && id != "" && slices.Contains(r.References(change.Planned), id) && !slices.Contains(before, id) {
			changed, found = at, true
		}
	}
	if !found {
		return nil
	}
	hint := r.Hint(graph.Shared(ctx), r.api, change.Planned)
	if hint == "" {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(changed, "Wrong id",
		fmt.Sprintf("%s\n\nAnother %s replaces the %s: Terraform would delete the one that there is, and then fail to make the new one.", hint, changed, r.title()))}
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
