package protocol

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Unknown is, in a configuration, a value that is known only after another resource
// was applied; in a plan, a value the provider knows only after apply.
var Unknown any = unknown{}

type unknown struct{}

func (unknown) String() string { return "(known after apply)" }

// AllUnknown is a configuration in which every attribute that can be set is Unknown:
// as a whole, or, if deep, down in the attributes of objects, of which collections
// have one.
func (r *Resource) AllUnknown(deep bool) map[string]any { return r.schema.root.allUnknown(deep) }

// someKey serves where keys are names, and where they are ids.
const someKey = "44444444-4444-4444-8444-444444444444"

func (o *object) allUnknown(deep bool) map[string]any {
	config := map[string]any{}
	for name, a := range o.attributes {
		switch {
		case a.computed && !a.optional:
		case !deep || a.nested == nil:
			config[name] = Unknown
		case a.nesting == single:
			config[name] = a.nested.allUnknown(deep)
		case a.nesting == mapping:
			config[name] = map[string]any{someKey: a.nested.allUnknown(deep)}
		default:
			config[name] = []any{a.nested.allUnknown(deep)}
		}
	}
	return config
}

// FromJSON reads a configuration written as a JSON object.
func FromJSON(text string) (map[string]any, error) {
	var config map[string]any
	if err := json.Unmarshal([]byte(text), &config); err != nil {
		return nil, fmt.Errorf("reading a configuration as JSON: %w", err)
	}
	return config, nil
}

// encode makes a value of a configuration or a state. What it does not mention is null.
func (o *object) encode(from any) (tftypes.Value, error) {
	value, err := encode(tftypes.NewAttributePath(), o.valueType, from)
	if err != nil {
		return tftypes.Value{}, err
	}
	return canonical(o.withoutNullBlocks(value)), nil
}

func encode(at *tftypes.AttributePath, t tftypes.Type, from any) (tftypes.Value, error) {
	switch from {
	case nil:
		return tftypes.NewValue(t, nil), nil
	case Unknown:
		return tftypes.NewValue(t, tftypes.UnknownValue), nil
	}
	v := reflect.ValueOf(from)
	mismatch := func() (tftypes.Value, error) {
		return tftypes.Value{}, at.NewErrorf("is a %s and cannot hold a %T", t, from)
	}
	switch typed := t.(type) {
	case tftypes.Object:
		if v.Kind() != reflect.Map {
			return mismatch()
		}
		fields := make(map[string]tftypes.Value, len(typed.AttributeTypes))
		for name, fieldType := range typed.AttributeTypes {
			var field any
			if entry := v.MapIndex(reflect.ValueOf(name)); entry.IsValid() {
				field = entry.Interface()
			}
			value, err := encode(at.WithAttributeName(name), fieldType, field)
			if err != nil {
				return tftypes.Value{}, err
			}
			fields[name] = value
		}
		for _, key := range v.MapKeys() {
			if _, ok := fields[key.String()]; !ok {
				return tftypes.Value{}, at.WithAttributeName(key.String()).NewErrorf("there is no attribute of this name")
			}
		}
		return tftypes.NewValue(t, fields), nil
	case tftypes.Map:
		if v.Kind() != reflect.Map {
			return mismatch()
		}
		entries := make(map[string]tftypes.Value, v.Len())
		for _, key := range v.MapKeys() {
			value, err := encode(at.WithElementKeyString(key.String()), typed.ElementType, v.MapIndex(key).Interface())
			if err != nil {
				return tftypes.Value{}, err
			}
			entries[key.String()] = value
		}
		return tftypes.NewValue(t, entries), nil
	case tftypes.List, tftypes.Set:
		if v.Kind() != reflect.Slice {
			return mismatch()
		}
		elements := make([]tftypes.Value, v.Len())
		for i := range elements {
			value, err := encode(at.WithElementKeyInt(i), elementType(t), v.Index(i).Interface())
			if err != nil {
				return tftypes.Value{}, err
			}
			elements[i] = value
		}
		return tftypes.NewValue(t, elements), nil
	}
	switch {
	case t.Is(tftypes.String) && v.Kind() == reflect.String:
		return tftypes.NewValue(t, v.String()), nil
	case t.Is(tftypes.Bool) && v.Kind() == reflect.Bool:
		return tftypes.NewValue(t, v.Bool()), nil
	case t.Is(tftypes.Number) && v.CanInt():
		return tftypes.NewValue(t, v.Int()), nil
	case t.Is(tftypes.Number) && v.CanFloat():
		return tftypes.NewValue(t, v.Float()), nil
	}
	return mismatch()
}

// withoutNullBlocks makes lists and sets of blocks that are null empty, as Terraform does.
func (o *object) withoutNullBlocks(value tftypes.Value) tftypes.Value {
	return o.transform(value, func(a *attribute, v tftypes.Value) tftypes.Value {
		if a.neverNull && v.IsNull() {
			return tftypes.NewValue(a.valueType, []tftypes.Value{})
		}
		return v
	})
}

// transform rebuilds an object with each attribute, the inner ones first, as change
// has it.
func (o *object) transform(value tftypes.Value, change func(*attribute, tftypes.Value) tftypes.Value) tftypes.Value {
	if value.IsNull() || !value.IsKnown() {
		return value
	}
	fields := fieldsOf(value)
	for name, a := range o.attributes {
		v := fields[name]
		if a.nested != nil && !v.IsNull() && v.IsKnown() {
			switch a.nesting {
			case single:
				v = a.nested.transform(v, change)
			case list, set:
				elements := elementsOf(v)
				for i := range elements {
					elements[i] = a.nested.transform(elements[i], change)
				}
				v = tftypes.NewValue(a.valueType, elements)
			case mapping:
				entries := fieldsOf(v)
				for key := range entries {
					entries[key] = a.nested.transform(entries[key], change)
				}
				v = tftypes.NewValue(a.valueType, entries)
			}
		}
		fields[name] = change(a, v)
	}
	return tftypes.NewValue(o.valueType, fields)
}

// toMap is the Go form of an object that is not null.
func toMap(value tftypes.Value) map[string]any {
	if value.IsNull() {
		return nil
	}
	return toGo(value).(map[string]any)
}

func toGo(value tftypes.Value) any {
	switch {
	case !value.IsKnown():
		return Unknown
	case value.IsNull():
		return nil
	}
	switch t := value.Type(); {
	case t.Is(tftypes.String):
		return as[string](value)
	case t.Is(tftypes.Bool):
		return as[bool](value)
	case t.Is(tftypes.Number):
		number := as[big.Float](value)
		if integer, accuracy := number.Int64(); accuracy == big.Exact {
			return int(integer)
		}
		float, _ := number.Float64()
		return float
	case t.Is(tftypes.Object{}), t.Is(tftypes.Map{}):
		result := map[string]any{}
		for name, field := range fieldsOf(value) {
			result[name] = toGo(field)
		}
		return result
	default:
		result := []any{}
		for _, element := range elementsOf(value) {
			result = append(result, toGo(element))
		}
		return result
	}
}

func elementType(t tftypes.Type) tftypes.Type {
	switch t := t.(type) {
	case tftypes.List:
		return t.ElementType
	case tftypes.Set:
		return t.ElementType
	case tftypes.Map:
		return t.ElementType
	}
	panic(fmt.Sprintf("%s has no elements of one type", t))
}

func as[T any](value tftypes.Value) T {
	var result T
	if err := value.As(&result); err != nil {
		panic(err) // callers look at the type first
	}
	return result
}

// fieldsOf has the attributes of an object or the entries of a map; none when null
// or unknown. The map is a copy.
func fieldsOf(value tftypes.Value) map[string]tftypes.Value {
	if value.IsNull() || !value.IsKnown() {
		return nil
	}
	return as[map[string]tftypes.Value](value)
}

// elementsOf has the elements of a list, set or tuple; none when null or unknown.
func elementsOf(value tftypes.Value) []tftypes.Value {
	if value.IsNull() || !value.IsKnown() {
		return nil
	}
	return as[[]tftypes.Value](value)
}

// canonical sorts the elements of sets and drops doubles, so that equal values
// compare equal.
func canonical(value tftypes.Value) tftypes.Value {
	if value.IsNull() || !value.IsKnown() {
		return value
	}
	switch t := value.Type(); {
	case t.Is(tftypes.Object{}), t.Is(tftypes.Map{}):
		fields := fieldsOf(value)
		for name, field := range fields {
			fields[name] = canonical(field)
		}
		return tftypes.NewValue(t, fields)
	case t.Is(tftypes.List{}), t.Is(tftypes.Tuple{}), t.Is(tftypes.Set{}):
		elements := elementsOf(value)
		for i, element := range elements {
			elements[i] = canonical(element)
		}
		if t.Is(tftypes.Set{}) {
			slices.SortFunc(elements, func(a, b tftypes.Value) int { return cmp.Compare(a.String(), b.String()) })
			elements = slices.CompactFunc(elements, tftypes.Value.Equal)
		}
		return tftypes.NewValue(t, elements)
	}
	return value
}
