package main

import (
	"testing"
	"time"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limit        limit
		kept, missed figures
	}{
		"requests":    {atMostRequests(30), figures{requests: 30}, figures{requests: 31}},
		"connections": {atMostConnections(2), figures{connections: 2}, figures{connections: 3}},
		"time":        {within(time.Second), figures{wall: time.Second}, figures{wall: time.Second + 1}},
		"floor": {
			timesFloor(1.6),
			figures{wall: 16 * time.Second, floor: 10 * time.Second},
			figures{wall: 17 * time.Second, floor: 10 * time.Second},
		},
		"no floor":   {timesFloor(2), figures{}, figures{wall: time.Second}},
		"memory":     {atMostMemory(250), figures{peak: 250_000_000}, figures{peak: 250_000_001}},
		"size":       {atMostSize(30), figures{size: 30_000_000}, figures{size: 30_000_001}},
		"same pages": {grownWithPages(figures{requests: 12}, 101, 200), figures{requests: 12}, figures{requests: 13}},
		"more pages": {grownWithPages(figures{requests: 12}, 100, 5000), figures{requests: 110}, figures{requests: 111}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if found := test.limit.missed(test.kept); found != "" {
				t.Errorf("%s is missed with %s", test.limit.text, found)
			}
			if found := test.limit.missed(test.missed); found == "" || test.limit.text == "" {
				t.Errorf("%q is kept with %+v", test.limit.text, test.missed)
			}
		})
	}
}

func TestWaiting(t *testing.T) {
	t.Parallel()
	b := &bench{options: options{latency: 100 * time.Millisecond}}
	if got := b.waiting(300); got != 3*time.Second {
		t.Errorf("300 requests at a parallelism of 10 take %s, want 3s", got)
	}
}
