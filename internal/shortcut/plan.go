package shortcut

import (
	"bytes"
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Plan answers with what Terraform proposes where that is the state, and neither a default nor a plan modifier nor the
// resource itself has anything to add.
func (s *Shortcuts) Plan(ctx context.Context, request *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, bool) {
	d := s.resources()[request.TypeName]
	prior, proposed := request.PriorState, request.ProposedNewState
	if d == nil || request.ProviderMeta != nil || prior == nil || proposed == nil || !bytes.Equal(prior.MsgPack, proposed.MsgPack) {
		return nil, false
	}
	rawState, state, ok := d.decode(ctx, prior)
	if !ok {
		return nil, false
	}
	rawConfig, config, ok := d.decode(ctx, request.Config)
	if !ok || !rawConfig.IsFullyKnown() {
		return nil, false
	}
	stored, ok := private(request.PriorPrivate)
	if !ok {
		return nil, false
	}
	_, identity, ok := d.identity(request.PriorIdentity)
	if !ok {
		return nil, false
	}
	p := planning{
		config: tfsdk.Config{Raw: rawConfig, Schema: d.schema},
		plan:   tfsdk.Plan{Raw: rawState, Schema: d.schema},
		state:  tfsdk.State{Raw: rawState, Schema: d.schema},
	}
	configured, stated := config.Attributes(), state.Attributes()
	if !allValid(ctx, d.attributes, configured) || !allValid(ctx, d.attributes, stated) || !p.keeps(ctx, path.Empty(), d.attributes, configured, stated) {
		return nil, false
	}
	r, ok := s.resource(ctx, d)
	if !ok || !r.PlansNothing(ctx, config, state, stored) {
		return nil, false
	}
	return &tfprotov6.PlanResourceChangeResponse{PlannedState: proposed, PlannedPrivate: request.PriorPrivate, PlannedIdentity: identity}, true
}

// planning is a plan in which nothing has changed so far.
type planning struct {
	config tfsdk.Config
	plan   tfsdk.Plan
	state  tfsdk.State
}

// keeps reports whether the attributes stay as they are in the state.
func (p *planning) keeps(ctx context.Context, at path.Path, attributes []attribute, config, state map[string]attr.Value) bool {
	for _, a := range attributes {
		if a.plans && !p.keepsOne(ctx, at.AtName(a.name), a, config[a.name], state[a.name]) {
			return false
		}
	}
	return true
}

func (p *planning) keepsOne(ctx context.Context, at path.Path, a attribute, config, state attr.Value) bool {
	// What is in something that is not configured has its default at first, and in the end what the resource lets it keep.
	managed := config != nil
	if !managed {
		config = a.null
	}
	if a.fallback != nil && managed && config.IsNull() {
		if value, ok := a.fallback(ctx, at); !ok || !value.Equal(state) {
			return false
		}
	}
	if a.modify != nil && !a.modify(ctx, p, at, config, state) {
		return false
	}
	if len(a.children) == 0 || state.IsNull() {
		return true
	}
	for key, element := range elementsOf(state) {
		object, ok := objectIn(ctx, element)
		if !ok || object.IsNull() {
			return false
		}
		configured, _ := objectIn(ctx, elementAt(config, key))
		if !p.keeps(ctx, key.under(at), a.children, configured.Attributes(), object.Attributes()) {
			return false
		}
	}
	return true
}
