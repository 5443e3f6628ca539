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

// Rows is a Table of any entity, which does everything that tables do.
type Rows []*row

// Rows gives the table's rows to who need not know its entity.
//
//go:noinline
func (t Table[E]) Rows() Rows {
	rows := make(Rows, len(t))
	for i, row := range t {
		rows[i] = row.row
	}
	return rows
}

// Without gives the table without some of its rows.
func (t Table[E]) Without(names ...string) Table[E] {
	return slices.DeleteFunc(slices.Clone(t), func(row Row[E]) bool { return slices.Contains(names, row.Name()) })
}

// Select lists the Graph properties that the rows read, for $select.
func (t Table[E]) Select() []string { return t.Rows().Select() }

// Decode turns an entity that the service sent into attributes; prior is what Terraform knew of it.
func (t Table[E]) Decode(from E, prior Value) map[string]attr.Value {
	return t.Rows().Decode(from, prior)
}

// Value is an entity as the service has it, on its own.
func (t Table[E]) Value(from E) Value { return t.Rows().Value(from) }

// Encode writes a planned object's known values into a request body. What is null stays out of it: a create need not
// mention it.
func (t Table[E]) Encode(plan Value, to E) { t.Rows().Encode(plan, to) }

// Patch copies into to what differs between prior and plan, an explicit null for what was cleared, and reports whether
// anything did. from is the complete body that Encode made of plan.
func (t Table[E]) Patch(prior, plan Value, from, to E) bool {
	return t.Rows().Patch(prior, plan, from, to)
}

// Exceeds reports whether an object has, in an attribute that can be set and that the plan leaves unset, something that
// somebody must have put there. Flags and numbers are not looked at, for the service chooses those that nobody sets.
func (t Table[E]) Exceeds(have, plan Value) bool { return t.Rows().Exceeds(have, plan) }

// Attributes is the schema that the rows make up.
func (r Rows) Attributes() map[string]schema.Attribute {
	attributes := make(map[string]schema.Attribute, len(r))
	for _, row := range r {
		if _, twice := attributes[row.name]; twice {
			panic("two rows for attribute " + row.name)
		}
		attributes[row.name] = row.attribute
	}
	return attributes
}

// Select lists the Graph properties that the rows read, for $select.
func (r Rows) Select() []string {
	var properties []string
	for _, row := range r {
		if row.property != "" && !row.navigation && !slices.Contains(properties, row.property) {
			properties = append(properties, row.property)
		}
	}
	return properties
}

// Attribute names the attribute that a Graph property belongs to; empty if no row maps it.
func (r Rows) Attribute(property string) string {
	for _, row := range r {
		if row.property == property {
			return row.name
		}
	}
	return ""
}

// Decode turns an entity that the service sent into attributes; prior is what Terraform knew of it.
func (r Rows) Decode(from any, prior Value) map[string]attr.Value {
	return r.decode(from, prior.attributes)
}

func (r Rows) decode(from any, prior map[string]attr.Value) map[string]attr.Value {
	values := make(map[string]attr.Value, len(r))
	for _, row := range r {
		values[row.name] = row.decode(from, row.known(prior[row.name]))
	}
	return values
}

// Encode writes a planned object's known values into a request body. What is null stays out of it: a create need not
// mention it.
func (r Rows) Encode(plan Value, to any) { r.encode(plan.attributes, to) }

func (r Rows) encode(plan map[string]attr.Value, to any) {
	for _, row := range r {
		if value := plan[row.name]; row.writable() && value != nil && !value.IsUnknown() && !value.IsNull() {
			row.encode(value, to)
		}
	}
}

// Patch copies into to what differs between prior and plan, an explicit null for what was cleared, and reports whether
// anything did. from is the complete body that Encode made of plan.
func (r Rows) Patch(prior, plan Value, from, to any) bool {
	return r.patch(prior.attributes, plan.attributes, from, to)
}

func (r Rows) patch(prior, plan map[string]attr.Value, from, to any) bool {
	changed := false
	for _, row := range r {
		before, after := prior[row.name], plan[row.name]
		if !row.writable() || after == nil || after.IsUnknown() || after.Equal(before) {
			continue
		}
		if before != nil && row.equal(before, after) {
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
func (r Rows) Settle(config, plan, state Value) map[string]attr.Value {
	return r.settle(config.attributes, plan.attributes, state.attributes, !state.IsNull())
}

func (r Rows) settle(config, plan, state map[string]attr.Value, updating bool) map[string]attr.Value {
	settled := make(map[string]attr.Value, len(r))
	for _, row := range r {
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
func (r Rows) Replacements(plan, state Value) path.Paths {
	var paths path.Paths
	for _, row := range r {
		if row.createOnly && !row.equal(plan.Get(row.name), state.Get(row.name)) {
			paths = append(paths, path.Root(row.name))
		}
	}
	return paths
}

// Lacking names the create-only attributes of which an answer has nothing, although the service has no object without: they
// are required, or were there before and can't change. Taken for a change they would replace the object.
func (r Rows) Lacking(found map[string]attr.Value, known Value) []string {
	var names []string
	for _, row := range r {
		if value := found[row.name]; row.createOnly && row.property != "" && value != nil && value.IsNull() && (row.attribute.IsRequired() || known.Has(row.name)) {
			names = append(names, row.name)
		}
	}
	return names
}

// Unread keeps what is known of attributes that the service does not have, and which others have no value: "nothing" stays as
// it was written.
func (r Rows) Unread(known Value) Value {
	var names []string
	for _, row := range r {
		if row.property == "" || !known.Has(row.name) {
			names = append(names, row.name)
		}
	}
	return known.Only(names)
}

// Value is an entity as the service has it, on its own.
func (r Rows) Value(from any) Value {
	return NewValue(types.ObjectValueMust(r.types(), r.decode(from, nil)))
}
