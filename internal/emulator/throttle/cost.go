package throttle

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// base is what operations cost before their options are looked at, in resource units, where it is not 1; * is any
// segment. See learn.microsoft.com/graph/throttling-limits, "Identity and access service limits".
var base = map[string]int{
	"GET applications":                           2,
	"GET applications/*/extensionProperties":     2,
	"GET contracts":                              3,
	"POST directoryObjects/getByIds":             3,
	"GET domains/*/domainNameReferences":         4,
	"GET groups/*/members":                       3,
	"GET groups/*/transitiveMembers":             5,
	"GET oauth2PermissionGrants":                 2,
	"GET oauth2PermissionGrants/*":               2,
	"GET servicePrincipals/*/appRoleAssignments": 2,
	"GET subscribedSkus":                         3,
	"GET users":                                  2,
	"GET users/*/memberOf":                       2,
	"GET users/*/ownedObjects":                   2,
	"GET users/*/transitiveMemberOf":             2,
	"POST users/*/getMemberGroups":               2,
	"POST users/*/getMemberObjects":              2,
	"POST users/*/checkMemberGroups":             4,
	"POST users/*/checkMemberObjects":            4,
}

// reading are the POST operations that write nothing.
var reading = []string{
	"getByIds", "getMemberGroups", "getMemberObjects", "checkMemberGroups", "checkMemberObjects", "getAvailableExtensionProperties", "validateProperties",
}

// cost is what a request uses: resource units, and writes. The segments are those below the version.
func cost(method string, segments []string, query url.Values) (units, writes int) {
	units = 1
	for operation, found := range base {
		verb, path, _ := strings.Cut(operation, " ")
		if verb == method && matches(strings.Split(path, "/"), segments) {
			units = found
		}
	}
	if method != http.MethodGet && method != http.MethodHead && !slices.Contains(reading, segments[len(segments)-1]) {
		writes = 1
	}
	if option(query, "select") != "" {
		units--
	}
	if option(query, "expand") != "" {
		units++
	}
	if top, err := strconv.Atoi(option(query, "top")); err == nil && top < 20 {
		units--
	}
	return max(units, 1), writes
}

func matches(pattern, segments []string) bool {
	if len(pattern) != len(segments) {
		return false
	}
	for i, segment := range segments {
		if pattern[i] != "*" && pattern[i] != segment {
			return false
		}
	}
	return true
}

// option is an option of a query, of which the $ may be left out; see learn.microsoft.com/graph/query-parameters.
func option(query url.Values, name string) string {
	if value := query.Get("$" + name); value != "" {
		return value
	}
	return query.Get(name)
}
