package shortcut

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Validate accepts a configuration against which neither the schema, nor a validator, nor the resource has anything to say.
func (s *Shortcuts) Validate(ctx context.Context, request *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, bool) {
	d := s.resources()[request.TypeName]
	if d == nil {
		return nil, false
	}
	raw, config, ok := d.decode(ctx, request.Config)
	if !ok {
		return nil, false
	}
	v := validation{config: tfsdk.Config{Raw: raw, Schema: d.schema}}
	if request.ClientCapabilities != nil {
		v.client.WriteOnlyAttributesAllowed = request.ClientCapabilities.WriteOnlyAttributesAllowed
	}
	if !v.accepts(ctx, path.Empty(), d.attributes, config.Attributes()) || len(d.create().(Resource).ValidateObject(config)) > 0 {
		return nil, false
	}
	return &tfprotov6.ValidateResourceConfigResponse{}, true
}

// validation is a configuration that is being checked.
type validation struct {
	config tfsdk.Config
	client validator.ValidateSchemaClientCapabilities
}

func (v validation) accepts(ctx context.Context, parent path.Path, attributes []attribute, config map[string]attr.Value) bool {
	for _, a := range attributes {
		at := parent
		if a.checks { // nobody else asks where they are
			at = parent.AtName(a.name)
		}
		if !v.acceptsOne(ctx, at, a, config[a.name]) {
			return false
		}
	}
	return true
}

func (v validation) acceptsOne(ctx context.Context, at path.Path, a attribute, value attr.Value) bool {
	if value.IsNull() {
		if a.IsRequired() {
			return false
		}
	} else if a.GetDeprecationMessage() != "" || !a.IsRequired() && !a.IsOptional() || !valid(ctx, at, a, value) {
		return false
	}
	if a.check != nil && !a.check(ctx, v, at, value) {
		return false
	}
	if len(a.children) == 0 || value.IsNull() || value.IsUnknown() {
		return true
	}
	for key, element := range elementsOf(value) {
		object, ok := objectIn(ctx, element)
		if !ok || object.IsNull() || object.IsUnknown() ||
			!v.accepts(ctx, key.under(at), a.children, object.Attributes()) {
			return false
		}
	}
	return true
}

// valid asks a value or its type, whichever knows rules of its own: a set, for one, holds nothing twice.
func valid(ctx context.Context, at path.Path, a attribute, value attr.Value) bool {
	if value.IsNull() || value.IsUnknown() {
		return true
	}
	if validateable, ok := value.(xattr.ValidateableAttribute); ok {
		var response xattr.ValidateAttributeResponse
		validateable.ValidateAttribute(ctx, xattr.ValidateAttributeRequest{Path: at}, &response)
		return len(response.Diagnostics) == 0
	}
	validating, ok := a.GetType().(xattr.TypeWithValidate) //nolint:staticcheck // deprecated, and what the framework's own types have
	if !ok {
		return true
	}
	raw, err := value.ToTerraformValue(ctx)
	return err == nil && len(validating.Validate(ctx, raw, at)) == 0
}

// allValid is valid for the attributes of a schema.
func allValid(ctx context.Context, attributes []attribute, values map[string]attr.Value) bool {
	return !slices.ContainsFunc(attributes, func(a attribute) bool { return !valid(ctx, path.Root(a.name), a, values[a.name]) })
}
