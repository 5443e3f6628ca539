package conformance

import (
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// routes finds the path item of a path. Templates are grouped by their number of
// segments; of those that fit, the one with the most literal segments is meant.
type routes map[int][]route

type route struct {
	segments []segment
	item     *openapi3.PathItem
}

// A segment of a template is a literal, {a parameter}, or a collection with a key
// in parentheses, as in applications(appId='{appId}').
type segment struct {
	literal   string // empty: a parameter
	keyPrefix string // applications(appId=' ; then literal is empty
}

func newRoutes(paths *openapi3.Paths) routes {
	r := routes{}
	for template, item := range paths.Map() {
		var segments []segment
		for part := range strings.SplitSeq(strings.TrimPrefix(template, "/"), "/") {
			prefix, _, hasParameter := strings.Cut(part, "{")
			switch {
			case !hasParameter:
				segments = append(segments, segment{literal: normalized(part)})
			case prefix == "":
				segments = append(segments, segment{})
			default:
				segments = append(segments, segment{keyPrefix: prefix})
			}
		}
		r[len(segments)] = append(r[len(segments)], route{segments, item})
	}
	return r
}

// normalized spells a segment as the templates do: functions may be called without
// parentheses, and the name of a type may have Microsoft's prefix.
func normalized(segment string) string {
	segment = strings.TrimSuffix(segment, "()")
	return strings.TrimPrefix(segment, "microsoft.")
}

func (s segment) fits(part string) bool {
	switch {
	case s.keyPrefix != "":
		return strings.HasPrefix(part, s.keyPrefix) && strings.HasSuffix(part, "')")
	case s.literal != "":
		return normalized(part) == s.literal
	default:
		return true
	}
}

// find has the path item for an escaped path without a leading slash, or nil.
func (r routes) find(path string) *openapi3.PathItem {
	parts := split(path)
	if item := r.match(parts); item != nil {
		return item
	}
	// Below an object that is addressed by an alternate key, as in
	// applications(appId='…')/owners, is what is below its id: the upsert pages of
	// Microsoft Graph show it, the documents do not list it again.
	for i, part := range parts {
		collection, key, keyed := strings.Cut(part, "(")
		if keyed && strings.HasSuffix(key, "')") && i < len(parts)-1 {
			byID := append(append(append([]string{}, parts[:i]...), collection, key), parts[i+1:]...)
			if item := r.match(byID); item != nil {
				return item
			}
		}
	}
	return nil
}

func (r routes) match(parts []string) *openapi3.PathItem {
	var best *openapi3.PathItem
	most := -1
	for _, candidate := range r[len(parts)] {
		literals, fits := 0, true
		for i, s := range candidate.segments {
			if !s.fits(parts[i]) {
				fits = false
				break
			}
			if s.literal != "" || s.keyPrefix != "" {
				literals++
			}
		}
		if fits && literals > most {
			best, most = candidate.item, literals
		}
	}
	return best
}

func split(path string) []string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if unescaped, err := url.PathUnescape(part); err == nil {
			parts[i] = unescaped
		}
	}
	return parts
}
