package chaos

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// outcome is what came of a cell of the matrix.
type outcome string

const (
	passed  outcome = "ok"
	failed  outcome = "FAIL"
	nothing outcome = "-" // the operation sends no request that could fail so
)

// report collects what came of everything. Its methods are safe for concurrent use.
type report struct {
	mutex   sync.Mutex
	cells   map[string]map[string]outcome // of the matrix, by row and column
	reasons []string                      // why cells of the matrix failed
	entries []entry
}

// entry is a cell outside the matrix: something that was done with a CLI.
type entry struct {
	part, name string
	came       outcome
	details    string
}

var results = report{cells: map[string]map[string]outcome{}}

func (r *report) add(row, column string, came outcome) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.cells[row] == nil {
		r.cells[row] = map[string]outcome{}
	}
	r.cells[row][column] = came
}

// explain keeps why a cell failed.
func (r *report) explain(row, column string, run int, err error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.reasons = append(r.reasons, fmt.Sprintf("%s / %s, run %d: %v", row, column, run, err))
}

func newEntry(part, name string, passing bool, details string, arguments ...any) entry {
	came := failed
	if passing {
		came = passed
	}
	return entry{part, name, came, fmt.Sprintf(details, arguments...)}
}

// enter adds a cell outside the matrix.
func (r *report) enter(part, name string, passing bool, details string, arguments ...any) {
	r.append(newEntry(part, name, passing, details, arguments...))
}

func (r *report) append(entries ...entry) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.entries = append(r.entries, entries...)
}

// remark adds a line that is no cell.
func (r *report) remark(part, text string, arguments ...any) {
	r.append(entry{part: part, details: fmt.Sprintf(text, arguments...)})
}

// print writes the matrix, in the order of these rows and columns, the other cells by their parts, how many cells passed,
// and last why the others did not: there it is found. The columns are numbered, for their names are long.
func (r *report) print(w io.Writer, rows, columns []string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	var text strings.Builder
	for i, column := range columns {
		fmt.Fprintf(&text, "%3d  %s\n", i+1, column)
	}
	width := 0
	for _, row := range rows {
		width = max(width, len(row))
	}
	fmt.Fprintf(&text, "\n%-*s", width, "")
	for i := range columns {
		fmt.Fprintf(&text, " %4d", i+1)
	}
	text.WriteString("\n")
	counts := map[outcome]int{}
	for _, row := range rows {
		if r.cells[row] == nil {
			continue
		}
		fmt.Fprintf(&text, "%-*s", width, row)
		for _, column := range columns {
			came := r.cells[row][column]
			counts[came]++
			fmt.Fprintf(&text, " %4s", came)
		}
		text.WriteString("\n")
	}
	slices.SortStableFunc(r.entries, func(a, b entry) int { return strings.Compare(a.part, b.part) })
	part := ""
	for _, e := range r.entries {
		if e.part != part {
			part = e.part
			fmt.Fprintf(&text, "\n%s\n", part)
		}
		if e.came == "" {
			fmt.Fprintf(&text, "  %s\n", e.details)
			continue
		}
		counts[e.came]++
		fmt.Fprintf(&text, "  %-4s  %-44s  %s\n", e.came, e.name, e.details)
	}
	fmt.Fprintf(&text, "\nchaos: %d cells, %d passed, %d failed\n", counts[passed]+counts[failed], counts[passed], counts[failed])
	for _, reason := range r.reasons {
		fmt.Fprintf(&text, "\n%s\n", reason)
	}
	_, _ = io.WriteString(w, text.String())
}
