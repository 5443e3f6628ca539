package shortcut

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// described is a type of resource, worked out once.
type described struct {
	create       func() resource.Resource
	schema       schema.Schema
	attributes   []attribute
	objectType   types.ObjectType
	terraform    tftypes.Type
	identityType tftypes.Object
	recent       recent
}

// Descriptions are those of the resources for which there are shortcuts, made when they are first asked for.
type Descriptions func() map[string]*described

// Describe is for all servers of a process.
func Describe(providerTypeName string, resources []func() resource.Resource) Descriptions {
	return sync.OnceValue(func() map[string]*described {
		all := make(map[string]*described, len(resources))
		for _, create := range resources {
			if _, ok := create().(Resource); !ok {
				continue
			}
			var metadata resource.MetadataResponse
			create().Metadata(context.Background(), resource.MetadataRequest{ProviderTypeName: providerTypeName}, &metadata)
			if d := describe(create); d != nil {
				all[metadata.TypeName] = d
			}
		}
		return all
	})
}

// describe is nil for what can do something of which nothing is known here.
func describe(create func() resource.Resource) *described {
	ctx := context.Background()
	r := create().(Resource)
	if _, more := r.(resource.ResourceWithConfigValidators); more {
		return nil
	}
	var answer resource.SchemaResponse
	r.Schema(ctx, resource.SchemaRequest{}, &answer)
	var identity resource.IdentitySchemaResponse
	r.IdentitySchema(ctx, resource.IdentitySchemaRequest{}, &identity)
	objectType, ok := answer.Schema.Type().(types.ObjectType)
	identityType, hasIdentity := identity.IdentitySchema.Type().TerraformType(ctx).(tftypes.Object)
	if !ok || !hasIdentity || answer.Diagnostics.HasError() || len(answer.Schema.Blocks) > 0 || answer.Schema.DeprecationMessage != "" {
		return nil
	}
	attributes, ok := attributesOf(answer.Schema.Attributes)
	if !ok {
		return nil
	}
	return &described{
		create: create, schema: answer.Schema, attributes: attributes, objectType: objectType,
		terraform: objectType.TerraformType(ctx), identityType: identityType,
	}
}

// null is how MessagePack has it.
var null = []byte{0xc0}

// decode gives a value in Terraform's form and in the framework's; not if it is null or unknown as a whole.
func (d *described) decode(ctx context.Context, value *tfprotov6.DynamicValue) (raw tftypes.Value, object types.Object, ok bool) {
	if value == nil || value.MsgPack == nil || bytes.Equal(value.MsgPack, null) {
		return raw, object, false
	}
	if known, ok := d.recent.get(value.MsgPack); ok {
		return known.raw, known.object, true
	}
	raw, err := value.Unmarshal(d.terraform)
	if err != nil {
		return raw, object, false
	}
	framework, err := d.objectType.ValueFromTerraform(ctx, raw)
	if err != nil {
		return raw, object, false
	}
	object, ok = framework.(types.Object)
	if !ok || object.IsNull() || object.IsUnknown() {
		return raw, object, false
	}
	d.recent.put(value.MsgPack, decoded{raw, object})
	return raw, object, true
}

// private decodes what the framework stores of a resource besides its state: texts in JSON by key. It is not ok where the
// framework would store it otherwise than it is.
func private(stored []byte) (data map[string][]byte, ok bool) {
	if len(stored) == 0 {
		return nil, true
	}
	if json.Unmarshal(stored, &data) != nil {
		return nil, false
	}
	for key, value := range data {
		// The framework's own begin with a dot: what happens next is not the usual.
		if strings.HasPrefix(key, ".") || len(value) == 0 || !utf8.Valid(value) || !json.Valid(value) {
			return nil, false
		}
	}
	again, err := json.Marshal(data)
	return data, err == nil && bytes.Equal(again, stored)
}

// identity is an identity as the framework would send it on: null where there is none.
func (d *described) identity(stored *tfprotov6.ResourceIdentityData) (value tftypes.Value, data *tfprotov6.ResourceIdentityData, ok bool) {
	value = tftypes.NewValue(d.identityType, nil)
	if stored != nil {
		if stored.IdentityData == nil || stored.IdentityData.MsgPack == nil {
			return value, nil, false
		}
		var err error
		if value, err = stored.IdentityData.Unmarshal(d.identityType); err != nil {
			return value, nil, false
		}
	}
	data, ok = d.encodeIdentity(value)
	return value, data, ok
}

func (d *described) encodeIdentity(value tftypes.Value) (*tfprotov6.ResourceIdentityData, bool) {
	encoded, err := tfprotov6.NewDynamicValue(d.identityType, value)
	return &tfprotov6.ResourceIdentityData{IdentityData: &encoded}, err == nil
}
