// Package shortcut answers the calls of which Terraform makes most, those about resources that stay as they are, as the
// framework would and with a fraction of its work.
//
// A refresh and a plan ask for each resource: upgrade this state, read it, is this configuration valid, what would change?
// For nearly all of them the answer is: nothing. The framework comes to it by decoding each value several times, and by
// copying the schema at each of its nodes. Here a value is decoded once, by a schema that is made once. Whatever is not
// plainly "nothing" (a change, a warning, an error, anything unknown) is the framework's to answer, which stays the
// specification: package shortcuttest holds every answer of a test against it.
package shortcut

import (
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Framework is the framework's server with everything that it offers.
type Framework interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// Resource is a resource that can also be asked about values that are decoded already. The framework's methods must not do
// more than these.
type Resource interface {
	resource.ResourceWithConfigure
	resource.ResourceWithIdentity
	// ValidateObject is ValidateConfig.
	ValidateObject(config types.Object) diag.Diagnostics
	// PlansNothing reports whether ModifyPlan leaves a plan that is equal to the state as it is, with nothing to say. What is
	// not configured must stay as the state has it then, also where attributes in it have defaults, which the framework sets.
	PlansNothing(ctx context.Context, config, state types.Object, private map[string][]byte) bool
	// Refresh is Read. It reports whether the object is as the state and the private data have it; if not, a Read with the
	// context that it returns gives the answer without reading again.
	Refresh(ctx context.Context, state types.Object, private map[string][]byte) (answered context.Context, identity map[string]attr.Value, unchanged bool)
}

// Server answers what it can and leaves the rest to the framework.
type Server struct {
	Framework
	Shortcuts *Shortcuts
}

// New adds the shortcuts of the resources to the framework's server. configured is what the provider has handed to its
// resources; it is not ok before that, and where the provider puts off whatever it is asked for.
func New(framework Framework, resources Descriptions, configured func() (data any, ok bool)) *Server {
	return &Server{Framework: framework, Shortcuts: &Shortcuts{resources: resources, configured: configured}}
}

// Shortcuts has one method for each call: the answer, and whether there is one.
type Shortcuts struct {
	resources  Descriptions
	configured func() (any, bool)
	calls      calls
}

// resource makes a configured resource.
func (s *Shortcuts) resource(ctx context.Context, d *described) (Resource, bool) {
	data, ok := s.configured()
	if !ok {
		return nil, false
	}
	r := d.create().(Resource)
	var response resource.ConfigureResponse
	r.Configure(ctx, resource.ConfigureRequest{ProviderData: data}, &response)
	return r, len(response.Diagnostics) == 0
}

// StopProvider ends what is under way.
func (s *Server) StopProvider(ctx context.Context, request *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	s.Shortcuts.calls.stop()
	return s.Framework.StopProvider(ctx, request)
}

// UpgradeResourceState passes a state of the present version on.
func (s *Server) UpgradeResourceState(ctx context.Context, request *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	if response, ok := s.Shortcuts.Upgrade(request); ok {
		return response, nil
	}
	return s.Framework.UpgradeResourceState(ctx, request)
}

// ReadResource answers with what it was asked where that is how the object is.
func (s *Server) ReadResource(ctx context.Context, request *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	ctx, end := s.Shortcuts.calls.begin(ctx)
	defer end()
	ctx, response, ok := s.Shortcuts.Read(ctx, request)
	if ok {
		return response, nil
	}
	return s.Framework.ReadResource(ctx, request)
}

// ValidateResourceConfig accepts what nothing can be said against.
func (s *Server) ValidateResourceConfig(ctx context.Context, request *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	if response, ok := s.Shortcuts.Validate(ctx, request); ok {
		return response, nil
	}
	return s.Framework.ValidateResourceConfig(ctx, request)
}

// PlanResourceChange plans that nothing changes where nothing does.
func (s *Server) PlanResourceChange(ctx context.Context, request *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	if response, ok := s.Shortcuts.Plan(ctx, request); ok {
		return response, nil
	}
	return s.Framework.PlanResourceChange(ctx, request)
}

// calls are those under way, which end when the provider is told to stop.
type calls struct {
	mutex sync.Mutex
	stops map[*context.CancelFunc]bool
}

func (c *calls) begin(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.stops == nil {
		c.stops = map[*context.CancelFunc]bool{}
	}
	c.stops[&cancel] = true
	return ctx, func() {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		delete(c.stops, &cancel)
		cancel()
	}
}

func (c *calls) stop() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for cancel := range c.stops {
		(*cancel)()
	}
}
