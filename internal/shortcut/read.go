package shortcut

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Read reads the object, and answers if it is as the state has it. Otherwise the framework is to be asked with the context
// that it returns, in which what was read waits for it.
func (s *Shortcuts) Read(ctx context.Context, request *tfprotov6.ReadResourceRequest) (context.Context, *tfprotov6.ReadResourceResponse, bool) {
	d := s.resources()[request.TypeName]
	if d == nil || request.ProviderMeta != nil {
		return ctx, nil, false
	}
	_, state, ok := d.decode(ctx, request.CurrentState)
	if !ok {
		return ctx, nil, false
	}
	data, ok := private(request.Private)
	if !ok {
		return ctx, nil, false
	}
	before, _, ok := d.identity(request.CurrentIdentity)
	if !ok {
		return ctx, nil, false
	}
	r, ok := s.resource(ctx, d)
	if !ok {
		return ctx, nil, false
	}
	ctx, attributes, unchanged := r.Refresh(ctx, state, data)
	if !unchanged {
		return ctx, nil, false
	}
	values := make(map[string]tftypes.Value, len(attributes))
	for name, attribute := range attributes {
		value, err := attribute.ToTerraformValue(ctx)
		if err != nil {
			return ctx, nil, false
		}
		values[name] = value
	}
	after := tftypes.NewValue(d.identityType, values)
	identity, ok := d.encodeIdentity(after)
	if !ok || after.IsFullyNull() || !before.IsFullyNull() && !before.Equal(after) {
		return ctx, nil, false
	}
	return ctx, &tfprotov6.ReadResourceResponse{NewState: request.CurrentState, NewIdentity: identity, Private: request.Private}, true
}
