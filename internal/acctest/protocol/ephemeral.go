package protocol

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Ephemeral is an ephemeral resource that is open.
type Ephemeral struct {
	provider *Provider
	typeName string
	private  []byte
	result   tftypes.Value
	// RenewAt is when it wants to be renewed; zero where it does not.
	RenewAt time.Time
}

// Result is what it holds.
func (e *Ephemeral) Result() map[string]any { return toMap(e.result) }

// OpenEphemeral validates the configuration of an ephemeral resource and opens it.
func (p *Provider) OpenEphemeral(ctx context.Context, typeName string, config map[string]any) (*Ephemeral, Diagnostics) {
	var diags Diagnostics
	s, ok := p.ephemerals[typeName]
	if !ok {
		diags.add("Unknown ephemeral resource", typeName)
		return nil, diags
	}
	value, err := s.root.encode(config)
	if err != nil {
		diags.add("Invalid configuration", err.Error())
		return nil, diags
	}
	validated, err := p.server.ValidateEphemeralResourceConfig(ctx, &tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: typeName, Config: dynamic(value)})
	if diags.rpc("ValidateEphemeralResourceConfig", err, func() []*tfprotov6.Diagnostic { return validated.Diagnostics }) {
		return nil, diags
	}
	if !value.IsFullyKnown() { // Terraform does not open it yet
		return nil, diags
	}
	opened, err := p.server.OpenEphemeralResource(ctx, &tfprotov6.OpenEphemeralResourceRequest{TypeName: typeName, Config: dynamic(value)})
	if diags.rpc("OpenEphemeralResource", err, func() []*tfprotov6.Diagnostic { return opened.Diagnostics }) {
		return nil, diags
	}
	result, err := s.decode(opened.Result)
	switch {
	case err != nil:
		diags.bug("Provider produced invalid object", err.Error())
	case result.IsNull():
		diags.bug("Provider produced null object", "an ephemeral resource was opened without an error, and has no result")
	case !result.IsFullyKnown():
		diags.bug("Provider produced invalid object", "an ephemeral resource was opened, and has unknown values")
	default:
		diags.bugs("Provider produced invalid object", validPlan(s.root, tftypes.NewValue(s.valueType, nil), value, result))
	}
	if diags.HasError() {
		return nil, diags
	}
	return &Ephemeral{provider: p, typeName: typeName, private: opened.Private, result: result, RenewAt: opened.RenewAt}, diags
}

// In is the same ephemeral resource, to be closed by another process of the provider.
func (e *Ephemeral) In(p *Provider) *Ephemeral {
	later := *e
	later.provider = p
	return &later
}

// Close closes it.
func (e *Ephemeral) Close(ctx context.Context) Diagnostics {
	var diags Diagnostics
	closed, err := e.provider.server.CloseEphemeralResource(ctx, &tfprotov6.CloseEphemeralResourceRequest{TypeName: e.typeName, Private: e.private})
	diags.rpc("CloseEphemeralResource", err, func() []*tfprotov6.Diagnostic { return closed.Diagnostics })
	return diags
}
