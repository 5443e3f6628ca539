package entitytype

import (
	"fmt"
	"maps"
	"slices"
	"sync"
)

// New returns the properties of a new object, complete: those given over those it starts with. What it starts with is
// shared with others, as nobody alters a value in place.
func (t *Type) New(given map[string]any) map[string]any {
	properties := make(map[string]any, len(t.Properties))
	for i := range t.Properties {
		p := &t.Properties[i]
		if p.Of != "" {
			continue
		}
		value, has := given[p.Name]
		switch {
		case has && value != nil && p.Complex != nil && !p.Collection:
			value = p.Complex.New(value.(map[string]any))
		case !has && p.Default != nil:
			value = p.Default
		case !has && p.Collection:
			value = none
		case !has && p.Complex != nil && p.NotNull:
			value = p.Complex.initial()
		}
		properties[p.Name] = value
	}
	return properties
}

// none is an empty collection.
var none any = []any{}

// initial is the value of a complex type that starts with nothing given.
func (t *Type) initial() any {
	if known, ok := initials.Load(t); ok {
		return known
	}
	known, _ := initials.LoadOrStore(t, t.New(nil))
	return known
}

var initials sync.Map // of *Type to map[string]any

// Shape says whether properties, as v1.0 names them, are of the kinds the table has: what New and Merge rely on, and
// Decode makes sure of. Limits and patterns are not looked at.
func (t *Type) Shape(properties map[string]any) error {
	for _, name := range sortedKeys(properties) {
		p, known := t.Property(name, V1)
		if !known || properties[name] == nil {
			continue
		}
		items, isCollection := properties[name].([]any)
		if isCollection != p.Collection {
			return fmt.Errorf("%s of %s: %v is not what it should be", name, t.Name, properties[name])
		}
		if !isCollection {
			items = []any{properties[name]}
		}
		for _, item := range items {
			if err := p.shape(item); err != nil {
				return fmt.Errorf("%s of %s: %w", name, t.Name, err)
			}
		}
	}
	return nil
}

func (p *Property) shape(value any) error {
	var ok bool
	switch p.Kind {
	case KindComplex:
		members, isObject := value.(map[string]any)
		if isObject {
			return p.Complex.Shape(members)
		}
	case KindBoolean:
		_, ok = value.(bool)
	case KindInt32:
		_, ok = value.(float64)
	default:
		_, ok = value.(string)
	}
	if !ok {
		return fmt.Errorf("%v is no %s", value, p.Kind)
	}
	return nil
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
			change = p.Complex.initial()
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

// unknownMember stands for a value of an enumeration that is of another version:
// learn.microsoft.com/graph/best-practices-concept, on evolvable enumerations.
const unknownMember = "unknownFutureValue"

// Show returns the properties under the names of that version, and of complex values those members that it has. What need not
// change is shared, not copied.
func (t *Type) Show(properties map[string]any, version Version) map[string]any {
	if !t.differs(version) {
		return properties
	}
	shown := maps.Clone(properties)
	for i := range t.Properties {
		p := &t.Properties[i]
		if p.Of != "" && version == Beta {
			shown[p.Name] = properties[p.Of]
			delete(shown, p.Of)
		}
		if p.Complex == nil || !p.Complex.limits(version) {
			continue
		}
		switch value := properties[p.Name].(type) {
		case map[string]any:
			shown[p.Name] = p.Complex.showMember(value, version)
		case []any:
			items := make([]any, len(value))
			for i, item := range value {
				items[i] = p.Complex.showMember(item.(map[string]any), version)
			}
			shown[p.Name] = items
		}
	}
	return shown
}

// showMember is Show for a complex value, whose members no query chooses among.
func (t *Type) showMember(properties map[string]any, version Version) map[string]any {
	shown := maps.Clone(t.Show(properties, version))
	for name, value := range shown {
		p, has := t.Property(name, version)
		switch text, _ := value.(string); {
		case !has:
			delete(shown, name)
		case text != "" && len(p.Values) > 0 && !slices.Contains(p.Values, text):
			shown[name] = unknownMember
		}
	}
	return shown
}

// differs reports whether the version shows the type otherwise than it is kept: as v1.0 names it, and with all that beta has.
func (t *Type) differs(version Version) bool {
	return slices.ContainsFunc(t.Properties, func(p Property) bool {
		return p.Of != "" && version == Beta || p.Complex != nil && p.Complex.limits(version)
	})
}

// limits reports whether a complex type, or one within it, has something that the version has not.
func (t *Type) limits(version Version) bool {
	return t.differs(version) || slices.ContainsFunc(t.Properties, func(p Property) bool { return p.Of == "" && !p.In(version) })
}

func sortedKeys(object map[string]any) []string { return slices.Sorted(maps.Keys(object)) }
