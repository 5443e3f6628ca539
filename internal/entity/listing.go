package entity

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
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

// Lookup is how the objects of a type are found: one of them by a key, and many by keys or a filter. Its two data sources come
// of it.
type Lookup[E interface{ GetId() *string }] struct {
	// Noun and Plural are the types' names without the provider's prefix.
	Noun, Plural string
	// Description and PluralDescription are the first paragraphs of their docs pages, in Markdown.
	Description, PluralDescription string
	Table                          mapping.Table[E]
	Permissions                    Permissions
	// Keys are what an object can be found by besides its id.
	Keys  []Key[E]
	Links []Link
	// Read gets the object of an id.
	Read func(ctx context.Context, api *Services, query Query) (E, error)
	// List lists the objects that a filter matches, all where there is none.
	List func(ctx context.Context, api *Services, filter *string, expand []string) iter.Seq2[E, error]
}

// Key is an attribute that an object can be found by.
type Key[E any] struct {
	Attribute, Property string
	// Argument lists objects by several of these keys, and Description says so; without it they can't be listed by it.
	Argument, Description string
	Rules                 []validator.String
	// Get gets the object of a key that the service keeps unique. Without it those that have the key are listed, and have to be one.
	Get func(ctx context.Context, api *Services, key string, expand []string) (E, error)
}

// ByDisplayName is a key that most objects have.
func ByDisplayName[E any]() Key[E] {
	return Key[E]{
		Attribute: "display_name", Property: "displayName",
		Argument: "display_names", Description: "Display names to list. A name that several objects have lists them all.",
	}
}

// DataSource finds one object.
func (l Lookup[E]) DataSource() datasource.DataSource {
	keys := []string{"id"}
	for _, key := range l.Keys {
		keys = append(keys, key.Attribute)
	}
	// The directory finds what is written in another letter case, and what somebody wrote stays as it is.
	table := slices.Clone(l.Table)
	for i, row := range table {
		if slices.Contains(keys, row.Name()) {
			table[i] = row.Alike(strings.EqualFold)
		}
	}
	return DataSource[E]{
		Noun: l.Noun, Description: l.Description, Table: table, Permissions: l.Permissions, Keys: keys, Read: l.find, Links: l.Links,
	}.DataSource()
}

func (l Lookup[E]) find(ctx context.Context, api *Services, query Query) (E, error) {
	for _, key := range l.Keys {
		value := query.String(key.Attribute)
		switch {
		case value == "":
		case key.Get != nil:
			return key.Get(ctx, api, value, query.Expand())
		default:
			what := fmt.Sprintf("%s with the %s %q", Title(l.Noun), Title(key.Attribute), value)
			return Only(what, l.List(ctx, api, Equals(key.Property, value), query.Expand()))
		}
	}
	return l.Read(ctx, api, query)
}

// CollectionDataSource lists objects.
func (l Lookup[E]) CollectionDataSource() datasource.DataSource {
	return Collection[E]{
		Noun: l.Plural, Description: l.PluralDescription, Table: l.Table, Permissions: l.Permissions, Arguments: l.arguments(), List: l.list,
	}.DataSource()
}

// narrowing are the keys that a listing can be narrowed by.
func (l Lookup[E]) narrowing() []Key[E] {
	byID := Key[E]{Property: "id", Argument: "ids", Description: "Object ids to list.", Rules: []validator.String{validate.UUID()}}
	return slices.DeleteFunc(append([]Key[E]{byID}, l.Keys...), func(key Key[E]) bool { return key.Argument == "" })
}

// arguments narrow a listing: by one of the keys, or by a filter of one's own.
func (l Lookup[E]) arguments() map[string]schema.Attribute {
	const filter = "filter"
	var names []string
	for _, key := range l.narrowing() {
		names = append(names, key.Argument)
	}
	paths := []path.Expression{path.MatchRoot(filter)}
	for _, name := range names {
		paths = append(paths, path.MatchRoot(name))
	}
	atMostOne := fmt.Sprintf(" At most one of `%s` and `%s` can be set.", strings.Join(names, "`, `"), filter)
	arguments := map[string]schema.Attribute{filter: schema.StringAttribute{
		Optional: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		MarkdownDescription: "OData `$filter` that Microsoft Graph is to apply, for example `startswith(displayName, 'deploy')`.",
	}}
	for _, key := range l.narrowing() {
		// An attribute does not conflict with itself.
		rules := []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ConflictsWith(paths...)}
		if len(key.Rules) > 0 {
			rules = append(rules, setvalidator.ValueStringsAre(key.Rules...))
		}
		arguments[key.Argument] = schema.SetAttribute{Optional: true, ElementType: types.StringType, Validators: rules, MarkdownDescription: key.Description + atMostOne}
	}
	return arguments
}

// list runs a listing once for each filter that the arguments come to: once without any where nothing narrows it.
func (l Lookup[E]) list(ctx context.Context, api *Services, query mapping.Value) iter.Seq2[E, error] {
	filters := []*string{nil}
	if filter := query.String("filter"); filter != "" {
		filters = []*string{&filter}
	}
	for _, key := range l.narrowing() {
		if query.Has(key.Argument) {
			filters = In(key.Property, mapping.Texts(mapping.Fold(query.Get(key.Argument))))
		}
	}
	return func(yield func(E, error) bool) {
		for _, filter := range filters {
			for object, err := range l.List(ctx, api, filter, nil) {
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
