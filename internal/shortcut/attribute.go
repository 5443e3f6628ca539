package shortcut

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/defaults"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// attribute is an attribute of a schema with what there is to do about it.
type attribute struct {
	schema.Attribute
	name     string
	null     attr.Value
	children []attribute
	// fallback is the default, nil if there is none.
	fallback func(context.Context, path.Path) (attr.Value, bool)
	// modify reports whether the plan modifiers let a value be that is the state's; nil if there are none.
	modify func(ctx context.Context, p *planning, at path.Path, config, state attr.Value) bool
	// check reports whether the validators have nothing to say; nil if there are none.
	check func(context.Context, validation, path.Path, attr.Value) bool
	// plans and checks tell whether the attribute or one below it has something of the kind.
	plans, checks bool
}

// attributesOf is not ok where one of the attributes is of a kind that is not known here: there are no shortcuts for the
// resource then, and the tests of the catalogue say so.
func attributesOf(declared map[string]schema.Attribute) (attributes []attribute, ok bool) {
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		a, ok := attributeOf(name, declared[name])
		if !ok {
			return nil, false
		}
		attributes = append(attributes, a)
	}
	return attributes, true
}

func attributeOf(name string, declared schema.Attribute) (a attribute, ok bool) {
	ctx := context.Background()
	a = attribute{Attribute: declared, name: name}
	if declared.IsWriteOnly() {
		return a, false
	}
	var err error
	if a.null, err = declared.GetType().ValueFromTerraform(ctx, tftypes.NewValue(declared.GetType().TerraformType(ctx), nil)); err != nil {
		return a, false
	}
	var nested map[string]schema.Attribute
	ok = true
	switch declared := declared.(type) {
	case schema.StringAttribute:
		if declared.Default != nil {
			a.fallback = fallback(defaults.String.DefaultString, declared.Default, func(r *defaults.StringResponse) (attr.Value, diag.Diagnostics) { return r.PlanValue, r.Diagnostics })
		}
		a.modify = stringModifiers(declared.PlanModifiers)
		a.check = stringValidators(declared.Validators)
	case schema.BoolAttribute:
		if declared.Default != nil {
			a.fallback = fallback(defaults.Bool.DefaultBool, declared.Default, func(r *defaults.BoolResponse) (attr.Value, diag.Diagnostics) { return r.PlanValue, r.Diagnostics })
		}
		ok = len(declared.PlanModifiers)+len(declared.Validators) == 0
	case schema.Int32Attribute:
		a.check = int32Validators(declared.Validators)
		ok = declared.Default == nil && len(declared.PlanModifiers) == 0
	case schema.SetAttribute:
		if declared.Default != nil {
			a.fallback = fallback(defaults.Set.DefaultSet, declared.Default, func(r *defaults.SetResponse) (attr.Value, diag.Diagnostics) { return r.PlanValue, r.Diagnostics })
		}
		a.check = setValidators(declared.Validators)
		ok = len(declared.PlanModifiers) == 0
	case schema.MapAttribute:
		if declared.Default != nil {
			a.fallback = fallback(defaults.Map.DefaultMap, declared.Default, func(r *defaults.MapResponse) (attr.Value, diag.Diagnostics) { return r.PlanValue, r.Diagnostics })
		}
		a.check = mapValidators(declared.Validators)
		ok = len(declared.PlanModifiers) == 0
	case schema.SingleNestedAttribute:
		a.check = objectValidators(declared.Validators)
		nested = declared.Attributes
		ok = declared.Default == nil && len(declared.PlanModifiers) == 0
	case schema.MapNestedAttribute:
		a.check = mapValidators(declared.Validators)
		nested = declared.NestedObject.Attributes
		ok = declared.Default == nil && len(declared.PlanModifiers) == 0 && bare(declared.NestedObject)
	case schema.ListNestedAttribute:
		a.check = listValidators(declared.Validators)
		nested = declared.NestedObject.Attributes
		ok = declared.Default == nil && len(declared.PlanModifiers) == 0 && bare(declared.NestedObject)
	default:
		ok = false
	}
	if !ok {
		return a, false
	}
	a.children, ok = attributesOf(nested)
	a.plans = a.fallback != nil || a.modify != nil || slices.ContainsFunc(a.children, func(c attribute) bool { return c.plans })
	a.checks = a.check != nil || slices.ContainsFunc(a.children, func(c attribute) bool { return c.checks })
	return a, ok
}

// bare reports whether the elements of a collection have no rules as a whole.
func bare(object schema.NestedAttributeObject) bool {
	return object.CustomType == nil && len(object.Validators)+len(object.PlanModifiers) == 0
}

func fallback[D, Q, R any](ask func(D, context.Context, Q, *R), of D, answer func(*R) (attr.Value, diag.Diagnostics)) func(context.Context, path.Path) (attr.Value, bool) {
	return func(ctx context.Context, _ path.Path) (attr.Value, bool) {
		var request Q
		response := new(R)
		ask(of, ctx, request, response)
		value, diagnostics := answer(response)
		return value, len(diagnostics) == 0
	}
}

func stringModifiers(modifiers []planmodifier.String) func(context.Context, *planning, path.Path, attr.Value, attr.Value) bool {
	if len(modifiers) == 0 {
		return nil
	}
	return func(ctx context.Context, p *planning, at path.Path, config, state attr.Value) bool {
		configured, ok := config.(types.String)
		stated, known := state.(types.String)
		if !ok || !known {
			return false
		}
		for _, modifier := range modifiers {
			response := planmodifier.StringResponse{PlanValue: stated}
			modifier.PlanModifyString(ctx, planmodifier.StringRequest{
				Path: at, PathExpression: at.Expression(), Config: p.config, ConfigValue: configured,
				Plan: p.plan, PlanValue: stated, State: p.state, StateValue: stated,
			}, &response)
			if len(response.Diagnostics) > 0 || response.RequiresReplace || response.Private != nil || !response.PlanValue.Equal(stated) {
				return false
			}
		}
		return true
	}
}

// key addresses an element of a nested attribute: of a map, of a list, or the object itself.
type key struct {
	text  string
	index int
	form  form
}

type form int

const (
	itself form = iota
	inMap
	inList
)

func (k key) under(at path.Path) path.Path {
	switch k.form {
	case inMap:
		return at.AtMapKey(k.text)
	case inList:
		return at.AtListIndex(k.index)
	}
	return at
}

// elementsOf are the objects that a nested attribute holds.
func elementsOf(value attr.Value) map[key]attr.Value {
	elements := map[key]attr.Value{}
	switch value := value.(type) {
	case types.Map:
		for k, element := range value.Elements() {
			elements[key{text: k, form: inMap}] = element
		}
	case types.List:
		for i, element := range value.Elements() {
			elements[key{index: i, form: inList}] = element
		}
	default:
		elements[key{}] = value
	}
	return elements
}

// elementAt is nil where there is none.
func elementAt(value attr.Value, at key) attr.Value {
	switch value := value.(type) {
	case types.Map:
		return value.Elements()[at.text]
	case types.List:
		if elements := value.Elements(); at.index < len(elements) {
			return elements[at.index]
		}
		return nil
	}
	return value
}

// objectIn is the object of a value, which may be of a type of its own.
func objectIn(ctx context.Context, value attr.Value) (types.Object, bool) {
	if object, ok := value.(types.Object); ok {
		return object, true
	}
	valuable, ok := value.(basetypes.ObjectValuable)
	if !ok {
		return types.Object{}, false
	}
	object, diagnostics := valuable.ToObjectValue(ctx)
	return object, len(diagnostics) == 0
}

// validators makes one check of several.
func validators[V any](all []V, ask func(context.Context, V, validation, path.Path, attr.Value) (diag.Diagnostics, bool)) func(context.Context, validation, path.Path, attr.Value) bool {
	if len(all) == 0 {
		return nil
	}
	return func(ctx context.Context, v validation, at path.Path, value attr.Value) bool {
		return !slices.ContainsFunc(all, func(one V) bool {
			diagnostics, ok := ask(ctx, one, v, at, value)
			return !ok || len(diagnostics) > 0
		})
	}
}

func stringValidators(all []validator.String) func(context.Context, validation, path.Path, attr.Value) bool {
	return validators(all, func(ctx context.Context, one validator.String, v validation, at path.Path, value attr.Value) (diag.Diagnostics, bool) {
		text, ok := value.(types.String)
		var response validator.StringResponse
		one.ValidateString(ctx, validator.StringRequest{Path: at, PathExpression: at.Expression(), Config: v.config, ConfigValue: text, ClientCapabilities: v.client}, &response)
		return response.Diagnostics, ok
	})
}

func int32Validators(all []validator.Int32) func(context.Context, validation, path.Path, attr.Value) bool {
	return validators(all, func(ctx context.Context, one validator.Int32, v validation, at path.Path, value attr.Value) (diag.Diagnostics, bool) {
		number, ok := value.(types.Int32)
		var response validator.Int32Response
		one.ValidateInt32(ctx, validator.Int32Request{Path: at, PathExpression: at.Expression(), Config: v.config, ConfigValue: number, ClientCapabilities: v.client}, &response)
		return response.Diagnostics, ok
	})
}

func setValidators(all []validator.Set) func(context.Context, validation, path.Path, attr.Value) bool {
	return validators(all, func(ctx context.Context, one validator.Set, v validation, at path.Path, value attr.Value) (diag.Diagnostics, bool) {
		set, ok := value.(types.Set)
		var response validator.SetResponse
		one.ValidateSet(ctx, validator.SetRequest{Path: at, PathExpression: at.Expression(), Config: v.config, ConfigValue: set, ClientCapabilities: v.client}, &response)
		return response.Diagnostics, ok
	})
}

func mapValidators(all []validator.Map) func(context.Context, validation, path.Path, attr.Value) bool {
	return validators(all, func(ctx context.Context, one validator.Map, v validation, at path.Path, value attr.Value) (diag.Diagnostics, bool) {
		entries, ok := value.(types.Map)
		var response validator.MapResponse
		one.ValidateMap(ctx, validator.MapRequest{Path: at, PathExpression: at.Expression(), Config: v.config, ConfigValue: entries, ClientCapabilities: v.client}, &response)
		return response.Diagnostics, ok
	})
}

func listValidators(all []validator.List) func(context.Context, validation, path.Path, attr.Value) bool {
	return validators(all, func(ctx context.Context, one validator.List, v validation, at path.Path, value attr.Value) (diag.Diagnostics, bool) {
		list, ok := value.(types.List)
		var response validator.ListResponse
		one.ValidateList(ctx, validator.ListRequest{Path: at, PathExpression: at.Expression(), Config: v.config, ConfigValue: list, ClientCapabilities: v.client}, &response)
		return response.Diagnostics, ok
	})
}

func objectValidators(all []validator.Object) func(context.Context, validation, path.Path, attr.Value) bool {
	return validators(all, func(ctx context.Context, one validator.Object, v validation, at path.Path, value attr.Value) (diag.Diagnostics, bool) {
		object, ok := objectIn(ctx, value)
		var response validator.ObjectResponse
		one.ValidateObject(ctx, validator.ObjectRequest{Path: at, PathExpression: at.Expression(), Config: v.config, ConfigValue: object, ClientCapabilities: v.client}, &response)
		return response.Diagnostics, ok
	})
}
