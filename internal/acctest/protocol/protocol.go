// Package protocol drives a provider server in process as Terraform's core does,
// without a CLI: it proposes new states from configurations, plans, replaces,
// applies, refreshes and imports, carries state, private state and identity from
// one step to the next, and holds what the provider returns against the rules of
// Terraform's resource instance change lifecycle
// (https://github.com/hashicorp/terraform/blob/main/docs/resource-instance-change-lifecycle.md).
// A broken rule is a Diagnostic with ProviderBug set.
//
// Configurations and states are Go maps by attribute name, of nil, bool, string,
// int, float64, []any and map[string]any; Unknown stands for a value that is not
// known before apply. Attributes a configuration does not mention are null.
package protocol

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Provider is a provider server, with its schemas.
type Provider struct {
	server      tfprotov6.ProviderServer
	config      *schema
	resources   map[string]*schema
	dataSources map[string]*schema
	ephemerals  map[string]*schema
	identities  map[string]tftypes.Type
}

// Configure reads the schemas of a provider server, validates a configuration of the
// provider and configures the server with it.
func Configure(ctx context.Context, server tfprotov6.ProviderServer, config map[string]any) (*Provider, Diagnostics) {
	described, diags := Describe(ctx, server)
	if diags.HasError() {
		return nil, diags
	}
	configured, more := described.In(ctx, server, config)
	return configured, append(diags, more...)
}

// Describe reads the schemas of a provider server.
func Describe(ctx context.Context, server tfprotov6.ProviderServer) (*Provider, Diagnostics) {
	var diags Diagnostics
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if diags.rpc("GetProviderSchema", err, func() []*tfprotov6.Diagnostic { return schemas.Diagnostics }) {
		return nil, diags
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if diags.rpc("GetResourceIdentitySchemas", err, func() []*tfprotov6.Diagnostic { return identities.Diagnostics }) {
		return nil, diags
	}
	p := &Provider{server, newSchema(schemas.Provider), map[string]*schema{}, map[string]*schema{}, map[string]*schema{}, map[string]tftypes.Type{}}
	for name, s := range schemas.ResourceSchemas {
		p.resources[name] = newSchema(s)
	}
	for name, s := range schemas.DataSourceSchemas {
		p.dataSources[name] = newSchema(s)
	}
	for name, s := range schemas.EphemeralResourceSchemas {
		p.ephemerals[name] = newSchema(s)
	}
	for name, s := range identities.IdentitySchemas {
		p.identities[name] = s.ValueType()
	}
	return p, diags
}

// In configures another server of the same provider, whose schemas are the same.
func (p *Provider) In(ctx context.Context, server tfprotov6.ProviderServer, config map[string]any) (*Provider, Diagnostics) {
	var diags Diagnostics
	value, err := p.config.root.encode(config)
	if err != nil {
		diags.add("Invalid provider configuration", err.Error())
		return nil, diags
	}
	validated, err := server.ValidateProviderConfig(ctx, &tfprotov6.ValidateProviderConfigRequest{Config: dynamic(value)})
	if diags.rpc("ValidateProviderConfig", err, func() []*tfprotov6.Diagnostic { return validated.Diagnostics }) {
		return nil, diags
	}
	configured, err := server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.14.0", Config: dynamic(value)})
	if diags.rpc("ConfigureProvider", err, func() []*tfprotov6.Diagnostic { return configured.Diagnostics }) {
		return nil, diags
	}
	other := *p
	other.server = server
	return &other, diags
}

// Server is the server itself, for what this package does not drive.
func (p *Provider) Server() tfprotov6.ProviderServer { return p.server }

// ResourceTypes has the types of the provider's managed resources.
func (p *Provider) ResourceTypes() []string { return slices.Sorted(maps.Keys(p.resources)) }

// ReadDataSource validates the configuration of a data source and reads it.
func (p *Provider) ReadDataSource(ctx context.Context, typeName string, config map[string]any) (map[string]any, Diagnostics) {
	var diags Diagnostics
	s, ok := p.dataSources[typeName]
	if !ok {
		diags.add("Unknown data source", typeName)
		return nil, diags
	}
	value, err := s.root.encode(config)
	if err != nil {
		diags.add("Invalid configuration", err.Error())
		return nil, diags
	}
	validated, err := p.server.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: typeName, Config: dynamic(value)})
	if diags.rpc("ValidateDataResourceConfig", err, func() []*tfprotov6.Diagnostic { return validated.Diagnostics }) {
		return nil, diags
	}
	read, err := p.server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: typeName, Config: dynamic(value)})
	if diags.rpc("ReadDataSource", err, func() []*tfprotov6.Diagnostic { return read.Diagnostics }) {
		return nil, diags
	}
	state, err := s.decode(read.State)
	switch {
	case err != nil:
		diags.bug("Provider produced invalid object", err.Error())
	case state.IsNull():
		diags.bug("Provider produced null object", "a data source was read without an error, and has no state")
	case !state.IsFullyKnown():
		diags.bug("Provider produced invalid object", "a data source was read, and has unknown values")
	default:
		diags.bugs("Provider produced invalid object", validPlan(s.root, tftypes.NewValue(s.valueType, nil), value, state))
	}
	if diags.HasError() {
		return nil, diags
	}
	return toMap(state), diags
}

// A Diagnostic is an error or a warning of the provider, or about it.
type Diagnostic struct {
	Severity    tfprotov6.DiagnosticSeverity
	Summary     string
	Detail      string
	Attribute   string // path as tftypes writes it; empty: none
	ProviderBug bool   // the provider broke a rule of the protocol
}

func (d Diagnostic) String() string {
	text := strings.ToLower(d.Severity.String()) + ": " + d.Summary
	if d.Attribute != "" {
		text += " (" + d.Attribute + ")"
	}
	if d.Detail != "" {
		text += "\n" + d.Detail
	}
	return text
}

// Diagnostics are what a step had to say.
type Diagnostics []Diagnostic

// HasError says whether the step failed.
func (d Diagnostics) HasError() bool { return slices.ContainsFunc(d, Diagnostic.isError) }

// HasProviderBug says whether the provider broke a rule of the protocol.
func (d Diagnostics) HasProviderBug() bool {
	return slices.ContainsFunc(d, func(x Diagnostic) bool { return x.ProviderBug })
}

func (d Diagnostics) String() string {
	texts := make([]string, len(d))
	for i, x := range d {
		texts[i] = x.String()
	}
	return strings.Join(texts, "\n\n")
}

func (d Diagnostic) isError() bool { return d.Severity == tfprotov6.DiagnosticSeverityError }

func (d *Diagnostics) add(summary, detail string) {
	*d = append(*d, Diagnostic{Severity: tfprotov6.DiagnosticSeverityError, Summary: summary, Detail: detail})
}

func (d *Diagnostics) bug(summary, detail string) {
	*d = append(*d, Diagnostic{Severity: tfprotov6.DiagnosticSeverityError, Summary: summary, Detail: detail, ProviderBug: true})
}

func (d *Diagnostics) bugs(summary string, violations []violation) {
	for _, v := range violations {
		*d = append(*d, Diagnostic{Severity: tfprotov6.DiagnosticSeverityError, Summary: summary, Detail: v.message, Attribute: v.path.String(), ProviderBug: true})
	}
}

// rpc takes in what a call of the provider answered, and says whether to stop.
func (d *Diagnostics) rpc(name string, err error, diagnostics func() []*tfprotov6.Diagnostic) bool {
	if err != nil {
		d.bug("Calling the provider failed", fmt.Sprintf("%s: %v", name, err))
		return true
	}
	for _, x := range diagnostics() {
		attribute := ""
		if x.Attribute != nil {
			attribute = x.Attribute.String()
		}
		*d = append(*d, Diagnostic{Severity: x.Severity, Summary: x.Summary, Detail: x.Detail, Attribute: attribute})
	}
	return d.HasError()
}
