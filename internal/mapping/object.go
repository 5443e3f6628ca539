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
	attribute.Attributes = rows.Attributes()
	objectTypes := rows.types()
	null := types.ObjectNull(objectTypes)
	row := Row[E]{
		name:      name,
		property:  camelCase(name),
		attribute: attribute,
		decode: func(from E, prior attr.Value) attr.Value {
			object := get(from)
			if any(object) == nil {
				return keepEqual(prior, null)
			}
			return keepEqual(prior, types.ObjectValueMust(objectTypes, rows.decode(object, childrenOf(prior))))
		},
		settle: func(config, plan, state attr.Value, updating bool) attr.Value {
			if plan.IsUnknown() || plan.IsNull() {
				return settleLeaf(config, plan, state, updating)
			}
			return types.ObjectValueMust(objectTypes, rows.settle(childrenOf(config), childrenOf(plan), childrenOf(state), updating))
		},
	}
	if set != nil {
		row.encode = func(value attr.Value, to E) {
			if value.IsNull() {
				var none N
				set(to, none)
				return
			}
			object := made[N](build)
			rows.encode(childrenOf(value), object)
			set(to, object)
		}
		row.transfer = func(from, to E) { set(to, get(from)) }
		row.patch = func(prior, plan attr.Value, from, to E) bool {
			if plan.IsNull() || prior.IsNull() {
				row.transfer(from, to)
				return true
			}
			object := made[N](build)
			if !rows.patch(childrenOf(prior), childrenOf(plan), get(from), object) {
				return false
			}
			set(to, object)
			return true
		}
	}
	return row
}

// made calls an SDK constructor, which returns its own struct, for the interface that the accessors use. The type system
// can't say that the one implements the other; the first row made of them does.
func made[N, B any](build func() B) N { return any(build()).(N) }

// Key says how the elements of a collection are told apart, so that Terraform sees a map instead of a set.
type Key[N any] struct {
	// Of gives an element's key and Set restores it.
	Of  func(N) string
	Set func(N, string)
	// Complete fills, at plan time, what the provider decides for an element where the configuration says nothing.
	Complete func(key string, configured, planned map[string]attr.Value)
}

// Map maps a collection of complex values to a map attribute. Graph replaces collections whole.
func Map[E, N, B any](name string, attribute schema.MapNestedAttribute, rows Table[N], key Key[N], get func(E) []N, set func(E, []N), build func() B) Row[E] {
	attribute.NestedObject.Attributes = rows.Attributes()
	elementTypes := rows.types()
	elementType := types.ObjectType{AttrTypes: elementTypes}
	row := Row[E]{
		name:      name,
		property:  camelCase(name),
		attribute: attribute,
		decode: func(from E, prior attr.Value) attr.Value {
			values := get(from)
			if values == nil {
				return keepEqual(prior, types.MapNull(elementType))
			}
			priorElements := mapElements(prior)
			elements := make(map[string]attr.Value, len(values))
			for _, value := range Present(values) {
				k := key.Of(value)
				elements[k] = types.ObjectValueMust(elementTypes, rows.decode(value, childrenOf(priorElements[k])))
			}
			return keepEqual(prior, types.MapValueMust(elementType, elements))
		},
		settle: func(config, plan, state attr.Value, updating bool) attr.Value {
			if plan.IsUnknown() || plan.IsNull() {
				return settleLeaf(config, plan, state, updating)
			}
			configured, stated := mapElements(config), mapElements(state)
			elements := map[string]attr.Value{}
			for k, element := range mapElements(plan) {
				if element.IsUnknown() || element.IsNull() {
					elements[k] = element
					continue
				}
				known := stated[k] != nil
				children := rows.settle(childrenOf(configured[k]), childrenOf(element), childrenOf(stated[k]), updating && known)
				if key.Complete != nil {
					key.Complete(k, childrenOf(configured[k]), children)
				}
				elements[k] = types.ObjectValueMust(elementTypes, children)
			}
			return types.MapValueMust(elementType, elements)
		},
	}
	if set != nil {
		row.encode = func(value attr.Value, to E) {
			elements := mapElements(value)
			values := make([]N, 0, len(elements))
			for _, k := range slices.Sorted(maps.Keys(elements)) {
				object := made[N](build)
				rows.encode(childrenOf(elements[k]), object)
				key.Set(object, k)
				values = append(values, object)
			}
			set(to, values)
		}
		row.transfer = func(from, to E) { set(to, get(from)) }
	}
	return row
}

// List maps a collection of complex values, in the service's order, for what only the service sets.
func List[E, N any](name string, attribute schema.ListNestedAttribute, rows Table[N], get func(E) []N) Row[E] {
	attribute.NestedObject.Attributes = rows.Attributes()
	elementTypes := rows.types()
	return Row[E]{
		name:      name,
		property:  camelCase(name),
		attribute: attribute,
		decode: func(from E, _ attr.Value) attr.Value {
			elements := []attr.Value{}
			for _, value := range Present(get(from)) {
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
