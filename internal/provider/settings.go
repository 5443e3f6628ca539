package provider

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// setting is the value of an argument and where it was found.
type setting struct {
	// value is the text; "true" or "false" of a flag.
	value string
	// origin is the argument's name when the provider block sets it, else the environment variable's.
	origin  string
	inBlock bool
	// unknown is true for a value of the provider block that depends on something not applied yet.
	unknown bool
}

// settings are the arguments that have a value.
type settings map[*argument]setting

// readSettings reads each argument from the provider block and, where that is silent, from the environment.
func readSettings(ctx context.Context, config tfsdk.Config, lookup func(string) (string, bool)) (settings, diag.Diagnostics) {
	var diagnostics diag.Diagnostics
	read := settings{}
	for _, a := range arguments {
		found, ok, diags := a.fromBlock(ctx, config)
		diagnostics.Append(diags...)
		if !ok {
			found, ok = a.fromEnvironment(a.environment, lookup)
		}
		if !ok {
			continue
		}
		if err := a.checkFound(found); err != nil {
			diagnostics.AddError("Invalid "+found.origin, upperFirst(err.Error()))
			continue
		}
		read[a] = found
	}
	read.dropOverridden()
	if read.flag(useAKSWorkloadIdentity, false) {
		for _, a := range arguments {
			if found, ok := a.fromEnvironment(nonEmpty(a.workloadIdentity), lookup); ok && !read.isSet(a) {
				read[a] = found
			}
		}
	}
	return read, diagnostics
}

// located are the arguments that say where the services are, the more general first: each counts instead of those before it.
var located = []*argument{environment, metadataHost, graphEndpoint, resourceManagerEndpoint, authority}

// dropOverridden leaves out what a variable says of where the services are, if the provider block says it in another way.
func (s settings) dropOverridden() {
	inBlock := false
	for _, a := range located {
		if inBlock && !s[a].inBlock {
			delete(s, a)
		}
		inBlock = inBlock || s[a].inBlock && a != graphEndpoint && a != resourceManagerEndpoint
	}
}

func (a *argument) fromBlock(ctx context.Context, config tfsdk.Config) (setting, bool, diag.Diagnostics) {
	if parent := a.path().ParentPath(); len(parent.Steps()) > 0 {
		var object types.Object
		if diags := config.GetAttribute(ctx, parent, &object); diags.HasError() || object.IsUnknown() {
			return setting{origin: a.name, inBlock: true, unknown: true}, true, diags
		}
	}
	if a.flag {
		var value types.Bool
		diags := config.GetAttribute(ctx, a.path(), &value)
		return setting{value: strconv.FormatBool(value.ValueBool()), origin: a.name, inBlock: true, unknown: value.IsUnknown()}, !value.IsNull(), diags
	}
	var value types.String
	diags := config.GetAttribute(ctx, a.path(), &value)
	return setting{value: a.meant(value.ValueString()), origin: a.name, inBlock: true, unknown: value.IsUnknown()}, !value.IsNull(), diags
}

// fromEnvironment reads the first variable that has a value; an empty one counts as not set, since that is how
// pipelines write "nothing".
func (a *argument) fromEnvironment(variables []string, lookup func(string) (string, bool)) (setting, bool) {
	for _, name := range variables {
		if value, _ := lookup(name); value != "" {
			return setting{value: a.meant(value), origin: name}, true
		}
	}
	return setting{}, false
}

// meant is a value without what editors and pipelines add: a byte order mark, and the line break at the end of a secret, which its
// file may have too.
func (a *argument) meant(value string) string {
	if value = unmarked(value); a.sensitive {
		value = strings.TrimRight(value, "\r\n")
	}
	return value
}

func (a *argument) checkFound(s setting) error {
	switch {
	case s.unknown || s.inBlock: // the schema's validators saw it
		return nil
	case a.flag:
		if _, err := strconv.ParseBool(s.value); err != nil {
			return fmt.Errorf("%q is neither true nor false", s.value)
		}
		return nil
	case a.check != nil:
		return a.check(s.value)
	default:
		return nil
	}
}

func (s settings) isSet(a *argument) bool { _, ok := s[a]; return ok }

func (s settings) text(a *argument) string { return s[a].value }

func (s settings) flag(a *argument, otherwise bool) bool {
	if found, ok := s[a]; ok && !found.unknown {
		value, err := strconv.ParseBool(found.value)
		return err == nil && value
	}
	return otherwise
}

// unknown names the arguments whose values are not known yet, in the table's order.
func (s settings) unknown() []string {
	var names []string
	for _, a := range arguments {
		if s[a].unknown {
			names = append(names, a.name)
		}
	}
	return names
}

// secrets are the sensitive values, to be masked wherever they turn up.
func (s settings) secrets() []string {
	var values []string
	for _, a := range arguments {
		// A very short "secret" would mask innocent text and is none.
		if a.sensitive && len(s.text(a)) >= 4 {
			values = append(values, s.text(a))
		}
	}
	return slices.Compact(values)
}

// pick returns which of a value and the file that may hold it counts: the provider block comes before the environment,
// and then the value before the file. Nil when neither is set.
func (s settings) pick(value, file *argument) *argument {
	switch {
	case !s.isSet(value) && !s.isSet(file):
		return nil
	case !s.isSet(value), s.isSet(file) && s[file].inBlock && !s[value].inBlock:
		return file
	default:
		return value
	}
}

// content returns a value or what the file that holds it contains, without surrounding space. Empty when neither is set.
func (s settings) content(value, file *argument) (string, error) {
	switch s.pick(value, file) {
	case value:
		return s.text(value), nil
	case file:
		content, err := s.readFile(file)
		return strings.TrimSpace(string(content)), err
	default:
		return "", nil
	}
}

// unmarked is a text without the byte order mark that some editors put at its beginning, and at the beginning of each part of
// a PEM file that was put together.
func unmarked(text string) string {
	text = strings.TrimPrefix(text, byteOrderMark)
	if isPEM([]byte(text)) {
		text = strings.ReplaceAll(text, byteOrderMark, "")
	}
	return text
}

const byteOrderMark = "\ufeff"

func (s settings) readFile(file *argument) ([]byte, error) {
	content, err := os.ReadFile(s.text(file))
	if err != nil {
		return nil, fmt.Errorf("the file of %s cannot be read: %w", s[file].origin, err)
	}
	content = []byte(unmarked(string(content)))
	if len(strings.TrimSpace(string(content))) == 0 {
		return nil, fmt.Errorf("the file of %s, %s, is empty", s[file].origin, s.text(file))
	}
	return content, nil
}
