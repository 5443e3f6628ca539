package mapping

import (
	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Strings maps Collection(Edm.String) to a set.
func Strings[E any](name string, attribute schema.SetAttribute, get func(E) []string, set func(E, []string)) Row[E] {
	return collection(name, attribute, get, set,
		func(text string) string { return text },
		func(text string) (string, bool) { return text, true })
}

// UUIDs maps Collection(Edm.Guid) to a set of texts; the attribute's elements need a validator.
func UUIDs[E any](name string, attribute schema.SetAttribute, get func(E) []uuid.UUID, set func(E, []uuid.UUID)) Row[E] {
	return collection(name, attribute, get, set,
		uuid.UUID.String,
		func(text string) (uuid.UUID, bool) {
			id, err := uuid.Parse(text)
			return id, err == nil
		}).ID()
}

func collection[E, G any](name string, attribute schema.SetAttribute, get func(E) []G, set func(E, []G),
	decode func(G) string, encode func(string) (G, bool),
) Row[E] {
	attribute.ElementType = types.StringType
	row := &row{
		name:      name,
		property:  camelCase(name),
		attribute: attribute,
		decode: func(from any, prior attr.Value) attr.Value {
			values := get(from.(E))
			if values == nil {
				return keepEqual(prior, types.SetNull(types.StringType))
			}
			texts := make([]string, len(values))
			for i, value := range values {
				texts[i] = decode(value)
			}
			return keepEqual(prior, StringSet(texts))
		},
	}
	if set != nil {
		row.encode = func(value attr.Value, to any) {
			values := []G{} // never nil: an empty collection clears, a nil one would be left out
			for _, text := range Texts(value) {
				if converted, ok := encode(text); ok {
					values = append(values, converted)
				}
			}
			set(to.(E), values)
		}
		row.transfer = transfer(get, set)
	}
	return Row[E]{row}
}

// StringSet makes the framework's set of texts, each once.
func StringSet(texts []string) types.Set {
	seen := make(map[string]bool, len(texts))
	elements := make([]attr.Value, 0, len(texts))
	for _, text := range texts {
		if !seen[text] {
			seen[text] = true
			elements = append(elements, types.StringValue(text))
		}
	}
	return types.SetValueMust(types.StringType, elements)
}

// Links maps a navigation property to the set of the ids it leads to. Navigations travel neither in $select nor in a
// PATCH: the envelope reads and writes them; an answer without them leaves the attribute as it was.
func Links[E any, N interface{ GetId() *string }](name string, attribute schema.SetAttribute, get func(E) []N) Row[E] {
	attribute.ElementType = types.StringType
	return Row[E]{&row{
		name:       name,
		property:   camelCase(name),
		navigation: true,
		attribute:  attribute,
		decode: func(from any, prior attr.Value) attr.Value {
			targets := get(from.(E))
			switch {
			case targets == nil && (prior == nil || prior.IsUnknown()):
				return types.SetNull(types.StringType)
			case targets == nil:
				return prior
			}
			ids := make([]string, 0, len(targets))
			for _, target := range Present(targets) {
				if id := target.GetId(); id != nil {
					ids = append(ids, *id)
				}
			}
			return keepEqual(prior, StringSet(ids))
		},
	}}.ID()
}
