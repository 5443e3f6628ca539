package mapping

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Value gives typed access to one configuration, plan, state or nested object. The zero Value is a null object.
type Value struct {
	object     types.Object
	attributes map[string]attr.Value
}

// NewValue wraps an object of the framework.
func NewValue(object types.Object) Value {
	return Value{object: object, attributes: object.Attributes()}
}

// IsNull reports whether there is no object at all: the prior state of a create, the plan of a destroy.
func (v Value) IsNull() bool { return v.object.IsNull() }

// Get returns an attribute, nil if there is none of that name.
func (v Value) Get(name string) attr.Value { return v.attributes[name] }

// Attributes are all of the object's attributes. The map is the Value's own: not to be changed.
func (v Value) Attributes() map[string]attr.Value { return v.attributes }

// CoveredBy reports whether another object has everything that this one has, besides what else it may have.
func (v Value) CoveredBy(other Value) bool { return coversAll(v.attributes, other.attributes) }

// Has reports whether the attribute holds a known, non-null value.
func (v Value) Has(name string) bool {
	value := v.attributes[name]
	return value != nil && !value.IsNull() && !value.IsUnknown()
}

// Given reports whether the attribute is set, if only to what is not known yet.
func (v Value) Given(name string) bool { return v.Has(name) || v.Unknown(name) }

// Unknown reports whether the attribute will only be known at apply.
func (v Value) Unknown(name string) bool {
	value := v.attributes[name]
	return value != nil && value.IsUnknown()
}

// String is the attribute's text; empty when it is null, unknown or absent.
func (v Value) String(name string) string {
	text, _ := v.attributes[name].(types.String)
	return text.ValueString()
}

// Bool is the attribute's truth; false when it is null, unknown or absent.
func (v Value) Bool(name string) bool {
	truth, _ := v.attributes[name].(types.Bool)
	return truth.ValueBool()
}

// Strings are the known texts of a set or list, in order.
func (v Value) Strings(name string) []string { return Texts(v.attributes[name]) }

// Object is a nested object; a null Value when it is not there.
func (v Value) Object(name string) Value {
	object, ok := v.attributes[name].(types.Object)
	if !ok {
		return Value{}
	}
	return NewValue(object)
}

// Elements are the objects of a map attribute by key.
func (v Value) Elements(name string) map[string]Value {
	elements := map[string]Value{}
	if collection, ok := v.attributes[name].(types.Map); ok {
		for key, element := range collection.Elements() {
			if object, ok := element.(types.Object); ok {
				elements[key] = NewValue(object)
			}
		}
	}
	return elements
}

// With returns a copy in which the named attribute has another value.
func (v Value) With(name string, value attr.Value) Value {
	attributes := maps.Clone(v.attributes)
	attributes[name] = value
	return v.replace(attributes)
}

// Only keeps the named attributes, as what is known beforehand of an object that is to be decoded.
func (v Value) Only(names []string) Value {
	kept := map[string]attr.Value{}
	for _, name := range names {
		kept[name] = v.attributes[name]
	}
	return Value{attributes: kept}
}

// Framework returns the framework's object.
func (v Value) Framework() types.Object { return v.object }

func (v Value) replace(attributes map[string]attr.Value) Value {
	return Value{object: types.ObjectValueMust(v.object.AttributeTypes(context.Background()), attributes), attributes: attributes}
}

func elementsOf(value attr.Value) []attr.Value {
	switch collection := value.(type) {
	case types.Set:
		return collection.Elements()
	case types.List:
		return collection.Elements()
	}
	return nil
}

// Texts are the known texts of a set or list.
func Texts(value attr.Value) []string {
	elements := elementsOf(value)
	if elements == nil {
		return nil
	}
	texts := make([]string, 0, len(elements))
	for _, element := range elements {
		if text, ok := element.(types.String); ok && !text.IsNull() && !text.IsUnknown() {
			texts = append(texts, text.ValueString())
		}
	}
	return texts
}

// keepEqual returns prior where it means the same as what the service answered: "nothing" has several spellings (null,
// "", an empty collection, an object of such).
func keepEqual(prior, decoded attr.Value) attr.Value {
	if prior == nil || prior.IsUnknown() || prior.Equal(decoded) {
		return decoded
	}
	if meansNothing(prior) && meansNothing(decoded) {
		return prior
	}
	return decoded
}

// Known keeps what is known of a name that somebody may have chosen, for a Derived row; otherwise it is as found.
func Known(prior, found attr.Value) attr.Value {
	if prior != nil && !prior.IsUnknown() && !prior.IsNull() {
		return prior
	}
	return found
}

func meansNothing(value attr.Value) bool {
	if value.IsNull() {
		return true
	}
	if value.IsUnknown() {
		return false
	}
	switch v := value.(type) {
	case types.String:
		return v.ValueString() == ""
	case types.Set:
		return len(v.Elements()) == 0
	case types.List:
		return len(v.Elements()) == 0
	case types.Map:
		return len(v.Elements()) == 0
	case types.Object:
		for _, attribute := range v.Attributes() {
			if !meansNothing(attribute) {
				return false
			}
		}
		return true
	}
	return false
}

// Null is the null of a value's type.
func Null(value attr.Value) attr.Value { return nullOf(value.Type(context.Background())) }

// nullOf is the null of a type; the framework builds one from the type's own null Terraform value.
func nullOf(t attr.Type) attr.Value {
	ctx := context.Background() // a null needs nothing of it
	value, err := t.ValueFromTerraform(ctx, tftypes.NewValue(t.TerraformType(ctx), nil))
	if err != nil {
		panic("a type refused its own null: " + err.Error()) // can't happen for the framework's types
	}
	return value
}

// Settled reports whether nothing in a value is unknown.
func Settled(value attr.Value) bool {
	if value.IsUnknown() {
		return false
	}
	var parts []attr.Value
	switch v := value.(type) {
	case types.Map:
		parts = slices.Collect(maps.Values(v.Elements()))
	case types.Object:
		parts = slices.Collect(maps.Values(v.Attributes()))
	case types.Set:
		parts = v.Elements()
	}
	return !slices.ContainsFunc(parts, func(part attr.Value) bool { return !Settled(part) })
}
