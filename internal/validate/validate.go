// Package validate checks configurations at plan time against the limits and
// rules that Microsoft Entra enforces, and nothing stricter: what the service
// would accept is never refused here. What Microsoft documents as unsupported but
// the service has been seen to accept is a warning.
//
// Each rule is a plain function on Go values, returning what is wrong as an error
// whose text reads after the attribute's name ("must be …"); the validators put
// them into schemas. Rules that depend on the sign-in audience are in audience.go,
// for a resource's ValidateConfig. Lengths are in characters. Plain lengths and
// enumerations have no rule here: use terraform-plugin-framework-validators.
package validate

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// rule makes a validator of plain functions. Null and unknown values pass.
type rule struct {
	description string
	check       func(string) error
	advise      func(string) error // optional; a warning, asked only of values that pass the check
}

func (r rule) Description(context.Context) string { return r.description }

func (r rule) MarkdownDescription(context.Context) string { return r.description }

func (r rule) ValidateString(_ context.Context, request validator.StringRequest, response *validator.StringResponse) {
	if request.ConfigValue.IsNull() || request.ConfigValue.IsUnknown() {
		return
	}
	value := request.ConfigValue.ValueString()
	if err := r.check(value); err != nil {
		response.Diagnostics.AddAttributeError(request.Path, "Invalid value", sentence(request.Path, value, err))
		return
	}
	if r.advise == nil {
		return
	}
	if err := r.advise(value); err != nil {
		response.Diagnostics.AddAttributeWarning(request.Path, "Questionable value", sentence(request.Path, value, err))
	}
}

// sentence says what is wrong with the value at a path. An element of a set has no
// name but its value.
func sentence(at path.Path, value string, wrong error) string {
	last, _ := at.Steps().LastStep()
	if _, ok := last.(path.PathStepElementKeyValue); ok {
		return fmt.Sprintf("%q in %s %s.", value, at.ParentPath(), wrong)
	}
	return fmt.Sprintf("%s %s. Got: %q.", at, wrong, value)
}
