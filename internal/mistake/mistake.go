// Package mistake puts a panic of the provider into words: what failed, what is known of the damage, and what whoever mends it
// needs.
package mistake

import (
	"fmt"
	"runtime/debug"
	"strings"
)

// Summary is the summary of the error that a panic becomes.
const Summary = "The provider made a mistake"

// places is how many lines of code a report names.
const places = 8

// Detail is the rest of the error. It must be called in the deferred function that recovered, while the stack still has the place.
func Detail(doing string, panicked any) string {
	var at []string
	for line := range strings.Lines(string(debug.Stack())) {
		place, _, _ := strings.Cut(strings.TrimSpace(line), " +0x")
		if strings.Contains(place, ".go:") && !strings.Contains(place, "/mistake/") && !strings.Contains(place, "/boundary/") && !strings.Contains(place, "/runtime/") && len(at) < places {
			at = append(at, short(place))
		}
	}
	return fmt.Sprintf("It failed at %s, probably on an answer that it did not expect: %v. Other resources go on. What was changed before is in the state, where it could be known; what was made at this moment may exist without being in it.\n\n"+
		"Please report this, with the lines below and, if you can, the log of the same command with TF_LOG=DEBUG.\n\n%s", doing, panicked, strings.Join(at, "\n"))
}

// short is where a line of code is, without where it was built.
func short(place string) string {
	segments := strings.Split(place, "/")
	return strings.Join(segments[max(0, len(segments)-3):], "/")
}
