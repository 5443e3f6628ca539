package graph

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// token is an element of a request's path: the name of a resource, or a key.
type token struct {
	text     string
	property string // of an alternate key: "appId" in applications(appId='…')
	key      bool   // stood in parentheses
}

var segmentPattern = regexp.MustCompile(`^([^()]+)\(([^()]*|[^()]*'.*')\)$`)

// parsePath splits an escaped path below the version: applications(appId='x')/owners/$ref.
func parsePath(path string) ([]token, error) {
	var tokens []token
	for segment := range strings.SplitSeq(strings.TrimSuffix(path, "/"), "/") {
		text, err := url.PathUnescape(segment)
		if err != nil || text == "" {
			return nil, unknownSegment(segment)
		}
		parts := segmentPattern.FindStringSubmatch(text)
		if parts == nil {
			tokens = append(tokens, token{text: qualified(text)})
			continue
		}
		tokens = append(tokens, token{text: qualified(parts[1])})
		if parts[2] == "" { // a function without arguments
			continue
		}
		key := token{text: parts[2], key: true}
		if name, value, named := strings.Cut(parts[2], "="); named && !strings.HasPrefix(name, "'") {
			key.property, key.text = name, value
		}
		if quoted, ok := strings.CutPrefix(key.text, "'"); ok && strings.HasSuffix(quoted, "'") {
			key.text = strings.ReplaceAll(strings.TrimSuffix(quoted, "'"), "''", "'")
		} else if key.property != "" {
			return nil, failure(http.StatusBadRequest, "BadRequest", "The key value (%s) from request is not valid.", key.text)
		}
		tokens = append(tokens, key)
	}
	return tokens, nil
}

// qualified shortens what is qualified with the namespace, which has the alias "graph".
func qualified(name string) string {
	if short, ok := strings.CutPrefix(name, "graph."); ok {
		return "microsoft.graph." + short
	}
	return name
}

func unknownSegment(segment string) error {
	return failure(http.StatusBadRequest, "BadRequest", "Resource not found for the segment '%s'.", segment)
}
