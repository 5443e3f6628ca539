package odata

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"iter"
	"net/url"
	"slices"
	"strings"
)

// Page is one page of a collection.
type Page struct {
	Value     []Object // filtered, ordered, projected and expanded
	Count     *int     // @odata.count: the whole number of matches, on the first page of an advanced query only
	SkipToken string   // of the next page, empty on the last
}

// ordering is one item of $orderby.
type ordering struct {
	property   *Property
	descending bool
}

func (q *Query) parseOrder() error {
	written, ok := q.options["$orderby"]
	if !ok {
		return nil
	}
	needsAdvanced := q.filter != nil
	for item := range strings.SplitSeq(written, ",") {
		fields := strings.Fields(item)
		if len(fields) == 0 {
			return badRequest("Expression expected at position %d in '%s'.", len(written), written)
		}
		property := q.of.property(fields[0])
		if property == nil {
			return badRequest(unknownProperty, fields[0], q.of.Name)
		}
		if len(fields) > 2 || len(fields) == 2 && fields[1] != "asc" && fields[1] != "desc" {
			return badRequest("Syntax error at position %d in '%s'.", strings.Index(written, fields[1]), written)
		}
		if !property.OrderBy && !property.AdvancedOrderBy {
			return unsupported("Sorting not supported for current query.")
		}
		needsAdvanced = needsAdvanced || !property.OrderBy
		q.order = append(q.order, ordering{property, len(fields) == 2 && fields[1] == "desc"})
	}
	if !needsAdvanced {
		return nil
	}
	if !q.count {
		return unsupported("Sorting not supported for current query.")
	}
	return q.refuseExpand()
}

// cursor is a position in the order of a query: the values an object has in the properties of $orderby, and its id,
// which settles the rest. A page begins after one, whether or not that object is still there.
type cursor struct {
	Values []any  `json:"v,omitempty"`
	ID     string `json:"i"`
}

func (q *Query) cursorOf(object Object) cursor {
	var c cursor
	c.ID, _ = object["id"].(string)
	for _, o := range q.order {
		c.Values = append(c.Values, object[o.property.Name])
	}
	return c
}

func (q *Query) compare(a, b cursor) int {
	for i, o := range q.order {
		order, _ := compare(o.property.Type, a.Values[i], b.Values[i])
		if o.descending {
			order = -order
		}
		if order != 0 {
			return order
		}
	}
	return cmp.Compare(a.ID, b.ID)
}

func (c cursor) token() string {
	// Values that come out of JSON go into it.
	encoded, _ := json.Marshal(c)
	return base64.RawURLEncoding.EncodeToString(encoded)
}

func parseCursor(token string, values int) (*cursor, error) {
	var c cursor
	encoded, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		err = json.Unmarshal(encoded, &c)
	}
	if err != nil || c.ID == "" || len(c.Values) != values {
		return nil, directoryBadRequest("The specified page token value is invalid.")
	}
	return &c, nil
}

// Page returns the page of the matches among objects that the query asks for. Without $orderby the order is that of
// the ids. The objects are not changed, and the page shares their values.
func (q *Query) Page(objects []Object, related Related) Page {
	if q.order == nil {
		objects = slices.Clone(objects)
		slices.SortFunc(objects, func(a, b Object) int { return q.compare(q.cursorOf(a), q.cursorOf(b)) })
	}
	return q.PageOf(slices.Values(objects), related)
}

// PageOf is Page for objects that come in the order of their ids, of which it looks at no more than it must. Those
// before [Query.After] may be missing.
func (q *Query) PageOf(objects iter.Seq[Object], related Related) Page {
	if q.order != nil {
		objects = q.sorted(objects)
	}
	counts := q.count && q.after == nil
	page := Page{Value: []Object{}}
	matches := 0
	var last Object
	for object := range objects {
		if q.after != nil && q.compare(q.cursorOf(object), *q.after) <= 0 || !q.Match(object, related) {
			continue
		}
		matches++
		switch {
		case len(page.Value) < q.top || q.of.Unpaged:
			page.Value = append(page.Value, q.Project(object, related))
			last = object
		case page.SkipToken == "":
			page.SkipToken = q.cursorOf(last).token()
		}
		if page.SkipToken != "" && !counts {
			break
		}
	}
	if counts {
		page.Count = &matches
	}
	return page
}

// After is the id after which the page begins, and empty where it begins with the first one or ids do not tell.
func (q *Query) After() string {
	if q.after == nil || q.order != nil {
		return ""
	}
	return q.after.ID
}

// sorted is objects in the order that $orderby asks for.
func (q *Query) sorted(objects iter.Seq[Object]) iter.Seq[Object] {
	type candidate struct {
		cursor
		object Object
	}
	var candidates []candidate
	for object := range objects {
		candidates = append(candidates, candidate{q.cursorOf(object), object})
	}
	slices.SortFunc(candidates, func(a, b candidate) int { return q.compare(a.cursor, b.cursor) })
	return func(yield func(Object) bool) {
		for _, c := range candidates {
			if !yield(c.object) {
				return
			}
		}
	}
}

// NextLink returns the address of the page that a token leads to: base (scheme, host and path of the collection) with
// the query's own options.
func (q *Query) NextLink(base, skipToken string) string {
	var b strings.Builder
	b.WriteString(base)
	separator := byte('?')
	for _, option := range supportedOptions {
		value, ok := q.options[option]
		if !ok || option == "$skiptoken" {
			continue
		}
		b.WriteByte(separator)
		b.WriteString(option + "=" + strings.ReplaceAll(url.QueryEscape(value), "+", "%20"))
		separator = '&'
	}
	b.WriteByte(separator)
	b.WriteString("$skiptoken=" + skipToken)
	return b.String()
}
