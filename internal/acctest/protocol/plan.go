package protocol

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Action is what applying a plan would do.
type Action string

// The actions of a plan.
const (
	NoOp    Action = "no-op"
	Create  Action = "create"
	Update  Action = "update"
	Replace Action = "replace"
	Delete  Action = "delete"
)

// Plan is what a provider plans for a configuration.
type Plan struct {
	Action  Action
	Before  map[string]any // nil: does not exist
	After   map[string]any // with Unknown for what is known after apply; nil: will not exist
	Replace []string       // paths of the attributes that make it Replace
	Changes []string       // paths of the attributes that differ, sorted

	planned  tftypes.Value
	private  []byte
	identity *tfprotov6.ResourceIdentityData
}

// Plan validates a configuration and plans the change to it. It does not refresh.
func (r *Resource) Plan(ctx context.Context, config map[string]any) (*Plan, Diagnostics) {
	value, diags := r.configuration(ctx, config)
	if diags.HasError() {
		return nil, diags
	}
	plan, more := r.plan(ctx, value)
	return plan, append(diags, more...)
}

func (r *Resource) plan(ctx context.Context, config tftypes.Value) (*Plan, Diagnostics) {
	before, diags := r.upgraded(ctx)
	if diags.HasError() {
		return nil, diags
	}
	prior := before
	if before.tainted { // which is planned as a create
		prior = r.absent()
	}
	plan, replace, diags := r.planChange(ctx, prior, config)
	if diags.HasError() {
		return nil, diags
	}
	plan.Before, plan.Changes = toMap(before.state), differences(before.state, plan.planned)
	switch {
	case before.state.IsNull():
		plan.Action = Create
	case before.tainted:
		plan.Action = Replace
	case len(replace) > 0:
		// The new object is planned as if there never was another, but for the private state.
		var more Diagnostics
		changes := plan.Changes
		none := r.absent()
		none.private = plan.private
		plan, _, more = r.planChange(ctx, none, config)
		diags = append(diags, more...)
		if diags.HasError() {
			return nil, diags
		}
		plan.Action, plan.Replace, plan.Before, plan.Changes = Replace, replace, toMap(before.state), changes
	case len(plan.Changes) > 0:
		plan.Action = Update
	default:
		plan.Action = NoOp
	}
	plan.After = toMap(plan.planned)
	return plan, diags
}

// planChange asks for one plan, and has the paths that require a new object.
func (r *Resource) planChange(ctx context.Context, before instance, config tftypes.Value) (*Plan, []string, Diagnostics) {
	var diags Diagnostics
	response, err := r.provider.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: r.typeName, PriorState: dynamic(before.state), ProposedNewState: dynamic(r.schema.root.propose(before.state, config)),
		Config: dynamic(config), PriorPrivate: before.private, PriorIdentity: before.identity,
	})
	if diags.rpc("PlanResourceChange", err, func() []*tfprotov6.Diagnostic { return response.Diagnostics }) {
		return nil, nil, diags
	}
	planned, err := r.schema.decode(response.PlannedState)
	if err != nil {
		diags.bug("Provider produced invalid plan", err.Error())
		return nil, nil, diags
	}
	diags.bugs("Provider produced invalid plan", validPlan(r.schema.root, before.state, config, planned))
	var replace []string
	for _, path := range response.RequiresReplace {
		if !before.state.IsNull() && !valueAt(before.state, path).Equal(valueAt(planned, path)) {
			replace = append(replace, path.String())
		}
	}
	slices.Sort(replace)
	return &Plan{planned: planned, private: response.PlannedPrivate, identity: response.PlannedIdentity}, replace, diags
}

// valueAt is what an object has at a path; the zero Value where it has nothing.
func valueAt(value tftypes.Value, path *tftypes.AttributePath) tftypes.Value {
	found, _, err := tftypes.WalkAttributePath(value, path)
	if err != nil {
		return tftypes.Value{}
	}
	if v, ok := found.(tftypes.Value); ok {
		return v
	}
	return tftypes.Value{}
}

// differences has the paths of the attributes at which two states differ, as deep as
// both have objects.
func differences(before, after tftypes.Value) []string {
	var paths []string
	var compare func(at *tftypes.AttributePath, a, b tftypes.Value)
	compare = func(at *tftypes.AttributePath, a, b tftypes.Value) {
		object, isObject := a.Type().(tftypes.Object)
		root := len(at.Steps()) == 0
		both := !a.IsNull() && !b.IsNull() && a.IsKnown() && b.IsKnown()
		switch {
		case a.Equal(b):
		case isObject && (both || root):
			was, is := fieldsOf(a), fieldsOf(b)
			for name, t := range object.AttributeTypes {
				x, y := tftypes.NewValue(t, nil), tftypes.NewValue(t, nil)
				if was != nil {
					x = was[name]
				}
				if is != nil {
					y = is[name]
				}
				compare(at.WithAttributeName(name), x, y)
			}
		default:
			paths = append(paths, at.String())
		}
	}
	compare(tftypes.NewAttributePath(), before, after)
	slices.Sort(paths)
	return paths
}
