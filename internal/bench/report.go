package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// figures are what was measured; what a row has not is 0.
type figures struct {
	requests, connections int
	counted               bool // there was a tenant that counted
	wall, floor           time.Duration
	providerCPU, cliCPU   time.Duration
	peak                  int64 // most resident memory of a provider, in bytes
	size                  int64 // of the binary, in bytes
}

// result is a row of the table and of the JSON file, which leaves out what a row has not.
type result struct {
	Row         string  `json:"row"`
	Requests    *int    `json:"requests,omitempty"`
	Connections *int    `json:"connections,omitempty"`
	Wall        float64 `json:"wall_s,omitempty"`
	Floor       float64 `json:"floor_s,omitempty"`
	ProviderCPU float64 `json:"provider_cpu_s,omitempty"`
	CLICPU      float64 `json:"cli_cpu_s,omitempty"`
	Peak        float64 `json:"peak_rss_mib,omitempty"`
	Size        float64 `json:"size_mb,omitempty"`
	Bound       string  `json:"bound,omitempty"`
	OK          bool    `json:"ok"`

	missed []string
}

// judge makes a row of what was found.
func judge(row string, f figures, limits ...limit) result {
	r := result{
		Row: row, OK: true,
		Wall: rounded(f.wall.Seconds(), 3), Floor: rounded(f.floor.Seconds(), 3), ProviderCPU: rounded(f.providerCPU.Seconds(), 2), CLICPU: rounded(f.cliCPU.Seconds(), 2),
		Peak: rounded(float64(f.peak)/(1<<20), 1), Size: rounded(float64(f.size)/megabyte, 2),
	}
	if f.counted {
		r.Requests, r.Connections = &f.requests, &f.connections
	}
	var bounds []string
	for _, l := range limits {
		bounds = append(bounds, l.text)
		if found := l.missed(f); found != "" {
			r.OK = false
			r.missed = append(r.missed, found+", "+l.text)
		}
	}
	r.Bound = strings.Join(bounds, "; ")
	return r
}

// failed is the row of a work that did not do what it should.
func failed(row string, err error) result { return result{Row: row, missed: []string{err.Error()}} }

func rounded(value float64, digits int) float64 {
	power := math.Pow10(digits)
	return math.Round(value*power) / power
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3g s", d.Seconds()) }

// publish writes the results, as a table to out and as JSON to the file, and fails where a bound is missed.
func publish(out io.Writer, file string, results []result, notes []string) error {
	if err := printTable(out, results, notes); err != nil {
		return err
	}
	text, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
		return err
	}
	if slices.ContainsFunc(results, func(r result) bool { return !r.OK }) {
		return errMissed
	}
	return nil
}

func printTable(out io.Writer, results []result, notes []string) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "\trequests\tconn.\twall s\tfloor s\t× floor\tCPU s\tCLI CPU s\tpeak MiB\tsize MB\t\t")
	for _, r := range results {
		_, _ = fmt.Fprintf(table, "%s\t\n", strings.Join(r.cells(), "\t"))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	var text strings.Builder
	for _, r := range results {
		for _, reason := range r.missed {
			fmt.Fprintf(&text, "MISSED  %s: %s\n", r.Row, reason)
		}
	}
	for _, note := range notes {
		fmt.Fprintln(&text, note)
	}
	_, err := fmt.Fprintf(out, "\n%s", text.String())
	return err
}

func (r result) cells() []string {
	number := func(value float64, format string) string {
		if value == 0 {
			return ""
		}
		return fmt.Sprintf(format, value)
	}
	count := func(value *int) string {
		if value == nil {
			return ""
		}
		return fmt.Sprint(*value)
	}
	ratio := 0.0
	if r.Floor > 0 {
		ratio = r.Wall / r.Floor
	}
	verdict := "MISSED"
	switch {
	case r.OK && r.Bound == "":
		verdict = ""
	case r.OK:
		verdict = "met"
	}
	return []string{
		r.Row, count(r.Requests), count(r.Connections),
		number(r.Wall, "%.3f"), number(r.Floor, "%.3f"), number(ratio, "%.2f"), number(r.ProviderCPU, "%.2f"), number(r.CLICPU, "%.2f"),
		number(r.Peak, "%.0f"), number(r.Size, "%.1f"), verdict,
	}
}
