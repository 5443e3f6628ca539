// Package mapping ties Terraform attributes to Microsoft Graph properties, one row per attribute.
//
// A row names the attribute, holds the framework's own schema attribute and the pair of SDK accessors that read and
// write the property. Everything else follows from the rows: the schema of the resource and of its data sources, the
// body of a create, the PATCH that carries only what changed, the state, and the $select list.
package mapping

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Row maps one Terraform attribute to one property of the Graph entity E. E is there for the compiler alone: what a row does
// is compiled once for all entities, and not anew for each; inlining would undo that.
type Row[E any] struct{ row *row }

// row is a Row of any entity.
type row struct {
	name       string
	property   string
	attribute  schema.Attribute
	createOnly bool
	navigation bool
	// children are the rows of an object.
	children Rows

	// decode gives the attribute's value; prior is what Terraform knew, so that spelling which means the same is kept. It
	// is nil where Terraform knew nothing.
	decode func(from any, prior attr.Value) attr.Value
	// encode writes a known value, null included; nil for what never travels in a body.
	encode func(value attr.Value, to any)
	// transfer copies the property from a complete body to a PATCH.
	transfer func(from, to any)
	// patch copies only the changed parts of a complex property and reports whether there were any.
	patch func(prior, plan attr.Value, from, to any) bool
	// settle decides, at plan time, what an attribute that the configuration leaves open will be.
	settle func(config, plan, state attr.Value, updating bool) attr.Value
	// same reports whether two texts mean the same; nil where only equal ones do.
	same func(a, b string) bool
	// fold writes the ids in a value in one way; nil where there are none.
	fold func(attr.Value) attr.Value
	// risky reports whether a value lets in more than the service would by itself; nil where none does.
	risky func(attr.Value) bool
}

// Property overrides the Graph property's name where it is not the attribute's in camelCase.
func (r Row[E]) Property(name string) Row[E] {
	changed := *r.row
	changed.property = name
	return Row[E]{&changed}
}

// CreateOnly marks a property that Graph accepts at creation only: another value replaces the object.
func (r Row[E]) CreateOnly() Row[E] {
	changed := *r.row
	changed.createOnly = true
	return Row[E]{&changed}
}

// Alike says which texts mean the same to the service, such as two spellings of an id in Azure. Whatever a plan or an answer
// has that means the same as what is known already is no change.
func (r Row[E]) Alike(same func(a, b string) bool) Row[E] { return Row[E]{r.row.alike(same)} }

//go:noinline
func (r row) alike(same func(a, b string) bool) *row {
	decode, changed := r.decode, &r
	changed.same = same
	changed.decode = func(from any, prior attr.Value) attr.Value { return changed.keep(prior, decode(from, prior)) }
	return changed
}

// ID marks ids: a UUID, a set of them, or a map with some as keys or in its sets. They mean the same in capital letters.
// What is no UUID, such as a name in the place of an id, is told apart by its letters.
func (r Row[E]) ID() Row[E] { return Row[E]{r.row.id()} }

//go:noinline
func (r row) id() *row {
	decode, encode, changed := r.decode, r.encode, &r
	changed.fold = Fold
	changed.decode = func(from any, prior attr.Value) attr.Value {
		var known attr.Value
		if prior != nil {
			known = Fold(prior)
		}
		decoded := decode(from, known)
		if decoded.Equal(known) {
			return prior
		}
		return changed.keep(prior, decoded)
	}
	if encode != nil {
		changed.encode = func(value attr.Value, to any) { encode(Fold(value), to) }
	}
	return changed
}

// IsID reports whether the row holds ids, or has them in it.
func (r Row[E]) IsID() bool { return r.row.fold != nil }

// keep gives what is known in the place of a value that means the same.
func (r *row) keep(known, value attr.Value) attr.Value {
	if known != nil && r.equal(known, value) {
		return known
	}
	return value
}

// equal reports whether two values mean the same, however they are spelled.
func (r *row) equal(a, b attr.Value) bool {
	if a.Equal(b) {
		return true
	}
	if a.IsNull() || a.IsUnknown() || b.IsNull() || b.IsUnknown() {
		return false
	}
	one, ok := a.(types.String)
	other, text := b.(types.String)
	return r.same != nil && ok && text && r.same(one.ValueString(), other.ValueString()) || r.fold != nil && r.fold(a).Equal(r.fold(b))
}

// Risk marks a setting that, at one of these values, lets in more than the service does by itself; a collection does so
// unless it is empty. A plan that no longer says what such a setting shall be warns of the value that stays.
func (r Row[E]) Risk(values ...string) Row[E] {
	changed := *r.row
	changed.risky = func(value attr.Value) bool {
		switch value := value.(type) {
		case types.Bool:
			return slices.Contains(values, strconv.FormatBool(value.ValueBool()))
		case types.String:
			return slices.Contains(values, value.ValueString())
		}
		return !meansNothing(value)
	}
	return Row[E]{&changed}
}

// NullWhere makes the attribute null where the entity has nothing to say of it, which differs from saying that there is
// nothing.
func (r Row[E]) NullWhere(silent func(E) bool) Row[E] {
	changed := *r.row
	changed.decode = func(from any, prior attr.Value) attr.Value {
		if silent(from.(E)) {
			return nullOf(r.row.attribute.GetType())
		}
		return r.row.decode(from, prior)
	}
	return Row[E]{&changed}
}

// Argument is an attribute that belongs to Terraform alone: it is neither sent to nor read from Graph by the mapping
// (a parent's id, a behaviour of the provider). Its value is carried from configuration to state.
func Argument[E any](name string, attribute schema.Attribute) Row[E] {
	return Row[E]{&row{
		name:      name,
		attribute: attribute,
		decode: func(_ any, prior attr.Value) attr.Value {
			if prior == nil {
				return nullOf(attribute.GetType())
			}
			return prior
		},
	}}
}

// Derived is a computed attribute with a form of its own, worked out from the whole entity.
func Derived[E any](name string, attribute schema.Attribute, decode func(from E, prior attr.Value) attr.Value) Row[E] {
	return Row[E]{&row{name: name, property: camelCase(name), attribute: attribute, decode: func(from any, prior attr.Value) attr.Value { return decode(from.(E), prior) }}}
}

// Converted is a row whose Terraform form is not the SDK's: decode and encode convert, get and set are the SDK's accessors,
// which a PATCH uses to carry the converted value over.
func Converted[E, G any](name string, attribute schema.Attribute, get func(E) G, set func(E, G),
	decode func(from E, prior attr.Value) attr.Value, encode func(value attr.Value, to E),
) Row[E] {
	row := &row{
		name:      name,
		property:  camelCase(name),
		attribute: attribute,
		decode:    func(from any, prior attr.Value) attr.Value { return keepEqual(prior, decode(from.(E), prior)) },
	}
	if encode != nil {
		row.encode = func(value attr.Value, to any) { encode(value, to.(E)) }
		row.transfer = transfer(get, set)
	}
	return Row[E]{row}
}

// transfer copies a property by its accessors.
func transfer[E, G any](get func(E) G, set func(E, G)) func(from, to any) {
	return func(from, to any) { set(to.(E), get(from.(E))) }
}

// Name is the attribute's name in Terraform.
func (r Row[E]) Name() string { return r.row.Name() }

func (r *row) Name() string { return r.name }

// GraphProperty is the property's name in Microsoft Graph; empty for arguments that only Terraform knows.
func (r Row[E]) GraphProperty() string { return r.row.property }

// Attribute is the row's schema.
func (r Row[E]) Attribute() schema.Attribute { return r.row.Attribute() }

func (r *row) Attribute() schema.Attribute { return r.attribute }

// Writable reports whether a configuration can set the attribute and it then travels to Graph.
func (r Row[E]) Writable() bool { return r.row.writable() }

func (r *row) writable() bool {
	return r.encode != nil && (r.attribute.IsRequired() || r.attribute.IsOptional())
}

// known is what Terraform knew of the attribute. A null that the service may fill is no knowledge: only where the
// configuration alone decides does a null mean that there is nothing.
func (r *row) known(prior attr.Value) attr.Value {
	if prior != nil && prior.IsNull() && r.attribute.IsComputed() && r.property != "" && !r.navigation {
		return nil
	}
	return prior
}

func (r *row) settled(config, plan, state attr.Value, updating bool) attr.Value {
	if r.settle != nil {
		return r.keep(state, r.settle(config, plan, state, updating))
	}
	return r.keep(state, r.settleLeaf(config, plan, state, updating))
}

// settleLeaf keeps what the service already has wherever the configuration says nothing: unset means unmanaged. The default
// of an attribute that the service has is for what is new: it must not undo what was read.
func (r *row) settleLeaf(config, plan, state attr.Value, updating bool) attr.Value {
	if updating && config.IsNull() && (plan.IsUnknown() || r.property != "" && r.attribute.IsComputed()) {
		return state
	}
	return plan
}

// camelCase turns an attribute's name into the Graph property's: sign_in_audience into signInAudience.
func camelCase(name string) string {
	words := strings.Split(name, "_")
	for i, word := range words {
		if i > 0 && word != "" {
			words[i] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(words, "")
}
