package protocol

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	dsschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	pschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	rschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// A provider with one resource, kept in memory, that can be told to misbehave.

type thingProvider struct {
	mu     sync.Mutex
	things map[string]thing
	next   int
	calls  []string
	mode   string // how to misbehave
}

func newThingProvider() *thingProvider { return &thingProvider{things: map[string]thing{}} }

func (p *thingProvider) call(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = append(p.calls, name)
}

type thing struct {
	ID       types.String `tfsdk:"id"`
	Name     types.String `tfsdk:"name"`
	Kind     types.String `tfsdk:"kind"`
	Note     types.String `tfsdk:"note"`
	Count    types.Int64  `tfsdk:"count_of"`
	Tags     types.Set    `tfsdk:"tags"`
	SecretWO types.String `tfsdk:"secret_wo"`
	Settings *settings    `tfsdk:"settings"`
	Roles    types.Map    `tfsdk:"roles"`
	Parts    []part       `tfsdk:"part"`
}

type settings struct {
	Enabled types.Bool   `tfsdk:"enabled"`
	Level   types.String `tfsdk:"level"`
}

type part struct {
	Label types.String `tfsdk:"label"`
}

type role struct {
	ID    types.String `tfsdk:"id"`
	Label types.String `tfsdk:"label"`
}

func (p *thingProvider) Metadata(_ context.Context, _ provider.MetadataRequest, response *provider.MetadataResponse) {
	response.TypeName = "test"
}

func (p *thingProvider) Schema(_ context.Context, _ provider.SchemaRequest, response *provider.SchemaResponse) {
	response.Schema = pschema.Schema{Attributes: map[string]pschema.Attribute{
		"mode": pschema.StringAttribute{Optional: true},
	}}
}

func (p *thingProvider) Configure(ctx context.Context, request provider.ConfigureRequest, response *provider.ConfigureResponse) {
	var mode types.String
	response.Diagnostics.Append(request.Config.GetAttribute(ctx, path.Root("mode"), &mode)...)
	p.mode = mode.ValueString()
	if p.mode == "no access" {
		response.Diagnostics.AddError("No access", "the door is shut")
	}
}

func (p *thingProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return &thingData{p} }}
}

func (p *thingProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return &thingResource{p} }}
}

type thingResource struct{ *thingProvider }

func (r *thingResource) Metadata(_ context.Context, _ resource.MetadataRequest, response *resource.MetadataResponse) {
	response.TypeName = "test_thing"
}

func (r *thingResource) Schema(_ context.Context, _ resource.SchemaRequest, response *resource.SchemaResponse) {
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	response.Schema = rschema.Schema{
		Attributes: map[string]rschema.Attribute{
			"id":        rschema.StringAttribute{Computed: true, PlanModifiers: keep},
			"name":      rschema.StringAttribute{Required: true},
			"kind":      rschema.StringAttribute{Optional: true, PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()}},
			"note":      rschema.StringAttribute{Optional: true, Computed: true, PlanModifiers: keep},
			"count_of":  rschema.Int64Attribute{Optional: true},
			"tags":      rschema.SetAttribute{Optional: true, ElementType: types.StringType},
			"secret_wo": rschema.StringAttribute{Optional: true, WriteOnly: true},
			"settings": rschema.SingleNestedAttribute{Optional: true, Attributes: map[string]rschema.Attribute{
				"enabled": rschema.BoolAttribute{Required: true},
				"level":   rschema.StringAttribute{Optional: true, Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseNonNullStateForUnknown()}},
			}},
			"roles": rschema.MapNestedAttribute{Optional: true, NestedObject: rschema.NestedAttributeObject{Attributes: map[string]rschema.Attribute{
				"id":    rschema.StringAttribute{Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseNonNullStateForUnknown()}},
				"label": rschema.StringAttribute{Required: true},
			}}},
		},
		Blocks: map[string]rschema.Block{
			"part": rschema.ListNestedBlock{NestedObject: rschema.NestedBlockObject{Attributes: map[string]rschema.Attribute{
				"label": rschema.StringAttribute{Required: true},
			}}},
		},
	}
}

func (r *thingResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, response *resource.IdentitySchemaResponse) {
	response.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{RequiredForImport: true},
	}}
}

func (r *thingResource) ModifyPlan(ctx context.Context, request resource.ModifyPlanRequest, response *resource.ModifyPlanResponse) {
	if r.mode == "random plan" && !request.Plan.Raw.IsNull() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.next++
		response.Diagnostics.Append(response.Plan.SetAttribute(ctx, path.Root("note"), fmt.Sprint("random ", r.next))...)
	}
}

func (r *thingResource) compute(t *thing, prior *thing) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if prior != nil {
		t.ID = prior.ID
	} else {
		r.next++
		t.ID = types.StringValue(fmt.Sprint(r.next))
	}
	if t.Note.IsUnknown() {
		t.Note = types.StringValue("none")
	}
	if t.Settings != nil && t.Settings.Level.IsUnknown() {
		t.Settings.Level = types.StringValue("low")
	}
	if !t.Roles.IsNull() {
		roles := map[string]role{}
		t.Roles.ElementsAs(context.Background(), &roles, false)
		for key, x := range roles {
			if x.ID.IsUnknown() {
				r.next++
				x.ID = types.StringValue(fmt.Sprint("role ", r.next))
			}
			roles[key] = x
		}
		t.Roles, _ = types.MapValueFrom(context.Background(), t.Roles.ElementType(context.Background()), roles)
	}
	if r.mode == "inconsistent" {
		t.Name = types.StringValue(t.Name.ValueString() + "!")
	}
	r.things[t.ID.ValueString()] = *t
}

func (r *thingResource) Create(ctx context.Context, request resource.CreateRequest, response *resource.CreateResponse) {
	r.call("create")
	var t thing
	response.Diagnostics.Append(request.Plan.Get(ctx, &t)...)
	if response.Diagnostics.HasError() {
		return
	}
	if r.mode == "refuse" {
		response.Diagnostics.AddAttributeError(path.Root("name"), "Refused", "not today")
		return
	}
	r.compute(&t, nil)
	response.Diagnostics.Append(response.State.Set(ctx, t)...)
	response.Diagnostics.Append(response.Identity.SetAttribute(ctx, path.Root("id"), t.ID)...)
	if r.mode == "halfway" {
		r.mode = ""
		response.Diagnostics.AddError("Halfway", "created, and then the line went dead")
	}
}

func (r *thingResource) Read(ctx context.Context, request resource.ReadRequest, response *resource.ReadResponse) {
	r.call("read")
	var id types.String
	response.Diagnostics.Append(request.State.GetAttribute(ctx, path.Root("id"), &id)...)
	r.mu.Lock()
	t, ok := r.things[id.ValueString()]
	r.mu.Unlock()
	// The framework wants the identity of what is gone as well.
	response.Diagnostics.Append(response.Identity.SetAttribute(ctx, path.Root("id"), id)...)
	if !ok {
		response.State.RemoveResource(ctx)
		return
	}
	response.Diagnostics.Append(response.State.Set(ctx, t)...)
}

func (r *thingResource) Update(ctx context.Context, request resource.UpdateRequest, response *resource.UpdateResponse) {
	r.call("update")
	var t, prior thing
	response.Diagnostics.Append(request.Plan.Get(ctx, &t)...)
	response.Diagnostics.Append(request.State.Get(ctx, &prior)...)
	if response.Diagnostics.HasError() {
		return
	}
	r.compute(&t, &prior)
	response.Diagnostics.Append(response.State.Set(ctx, t)...)
	response.Diagnostics.AddWarning("Updated", "mind the gap")
}

func (r *thingResource) Delete(ctx context.Context, request resource.DeleteRequest, response *resource.DeleteResponse) {
	r.call("delete")
	var id types.String
	response.Diagnostics.Append(request.State.GetAttribute(ctx, path.Root("id"), &id)...)
	if r.mode == "undeletable" {
		response.Diagnostics.AddError("Undeletable", "it holds on")
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.things, id.ValueString())
}

func (r *thingResource) ImportState(ctx context.Context, request resource.ImportStateRequest, response *resource.ImportStateResponse) {
	resource.ImportStatePassthroughWithIdentity(ctx, path.Root("id"), path.Root("id"), request, response)
}

type thingData struct{ *thingProvider }

func (d *thingData) Metadata(_ context.Context, _ datasource.MetadataRequest, response *datasource.MetadataResponse) {
	response.TypeName = "test_thing"
}

func (d *thingData) Schema(_ context.Context, _ datasource.SchemaRequest, response *datasource.SchemaResponse) {
	response.Schema = dsschema.Schema{Attributes: map[string]dsschema.Attribute{
		"id":   dsschema.StringAttribute{Required: true},
		"name": dsschema.StringAttribute{Computed: true},
	}}
}

func (d *thingData) Read(ctx context.Context, request datasource.ReadRequest, response *datasource.ReadResponse) {
	var id types.String
	response.Diagnostics.Append(request.Config.GetAttribute(ctx, path.Root("id"), &id)...)
	d.mu.Lock()
	t, ok := d.things[id.ValueString()]
	d.mu.Unlock()
	if !ok {
		response.Diagnostics.AddAttributeError(path.Root("id"), "Not found", "no thing has this id")
		return
	}
	if d.mode == "inconsistent" {
		id = types.StringValue("another")
	}
	response.Diagnostics.Append(response.State.SetAttribute(ctx, path.Root("id"), id)...)
	response.Diagnostics.Append(response.State.SetAttribute(ctx, path.Root("name"), t.Name)...)
}
