package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestSummary_medianOfTimesAndMostOfTheRest(t *testing.T) {
	t.Parallel()
	got := summary([]figures{
		{requests: 1, connections: 2, wall: 9, providerCPU: 1, cliCPU: 4, peak: 5},
		{requests: 3, connections: 1, wall: 1, providerCPU: 3, cliCPU: 9, peak: 7},
		{requests: 2, connections: 1, wall: 2, providerCPU: 2, cliCPU: 6, peak: 6},
	})
	want := figures{counted: true, requests: 3, connections: 2, wall: 2, providerCPU: 2, cliCPU: 6, peak: 7}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestPublish_writesTheNumbersAndFailsWhereABoundIsMissed(t *testing.T) {
	t.Parallel()
	whole := figures{
		counted: true, requests: 12, connections: 2, wall: 4500 * time.Millisecond, floor: 3 * time.Second,
		providerCPU: 1234 * time.Millisecond, cliCPU: 2 * time.Second, peak: 128 << 20,
	}
	results := []result{
		judge("fine", whole, atMostRequests(30), timesFloor(2)),
		judge("slow", figures{wall: 3 * time.Second}, within(time.Second)),
		judge("none", figures{counted: true}),
		failed("broken", errors.New("it does not run")),
	}
	path := filepath.Join(t.TempDir(), "bench.json")
	var out strings.Builder
	if err := publish(&out, path, results, []string{"a note"}); !errors.Is(err, errMissed) {
		t.Errorf("the error is %v, want %v", err, errMissed)
	}
	for _, want := range []string{"1.50", "met", "MISSED  slow: 3 s, at most 1s", "MISSED  broken: it does not run", "a note"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table does not have %q:\n%s", want, out.String())
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{
		{
			"row": "fine", "requests": 12.0, "connections": 2.0, "wall_s": 4.5, "floor_s": 3.0, "provider_cpu_s": 1.23, "cli_cpu_s": 2.0, "peak_rss_mib": 128.0,
			"bound": "at most 30 requests; at most 2.0 × floor", "ok": true,
		},
		{"row": "slow", "wall_s": 3.0, "bound": "at most 1s", "ok": false},
		{"row": "none", "requests": 0.0, "connections": 0.0, "ok": true},
		{"row": "broken", "ok": false},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the file has\n%v, want\n%v", got, want)
	}
	if err := publish(&out, path, results[:1], nil); err != nil {
		t.Errorf("all bounds are met: %v", err)
	}
}
