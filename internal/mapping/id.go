package mapping

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// guidLength is how long a GUID is in the only form in which the services write one.
const guidLength = 36

func isGUID(text string) bool { return len(text) == guidLength && uuid.Validate(text) == nil }

// SameGUID reports whether two texts are one GUID.
func SameGUID(a, b string) bool { return isGUID(a) && strings.EqualFold(a, b) }

// FoldID writes an id in one way, as the services do: GUIDs have no letter case, and other ids have.
func FoldID(id string) string {
	if isGUID(id) {
		return strings.ToLower(id)
	}
	return id
}

// Fold writes the ids in a value in one way, keys of maps too. A set has each once.
func Fold(value attr.Value) attr.Value {
	if value.IsNull() || value.IsUnknown() {
		return value
	}
	ctx := context.Background() // a type needs nothing of it
	switch v := value.(type) {
	case types.String:
		return types.StringValue(FoldID(v.ValueString()))
	case types.Set:
		return types.SetValueMust(v.ElementType(ctx), unique(foldAll(v.Elements())))
	case types.List:
		return types.ListValueMust(v.ElementType(ctx), foldAll(v.Elements()))
	case types.Map:
		elements := make(map[string]attr.Value, len(v.Elements()))
		for key, element := range v.Elements() {
			elements[FoldID(key)] = Fold(element)
		}
		return types.MapValueMust(v.ElementType(ctx), elements)
	case types.Object:
		attributes := make(map[string]attr.Value, len(v.Attributes()))
		for name, attribute := range v.Attributes() {
			attributes[name] = Fold(attribute)
		}
		return types.ObjectValueMust(v.AttributeTypes(ctx), attributes)
	}
	return value
}

func foldAll(values []attr.Value) []attr.Value {
	folded := make([]attr.Value, len(values))
	for i, value := range values {
		folded[i] = Fold(value)
	}
	return folded
}

func unique(values []attr.Value) []attr.Value {
	seen := make(map[string]bool, len(values))
	once := make([]attr.Value, 0, len(values))
	for _, value := range values {
		if text := value.String(); !seen[text] || value.IsUnknown() {
			seen[text] = true
			once = append(once, value)
		}
	}
	return once
}

// hasIDs reports whether one of the rows has ids.
func (r Rows) hasIDs() bool {
	for _, row := range r {
		if row.fold != nil {
			return true
		}
	}
	return false
}

// fold writes the ids in an object's attributes in one way.
func (r Rows) fold(attributes map[string]attr.Value) map[string]attr.Value {
	folded := make(map[string]attr.Value, len(r))
	for _, row := range r {
		value := attributes[row.name]
		if value != nil && row.fold != nil {
			value = row.fold(value)
		}
		folded[row.name] = value
	}
	return folded
}

// respelled gives what is known of an object's attributes, in the spelling of what is planned where that means the same.
func (r Rows) respelled(known, planned map[string]attr.Value) map[string]attr.Value {
	respelled := make(map[string]attr.Value, len(r))
	for _, row := range r {
		value := known[row.name]
		if plan := planned[row.name]; plan != nil && value != nil {
			value = row.keep(plan, value)
		}
		respelled[row.name] = value
	}
	return respelled
}

// spelled finds the key by which a map has an element: in other letters, where it is an id.
func spelled[V any](elements map[string]V, key string) string {
	if _, ok := elements[key]; ok || !isGUID(key) {
		return key
	}
	for other := range elements {
		if SameGUID(other, key) {
			return other
		}
	}
	return key
}
