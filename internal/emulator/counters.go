package emulator

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/google/uuid"
)

// Counters sums the log of requests up.
type Counters struct {
	Requests    int            `json:"requests"`
	Operations  map[string]int `json:"operations"`  // by method and path template: "GET /v1.0/applications/{id}"
	Statuses    map[int]int    `json:"statuses"`    // by HTTP status
	Connections map[uint64]int `json:"connections"` // requests by connection
	Protocols   map[string]int `json:"protocols"`   // requests by protocol
}

func count(requests []Request) Counters {
	counters := Counters{
		Operations: map[string]int{}, Statuses: map[int]int{}, Connections: map[uint64]int{}, Protocols: map[string]int{},
	}
	for _, r := range requests {
		counters.Requests++
		counters.Operations[r.Method+" "+template(r.Path)]++
		counters.Statuses[r.Status]++
		counters.Connections[r.Connection]++
		counters.Protocols[r.Protocol]++
	}
	return counters
}

var (
	identifierInPath = regexp.MustCompile(`/[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)
	opaqueIDInPath   = regexp.MustCompile(`(/(?:appRoleAssign\w+|oauth2PermissionGrants))/[\w-]{43,}`)
	keyInPath        = regexp.MustCompile(`\((\w+=)?'[^/]*'\)`)
)

// template is the path of a request without its query and with placeholders for ids, keys and the names of Azure's resources.
func template(requestURI string) string {
	path, _, _ := strings.Cut(requestURI, "?")
	if unescaped, err := url.PathUnescape(path); err == nil {
		path = unescaped
	}
	if strings.HasPrefix(path, "/subscriptions/") {
		path = nameless(path)
	}
	path = opaqueIDInPath.ReplaceAllString(path, "${1}/{id}")
	return keyInPath.ReplaceAllString(identifierInPath.ReplaceAllString(path, "/{id}"), "(${1}{key})")
}

// nameless is a path of Azure Resource Manager, in which types and names take turns, but for the namespace that follows
// "providers", with a placeholder for each name that is no id.
func nameless(path string) string {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for i := 0; i+1 < len(segments); i += 2 {
		if strings.EqualFold(segments[i], "providers") {
			continue
		}
		if _, err := uuid.Parse(segments[i+1]); err != nil {
			segments[i+1] = "{name}"
		}
	}
	return "/" + strings.Join(segments, "/")
}
