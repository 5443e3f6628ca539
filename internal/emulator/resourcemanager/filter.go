package resourcemanager

import (
	"net/http"
	"regexp"
	"strings"
)

// term is one of the conditions of a $filter, of which Microsoft.Authorization knows two forms: a property that equals a
// value, and a function.
type term struct {
	text     string
	property string // of an equation
	function string
	value    string // of the equation, or the function's argument
}

func (t term) equals(property string) bool { return strings.EqualFold(t.property, property) }
func (t term) calls(function string) bool  { return strings.EqualFold(t.function, function) }

var (
	equation = regexp.MustCompile(`^(\w+)\s+eq\s+(?:'((?:[^']|'')*)'|([0-9A-Za-z-]+))$`)
	call     = regexp.MustCompile(`^(\w+)\(\s*(?:'((?:[^']|'')*)')?\s*\)$`)
	and      = regexp.MustCompile(`(?i)\s+and\s+`)
)

// filter takes the $filter of a request apart.
func (r *request) filter() ([]term, *failure) {
	given := strings.TrimSpace(r.query("$filter"))
	if given == "" {
		return nil, nil
	}
	var terms []term
	for _, text := range and.Split(given, -1) {
		t := term{text: text}
		if match := equation.FindStringSubmatch(text); match != nil {
			t.property, t.value = match[1], strings.ReplaceAll(match[2]+match[3], "''", "'")
		} else if match := call.FindStringSubmatch(text); match != nil {
			t.function, t.value = match[1], strings.ReplaceAll(match[2], "''", "'")
		} else {
			return nil, unsupportedFilter(t)
		}
		terms = append(terms, t)
	}
	return terms, nil
}

func unsupportedFilter(t term) *failure {
	return fail(http.StatusBadRequest, "UnsupportedFilter", "The filter '%s' is not supported.", t.text)
}

// query is an option of the request, whose name has no letter case.
func (r *request) query(name string) string {
	for given, values := range r.URL.Query() {
		if strings.EqualFold(given, name) {
			return values[0]
		}
	}
	return ""
}
