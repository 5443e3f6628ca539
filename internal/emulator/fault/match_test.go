package fault

import (
	"strings"
	"testing"
	"time"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	split := func(text string) []string {
		if text == "" {
			return nil
		}
		return strings.Split(text, "/")
	}
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"a/b", "a/b", true},
		{"a/b", "a", false},
		{"a", "a/b", false},
		{"a/*", "a/b", true},
		{"a/*", "a", false},
		{"*", "", false},
		{"**", "", true},
		{"**", "a/b/c", true},
		{"a/**", "a", true},
		{"a/**", "b", false},
		{"**/c", "a/b/c", true},
		{"**/c", "c", true},
		{"**/c", "c/d", false},
		{"a/**/d", "a/b/c/d", true},
		{"a/**/d", "a/d", true},
		{"**/b/**", "a/b/c", true},
		{"**/b/**", "a/c", false},
		{"**/**", "a", true},
		{"", "", true},
		{"", "a", false},
		{"a/*/**/d", "a/d", false},
		{"a/*/**/d", "a/b/d", true},
	} {
		if got := match(split(c.pattern), split(c.path)); got != c.want {
			t.Errorf("%q on %q: %t", c.pattern, c.path, got)
		}
	}
	// A pattern of many wildcards and a path of many segments, of which the last one does not match.
	began := time.Now()
	pattern, path := append(strings.Split(strings.Repeat("**/a/", 200), "/")[:400], "b"), strings.Split(strings.Repeat("a/", 2000), "/")[:2000]
	if match(pattern, path) || time.Since(began) > 5*time.Second {
		t.Errorf("it took %s", time.Since(began))
	}
}
