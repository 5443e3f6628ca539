package main

import (
	"fmt"
	"runtime"
	"time"
)

// limit is a bound on what a row found.
type limit struct {
	text   string
	missed func(figures) string // what was found instead, "" where the bound holds
}

func atMostRequests(most int) limit {
	return limit{fmt.Sprintf("at most %d requests", most), func(f figures) string {
		if f.requests <= most {
			return ""
		}
		return fmt.Sprintf("%d requests", f.requests)
	}}
}

func atMostConnections(most int) limit {
	return limit{fmt.Sprintf("at most %d connections", most), func(f figures) string {
		if f.connections <= most {
			return ""
		}
		return fmt.Sprintf("%d connections", f.connections)
	}}
}

func within(most time.Duration) limit {
	return limit{fmt.Sprintf("at most %s", most), func(f figures) string {
		if f.wall <= most {
			return ""
		}
		return seconds(f.wall)
	}}
}

// timesFloor bounds the time by that of the floor.
func timesFloor(most float64) limit {
	return limit{fmt.Sprintf("at most %.1f × floor", most), func(f figures) string {
		if f.wall.Seconds() <= most*f.floor.Seconds() {
			return ""
		}
		return fmt.Sprintf("%.2f × floor", f.wall.Seconds()/f.floor.Seconds())
	}}
}

const megabyte = 1_000_000

// atMostMemory bounds what the provider has resident, in megabytes.
func atMostMemory(most float64) limit {
	return limit{fmt.Sprintf("at most %.4g MB of memory", most), func(f figures) string {
		switch {
		case f.peak == 0 && runtime.GOOS == "linux":
			return "its memory was not seen"
		case float64(f.peak) <= most*megabyte: // 0 where it cannot be measured
			return ""
		}
		return fmt.Sprintf("%.4g MB of memory", float64(f.peak)/megabyte)
	}}
}

// atMostSize bounds the size of the binary, in megabytes.
func atMostSize(most float64) limit {
	return limit{fmt.Sprintf("at most %.4g MB", most), func(f figures) string {
		if float64(f.size) <= most*megabyte {
			return ""
		}
		return fmt.Sprintf("%.4g MB", float64(f.size)/megabyte)
	}}
}

// page is how many objects Microsoft Graph lists at once where it expands their relations, whatever $top says; without,
// it is 999: github.com/microsoftgraph/microsoft-graph-docs/pull/21506, and
// techcommunity.microsoft.com/discussions/officegraph/graph-api-with-expand-only-bringing-max-100-rows-even-though-top999/4203190.
const page = 100

// grownWithPages bounds what more applications cost, once they are read in pages: for each further page, the request for
// it, and one for the single read that the provider may make before it asks for that.
func grownWithPages(before figures, from, to int) limit {
	pages := func(applications int) int { return (applications + page - 1) / page }
	most := before.requests + 2*(pages(to)-pages(from))
	return limit{fmt.Sprintf("at most %d requests, as for %d and 2 for each further page", most, from), atMostRequests(most).missed}
}
