package entity

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// PageSize is the most that Graph lists in one answer (https://learn.microsoft.com/graph/paging).
const PageSize = 999

// valuesPerFilter is how many values an "in" takes (Microsoft Graph documentation, "Use the $filter query parameter").
const valuesPerFilter = 15

// listKeys are the arguments that list objects by one of their properties.
var listKeys = []struct{ argument, property string }{
	{"ids", "id"},
	{"client_ids", "appId"},
	{"display_names", "displayName"},
}

// ListArguments narrow a listing of directory objects: by one of their keys, or by a filter of one's own.
var ListArguments = map[string]schema.Attribute{
	"ids":           listKey("Object ids to list.", validate.UUID()),
	"client_ids":    listKey("Client ids to list.", validate.UUID()),
	"display_names": listKey("Display names to list. A name that several objects have lists them all."),
	"filter": schema.StringAttribute{
		Optional: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		MarkdownDescription: "OData `$filter` that Microsoft Graph is to apply, for example `startswith(displayName, 'deploy')`.",
	},
}

func listKey(description string, rules ...validator.String) schema.SetAttribute {
	paths := []path.Expression{}
	for _, other := range []string{"ids", "client_ids", "display_names", "filter"} {
		paths = append(paths, path.MatchRoot(other))
	}
	// An attribute does not conflict with itself.
	checks := []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ConflictsWith(paths...)}
	if len(rules) > 0 {
		checks = append(checks, setvalidator.ValueStringsAre(rules...))
	}
	return schema.SetAttribute{Optional: true, ElementType: types.StringType, Validators: checks, MarkdownDescription: description + " At most one of `ids`, `client_ids`, `display_names` and `filter` can be set."}
}

// List runs a listing once for each filter that the arguments come to: once without any where nothing narrows it.
func List[E any](query mapping.Value, list func(filter *string) iter.Seq2[E, error]) iter.Seq2[E, error] {
	filters := []*string{nil}
	if filter := query.String("filter"); filter != "" {
		filters = []*string{&filter}
	}
	for _, key := range listKeys {
		if query.Has(key.argument) {
			filters = In(key.property, mapping.Texts(mapping.Fold(query.Get(key.argument))))
		}
	}
	return func(yield func(E, error) bool) {
		for _, filter := range filters {
			for object, err := range list(filter) {
				if !yield(object, err) || err != nil {
					return
				}
			}
		}
	}
}

// In are the OData filters for some values of a property, as many as it takes.
func In(property string, values []string) []*string {
	var filters []*string
	for some := range slices.Chunk(values, valuesPerFilter) {
		quoted := make([]string, len(some))
		for i, value := range some {
			quoted[i] = Quote(value)
		}
		filters = append(filters, new(fmt.Sprintf("%s in (%s)", property, strings.Join(quoted, ","))))
	}
	return filters
}

// Equals is the OData filter for one value of a property.
func Equals(property, value string) *string { return new(property + " eq " + Quote(value)) }

// Quote makes an OData string literal, in which a quote is doubled (OData 4.01 part 2, 5.1.1.6.1).
func Quote(text string) string { return "'" + EscapeKey(text) + "'" }

// EscapeKey doubles the quotes of a value that is put between quotes in a path, as in applications(uniqueName='…').
func EscapeKey(text string) string { return strings.ReplaceAll(text, "'", "''") }

// Only takes the one object of a listing; none, or more than one, is an error that says so.
func Only[E interface{ GetId() *string }](what string, objects iter.Seq2[E, error]) (E, error) {
	var found []E
	var none E
	for object, err := range objects {
		if err != nil {
			return none, err
		}
		found = append(found, object)
	}
	switch len(found) {
	case 0:
		return none, fmt.Errorf("there is no %s: %w", what, errNotFound)
	case 1:
		return found[0], nil
	}
	ids := make([]string, len(found))
	for i, object := range found {
		ids[i] = *object.GetId()
	}
	return none, fmt.Errorf("%d objects match %s; name the one that is meant by its id: %s", len(found), what, strings.Join(ids, ", "))
}

// IsNone reports that Only found nothing.
func IsNone(err error) bool { return errors.Is(err, errNotFound) }

// One is a lookup as a listing of what it found.
func One[E any](object E, err error) iter.Seq2[E, error] {
	return func(yield func(E, error) bool) { yield(object, err) }
}

// IDs takes the object ids out of a listing.
func IDs[E interface{ GetId() *string }](objects iter.Seq2[E, error]) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for object, err := range objects {
			var id string
			if err == nil && object.GetId() != nil {
				id = *object.GetId()
			}
			if !yield(id, err) {
				return
			}
		}
	}
}
