package shortcut_test

import (
	"context"
	"maps"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	frameworkprovider "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/workloadid/terraform-provider-workloadid/internal/shortcut"
	"github.com/workloadid/terraform-provider-workloadid/internal/shortcut/shortcuttest"
)

// things is a provider of one resource, whose schema has one attribute of each kind for which there are shortcuts.
type things struct{ frameworkprovider.Provider }

func (things) Metadata(_ context.Context, _ frameworkprovider.MetadataRequest, response *frameworkprovider.MetadataResponse) {
	response.TypeName = "test"
}

func (things) Schema(context.Context, frameworkprovider.SchemaRequest, *frameworkprovider.SchemaResponse) {
}

func (things) Configure(context.Context, frameworkprovider.ConfigureRequest, *frameworkprovider.ConfigureResponse) {
}
func (things) DataSources(context.Context) []func() datasource.DataSource { return nil }
func (things) Resources(context.Context) []func() resource.Resource       { return thingResources }

var thingResources = []func() resource.Resource{func() resource.Resource { return &thing{} }}

type thing struct{}

func (*thing) Metadata(_ context.Context, request resource.MetadataRequest, response *resource.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_thing"
}

var low = stringdefault.StaticString("low")

func (*thing) Schema(_ context.Context, _ resource.SchemaRequest, response *resource.SchemaResponse) {
	level := map[string]schema.Attribute{
		"level": schema.StringAttribute{Optional: true, Computed: true, Default: low},
		"title": schema.StringAttribute{Required: true, Validators: []validator.String{stringvalidator.LengthAtLeast(2)}},
	}
	response.Schema = schema.Schema{Version: 1, Attributes: map[string]schema.Attribute{
		"id":     schema.StringAttribute{Computed: true},
		"name":   schema.StringAttribute{Required: true, Validators: []validator.String{stringvalidator.LengthAtLeast(2)}},
		"former": schema.StringAttribute{Optional: true, DeprecationMessage: "Use name."},
		"note":   schema.StringAttribute{Optional: true, PlanModifiers: []planmodifier.String{doubt{}}},
		"mode":   schema.StringAttribute{Optional: true, Computed: true, Default: low},
		"on":     schema.BoolAttribute{Optional: true, Computed: true, Default: booldefault.StaticBool(true)},
		"labels": schema.SetAttribute{Optional: true, Computed: true, ElementType: types.StringType, Default: setdefault.StaticValue(types.SetValueMust(types.StringType, nil))},
		"pairs":  schema.MapAttribute{Optional: true, Computed: true, ElementType: types.StringType, Default: mapdefault.StaticValue(types.MapValueMust(types.StringType, nil))},
		"size":   schema.Int32Attribute{Optional: true},
		"single": schema.SingleNestedAttribute{Optional: true, Attributes: level},
		"keyed":  schema.MapNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{Attributes: level}},
		"listed": schema.ListNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{Attributes: level}},
	}}
}

func (*thing) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, response *resource.IdentitySchemaResponse) {
	response.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{"id": identityschema.StringAttribute{RequiredForImport: true}}}
}

func (*thing) Configure(context.Context, resource.ConfigureRequest, *resource.ConfigureResponse) {}
func (*thing) Create(context.Context, resource.CreateRequest, *resource.CreateResponse)          {}
func (*thing) Update(context.Context, resource.UpdateRequest, *resource.UpdateResponse)          {}
func (*thing) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse)          {}

// doubt has something to say about a text even where it stays.
type doubt struct{}

func (doubt) Description(context.Context) string         { return "" }
func (doubt) MarkdownDescription(context.Context) string { return "" }
func (doubt) PlanModifyString(_ context.Context, request planmodifier.StringRequest, response *planmodifier.StringResponse) {
	switch request.PlanValue.ValueString() {
	case "doubtful":
		response.Diagnostics.AddAttributeWarning(request.Path, "Doubtful", "")
	case "replaced":
		response.RequiresReplace = true
	case "changed":
		response.PlanValue = types.StringValue("otherwise")
	}
}

// The name decides what the hooks do.

func (t *thing) ValidateConfig(ctx context.Context, request resource.ValidateConfigRequest, response *resource.ValidateConfigResponse) {
	var object types.Object
	response.Diagnostics.Append(request.Config.Get(ctx, &object)...)
	response.Diagnostics.Append(t.ValidateObject(object)...)
}

func (*thing) ValidateObject(config types.Object) (diagnostics diag.Diagnostics) {
	if config.Attributes()["name"].Equal(types.StringValue("invalid")) {
		diagnostics.AddError("Invalid", "")
	}
	return diagnostics
}

func (t *thing) ModifyPlan(ctx context.Context, request resource.ModifyPlanRequest, response *resource.ModifyPlanResponse) {
	var object types.Object
	response.Diagnostics.Append(request.Plan.Get(ctx, &object)...)
	if !t.PlansNothing(ctx, object, object, nil) {
		response.RequiresReplace = append(response.RequiresReplace, path.Root("name"))
	}
	if request.State.Raw.IsNull() {
		return
	}
	// What is not configured stays, with what is in it.
	for _, name := range []string{"id", "single", "keyed", "listed"} {
		var configured, stated attr.Value
		response.Diagnostics.Append(request.Config.GetAttribute(ctx, path.Root(name), &configured)...)
		response.Diagnostics.Append(request.State.GetAttribute(ctx, path.Root(name), &stated)...)
		if configured.IsNull() {
			response.Diagnostics.Append(response.Plan.SetAttribute(ctx, path.Root(name), stated)...)
		}
	}
}

func (*thing) PlansNothing(_ context.Context, _, state types.Object, _ map[string][]byte) bool {
	return !state.Attributes()["name"].Equal(types.StringValue("planned"))
}

func (t *thing) Read(ctx context.Context, request resource.ReadRequest, response *resource.ReadResponse) {
	response.Diagnostics.Append(response.Identity.SetAttribute(ctx, path.Root("id"), "1")...)
	var object types.Object
	response.Diagnostics.Append(request.State.Get(ctx, &object)...)
	if object.Attributes()["name"].Equal(types.StringValue("drifted")) {
		response.Diagnostics.Append(response.State.SetAttribute(ctx, path.Root("note"), "drifted")...)
	}
}

func (*thing) Refresh(ctx context.Context, state types.Object, _ map[string][]byte) (context.Context, map[string]attr.Value, bool) {
	return ctx, map[string]attr.Value{"id": types.StringValue("1")}, !state.Attributes()["name"].Equal(types.StringValue("drifted"))
}

// fixture serves things, and holds all shortcuts against the framework.
type fixture struct {
	*shortcuttest.Server
	object     tftypes.Object
	configured atomic.Bool
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{}
	f.configured.Store(true)
	framework := providerserver.NewProtocol6(things{})().(shortcut.Framework)
	server := shortcut.New(framework, shortcut.Describe("test", thingResources), func() (any, bool) { return nil, f.configured.Load() })
	f.Server = shortcuttest.New(server, func(difference string) { t.Error(difference) })
	schemas, err := f.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || len(schemas.Diagnostics) > 0 {
		t.Fatal(err, schemas)
	}
	f.object = schemas.ResourceSchemas["test_thing"].ValueType().(tftypes.Object)
	return f
}

// values are attributes by name; the others are null.
type values = map[string]any

func (f *fixture) value(t *testing.T, from values) *tfprotov6.DynamicValue {
	t.Helper()
	encoded, err := tfprotov6.NewDynamicValue(f.object, build(f.object, from))
	if err != nil {
		t.Fatal(err)
	}
	return &encoded
}

func build(as tftypes.Type, from any) tftypes.Value {
	switch as := as.(type) {
	case tftypes.Object:
		if from, ok := from.(values); ok {
			attributes := map[string]tftypes.Value{}
			for name, attributeType := range as.AttributeTypes {
				attributes[name] = build(attributeType, from[name])
			}
			return tftypes.NewValue(as, attributes)
		}
	case tftypes.Map:
		if from, ok := from.(values); ok {
			entries := map[string]tftypes.Value{}
			for key, entry := range from {
				entries[key] = build(as.ElementType, entry)
			}
			return tftypes.NewValue(as, entries)
		}
	case tftypes.List:
		if from, ok := from.([]any); ok {
			return tftypes.NewValue(as, elements(as.ElementType, from))
		}
	case tftypes.Set:
		if from, ok := from.([]any); ok {
			return tftypes.NewValue(as, elements(as.ElementType, from))
		}
	}
	return tftypes.NewValue(as, from)
}

func elements(as tftypes.Type, from []any) []tftypes.Value {
	built := make([]tftypes.Value, len(from))
	for i, element := range from {
		built[i] = build(as, element)
	}
	return built
}

// with copies values and sets one.
func with(from values, name string, value any) values {
	copied := maps.Clone(from)
	copied[name] = value
	return copied
}

var (
	inner  = values{"title": "inner"}
	config = values{"name": "a thing", "single": inner, "keyed": values{"a": inner}, "listed": []any{inner}}
	filled = values{"title": "inner", "level": "low"}
	state  = values{
		"id": "1", "name": "a thing", "mode": "low", "on": true, "labels": []any{}, "pairs": values{},
		"single": filled, "keyed": values{"a": filled}, "listed": []any{filled},
	}
	high = values{"title": "inner", "level": "high"}
)

func (f *fixture) expect(t *testing.T, method string, taken bool, call func()) {
	t.Helper()
	before := f.Taken(shortcuttest.Call{Method: method, TypeName: "test_thing"})
	call()
	if got := f.Taken(shortcuttest.Call{Method: method, TypeName: "test_thing"}) > before; got != taken {
		t.Errorf("a shortcut was taken: %t, want %t", got, taken)
	}
}

func TestShortcuts_plan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config, prior, proposed values
		change                  func(*tfprotov6.PlanResourceChangeRequest)
		taken                   bool
	}{
		"nothing changes":           {config: config, prior: state, taken: true},
		"configured as it is":       {config: with(config, "mode", "high"), prior: with(state, "mode", "high"), taken: true},
		"nothing nested":            {config: values{"name": "a thing"}, prior: with(with(with(state, "single", nil), "keyed", nil), "listed", nil), taken: true},
		"a change":                  {config: with(config, "name", "another"), prior: state, proposed: with(state, "name", "another")},
		"unknown":                   {config: with(config, "size", tftypes.UnknownValue), prior: state},
		"twice in a configured set": {config: with(config, "labels", []any{"a", "a"}), prior: with(state, "labels", []any{"a"})},
		"twice in a stored set":     {config: with(config, "labels", []any{"a"}), prior: with(state, "labels", []any{"a", "a"})},
		"default of a text":         {config: config, prior: with(state, "mode", "high")},
		"default of a truth":        {config: config, prior: with(state, "on", false)},
		"default of a set":          {config: config, prior: with(state, "labels", []any{"a"})},
		"default of a map":          {config: config, prior: with(state, "pairs", values{"a": "b"})},
		"default in an object":      {config: config, prior: with(state, "single", high)},
		"default in a map":          {config: config, prior: with(state, "keyed", values{"a": high})},
		"default in a list":         {config: config, prior: with(state, "listed", []any{high})},
		"default out of nowhere":    {config: with(config, "keyed", nil), prior: with(state, "keyed", values{"a": high}), taken: true},
		"plan modifier accepts":     {config: with(config, "note", "fine"), prior: with(state, "note", "fine"), taken: true},
		"plan modifier warns":       {config: with(config, "note", "doubtful"), prior: with(state, "note", "doubtful")},
		"plan modifier replaces":    {config: with(config, "note", "replaced"), prior: with(state, "note", "replaced")},
		"plan modifier changes":     {config: with(config, "note", "changed"), prior: with(state, "note", "changed")},
		"the resource itself":       {config: with(config, "name", "planned"), prior: with(state, "name", "planned")},
		"private data":              {config: config, prior: state, taken: true, change: func(r *tfprotov6.PlanResourceChangeRequest) { r.PriorPrivate = []byte(`{"key":"e30="}`) }},
		"private data, otherwise": {config: config, prior: state, change: func(r *tfprotov6.PlanResourceChangeRequest) {
			r.PriorPrivate = []byte(`{ "key": "e30=", "empty": "" }`)
		}},
		"private data, no JSON": {config: config, prior: state, change: func(r *tfprotov6.PlanResourceChangeRequest) { r.PriorPrivate = []byte(`{"key":"eA=="}`) }},
		"private data, foreign": {config: config, prior: state, change: func(r *tfprotov6.PlanResourceChangeRequest) { r.PriorPrivate = []byte(`{"timeouts":{}}`) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			if test.proposed == nil {
				test.proposed = test.prior
			}
			request := &tfprotov6.PlanResourceChangeRequest{
				TypeName: "test_thing", Config: f.value(t, test.config), PriorState: f.value(t, test.prior), ProposedNewState: f.value(t, test.proposed),
			}
			if test.change != nil {
				test.change(request)
			}
			f.expect(t, "PlanResourceChange", test.taken, func() {
				if _, err := f.PlanResourceChange(t.Context(), request); err != nil {
					t.Error(err)
				}
			})
			f.configured.Store(false)
			f.expect(t, "PlanResourceChange", false, func() {
				if _, err := f.PlanResourceChange(t.Context(), request); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestShortcuts_validate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config values
		taken  bool
	}{
		"valid":               {config, true},
		"unknown":             {with(config, "name", tftypes.UnknownValue), true},
		"unknown object":      {with(config, "single", tftypes.UnknownValue), true},
		"too short":           {with(config, "name", "a"), false},
		"too short below":     {with(config, "listed", []any{values{"title": "a"}}), false},
		"missing":             {with(config, "name", nil), false},
		"missing in a map":    {with(config, "keyed", values{"a": values{}}), false},
		"null in a list":      {with(config, "listed", []any{nil}), false},
		"read-only":           {with(config, "id", "1"), false},
		"deprecated":          {with(config, "former", "name"), false},
		"twice in a set":      {with(config, "labels", []any{"a", "a"}), false},
		"the resource itself": {with(config, "name", "invalid"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.expect(t, "ValidateResourceConfig", test.taken, func() {
				if _, err := f.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: "test_thing", Config: f.value(t, test.config)}); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestShortcuts_upgrade(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		version int64
		json    string
		taken   bool
	}{
		"present version":        {1, `{"id":"1","name":"ü \u2028","on":true,"size":3,"labels":["b","a"],"pairs":{"a":"b"},"single":{"title":"t","level":null},"listed":[]}`, true},
		"an attribute less":      {1, `{"id":"1"}`, true},
		"an attribute more":      {1, `{"id":"1","gone":{"a":1}}`, true},
		"a number for a text":    {1, `{"id":1}`, false},
		"a text for a truth":     {1, `{"id":"1","on":"true"}`, false},
		"a number with decimals": {1, `{"id":"1","size":1.5}`, true},
		"no object":              {1, `[]`, false},
		"nothing":                {1, `null`, true},
		"more than one":          {1, `{"id":"1"} {}`, false},
		"half of one":            {1, `{"id":`, false},
		"another version":        {0, `{"id":"1"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.expect(t, "UpgradeResourceState", test.taken, func() {
				request := &tfprotov6.UpgradeResourceStateRequest{TypeName: "test_thing", Version: test.version, RawState: &tfprotov6.RawState{JSON: []byte(test.json)}}
				if _, err := f.UpgradeResourceState(t.Context(), request); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestShortcuts_read(t *testing.T) {
	t.Parallel()
	identity := func(f *fixture, id any) *tfprotov6.ResourceIdentityData {
		object := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String}}
		encoded, err := tfprotov6.NewDynamicValue(object, build(object, values{"id": id}))
		if err != nil {
			t.Error(err)
		}
		return &tfprotov6.ResourceIdentityData{IdentityData: &encoded}
	}
	for name, test := range map[string]struct {
		state  values
		change func(*fixture, *tfprotov6.ReadResourceRequest)
		taken  bool
	}{
		"as it is":         {state: state, taken: true},
		"drifted":          {state: with(state, "name", "drifted")},
		"its identity":     {state: state, taken: true, change: func(f *fixture, r *tfprotov6.ReadResourceRequest) { r.CurrentIdentity = identity(f, "1") }},
		"no identity yet":  {state: state, taken: true, change: func(f *fixture, r *tfprotov6.ReadResourceRequest) { r.CurrentIdentity = identity(f, nil) }},
		"another identity": {state: state, change: func(f *fixture, r *tfprotov6.ReadResourceRequest) { r.CurrentIdentity = identity(f, "2") }},
		"private data":     {state: state, taken: true, change: func(_ *fixture, r *tfprotov6.ReadResourceRequest) { r.Private = []byte(`{"key":"e30="}`) }},
		"imported": {state: state, change: func(_ *fixture, r *tfprotov6.ReadResourceRequest) {
			r.Private = []byte(`{".import_before_read":"dHJ1ZQ=="}`)
		}},
		"not configured": {state: state, change: func(f *fixture, _ *tfprotov6.ReadResourceRequest) { f.configured.Store(false) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			request := &tfprotov6.ReadResourceRequest{TypeName: "test_thing", CurrentState: f.value(t, test.state)}
			if test.change != nil {
				test.change(f, request)
			}
			f.expect(t, "ReadResource", test.taken, func() {
				if _, err := f.ReadResource(t.Context(), request); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
