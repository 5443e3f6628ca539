package mapping

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Overlay gives the state after a write: what was planned, completed with the service's answer where the plan was still
// open. Where the service made something else of a planned value the next refresh shows it as drift, which a person can
// act on, unlike an inconsistent apply.
func Overlay(plan Value, answered map[string]attr.Value) map[string]attr.Value {
	return overlayAll(plan.attributes, answered)
}

func overlayAll(planned, answered map[string]attr.Value) map[string]attr.Value {
	values := make(map[string]attr.Value, len(planned))
	for name, plan := range planned {
		values[name] = overlay(plan, answered[name])
	}
	return values
}

func overlay(plan, answer attr.Value) attr.Value {
	if plan.IsUnknown() {
		return answer
	}
	ctx := context.Background()
	switch planned := plan.(type) {
	case types.Object:
		if answered, ok := answer.(types.Object); ok && !planned.IsNull() {
			return types.ObjectValueMust(planned.AttributeTypes(ctx), overlayAll(planned.Attributes(), orNulls(answered, planned)))
		}
	case types.Map:
		objectType, nested := planned.ElementType(ctx).(types.ObjectType)
		if answered, ok := answer.(types.Map); ok && nested && !planned.IsNull() {
			elements := map[string]attr.Value{}
			for key, element := range planned.Elements() {
				other := answered.Elements()[spelled(answered.Elements(), key)]
				if other == nil {
					other = types.ObjectNull(objectType.AttrTypes)
				}
				elements[key] = overlay(element, other)
			}
			return types.MapValueMust(objectType, elements)
		}
	}
	return plan
}

// orNulls gives the attributes of an answered object, nulls where the service answered no object at all.
func orNulls(answered, planned types.Object) map[string]attr.Value {
	if !answered.IsNull() {
		return answered.Attributes()
	}
	nulls := map[string]attr.Value{}
	for name, t := range planned.AttributeTypes(context.Background()) {
		nulls[name] = nullOf(t)
	}
	return nulls
}
