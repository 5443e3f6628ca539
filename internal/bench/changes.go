package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// changes is what a plan would do, or an apply did.
type changes struct{ added, changed, destroyed int }

func (c changes) String() string {
	return fmt.Sprintf("%d to add, %d to change, %d to destroy", c.added, c.changed, c.destroyed)
}

var (
	planned = regexp.MustCompile(`(?m)^Plan: (\d+) to add, (\d+) to change, (\d+) to destroy\.`)
	applied = regexp.MustCompile(`(?m)^Apply complete! Resources: (\d+) added, (\d+) changed, (\d+) destroyed\.`)
	ended   = regexp.MustCompile(`(?m)^Destroy complete! Resources: (\d+) destroyed\.`)
)

// parseChanges reads what a command printed. An apply and a destroy print their plan first, so what they did counts.
func parseChanges(output string) (changes, error) {
	number := func(text string) int {
		n, _ := strconv.Atoi(text) // the expressions let only digits through
		return n
	}
	if found := ended.FindStringSubmatch(output); found != nil {
		return changes{destroyed: number(found[1])}, nil
	}
	for _, expression := range []*regexp.Regexp{applied, planned} {
		if found := expression.FindStringSubmatch(output); found != nil {
			return changes{number(found[1]), number(found[2]), number(found[3])}, nil
		}
	}
	if strings.Contains(output, "\nNo changes.") {
		return changes{}, nil
	}
	return changes{}, fmt.Errorf("no word of what changes in %q", tail(output, 2000))
}

// tail is the end of a text.
func tail(text string, bytes int) string { return text[max(0, len(text)-bytes):] }
