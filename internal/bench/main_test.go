package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestJudge_medianDecides(t *testing.T) {
	t.Parallel()
	m := measurement{Name: "n", Unit: "s", Bound: 2}
	for name, test := range map[string]struct {
		samples     []float64
		min, median float64
		met         bool
	}{
		"one":             {[]float64{2}, 2, 2, true},
		"an outlier":      {[]float64{9, 1, 2}, 1, 2, true},
		"over the bound":  {[]float64{1, 2.1, 3}, 1, 2.1, false},
		"under the bound": {[]float64{0.5, 0.4, 0.3}, 0.3, 0.4, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := m.judge(test.samples)
			if got.Min != test.min || got.Median != test.median || got.Met != test.met || got.Runs != len(test.samples) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestRun_writesTheNumbersAndFailsWhenABoundIsMissed(t *testing.T) {
	t.Parallel()
	of := func(value float64) func(context.Context, options) ([]float64, error) {
		return func(context.Context, options) ([]float64, error) { return []float64{value}, nil }
	}
	path := filepath.Join(t.TempDir(), "bench.json")
	var out strings.Builder
	err := run(t.Context(), []measurement{{"fine", "ms", 5, of(4)}, {"slow", "ms", 5, of(6)}}, options{}, path, &out)
	if !errors.Is(err, errMissed) {
		t.Errorf("the error is %v, want %v", err, errMissed)
	}
	if !strings.Contains(out.String(), "MISSED") || !strings.Contains(out.String(), "met") {
		t.Errorf("the table is\n%s", out.String())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var results []result
	if err := json.Unmarshal(text, &results); err != nil {
		t.Fatal(err)
	}
	if len(results) != 2 || !results[0].Met || results[1].Met || results[1].Median != 6 {
		t.Errorf("the file has %+v", results)
	}
	if err := run(t.Context(), []measurement{{"fine", "ms", 5, of(4)}}, options{}, path, &out); err != nil {
		t.Errorf("all bounds are met: %v", err)
	}
}
