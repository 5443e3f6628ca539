// Package spelling finds the names that somebody may have meant who wrote one that does not exist.
package spelling

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// most is how many names are offered.
const most = 3

// Nearest are at most three of the names, each once: those that are written nearly as the given one, the nearest first.
func Nearest(written string, names iter.Seq[string]) []string {
	type candidate struct {
		name     string
		distance int
	}
	var candidates []candidate
	for name := range names {
		if distance := Distance(name, written); distance <= max(2, len(written)/3) {
			candidates = append(candidates, candidate{name, distance})
		}
	}
	slices.SortFunc(candidates, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), strings.Compare(a.name, b.name))
	})
	candidates = slices.Compact(candidates)
	var nearest []string
	for _, near := range candidates[:min(most, len(candidates))] {
		nearest = append(nearest, near.name)
	}
	return nearest
}

// Distance is how many letters make one text the other, whatever their case.
func Distance(a, b string) int {
	return levenshtein.Distance(strings.ToLower(a), strings.ToLower(b), nil)
}

// Question asks whether one of the names was meant, as a sentence that follows another; it is empty where there are none.
func Question(names []string) string {
	if len(names) == 0 {
		return ""
	}
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	return " Did you mean " + strings.Join(quoted, " or ") + "?"
}
