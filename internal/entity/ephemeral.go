package entity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/ephemeral/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// Ephemeral describes an ephemeral resource: something that is there for one run, and is in no plan and no state.
type Ephemeral[E any] struct {
	// Noun is the type's name without the provider's prefix.
	Noun string
	// Description is the first paragraph of the docs page, in Markdown.
	Description string
	// Table holds the attributes.
	Table mapping.Table[E]
	// Permissions name what a caller must have been granted.
	Permissions Permissions
	// Parent names the object to which writes must come one at a time; nil where nothing is written.
	Parent func(object mapping.Value) string
	// Validate checks what one attribute's validators can't. Values may be unknown.
	Validate func(config mapping.Value) diag.Diagnostics
	// Open gets or makes it.
	Open func(ctx context.Context, api *Services, config mapping.Value) (E, error)
	// Held names the attributes, all of them texts and none of them secret, that Close needs.
	Held []string
	// Close ends it when the run does; nil where there is nothing to end. What is gone already is no error.
	Close func(ctx context.Context, api *Services, held mapping.Value) error
	// Left says what is left where Close fails, and how to remove it.
	Left func(held mapping.Value) string
}

// closingTime is how long a Close may take. OpenTofu allows ten seconds, and does not survive more.
const closingTime = 7500 * time.Millisecond

// EphemeralResource makes the framework's ephemeral resource of the description.
func (e Ephemeral[E]) EphemeralResource() ephemeral.EphemeralResource {
	described := opened{Ephemeral: e.anything(), Table: e.Table.Rows()}
	if e.Close == nil {
		return &described
	}
	return &closed{described}
}

// opened is the framework's side of an Ephemeral, and closed that of one which is closed.
type (
	opened struct {
		Ephemeral[any]
		Table mapping.Rows
		api   *Services
	}
	closed struct{ opened }
)

var (
	_ ephemeral.EphemeralResourceWithConfigure      = &opened{}
	_ ephemeral.EphemeralResourceWithValidateConfig = &opened{}
	_ ephemeral.EphemeralResourceWithClose          = &closed{}
)

// heldKey is where private data keeps what Close needs.
const heldKey = "held"

func (e *opened) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + e.Noun
}

func (e *opened) Schema(ctx context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	attributes := e.Table.Ephemeral()
	attributes["timeouts"] = timeouts.Attributes(ctx)
	resp.Schema = schema.Schema{MarkdownDescription: e.Description + e.Permissions.markdown(e.operations()), Attributes: attributes}
}

func (e *opened) operations() []operation {
	if e.Close == nil {
		return opening
	}
	return passing
}

func (e *opened) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	e.api = configured(req.ProviderData, &resp.Diagnostics)
}

func (e *opened) ValidateConfig(ctx context.Context, req ephemeral.ValidateConfigRequest, resp *ephemeral.ValidateConfigResponse) {
	config := read(ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.Append(validate.Elements(config.Framework())...); !resp.Diagnostics.HasError() && e.Validate != nil {
		resp.Diagnostics.Append(e.Validate(config)...)
	}
}

func (e *opened) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	config := read(ctx, req.Config, &resp.Diagnostics)
	resp.Diagnostics.Append(validate.Elements(config.Framework())...) // what was unknown may be null now
	if resp.Diagnostics.HasError() || !usable(e.api, &resp.Diagnostics) {
		return
	}
	configured, _ := config.Get("timeouts").(timeouts.Value)
	limit, problems := configured.Open(ctx, defaultWriteTimeout)
	resp.Diagnostics.Append(problems...)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var object any
	err := e.inTurn(ctx, config, func() (err error) {
		object, err = e.Ephemeral.Open(ctx, e.api, config)
		return err
	})
	if err != nil {
		resp.Diagnostics.Append(problem(ctx, e.api, "opening", Title(e.Noun), config, e.Permissions, e.Table.Attribute, err)...)
		return
	}
	result := assemble(config, e.Table.Decode(object, config))
	if e.Close != nil {
		held := make(map[string]string, len(e.Held))
		for _, name := range e.Held {
			held[name] = result.String(name)
		}
		private, err := json.Marshal(held)
		if err != nil {
			panic("texts that are no JSON: " + err.Error()) // they always are
		}
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, heldKey, private)...)
	}
	resp.Diagnostics.Append(resp.Result.Set(ctx, result.Framework())...)
}

func (e *closed) Close(ctx context.Context, req ephemeral.CloseRequest, resp *ephemeral.CloseResponse) {
	private, diagnostics := req.Private.GetKey(ctx, heldKey)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() || !usable(e.api, &resp.Diagnostics) {
		return
	}
	held, err := heldValue(private)
	if err == nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, closingTime)
		defer cancel()
		err = e.inTurn(ctx, held, func() error { return e.Ephemeral.Close(ctx, e.api, held) })
		if err != nil && e.Left != nil {
			err = fmt.Errorf("%w\n\n%s", err, e.Left(held))
		}
	}
	if err != nil {
		resp.Diagnostics.Append(problem(ctx, e.api, "closing", Title(e.Noun), held, e.Permissions, noAttribute, err)...)
	}
}

// inTurn does something when it is its parent's turn.
func (e *opened) inTurn(ctx context.Context, object mapping.Value, do func() error) error {
	if e.Parent == nil {
		return do()
	}
	unlock, err := e.api.parents.lock(ctx, e.Parent(object))
	if err != nil {
		return fmt.Errorf("waiting for other writes to %s: %w", e.Parent(object), err)
	}
	defer unlock()
	return do()
}

// heldValue makes an object of what Open kept.
func heldValue(private []byte) (mapping.Value, error) {
	var held map[string]string
	if err := json.Unmarshal(private, &held); err != nil {
		return mapping.Value{}, errors.New("what was kept of it when it was opened cannot be read")
	}
	attributes, kinds := map[string]attr.Value{}, map[string]attr.Type{}
	for _, name := range slices.Sorted(maps.Keys(held)) {
		attributes[name], kinds[name] = types.StringValue(held[name]), types.StringType
	}
	return mapping.NewValue(types.ObjectValueMust(kinds, attributes)), nil
}

// Make creates an object as the resource does, once, for whoever does not manage it.
func (r Resource[E]) Make(ctx context.Context, api *Services, config mapping.Value) (E, error) {
	m := r.managed(api)
	write := &Write[any]{Plan: config, Body: r.New()}
	m.Table.Encode(config, write.Body)
	created, err := m.createOnce(ctx, write)
	if err != nil {
		return of[E](created), m.final(ctx, config, err)
	}
	api.young.add(time.Now(), idOf(m.Table.Value(created)))
	return created.(E), nil
}
