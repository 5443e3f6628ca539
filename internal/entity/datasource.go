package entity

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int32validator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	resource "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// DataSource describes the lookup of one object: the resource's own rows, read-only, found by one of its keys.
type DataSource[E any] struct {
	Noun        string
	Description string
	Table       mapping.Table[E]
	Permissions Permissions
	// Required must all be given, and Optional may be; of Keys, exactly one. They name attributes of the table.
	Required, Optional, Keys []string
	Read                     func(ctx context.Context, api *Services, query Query) (E, error)
	Links                    []Link
}

// DataSource makes the framework's data source of the description.
func (d DataSource[E]) DataSource() datasource.DataSource {
	return &lookup{DataSource: d.anything(), Table: d.Table.Rows()}
}

type lookup struct {
	DataSource[any]
	Table mapping.Rows
	api   *Services
}

var (
	_ datasource.DataSourceWithConfigure      = &lookup{}
	_ datasource.DataSourceWithValidateConfig = &lookup{}
)

func (d *lookup) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.Noun
}

func (d *lookup) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := d.Table.Computed()
	for _, row := range d.Table {
		switch {
		case slices.Contains(d.Required, row.Name()):
			attributes[row.Name()] = argument(row.Attribute(), true)
		case slices.Contains(d.Keys, row.Name()), slices.Contains(d.Optional, row.Name()):
			attributes[row.Name()] = argument(row.Attribute(), false)
		}
	}
	attributes["timeouts"] = timeouts.Attributes(ctx)
	resp.Schema = schema.Schema{MarkdownDescription: d.Description + d.Permissions.markdown(reading), Attributes: attributes}
}

// argument is a row's attribute as what a lookup is given, or else may be given or finds.
func argument(attribute resource.Attribute, required bool) schema.Attribute {
	if collection, ok := attribute.(resource.MapAttribute); ok {
		return schema.MapAttribute{
			Required: required, Optional: !required, Computed: !required, ElementType: collection.ElementType,
			MarkdownDescription: collection.MarkdownDescription, Validators: collection.Validators,
		}
	}
	if collection, ok := attribute.(resource.SetAttribute); ok {
		return schema.SetAttribute{
			Required: required, Optional: !required, Computed: !required, ElementType: collection.ElementType,
			MarkdownDescription: collection.MarkdownDescription, Validators: collection.Validators,
		}
	}
	text := schema.StringAttribute{Required: required, Optional: !required, Computed: !required, MarkdownDescription: attribute.GetMarkdownDescription()}
	if described, ok := attribute.(interface{ StringValidators() []validator.String }); ok {
		text.Validators = described.StringValidators()
	}
	return text
}

// given takes what a lookup is given: it is checked again when it is read, for what was unknown may be null then.
func given(ctx context.Context, from source, diagnostics *diag.Diagnostics) mapping.Value {
	config := read(ctx, from, diagnostics)
	diagnostics.Append(validate.Elements(config.Framework())...)
	return config
}

func (d *lookup) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	config := given(ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || len(d.Keys) == 0 {
		return
	}
	given, open := 0, false
	for _, key := range d.Keys {
		if config.Has(key) {
			given++
		}
		open = open || config.Unknown(key)
	}
	if given > 1 || given == 0 && !open {
		resp.Diagnostics.AddAttributeError(path.Root(d.Keys[0]), "One key is needed",
			fmt.Sprintf("Set exactly one of %s to say which %s is meant; %d are set.", strings.Join(d.Keys, ", "), Title(d.Noun), given))
	}
}

func (d *lookup) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.api = configured(req.ProviderData, &resp.Diagnostics)
}

func (d *lookup) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	config := given(ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || !usable(d.api, &resp.Diagnostics) {
		return
	}
	ctx, cancel := lookupLimit(ctx, config, &resp.Diagnostics)
	defer cancel()
	var keys []string
	for _, key := range slices.Concat(d.Required, d.Keys) {
		keys = append(keys, config.String(key))
	}
	var object any
	// What this process made a moment ago is there, whatever a lagging replica says.
	attempt := graph.Shared(ctx)
	err := repeat(ctx, d.api.young.remaining(d.api.window(), keys...), missing, func() (err error) {
		object, err = d.DataSource.Read(attempt, d.api, Query{Value: config, Links: len(d.Links) > 0})
		attempt = ctx
		return err
	})
	if err != nil {
		resp.Diagnostics.Append(problem(ctx, d.api, "looking up", Title(d.Noun), config, d.Permissions, noAttribute, err)...)
		return
	}
	found := d.Table.Decode(object, config)
	if err := completeLinks(graph.Shared(ctx), d.api, d.Links, assemble(config, found), found); err != nil {
		resp.Diagnostics.Append(problem(ctx, d.api, "looking up", Title(d.Noun), config, d.Permissions, noAttribute, err)...)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, assemble(config, found).Framework())...)
}

func missing(err error) bool { return graph.IsNotFound(err) || errors.Is(err, errNotFound) }

// noAttribute is for what a configuration did not set.
func noAttribute(string) string { return "" }

func lookupLimit(ctx context.Context, config mapping.Value, diagnostics *diag.Diagnostics) (context.Context, context.CancelFunc) {
	configured, _ := config.Get("timeouts").(timeouts.Value)
	limit, problems := configured.Read(ctx, defaultReadTimeout)
	diagnostics.Append(problems...)
	return context.WithTimeout(ctx, limit)
}

// Collection describes the data source that lists many objects.
type Collection[E any] struct {
	// Noun is the plural; the listed objects are under an attribute of that name.
	Noun        string
	Description string
	Table       mapping.Table[E]
	Permissions Permissions
	// Arguments narrow the listing.
	Arguments map[string]schema.Attribute
	List      func(ctx context.Context, api *Services, query mapping.Value) iter.Seq2[E, error]
	// Carry names the arguments that each listed object repeats, such as its parent's id.
	Carry []string
}

// DataSource makes the framework's data source of the description.
func (c Collection[E]) DataSource() datasource.DataSource {
	return &listing{Collection: c.anything(), Table: c.Table.Rows()}
}

type listing struct {
	Collection[any]
	Table mapping.Rows
	api   *Services
}

var (
	_ datasource.DataSourceWithConfigure      = &listing{}
	_ datasource.DataSourceWithValidateConfig = &listing{}
)

func (c *listing) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + c.Noun
}

func (c *listing) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		c.Noun: schema.ListNestedAttribute{
			Computed:            true,
			MarkdownDescription: "What was found, in the service's order.",
			NestedObject:        schema.NestedAttributeObject{Attributes: c.Table.Computed()},
		},
		maxResults: schema.Int32Attribute{
			Optional: true, Validators: []validator.Int32{int32validator.AtLeast(1)},
			MarkdownDescription: fmt.Sprintf("How many there may be, `%d` unless set. More are an error, because each of them is in the state and in the memory of Terraform.", defaultResults),
		},
		"timeouts": timeouts.Attributes(ctx),
	}
	maps.Copy(attributes, c.Arguments)
	resp.Schema = schema.Schema{MarkdownDescription: c.Description + c.Permissions.markdown(reading), Attributes: attributes}
}

const (
	maxResults = "max_results"
	// defaultResults is what Terraform takes about ten seconds for where they are applications.
	defaultResults = 5000
)

// most is how many objects a listing may find.
func most(config mapping.Value) int {
	if set, ok := config.Get(maxResults).(types.Int32); ok && config.Has(maxResults) {
		return int(set.ValueInt32())
	}
	return defaultResults
}

// tooMany is the error of a listing that finds more, which says how to find fewer.
func (c *listing) tooMany(limit int) (summary, detail string) {
	narrow := "It has no argument that narrows it. "
	if names := slices.Sorted(maps.Keys(c.Arguments)); len(names) > 0 {
		narrow = fmt.Sprintf("Narrow it by %s. ", strings.Join(names, " or "))
	}
	return fmt.Sprintf("There are more than %d %s", limit, Title(c.Noun)), narrow + "To have more of them in the state, set max_results to a greater number."
}

func (c *listing) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	given(ctx, req.Config, &resp.Diagnostics)
}

func (c *listing) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	c.api = configured(req.ProviderData, &resp.Diagnostics)
}

func (c *listing) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	config := given(ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || !usable(c.api, &resp.Diagnostics) {
		return
	}
	ctx, cancel := lookupLimit(ctx, config, &resp.Diagnostics)
	defer cancel()
	elements := []attr.Value{}
	elementType := config.Get(c.Noun).(types.List).ElementType(ctx)
	carried := config.Only(c.Carry)
	limit := most(config)
	for object, err := range c.List(graph.Shared(ctx), c.api, config) {
		if err == nil && len(elements) == limit {
			summary, detail := c.tooMany(limit)
			resp.Diagnostics.AddAttributeError(path.Root(maxResults), summary, detail)
			return
		}
		if err == nil { // what was read is much to work on
			err = ctx.Err()
		}
		if err != nil {
			resp.Diagnostics.Append(problem(ctx, c.api, "listing", Title(c.Noun), mapping.Value{}, c.Permissions, noAttribute, err)...)
			return
		}
		elements = append(elements, types.ObjectValueMust(elementType.(types.ObjectType).AttrTypes, c.Table.Decode(object, carried)))
	}
	list, diagnostics := types.ListValue(elementType, elements)
	resp.Diagnostics.Append(diagnostics...)
	resp.Diagnostics.Append(resp.State.Set(ctx, config.With(c.Noun, list).Framework())...)
}
