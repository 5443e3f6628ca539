package entitytype

import (
	"maps"
	"slices"
)

// New returns the properties of a new object, complete: those given over those it starts with.
func (t *Type) New(given map[string]any) map[string]any {
	properties := make(map[string]any, len(t.Properties))
	for i := range t.Properties {
		p := &t.Properties[i]
		value, has := given[p.Name]
		switch {
		case has && value != nil && p.Complex != nil && !p.Collection:
			value = p.Complex.New(value.(map[string]any))
		case !has && p.Default != nil:
			value = p.Default
		case !has && p.Collection:
			value = []any{}
		case !has && p.Complex != nil && p.NotNull:
			value = p.Complex.New(nil)
		}
		properties[p.Name] = value
	}
	return properties
}

// Merge returns the properties after an update: a primitive value or collection replaces, a complex value changes
// those of its members that it names (OData 4.01 part 1, section 11.4.3). Neither argument is altered.
func (t *Type) Merge(current, changes map[string]any) map[string]any {
	merged := maps.Clone(current)
	for name, change := range changes {
		p, _ := t.anyProperty(name)
		if members, ok := change.(map[string]any); ok && p != nil && p.Complex != nil {
			if before, ok := merged[name].(map[string]any); ok {
				merged[name] = p.Complex.Merge(before, members)
			} else {
				merged[name] = p.Complex.New(members)
			}
			continue
		}
		if change == nil && p != nil && p.Complex != nil && p.NotNull {
			change = p.Complex.New(nil)
		}
		merged[name] = change
	}
	return merged
}

// anyProperty finds a property of either version.
func (t *Type) anyProperty(name string) (*Property, bool) {
	for i := range t.Properties {
		if t.Properties[i].Name == name {
			return &t.Properties[i], true
		}
	}
	return nil, false
}

func sortedKeys(object map[string]any) []string { return slices.Sorted(maps.Keys(object)) }
