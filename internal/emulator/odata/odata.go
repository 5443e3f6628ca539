// Package odata answers the OData query options of Microsoft Graph's directory objects over plain JSON objects.
//
// A [Type] says what an entity type has and what may be asked of each property. [Parse] reads the query options of a
// request against it and refuses what Microsoft Graph refuses, with Graph's own code and text ([Error]); the [Query]
// it returns filters, orders, pages, projects and expands. The package knows no particular type and keeps no data:
// related objects come from a function of the caller's ([Related]).
//
// Documented behaviour: learn.microsoft.com/graph/query-parameters, /graph/filter-query-parameter,
// /graph/aad-advanced-queries, /graph/search-query-parameter and /graph/paging.
package odata

import "strings"

// Object is one entity or complex value the way encoding/json decodes it: nil, bool, string, numbers (any of Go's
// or json.Number), []any (also []string and []Object), Object. Dates and durations, GUIDs and binaries are strings
// (RFC 3339, 8-4-4-4-12, base64).
//
// An entity has "id". An entity met through a property of a base type (an owner, which is any directoryObject) also
// has "@odata.type", such as "#microsoft.graph.user".
type Object = map[string]any

// Related returns the objects that a navigation property of an object leads to, in a stable order.
type Related func(object Object, navigation string) []Object

// Type describes an entity or complex type.
type Type struct {
	Name       string // qualified: "microsoft.graph.application"
	Properties []Property
	Navigation []Navigation

	// Derived types, for a base type such as microsoft.graph.directoryObject: what they have may be selected too, and
	// an object whose "@odata.type" names one of them shows that type's properties.
	Derived []*Type

	// Unpaged collections of the type come on one page and refuse $top.
	Unpaged bool

	// Open types accept directory extension properties: extension_{appId without hyphens}_{name}.
	Open bool
}

// Property describes a structural property.
type Property struct {
	Name       string
	Type       string // "Edm.String", "Edm.Guid", "Edm.DateTimeOffset", "Edm.Boolean", "Edm.Int32", "Edm.Binary", …; any name where Complex is set
	Collection bool
	Complex    *Type // of the value, or of a collection's elements

	Filter          Operators // supported in every query
	AdvancedFilter  Operators // supported in advanced queries besides Filter
	OrderBy         bool      // supported in every query without $filter
	AdvancedOrderBy bool      // supported in advanced queries only
	Search          bool

	// SelectOnly properties are returned only where $select names them. On a property of a complex type: its value is
	// null unless $select, in a request for a single object, names the property that holds it (keyCredentials: key).
	SelectOnly bool
}

// Navigation describes a navigation property.
type Navigation struct {
	Name       string
	Target     *Type
	Collection bool
	Expand     bool // $expand is supported
	ExpandMax  int  // expanded items returned, without a nextLink; 0 means 20
	Filter     bool // any() is supported; its body is judged by what Target supports
	Count      bool // /$count eq 0 and /$count ne 0 are supported, in advanced queries
}

// Operators is a set of what $filter may do with a property.
type Operators uint16

// The operators of $filter. As in Microsoft Graph, some follow from others: where eq is supported by default so is in,
// and what supports eq supports ne and not in advanced queries.
const (
	Eq Operators = 1 << iota
	Ge
	Le
	Gt
	Lt
	StartsWith
	EndsWith
	Contains
	Null // comparison with null, by eq and ne
)

// property returns the property of that name, whose case does not matter, or nil.
func (t *Type) property(name string) *Property {
	for i := range t.Properties {
		if strings.EqualFold(t.Properties[i].Name, name) {
			return &t.Properties[i]
		}
	}
	return nil
}

// navigation returns the navigation property of that name, whose case does not matter, or nil.
func (t *Type) navigation(name string) *Navigation {
	for i := range t.Navigation {
		if strings.EqualFold(t.Navigation[i].Name, name) {
			return &t.Navigation[i]
		}
	}
	return nil
}

// resource is what the directory's messages call the type: Application for microsoft.graph.application.
func (t *Type) resource() string {
	short := t.Name[strings.LastIndexByte(t.Name, '.')+1:]
	if short == "" {
		return ""
	}
	return strings.ToUpper(short[:1]) + short[1:]
}
