package entity

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// importIDs are the forms that an import id may have.
func (r *managed) importIDs() []string {
	if len(r.ImportIDs) > 0 {
		return r.ImportIDs
	}
	parts := make([]string, len(r.Identity))
	for i, name := range r.Identity {
		parts[i] = "<" + name + ">"
	}
	return []string{strings.Join(parts, "/")}
}

// importForm tells people of them.
func (r *managed) importForm() string { return strings.Join(r.importIDs(), " or ") }

// importID is the import id of an object in the last form for which it has all attributes, empty where it lacks some in each.
func (r *managed) importID(object map[string]attr.Value) string {
	for _, form := range slices.Backward(r.importIDs()) {
		complete := true
		id := placeholder.ReplaceAllStringFunc(form, func(name string) string {
			text, _ := object[strings.Trim(name, "<>")].(types.String)
			complete = complete && text.ValueString() != ""
			return text.ValueString()
		})
		if complete {
			return id
		}
	}
	return ""
}

func (r *managed) inAllImportIDs(name string) bool {
	return !slices.ContainsFunc(r.importIDs(), func(form string) bool { return !strings.Contains(form, "<"+name+">") })
}

var guids = regexp.MustCompile(`(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`)

var placeholder = regexp.MustCompile("<([a-z_]+)>")

// namesIn are the attributes that a form of import id has.
func namesIn(form string) []string {
	var names []string
	for _, match := range placeholder.FindAllStringSubmatch(form, -1) {
		names = append(names, match[1])
	}
	return names
}

// parseImportID takes an import id apart by the first form that it has.
func (r *managed) parseImportID(id string) map[string]string {
	for _, form := range r.importIDs() {
		// Names in Azure have no letter case.
		// What comes last may have the separator in it, as a URI has slashes.
		match := regexp.MustCompile("(?is)^" + placeholder.ReplaceAllString(form, "(.+?)") + "$").FindStringSubmatch(id)
		if match == nil {
			continue
		}
		values := map[string]string{}
		for i, name := range namesIn(form) {
			values[name] = match[i+1]
		}
		return values
	}
	return nil
}

// ImportState takes either an identity or a text, in which the identity's attributes are separated by slashes if nothing
// else is said.
func (r *managed) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	values := r.parseImportID(req.ID)
	if req.ID == "" {
		values = map[string]string{}
		for _, name := range r.Identity {
			var value types.String
			resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root(name), &value)...)
			if text := value.ValueString(); text != "" {
				values[name] = text
			}
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if !r.identifies(values) {
		resp.Diagnostics.AddError("Import id of another form",
			fmt.Sprintf("%s The import id of %s is %s.", namesNothing(req.ID, WithArticle(r.title())), WithArticle(r.title()), r.importForm()))
		return
	}
	for name, value := range values {
		if strings.HasSuffix(name, "id") {
			values[name] = guids.ReplaceAllStringFunc(value, strings.ToLower) // as the services spell them
		}
	}
	if r.Identify != nil && usable(r.api, &resp.Diagnostics) {
		ctx, cancel := context.WithTimeout(ctx, defaultReadTimeout)
		defer cancel()
		if err := r.Identify(ctx, r.api, values); err != nil {
			resp.Diagnostics.Append(r.problem(ctx, "importing", mapping.Value{}, err)...)
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	for _, name := range r.Identity {
		value, given := values[name]
		if !given {
			continue
		}
		if wrong := r.checkID(ctx, name, value); wrong != "" {
			resp.Diagnostics.AddError("Import id of another form", fmt.Sprintf("%s The import id of %s is %s.", wrong, WithArticle(r.title()), r.importForm()))
			return
		}
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
		if resp.Identity != nil {
			resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root(name), value)...)
		}
	}
	for name, value := range values {
		if !slices.Contains(r.Identity, name) {
			resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), strings.Split(value, ","))...)
		}
	}
	if r.Unreadable != "" {
		resp.Diagnostics.AddWarning("Not all of the "+r.title()+" can be read", r.Unreadable)
	}
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, importedKey, []byte("true"))...)
}

// identifies reports whether there are the attributes of one form of import id, and no others.
func (r *managed) identifies(values map[string]string) bool {
	return slices.ContainsFunc(r.importIDs(), func(form string) bool {
		names := namesIn(form)
		return len(names) == len(values) && !slices.ContainsFunc(names, func(name string) bool { return strings.TrimSpace(values[name]) == "" })
	})
}

// checkID says what is wrong with an id: it must be what a configuration may have, and a GUID where that is nowhere said.
func (r *managed) checkID(ctx context.Context, name, value string) string {
	if !strings.HasSuffix(name, "id") {
		return ""
	}
	attribute, _ := r.Table.Attributes()[name].(interface{ StringValidators() []validator.String })
	if attribute == nil || len(attribute.StringValidators()) == 0 {
		if isGUID(value) {
			return ""
		}
		return fmt.Sprintf("%q is not a GUID, as %s must be.", value, name)
	}
	for _, rule := range attribute.StringValidators() {
		var response validator.StringResponse
		rule.ValidateString(ctx, validator.StringRequest{Path: path.Root(name), PathExpression: path.MatchRoot(name), ConfigValue: types.StringValue(value)}, &response)
		for _, diagnostic := range response.Diagnostics.Errors() {
			return diagnostic.Detail()
		}
	}
	return ""
}

// namesNothing says that an import id is of another form; an identity block that is not complete has no id to show.
func namesNothing(id, noun string) string {
	if id == "" {
		return "What is given does not name " + noun + "."
	}
	return fmt.Sprintf("%q does not name %s.", id, noun)
}
