package graph

import (
	"net/http"
	"slices"
	"testing"
)

func TestParsePath(t *testing.T) {
	t.Parallel()
	const id = "c0ffee00-0000-4000-8000-000000000a99"
	for path, want := range map[string][]token{
		"applications":                             {{text: "applications"}},
		"applications/" + id + "/":                 {{text: "applications"}, {text: id}},
		"applications('" + id + "')":               {{text: "applications"}, {text: id, key: true}},
		"applications(" + id + ")":                 {{text: "applications"}, {text: id, key: true}},
		"applications(appId='x')/owners/$ref":      {{text: "applications"}, {text: "x", property: "appId", key: true}, {text: "owners"}, {text: "$ref"}},
		"applications(uniqueName='it''s%20(1)=2')": {{text: "applications"}, {text: "it's (1)=2", property: "uniqueName", key: true}},
		"applications('a%2Fb')":                    {{text: "applications"}, {text: "a/b", key: true}},
		"applications/delta()":                     {{text: "applications"}, {text: "delta"}},
		"deletedItems/graph.application":           {{text: "deletedItems"}, {text: "microsoft.graph.application"}},
	} {
		got, err := parsePath(path)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v, want %v", path, got, err, want)
		}
	}
	for _, path := range []string{"", "applications//owners", "applications(appId=x)", "applications/%zz"} {
		if got, err := parsePath(path); err == nil {
			t.Errorf("%q: %v", path, got)
		}
	}
}

// Every operation is found by its own path and none hides another.
func TestRoutes_areReachable(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	for i := range s.routes {
		route := &s.routes[i]
		tokens := make([]token, len(route.pattern))
		for j, element := range route.pattern {
			tokens[j].text = element
			if element[0] == '{' {
				tokens[j].text = "c0ffee00-0000-4000-8000-000000000a99"
			}
		}
		r := &request{Request: &http.Request{Method: route.method}}
		if err := r.find(s.routes, tokens); err != nil || r.route != route {
			t.Errorf("%s %v is answered by %v: %v", route.method, route.pattern, r.route, err)
		}
	}
}
