package mapping

import (
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// scalar is the one form of all single-valued rows: a pointer in the SDK, nil for null.
func scalar[E, G any](name string, attribute schema.Attribute, get func(E) *G, set func(E, *G),
	decode func(*G) attr.Value, encode func(attr.Value) *G,
) Row[E] {
	row := &row{
		name:      name,
		property:  camelCase(name),
		attribute: attribute,
		decode:    func(from any, prior attr.Value) attr.Value { return keepEqual(prior, decode(get(from.(E)))) },
	}
	if set != nil {
		row.encode = func(value attr.Value, to any) {
			if value.IsNull() {
				set(to.(E), nil)
				return
			}
			set(to.(E), encode(value))
		}
		row.transfer = transfer(get, set)
	}
	return Row[E]{row}
}

// String maps Edm.String. An empty text clears the property, as null does.
func String[E any](name string, attribute schema.StringAttribute, get func(E) *string, set func(E, *string)) Row[E] {
	return scalar(name, attribute, get, set,
		func(value *string) attr.Value { return types.StringPointerValue(value) },
		func(value attr.Value) *string {
			if text := value.(types.String).ValueString(); text != "" {
				return &text
			}
			return nil
		})
}

// Bool maps Edm.Boolean.
func Bool[E any](name string, attribute schema.BoolAttribute, get func(E) *bool, set func(E, *bool)) Row[E] {
	return scalar(name, attribute, get, set,
		func(value *bool) attr.Value { return types.BoolPointerValue(value) },
		func(value attr.Value) *bool { return value.(types.Bool).ValueBoolPointer() })
}

// Int32 maps Edm.Int32.
func Int32[E any](name string, attribute schema.Int32Attribute, get func(E) *int32, set func(E, *int32)) Row[E] {
	return scalar(name, attribute, get, set,
		func(value *int32) attr.Value { return types.Int32PointerValue(value) },
		func(value attr.Value) *int32 { return value.(types.Int32).ValueInt32Pointer() })
}

// UUID maps Edm.Guid; the attribute needs a validator, for what is not a GUID is not sent.
func UUID[E any](name string, attribute schema.StringAttribute, get func(E) *uuid.UUID, set func(E, *uuid.UUID)) Row[E] {
	return scalar(name, attribute, get, set,
		func(value *uuid.UUID) attr.Value {
			if value == nil {
				return types.StringNull()
			}
			return types.StringValue(value.String())
		},
		func(value attr.Value) *uuid.UUID {
			parsed, err := uuid.Parse(value.(types.String).ValueString())
			if err != nil {
				return nil
			}
			return &parsed
		}).ID()
}

// Time maps Edm.DateTimeOffset, RFC 3339 in UTC; only for what the service sets.
func Time[E any](name string, attribute schema.StringAttribute, get func(E) *time.Time) Row[E] {
	return scalar(name, attribute, get, nil, func(value *time.Time) attr.Value {
		if value == nil {
			return types.StringNull()
		}
		return types.StringValue(value.UTC().Format(time.RFC3339Nano))
	}, nil)
}

// enumeration is what the SDK generates for an enumerated type.
type enumeration interface {
	~int
	String() string
}

// Enum maps an enumerated type by the names Graph gives its members; parse is the SDK's own.
func Enum[E any, G enumeration](name string, attribute schema.StringAttribute, get func(E) *G, set func(E, *G), parse func(string) (any, error)) Row[E] {
	return scalar(name, attribute, get, set,
		func(value *G) attr.Value {
			if value == nil {
				return types.StringNull()
			}
			return types.StringValue((*value).String())
		},
		func(value attr.Value) *G {
			parsed, err := parse(value.(types.String).ValueString())
			if member, ok := parsed.(*G); ok && err == nil {
				return member
			}
			return nil
		})
}
