// Package requestpath takes the paths of requests apart, for what judges them before the services do.
package requestpath

import (
	"net/url"
	"strings"
)

// Segments returns the segments of a path, unescaped. A key in parentheses is a segment of its own, so that
// applications(appId='x') and applications/ID are as long; empty parentheses are left out.
func Segments(address *url.URL) []string {
	var segments []string
	for segment := range strings.SplitSeq(strings.Trim(address.EscapedPath(), "/"), "/") {
		text, err := url.PathUnescape(segment)
		if err != nil {
			text = segment
		}
		name, key, ok := strings.Cut(text, "(")
		if !ok || !strings.HasSuffix(key, ")") {
			segments = append(segments, text)
			continue
		}
		segments = append(segments, name)
		if key = strings.TrimSuffix(key, ")"); key != "" {
			segments = append(segments, key)
		}
	}
	return segments
}

// IsGraph reports whether the segments are of a path of Microsoft Graph, which begins with its version.
func IsGraph(segments []string) bool {
	return len(segments) > 0 && (segments[0] == "v1.0" || segments[0] == "beta")
}
