package protocol

import (
	"context"
	"errors"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// broken is the test provider with answers that no framework lets through.
type broken struct {
	tfprotov6.ProviderServer
	apply    func(*tfprotov6.ApplyResourceChangeResponse)
	read     func(*tfprotov6.ReadResourceResponse)
	imported func(*tfprotov6.ImportResourceStateResponse)
	upgraded func(*tfprotov6.UpgradeResourceStateResponse)
	data     func(*tfprotov6.ReadDataSourceResponse)
	err      error // of every call but those that configure
}

func change[R any](response *R, err error, broken error, by func(*R)) (*R, error) {
	if broken != nil {
		return nil, broken
	}
	if by != nil && err == nil {
		by(response)
	}
	return response, err
}

func (b *broken) ApplyResourceChange(ctx context.Context, request *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	response, err := b.ProviderServer.ApplyResourceChange(ctx, request)
	return change(response, err, b.err, b.apply)
}

func (b *broken) ReadResource(ctx context.Context, request *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	response, err := b.ProviderServer.ReadResource(ctx, request)
	return change(response, err, b.err, b.read)
}

func (b *broken) ImportResourceState(ctx context.Context, request *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	response, err := b.ProviderServer.ImportResourceState(ctx, request)
	return change(response, err, b.err, b.imported)
}

func (b *broken) UpgradeResourceState(ctx context.Context, request *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	response, err := b.ProviderServer.UpgradeResourceState(ctx, request)
	return change(response, err, b.err, b.upgraded)
}

func (b *broken) ReadDataSource(ctx context.Context, request *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	response, err := b.ProviderServer.ReadDataSource(ctx, request)
	return change(response, err, b.err, b.data)
}

// startBroken has a thing that exists, of a provider that works so far.
func startBroken(t *testing.T) (*broken, *Provider, *Resource) {
	t.Helper()
	b := &broken{ProviderServer: providerserver.NewProtocol6(newThingProvider())()}
	p, diags := Configure(t.Context(), b, nil)
	ok(t, diags)
	r := p.Resource("test_thing")
	ok(t, r.Apply(t.Context(), map[string]any{"name": "a"}))
	return b, p, r
}

// with rewrites an object on the wire.
func with(r *Resource, value *tfprotov6.DynamicValue, attribute string, to any) *tfprotov6.DynamicValue {
	decoded, err := r.schema.decode(value)
	if err != nil {
		panic(err)
	}
	fields := fieldsOf(decoded)
	fields[attribute] = tftypes.NewValue(fields[attribute].Type(), to)
	return dynamic(tftypes.NewValue(decoded.Type(), fields))
}

func TestResource_brokenAnswersSurface(t *testing.T) {
	t.Parallel()
	updated := map[string]any{"name": "b"}
	for name, test := range map[string]struct {
		sabotage func(*broken, *Resource)
		step     func(context.Context, *Provider, *Resource) Diagnostics
		want     string
	}{
		"unknown after apply": {
			func(b *broken, r *Resource) {
				b.apply = func(a *tfprotov6.ApplyResourceChangeResponse) {
					a.NewState = with(r, a.NewState, "note", tftypes.UnknownValue)
				}
			},
			func(ctx context.Context, _ *Provider, r *Resource) Diagnostics { return r.Apply(ctx, updated) },
			"Provider returned invalid result object after apply",
		},
		"vanished after apply": {
			func(b *broken, _ *Resource) {
				b.apply = func(a *tfprotov6.ApplyResourceChangeResponse) { a.NewState = nil }
			},
			func(ctx context.Context, _ *Provider, r *Resource) Diagnostics { return r.Apply(ctx, updated) },
			"but is now absent",
		},
		"still there after destroy": {
			func(b *broken, r *Resource) {
				state := dynamic(r.state)
				b.apply = func(a *tfprotov6.ApplyResourceChangeResponse) { a.NewState = state }
			},
			func(ctx context.Context, _ *Provider, r *Resource) Diagnostics { return r.Destroy(ctx) },
			"was absent",
		},
		"no identity after apply": {
			func(b *broken, _ *Resource) {
				b.apply = func(a *tfprotov6.ApplyResourceChangeResponse) { a.NewIdentity = nil }
			},
			func(ctx context.Context, _ *Provider, r *Resource) Diagnostics { return r.Apply(ctx, updated) },
			"Provider produced invalid identity",
		},
		"nonsense for a state": {
			func(b *broken, _ *Resource) {
				b.apply = func(a *tfprotov6.ApplyResourceChangeResponse) {
					a.NewState = &tfprotov6.DynamicValue{MsgPack: []byte{0xc1}}
				}
			},
			func(ctx context.Context, _ *Provider, r *Resource) Diagnostics { return r.Apply(ctx, updated) },
			"Provider produced invalid object",
		},
		"unknown after read": {
			func(b *broken, r *Resource) {
				b.read = func(a *tfprotov6.ReadResourceResponse) {
					a.NewState = with(r, a.NewState, "note", tftypes.UnknownValue)
				}
			},
			func(ctx context.Context, _ *Provider, r *Resource) Diagnostics { return r.Refresh(ctx) },
			"Provider produced invalid object",
		},
		"two for one import": {
			func(b *broken, _ *Resource) {
				b.imported = func(a *tfprotov6.ImportResourceStateResponse) {
					a.ImportedResources = append(a.ImportedResources, a.ImportedResources...)
				}
			},
			func(ctx context.Context, p *Provider, _ *Resource) Diagnostics {
				return p.Resource("test_thing").Import(ctx, "1")
			},
			"got 2 resources",
		},
		"no state for an import": {
			func(b *broken, _ *Resource) {
				b.imported = func(a *tfprotov6.ImportResourceStateResponse) { a.ImportedResources[0].State = nil }
			},
			func(ctx context.Context, p *Provider, _ *Resource) Diagnostics {
				return p.Resource("test_thing").Import(ctx, "1")
			},
			"Provider produced invalid import",
		},
		"another state after an upgrade": {
			func(b *broken, r *Resource) {
				b.upgraded = func(a *tfprotov6.UpgradeResourceStateResponse) {
					a.UpgradedState = with(r, a.UpgradedState, "name", "other")
				}
			},
			func(ctx context.Context, _ *Provider, r *Resource) Diagnostics { return r.Refresh(ctx) },
			"Provider changed the state of its own version",
		},
		"no data": {
			func(b *broken, _ *Resource) {
				b.data = func(a *tfprotov6.ReadDataSourceResponse) { a.State = nil }
			},
			func(ctx context.Context, p *Provider, _ *Resource) Diagnostics {
				_, diags := p.ReadDataSource(ctx, "test_thing", map[string]any{"id": "1"})
				return diags
			},
			"Provider produced null object",
		},
		"a call that fails": {
			func(b *broken, _ *Resource) { b.err = errors.New("the plugin is gone") },
			func(ctx context.Context, _ *Provider, r *Resource) Diagnostics { return r.Refresh(ctx) },
			"the plugin is gone",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, p, r := startBroken(t)
			test.sabotage(b, r)
			fails(t, test.step(t.Context(), p, r), true, test.want)
		})
	}
}
