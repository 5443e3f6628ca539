package graph

import (
	"net/http"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// route is an operation: a verb on a path, in which {name} stands for a key.
type route struct {
	method  string
	pattern []string
	need    permissions
	handle  func(*request) error
}

// request is a request that has found its operation.
type request struct {
	*http.Request
	w       http.ResponseWriter
	service *Service
	version entitytype.Version
	view    *directory.View // what the answer is taken from
	caller  Caller
	route   *route
	keys    map[string]token

	// ownedOnly is set when the caller may touch only what it owns.
	ownedOnly bool
	// selfOnly is set when the caller may read only its own application and service principal.
	selfOnly bool
	// scoped is set when the caller may touch only what it has a directory role for.
	scoped bool
	// roleOnly is set when no permission is enough by itself: a directory role, or ownership, is what counts.
	roleOnly bool
	// lags is set when the view is a replica's.
	lags bool
	// replica is, during a change, what the replica has that passes it on; nil where there are no replicas.
	replica *directory.View
}

func on(method, pattern string, need permissions, handle func(*request) error) route {
	return route{method: method, pattern: strings.Split(strings.TrimPrefix(pattern, "/"), "/"), need: need, handle: handle}
}

// find sets the operation, or says in Microsoft Graph's way that there is none.
func (r *request) find(routes []route, tokens []token) error {
	furthest, known := 0, false
	for i := range routes {
		depth := routes[i].match(tokens)
		furthest = max(furthest, depth)
		if depth != len(tokens) || depth != len(routes[i].pattern) {
			continue
		}
		known = true
		if routes[i].method == r.Method {
			r.route = &routes[i]
			r.keys = routes[i].keys(tokens)
			return nil
		}
	}
	switch {
	case known || furthest == len(tokens):
		return failure(http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
	default:
		return unknownSegment(tokens[furthest].text)
	}
}

// match returns how many tokens, from the start, are as the pattern has them.
func (rt *route) match(tokens []token) int {
	for i, t := range tokens {
		if i == len(rt.pattern) {
			return i
		}
		isKey := rt.pattern[i][0] == '{'
		if isKey != t.key && (t.key || strings.HasPrefix(t.text, "$") || strings.HasPrefix(t.text, "microsoft.graph.")) || !isKey && rt.pattern[i] != t.text {
			return i
		}
	}
	return len(tokens)
}

func (rt *route) keys(tokens []token) map[string]token {
	keys := map[string]token{}
	for i, element := range rt.pattern {
		if element[0] == '{' {
			keys[strings.Trim(element, "{}")] = tokens[i]
		}
	}
	return keys
}

// resolve finds the live object of a type that a key of the path names: an id, or an alternate key.
// Objects that the caller would have to own and does not are refused.
func (r *request) resolve(t *entitytype.Type, parameter, parent string) (*directory.Object, error) {
	object, err := r.known(func(view *directory.View) (*directory.Object, error) {
		return r.resolveIn(view, t, parameter, parent)
	})
	if err != nil && r.replica != nil && t == applicationType && r.Method != http.MethodDelete {
		if young, _ := r.resolveIn(r.view, t, parameter, parent); young != nil && personalAccounts(young) {
			return nil, noPersonalApplication()
		}
	}
	return object, err
}

// noPersonalApplication is what a change of an application for personal Microsoft accounts gets until the other
// directory, which keeps those, has the application too: github.com/microsoftgraph/msgraph-sdk-powershell/issues/3380,
// github.com/hashicorp/terraform-provider-azuread/issues/1764.
func noPersonalApplication() error {
	return failure(http.StatusConflict, "Error_MsaAppDoesNotExist", "The corresponding MSA application does not exist.")
}

func (r *request) resolveIn(view *directory.View, t *entitytype.Type, parameter, parent string) (*directory.Object, error) {
	key := r.keys[parameter]
	var object *directory.Object
	var found bool
	switch {
	case key.property != "":
		if !alternateKey(t, key.property) {
			return nil, failure(http.StatusBadRequest, "BadRequest", "The key property '%s' is not an alternate key of the type 'microsoft.graph.%s'.", key.property, t.Name)
		}
		object, found = view.First(t.Name, key.property, parent, key.text)
	case t == entitytype.OAuth2PermissionGrant:
		object, found = view.Get(key.text)
	case entitytype.IsGUID(key.text):
		object, found = view.Get(strings.ToLower(key.text))
	case t == entitytype.FederatedIdentityCredential:
		object, found = view.First(t.Name, "name", parent, key.text)
	case t == entitytype.User:
		object, found = view.First(t.Name, "userPrincipalName", parent, key.text)
	case t == entitytype.RoleAssignment:
		object, found = view.Get(key.text)
	default:
		return nil, badRequest("Invalid object identifier '%s'.", key.text)
	}
	if !found || object.Type != t.Name || object.Parent != parent {
		if r.selfOnly {
			return nil, denied() // who may not read others is not told which there are
		}
		return nil, notFound(key.text)
	}
	if parent == "" && !r.reaches(object) {
		return nil, denied()
	}
	return object, nil
}

func alternateKey(t *entitytype.Type, property string) bool {
	switch t {
	case entitytype.Application:
		return property == "appId" || property == "uniqueName"
	case entitytype.ServicePrincipal:
		return property == "appId"
	case entitytype.FederatedIdentityCredential:
		return property == "name"
	}
	return false
}

func (r *request) parseEntity(t *entitytype.Type) (*odata.Query, error) {
	return odata.ParseEntity(t.OData(r.version), r.URL.Query(), r.Header)
}
