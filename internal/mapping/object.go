package mapping

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Object maps a complex property to a nested attribute with rows of its own. Graph merges complex properties in a PATCH
// (OData 4.01 part 1, 11.4.3), so only the changed ones of its rows travel. build is the SDK's constructor.
func Object[E, N, B any](name string, attribute schema.SingleNestedAttribute, rows Table[N], get func(E) N, set func(E, N), build func() B) Row[E] {
	var put func(to, object any)
	if set != nil {
		put = func(to, object any) { set(to.(E), as[N](object)) }
	}
	return Row[E]{object(name, attribute, rows.Rows(), func(from any) any { return get(from.(E)) }, put, func() any { return build() })}
}

// as names the type of what is of it, or of nothing.
func as[T any](value any) T {
	if value == nil {
		var none T
		return none
	}
	return value.(T)
}

func object(name string, attribute schema.SingleNestedAttribute, rows Rows, get func(from any) any, set func(to, object any), build func() any) *row {
	attribute.Attributes = rows.Attributes()
	objectTypes := rows.types()
	null := types.ObjectNull(objectTypes)
	row := &row{
		name:      name,
		property:  camelCase(name),
		attribute: attribute,
		children:  rows,
		decode: func(from any, prior attr.Value) attr.Value {
			object := get(from)
			if object == nil {
				return keepEqual(prior, null)
			}
			return keepEqual(prior, types.ObjectValueMust(objectTypes, rows.decode(object, childrenOf(prior))))
		},
	}
	row.settle = func(config, plan, state attr.Value, updating bool) attr.Value {
		if plan.IsUnknown() || plan.IsNull() {
			return row.settleLeaf(config, plan, state, updating)
		}
		return types.ObjectValueMust(objectTypes, rows.settle(childrenOf(config), childrenOf(plan), childrenOf(state), updating))
	}
	if rows.hasIDs() {
		row.fold = func(value attr.Value) attr.Value {
			if value.IsNull() || value.IsUnknown() {
				return value
			}
			return types.ObjectValueMust(objectTypes, rows.fold(childrenOf(value)))
		}
	}
	if set == nil {
		return row
	}
	row.encode = func(value attr.Value, to any) {
		if value.IsNull() {
			set(to, nil)
			return
		}
		object := build()
		rows.encode(childrenOf(value), object)
		set(to, object)
	}
	row.transfer = func(from, to any) { set(to, get(from)) }
	row.patch = func(prior, plan attr.Value, from, to any) bool {
		if plan.IsNull() || prior.IsNull() {
			row.transfer(from, to)
			return true
		}
		object := build()
		if !rows.patch(childrenOf(prior), childrenOf(plan), get(from), object) {
			return false
		}
		set(to, object)
		return true
	}
	return row
}

// Key says how the elements of a collection are told apart, so that Terraform sees a map instead of a set.
type Key[N any] struct {
	// Of gives an element's key and Set restores it.
	Of  func(N) string
	Set func(N, string)
	// IDs says that keys are ids, or may be.
	IDs bool
	// Complete fills, at plan time, what the provider decides for an element where the configuration says nothing.
	Complete func(key string, configured, planned map[string]attr.Value)
}

// Map maps a collection of complex values to a map attribute. Graph replaces collections whole. build is the SDK's
// constructor.
func Map[E, N, B any](name string, attribute schema.MapNestedAttribute, rows Table[N], key Key[N], get func(E) []N, set func(E, []N), build func() B) Row[E] {
	known := Key[any]{Of: func(element any) string { return key.Of(element.(N)) }, IDs: key.IDs, Complete: key.Complete}
	var put func(to any, elements []any)
	if set != nil {
		known.Set = func(element any, text string) { key.Set(element.(N), text) }
		put = func(to any, elements []any) {
			values := make([]N, len(elements))
			for i, element := range elements {
				values[i] = element.(N)
			}
			set(to.(E), values)
		}
	}
	row := mapped(name, attribute, rows.Rows(), known, func(from any) []any { return elements(get(from.(E))) }, put, func() any { return build() })
	if set != nil {
		row.transfer = transfer(get, set)
	}
	return Row[E]{row}
}

// elements are those of a collection, without nulls; nil where there is no collection.
func elements[N any](values []N) []any {
	if values == nil {
		return nil
	}
	all := make([]any, 0, len(values))
	for _, value := range values {
		if any(value) != nil {
			all = append(all, value)
		}
	}
	return all
}

func mapped(name string, attribute schema.MapNestedAttribute, rows Rows, key Key[any], get func(from any) []any, set func(to any, elements []any), build func() any) *row {
	attribute.NestedObject.Attributes = rows.Attributes()
	elementTypes := rows.types()
	elementType := types.ObjectType{AttrTypes: elementTypes}
	row := &row{
		name:      name,
		property:  camelCase(name),
		attribute: attribute,
		decode: func(from any, prior attr.Value) attr.Value {
			values := get(from)
			if values == nil {
				return keepEqual(prior, types.MapNull(elementType))
			}
			priorElements := mapElements(prior)
			elements := make(map[string]attr.Value, len(values))
			for _, value := range values {
				k := key.Of(value)
				if key.IDs {
					k = spelled(priorElements, k)
				}
				elements[k] = types.ObjectValueMust(elementTypes, rows.decode(value, childrenOf(priorElements[k])))
			}
			return keepEqual(prior, types.MapValueMust(elementType, elements))
		},
	}
	row.settle = func(config, plan, state attr.Value, updating bool) attr.Value {
		if plan.IsUnknown() || plan.IsNull() {
			return row.settleLeaf(config, plan, state, updating)
		}
		configured, stated := mapElements(config), mapElements(state)
		elements := map[string]attr.Value{}
		for k, element := range mapElements(plan) {
			if element.IsUnknown() || element.IsNull() {
				elements[k] = element
				continue
			}
			known := k
			if key.IDs {
				known = spelled(stated, k)
			}
			before := childrenOf(stated[known])
			if known != k { // what is under another key is not what was there before, to Terraform
				before = rows.respelled(before, childrenOf(element))
			}
			children := rows.settle(childrenOf(configured[k]), childrenOf(element), before, updating && stated[known] != nil)
			if key.Complete != nil {
				key.Complete(k, childrenOf(configured[k]), children)
			}
			elements[k] = types.ObjectValueMust(elementTypes, children)
		}
		return types.MapValueMust(elementType, elements)
	}
	if key.IDs || rows.hasIDs() {
		row.fold = func(value attr.Value) attr.Value {
			if value.IsNull() || value.IsUnknown() {
				return value
			}
			elements := map[string]attr.Value{}
			for k, element := range mapElements(value) {
				if key.IDs {
					k = FoldID(k)
				}
				if !element.IsNull() && !element.IsUnknown() {
					element = types.ObjectValueMust(elementTypes, rows.fold(childrenOf(element)))
				}
				elements[k] = element
			}
			return types.MapValueMust(elementType, elements)
		}
	}
	if set != nil {
		row.encode = func(value attr.Value, to any) {
			elements := mapElements(value)
			values := make([]any, 0, len(elements))
			for _, k := range slices.Sorted(maps.Keys(elements)) {
				object := build()
				rows.encode(childrenOf(elements[k]), object)
				key.Set(object, k)
				values = append(values, object)
			}
			set(to, values)
		}
	}
	return row
}

// List maps a collection of complex values, in the service's order, for what only the service sets.
func List[E, N any](name string, attribute schema.ListNestedAttribute, rows Table[N], get func(E) []N) Row[E] {
	return Row[E]{list(name, attribute, rows.Rows(), func(from any) []any { return elements(get(from.(E))) })}
}

func list(name string, attribute schema.ListNestedAttribute, rows Rows, get func(from any) []any) *row {
	attribute.NestedObject.Attributes = rows.Attributes()
	elementTypes := rows.types()
	return &row{
		name:      name,
		property:  camelCase(name),
		attribute: attribute,
		decode: func(from any, _ attr.Value) attr.Value {
			elements := []attr.Value{}
			for _, value := range get(from) {
				elements = append(elements, types.ObjectValueMust(elementTypes, rows.decode(value, nil)))
			}
			return types.ListValueMust(types.ObjectType{AttrTypes: elementTypes}, elements)
		},
	}
}

// Present leaves out the nulls of a collection, which the SDK hands on as nil interfaces.
func Present[N any](values []N) []N {
	return slices.DeleteFunc(slices.Clone(values), func(value N) bool { return any(value) == nil })
}

func childrenOf(value attr.Value) map[string]attr.Value {
	object, ok := value.(types.Object)
	if !ok {
		return nil
	}
	return object.Attributes()
}

func mapElements(value attr.Value) map[string]attr.Value {
	collection, ok := value.(types.Map)
	if !ok {
		return nil
	}
	return collection.Elements()
}
