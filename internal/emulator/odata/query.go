package odata

import (
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Page sizes of directory collections. A page whose objects are expanded is no larger, whatever $top says:
// github.com/microsoftgraph/microsoft-graph-docs/pull/21506, where Microsoft says so, and what clients have met at
// techcommunity.microsoft.com/discussions/officegraph/graph-api-with-expand-only-bringing-max-100-rows-even-though-top999/4203190.
const (
	defaultPageSize     = 100
	maxPageSize         = 999
	maxExpandedPageSize = 100
)

// Query is a request's query options, checked against a type.
type Query struct {
	of        *Type
	options   options
	eventual  bool // the header ConsistencyLevel: eventual
	count     bool // $count=true counts: the query is advanced
	filter    condition
	search    condition
	order     []ordering
	top       int
	after     *cursor // of $skiptoken
	selection *selection
}

// Parse reads the query options of a request for a collection of t. Errors are of type *Error.
func Parse(t *Type, query url.Values, header http.Header) (*Query, error) {
	q, err := start(t, query, header)
	if err != nil {
		return nil, err
	}
	if err := q.parseSelection(false); err != nil {
		return nil, err
	}
	if err := q.parseConditions(q.count); err != nil {
		return nil, err
	}
	if err := q.parseOrder(); err != nil {
		return nil, err
	}
	return q, q.parsePaging()
}

// ParseEntity reads the query options of a request for a single object of t, where only $select and $expand apply.
func ParseEntity(t *Type, query url.Values, header http.Header) (*Query, error) {
	q, err := start(t, query, header)
	if err != nil {
		return nil, err
	}
	for _, option := range []string{"$filter", "$orderby", "$count", "$skip", "$top", "$search"} {
		if _, ok := q.options[option]; ok {
			return nil, badRequest("The requested resource is not a collection. Query options $filter, $orderby, $count, $skip, and $top can be applied only on collections.")
		}
	}
	return q, q.parseSelection(true)
}

// ParseCount reads the query options of a request for the /$count segment of a collection of t, which needs the
// header ConsistencyLevel: eventual and accepts $filter and $search.
func ParseCount(t *Type, query url.Values, header http.Header) (*Query, error) {
	q, err := start(t, query, header)
	if err != nil {
		return nil, err
	}
	if !q.eventual {
		return nil, directoryBadRequest("$count is not currently supported.")
	}
	return q, q.parseConditions(true)
}

// ParseDelta reads the query options of a request for the delta function of a collection of t: $select, and a $filter
// that names objects by id. What $deltatoken and $skiptoken mean there is the caller's business.
func ParseDelta(t *Type, query url.Values, header http.Header) (*Query, error) {
	q, err := start(t, query, header)
	if err != nil {
		return nil, err
	}
	for _, option := range []string{"$expand", "$orderby", "$top", "$search", "$count"} {
		if _, ok := q.options[option]; ok {
			return nil, unsupported("The query option '%s' is not supported in a delta query.", option)
		}
	}
	if err := q.parseSelection(false); err != nil {
		return nil, err
	}
	if err := q.parseConditions(false); err != nil {
		return nil, err
	}
	if q.filter != nil && !namesObjects(q.filter) {
		return nil, unsupported("Only filters on the id of objects are supported in a delta query.")
	}
	return q, nil
}

// namesObjects tells whether a condition is id eq '…', or some of that joined by or.
func namesObjects(c condition) bool {
	if parts, ok := c.(disjunction); ok {
		return !slices.ContainsFunc(parts, func(part condition) bool { return !namesObjects(part) })
	}
	_, ok := required(c, "id")
	_, single := c.(comparison)
	return ok && single
}

// options are the system query options of a request, by name with $ and in lower case.
type options map[string]string

// supportedOptions is what directory collections know. $format is accepted and JSON is answered whatever it says.
var supportedOptions = []string{"$select", "$expand", "$filter", "$search", "$orderby", "$top", "$skip", "$count", "$format", "$skiptoken", "$deltatoken"}

// start reads the options by name; the $ before them is optional. Other parameters are none of OData's.
func start(t *Type, query url.Values, header http.Header) (*Query, error) {
	q := &Query{of: t, options: options{}, selection: &selection{of: t}, eventual: strings.EqualFold(strings.TrimSpace(header.Get("ConsistencyLevel")), "eventual")}
	for key, values := range query {
		option := strings.ToLower(key)
		if !strings.HasPrefix(option, "$") {
			option = "$" + option
		}
		if !slices.Contains(supportedOptions, option) {
			if strings.HasPrefix(key, "$") {
				return nil, badRequest("The query parameter '%s' is not supported.", key)
			}
			continue
		}
		if _, twice := q.options[option]; twice || len(values) > 1 {
			return nil, badRequest("Query option '%s' was specified more than once, but it must be specified at most once.", option)
		}
		q.options[option] = strings.Join(values, "")
	}
	if _, ok := q.options["$skip"]; ok {
		return nil, directoryBadRequest("$skip is not currently supported.")
	}
	if written, ok := q.options["$count"]; ok {
		count, err := strconv.ParseBool(strings.ToLower(written))
		if err != nil {
			return nil, badRequest("Invalid value '%s' for $count query option found. The $count query option requires a Boolean value.", written)
		}
		q.count = count && q.eventual // without the header it is silently ignored
	}
	return q, nil
}

func (q *Query) parseConditions(advanced bool) (err error) {
	uses := false
	if written, ok := q.options["$filter"]; ok {
		if q.filter, uses, err = parseFilter(q.of, written, advanced); err != nil {
			return err
		}
	}
	if written, ok := q.options["$search"]; ok {
		if !q.eventual {
			return unsupported("Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'")
		}
		if q.search, err = parseSearch(q.of, written); err != nil {
			return err
		}
		uses = true
	}
	if uses {
		return q.refuseExpand()
	}
	return nil
}

// refuseExpand refuses $expand in a query that could not do without being advanced. One that merely has the
// parameters of an advanced query is let pass, as they are common on queries that expand.
func (q *Query) refuseExpand() error {
	if q.selection.expanded != nil {
		return unsupported("$expand is not supported with advanced queries.")
	}
	return nil
}

func (q *Query) parsePaging() error {
	q.top = defaultPageSize
	if written, ok := q.options["$top"]; ok {
		top, err := strconv.Atoi(written)
		switch {
		case err != nil || top < 0:
			return badRequest("Invalid value '%s' for $top query option found. The $top query option requires a non-negative integer value.", written)
		case q.of.Unpaged:
			return unsupported("This resource does not support custom page sizes. Please retry without a page size argument.")
		case top < 1 || top > maxPageSize:
			return unsupported("Invalid page size specified: '%d'. Must be between 1 and %d inclusive.", top, maxPageSize)
		}
		q.top = top
	}
	if q.selection.expanded != nil {
		q.top = min(q.top, maxExpandedPageSize)
	}
	if written, ok := q.options["$skiptoken"]; ok {
		after, err := parseCursor(written, len(q.order))
		if err != nil {
			return err
		}
		q.after = after
	}
	return nil
}

// Equality returns the string or GUID that every match must have in the property: the filter is `property eq 'value'`
// or, of a collection, `property/any(x:x eq 'value')`, or that and something else. Comparison of strings ignores case, so
// look the value up without regard to case.
func (q *Query) Equality(property string) (value string, ok bool) {
	return required(q.filter, property)
}

// Chooses reports whether there is a $filter or $search, which an object may fail to pass.
func (q *Query) Chooses() bool { return q.filter != nil || q.search != nil }

// Match reports whether an object passes $filter and $search.
func (q *Query) Match(object Object, related Related) bool {
	if !q.Chooses() {
		return true
	}
	s := &scope{[]any{object}, related}
	return (q.filter == nil || q.filter.holds(s)) && (q.search == nil || q.search.holds(s))
}

// Count returns how many of the objects pass $filter and $search: the answer of the /$count segment.
func (q *Query) Count(objects iter.Seq[Object], related Related) int {
	count := 0
	for object := range objects {
		if q.Match(object, related) {
			count++
		}
	}
	return count
}

// Eventual reports whether the request asked for eventual consistency.
func (q *Query) Eventual() bool { return q.eventual }
