package resourcemanager

import (
	"net/http"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/login"
)

// route is an operation: a verb on a path, in which {name} stands for one segment and {scope}, at the beginning, for any
// number of them.
type route struct {
	method   string
	pattern  []string
	of       *provided
	action   string // of Azure RBAC, that the caller must be allowed to take; empty asks for nothing
	handle   func(*request) *failure
	anywhere bool // the pattern begins with {scope}
}

// provided is a resource type of a resource provider.
type provided struct {
	namespace string
	name      string
	versions  []string // newest first
}

func (p *provided) String() string { return p.namespace + "/" + p.name }

// request is a request that has found its operation.
type request struct {
	*http.Request
	w       http.ResponseWriter
	service *Service
	caller  login.Claims
	view    *directory.View // a replica's, where there are any
	version string
	route   *route
	path    []string          // as it was sent
	values  map[string]string // of the pattern, as they were sent
	scope   string            // of {scope}: "/" or, without a slash at its end, "/subscriptions/…"
}

func on(method, pattern string, of *provided, action string, handle func(*request) *failure) route {
	rt := route{method: method, pattern: segments(pattern), of: of, action: action, handle: handle}
	if rt.pattern[0] == "{scope}" {
		rt.pattern, rt.anywhere = rt.pattern[1:], true
	}
	return rt
}

// match returns what stands for the names of the pattern.
func (rt *route) match(path []string) (values map[string]string, ok bool) {
	fixed := path
	values = map[string]string{}
	if rt.anywhere {
		if len(path) < len(rt.pattern) {
			return nil, false
		}
		at := len(path) - len(rt.pattern)
		values["scope"] = "/" + strings.Join(path[:at], "/")
		fixed = path[at:]
	}
	if len(fixed) != len(rt.pattern) {
		return nil, false
	}
	for i, element := range rt.pattern {
		if name, isName := strings.CutPrefix(element, "{"); isName {
			values[strings.TrimSuffix(name, "}")] = fixed[i]
		} else if !strings.EqualFold(element, fixed[i]) {
			return nil, false
		}
	}
	return values, true
}

// find sets the operation of a request, or says which versions there would be of what is asked for in another one.
func (r *request) find(routes []route) *failure {
	var of *provided
	for i := range routes {
		values, ok := routes[i].match(r.path)
		if !ok {
			continue
		}
		of = routes[i].of
		if routes[i].method == r.Method || r.Method == http.MethodHead && routes[i].method == http.MethodGet {
			r.route, r.values, r.scope = &routes[i], values, values["scope"]
			break
		}
	}
	switch {
	case of == nil:
		r.service.Logger.Warn("not implemented here", "method", r.Method, "path", r.URL.Path)
		return r.missing()
	case !slices.Contains(of.versions, r.version):
		return unknownVersion(of, r.version)
	case r.route == nil:
		return notAllowed()
	}
	return nil
}

// exist makes sure that what the path leads through is there: the subscription, and the resource group unless it is what
// the request is about.
func (r *request) exist() *failure {
	at := r.path
	if len(at) < 2 || !strings.EqualFold(at[0], "subscriptions") {
		return nil
	}
	if _, f := r.service.subscription(at[1]); f != nil {
		return f
	}
	return nil
}

func (r *request) existGroup() *failure {
	at := r.path
	if len(at) < 5 || !strings.EqualFold(at[0], "subscriptions") || !strings.EqualFold(at[2], "resourceGroups") {
		return nil
	}
	_, f := r.group(at[3])
	return f
}

// group finds a resource group of the path's subscription.
func (r *request) group(name string) (*directory.Object, *failure) {
	object, found := r.service.Store.View().Get(key(groupID(r.path[1], name)))
	if !found {
		return nil, fail(http.StatusNotFound, "ResourceGroupNotFound", "Resource group '%s' could not be found.", name)
	}
	return object, nil
}

func groupID(subscription, name string) string {
	return "/subscriptions/" + strings.ToLower(subscription) + "/resourceGroups/" + name
}
