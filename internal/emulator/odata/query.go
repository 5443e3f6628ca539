package odata

import (
	"net/http"
	"net/url"
)

// Query is a request's query options, checked against a type.
type Query struct{}

// Page is one page of a collection.
type Page struct {
	Value     []Object // filtered, ordered, projected and expanded
	Count     *int     // @odata.count: the whole number of matches, on the first page of an advanced query only
	SkipToken string   // of the next page, empty on the last
}

// Parse reads the query options of a request for a collection of t. Errors are of type *Error.
func Parse(t *Type, options url.Values, header http.Header) (*Query, error) { return &Query{}, nil }

// ParseEntity reads the query options of a request for a single object of t, where only $select and $expand apply.
func ParseEntity(t *Type, options url.Values, header http.Header) (*Query, error) {
	return &Query{}, nil
}

// ParseCount reads the query options of a request for the /$count segment of a collection of t, which needs the
// header ConsistencyLevel: eventual and accepts $filter and $search.
func ParseCount(t *Type, options url.Values, header http.Header) (*Query, error) {
	return &Query{}, nil
}

// Equality returns the string or GUID that every match must have in the property: the filter is `property eq 'value'`,
// or that and something else. Comparison of strings ignores case, so look the value up without regard to case.
func (q *Query) Equality(property string) (value string, ok bool) { return "", false }

// Match reports whether an object passes $filter and $search.
func (q *Query) Match(object Object, related Related) bool { return true }

// Count returns how many of the objects pass $filter and $search: the answer of the /$count segment.
func (q *Query) Count(objects []Object, related Related) int { return len(objects) }

// Page returns the page of the matches among objects that the query asks for. Without $orderby the order is that of
// the ids. The objects are not changed, and the page shares their values.
func (q *Query) Page(objects []Object, related Related) Page { return Page{Value: objects} }

// Project returns what the query shows of one object: $select and $expand.
func (q *Query) Project(object Object, related Related) Object { return object }

// NextLink returns the address of the page that a token leads to: base (scheme, host and path of the collection) with
// the query's own options.
func (q *Query) NextLink(base, skipToken string) string { return base }

// Context returns what @odata.context has in parentheses after the entity set: "(id,appId,owners())", or nothing
// without $select and $expand.
func (q *Query) Context() string { return "" }

// Eventual reports whether the request asked for eventual consistency.
func (q *Query) Eventual() bool { return false }
