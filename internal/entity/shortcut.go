package entity

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/shortcut"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

var _ shortcut.Resource = &managed{}

// ValidateObject is ValidateConfig for a configuration that is decoded already.
func (r *managed) ValidateObject(config types.Object) diag.Diagnostics {
	diagnostics := validate.Elements(config)
	if r.Validate != nil && !diagnostics.HasError() {
		diagnostics.Append(r.Validate(mapping.NewValue(config))...)
	}
	return diagnostics
}

// PlansNothing is ModifyPlan for a plan that is equal to the state.
func (r *managed) PlansNothing(ctx context.Context, config, state types.Object, private map[string][]byte) bool {
	change := Change{Config: mapping.NewValue(config), State: mapping.NewValue(state), Planned: mapping.NewValue(state)}
	replaced, diagnostics := r.modify(ctx, &change)
	return len(diagnostics) == 0 && len(replaced) == 0 && change.Planned.Framework().Equal(state) && len(r.lingering(change, private[risksKey])) == 0
}

// answer is what a Read has found before the framework asked for it.
type answer struct {
	attributes map[string]attr.Value
	err        error
	waited     time.Duration // for an answer that could be believed
}

type answerKey struct{}

// Refresh is Read for a state that is decoded already. Where the object is not as the state has it, a Read with the context
// that it returns makes of the same answer what is to be made of it.
func (r *managed) Refresh(ctx context.Context, state types.Object, private map[string][]byte) (answered context.Context, identity map[string]attr.Value, unchanged bool) {
	before := mapping.NewValue(state)
	var diagnostics diag.Diagnostics
	if string(private[importedKey]) == "true" || !usable(r.api, &diagnostics) || r.otherTenant(private[tenantKey]) != "" {
		return ctx, nil, false
	}
	limited, cancel := r.readLimit(ctx, before, &diagnostics)
	defer cancel()
	if len(diagnostics) > 0 {
		return ctx, nil, false
	}
	found := r.find(limited, before, false, private[writtenKey])
	answered = context.WithValue(ctx, answerKey{}, found)
	attributes := found.attributes
	if found.err != nil || found.waited >= silence || !assemble(before, attributes).Framework().Equal(state) {
		return answered, nil, false
	}
	identity = make(map[string]attr.Value, len(r.Identity))
	for _, name := range r.Identity {
		identity[name] = mapping.Fold(attributes[name])
	}
	return answered, identity, true
}
