package chaos

import (
	"fmt"
	"io"
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

// report collects the matrix. Its methods are safe for concurrent use.
type report struct {
	mutex sync.Mutex
	cells map[string]map[string]outcome // by row and column
}

var matrix = report{cells: map[string]map[string]outcome{}}

func (r *report) add(row, column string, came outcome) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.cells[row] == nil {
		r.cells[row] = map[string]outcome{}
	}
	r.cells[row][column] = came
}

// print writes the matrix, in the order of these rows and columns, and how many cells passed. The columns are numbered,
// for their names are long.
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
	fmt.Fprintf(&text, "\nchaos: %d cells, %d passed, %d failed\n", counts[passed]+counts[failed], counts[passed], counts[failed])
	_, _ = io.WriteString(w, text.String())
}
