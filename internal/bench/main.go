// Command bench measures what the provider promises about size and speed and compares it with the bounds. `make
// bench` runs it. A new measurement is a row of measurements and a function that returns its samples.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"text/tabwriter"
)

// measurement is one row: what is measured, in which unit, and the bound that its median must not pass.
type measurement struct {
	Name    string
	Unit    string
	Bound   float64
	samples func(context.Context, options) ([]float64, error)
}

var measurements = []measurement{
	{"provider binary, stripped", "MB", 30, binarySize},
	{"provider start-up, to the handshake", "ms", 50, startUp},
	{"validate of examples/demo, CLI included", "s", 0.2, validate},
}

type options struct {
	cli           string // terraform or tofu
	provider      string // the provider binary
	configuration string // the demo
	runs          int
}

// result is a row of the JSON file.
type result struct {
	Name   string  `json:"name"`
	Unit   string  `json:"unit"`
	Bound  float64 `json:"bound"`
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	Runs   int     `json:"runs"`
	Met    bool    `json:"met"`
}

func main() {
	o := options{}
	flag.StringVar(&o.cli, "cli", "terraform", "terraform or tofu")
	flag.StringVar(&o.provider, "provider", "bin/terraform-provider-workloadid", "the provider binary")
	flag.StringVar(&o.configuration, "configuration", "examples/demo", "the configuration to validate")
	flag.IntVar(&o.runs, "runs", 15, "how often to measure a time")
	out := flag.String("out", "bin/bench.json", "where the numbers go as JSON")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, measurements, o, *out, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

var errMissed = errors.New("a bound is missed")

func run(ctx context.Context, measurements []measurement, o options, path string, out io.Writer) error {
	results := make([]result, 0, len(measurements))
	for _, m := range measurements {
		samples, err := m.samples(ctx, o)
		if err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
		results = append(results, m.judge(samples))
	}
	if err := report(out, results); err != nil {
		return err
	}
	text, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
		return err
	}
	if slices.ContainsFunc(results, func(r result) bool { return !r.Met }) {
		return errMissed
	}
	return nil
}

// judge sums samples up. The median decides: a minimum hides what users meet, a maximum shows what else the machine
// was doing.
func (m measurement) judge(samples []float64) result {
	slices.Sort(samples)
	median := samples[len(samples)/2]
	return result{Name: m.Name, Unit: m.Unit, Bound: m.Bound, Min: samples[0], Median: median, Runs: len(samples), Met: median <= m.Bound}
}

func report(out io.Writer, results []result) error {
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "measured\tmin\tmedian\tbound\t\truns\t")
	for _, r := range results {
		verdict := "met"
		if !r.Met {
			verdict = "MISSED"
		}
		fmt.Fprintf(table, "%s\t%.4g %s\t%.4g %s\t%g %s\t%s\t%d\t\n", r.Name, r.Min, r.Unit, r.Median, r.Unit, r.Bound, r.Unit, verdict, r.Runs)
	}
	return table.Flush()
}
