package mapping

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Table holds the rows of one entity or complex type, in the order in which they are written.
type Table[E any] []Row[E]

// Attributes is the schema that the rows make up.
func (t Table[E]) Attributes() map[string]schema.Attribute {
	attributes := make(map[string]schema.Attribute, len(t))
	for _, row := range t {
		if _, twice := attributes[row.name]; twice {
			panic("two rows for attribute " + row.name)
		}
		attributes[row.name] = row.attribute
	}
	return attributes
}

// Select lists the Graph properties that the rows read, for $select.
func (t Table[E]) Select() []string {
	var properties []string
	for _, row := range t {
		if row.property != "" && !row.navigation && !slices.Contains(properties, row.property) {
			properties = append(properties, row.property)
		}
	}
	return properties
}

// Attribute names the attribute that a Graph property belongs to; empty if no row maps it.
func (t Table[E]) Attribute(property string) string {
	for _, row := range t {
		if row.property == property {
			return row.name
		}
	}
	return ""
}

// Decode turns an entity that the service sent into attributes; prior is what Terraform knew of it.
func (t Table[E]) Decode(from E, prior Value) map[string]attr.Value {
	return t.decode(from, prior.attributes)
}

func (t Table[E]) decode(from E, prior map[string]attr.Value) map[string]attr.Value {
	values := make(map[string]attr.Value, len(t))
	for _, row := range t {
		values[row.name] = row.decode(from, row.known(prior[row.name]))
	}
	return values
}

// Encode writes a planned object's known values into a request body. What is null stays out of it: a create need not
// mention it.
func (t Table[E]) Encode(plan Value, to E) { t.encode(plan.attributes, to) }

func (t Table[E]) encode(plan map[string]attr.Value, to E) {
	for _, row := range t {
		if value := plan[row.name]; row.Writable() && value != nil && !value.IsUnknown() && !value.IsNull() {
			row.encode(value, to)
		}
	}
}

// Patch copies into to what differs between prior and plan, an explicit null for what was cleared, and reports whether
// anything did. from is the complete body that Encode made of plan.
func (t Table[E]) Patch(prior, plan Value, from, to E) bool {
	return t.patch(prior.attributes, plan.attributes, from, to)
}

func (t Table[E]) patch(prior, plan map[string]attr.Value, from, to E) bool {
	changed := false
	for _, row := range t {
		before, after := prior[row.name], plan[row.name]
		if !row.Writable() || after == nil || after.IsUnknown() || after.Equal(before) {
			continue
		}
		if meansNothing(after) && before != nil && meansNothing(before) {
			continue
		}
		if row.patch != nil && before != nil {
			changed = row.patch(before, after, from, to) || changed
			continue
		}
		row.transfer(from, to)
		changed = true
	}
	return changed
}

// Settle works out, at plan time, the attributes that the configuration leaves open: on an update they stay as the
// service has them, so that a plan shows only what really changes. It does in one walk what a plan modifier on each
// attribute would do.
func (t Table[E]) Settle(config, plan, state Value) map[string]attr.Value {
	return t.settle(config.attributes, plan.attributes, state.attributes, !state.IsNull())
}

func (t Table[E]) settle(config, plan, state map[string]attr.Value, updating bool) map[string]attr.Value {
	settled := make(map[string]attr.Value, len(t))
	for _, row := range t {
		null := func(value attr.Value) attr.Value {
			if value == nil {
				return nullOf(row.attribute.GetType())
			}
			return value
		}
		settled[row.name] = row.settled(null(config[row.name]), null(plan[row.name]), null(state[row.name]), updating)
	}
	return settled
}

// Replacements lists the create-only attributes that a plan changes.
func (t Table[E]) Replacements(plan, state Value) path.Paths {
	var paths path.Paths
	for _, row := range t {
		if row.createOnly && !plan.Get(row.name).Equal(state.Get(row.name)) {
			paths = append(paths, path.Root(row.name))
		}
	}
	return paths
}

// Without gives the table without some of its rows.
func (t Table[E]) Without(names ...string) Table[E] {
	return slices.DeleteFunc(slices.Clone(t), func(row Row[E]) bool { return slices.Contains(names, row.name) })
}

// Value is an entity as the service has it, on its own.
func (t Table[E]) Value(from E) Value {
	return NewValue(types.ObjectValueMust(t.types(), t.decode(from, nil)))
}
