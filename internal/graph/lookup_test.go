package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestLookups_equalOnesAreOneRequest: at the same time, and for a while afterwards.
func TestLookups_equalOnesAreOneRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &directory{size: 10, latency: time.Second}
		chain := newLookups(d)
		ctx := Shared(t.Context())
		look := func(ctx context.Context, i int) {
			if object, err := fetch(ctx, chain, http.MethodGet, "/"+applicationID(i)+selected); err != nil || object["id"] != applicationID(i) {
				t.Errorf("%v, %v", object, err)
			}
		}
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() { look(ctx, i%2) })
		}
		all.Wait()
		look(ctx, 0)
		if d.requests() != 2 {
			t.Errorf("%d requests, want one for each question", d.requests())
		}
		look(t.Context(), 0) // who does not share, asks
		if d.requests() != 3 {
			t.Errorf("%d requests", d.requests())
		}
		if _, err := fetch(ctx, chain, http.MethodPatch, "/"+applicationID(7)); err == nil {
			t.Error("204 is not 200")
		}
		look(ctx, 0) // a write may have changed it
		if d.requests() != 5 {
			t.Errorf("%d requests", d.requests())
		}
		time.Sleep(lookupAge)
		look(ctx, 0)
		if d.requests() != 6 {
			t.Errorf("%d requests", d.requests())
		}
	})
}

// TestLookups_failuresAreSharedButNotKept: who waits for the same answer has it, whatever it is; who comes later asks.
func TestLookups_failuresAreSharedButNotKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &directory{latency: time.Second}
		chain := newLookups(d)
		ctx := Shared(t.Context())
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := fetch(ctx, chain, http.MethodGet, "/"+applicationID(1)+selected); err == nil || !strings.Contains(err.Error(), "404") {
					t.Errorf("%v", err)
				}
			})
		}
		all.Wait()
		if d.requests() != 1 {
			t.Errorf("%d requests", d.requests())
		}
		_, _ = fetch(ctx, chain, http.MethodGet, "/"+applicationID(1)+selected)
		if d.requests() != 2 {
			t.Errorf("%d requests", d.requests())
		}
	})
}

// TestLookups_whoGivesUpStopsNobody: the others do not share that.
func TestLookups_whoGivesUpStopsNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &directory{size: 10, latency: 10 * time.Second}
		chain := newLookups(d)
		ctx := Shared(t.Context())
		var all sync.WaitGroup
		all.Go(func() {
			limited, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			if _, err := fetch(limited, chain, http.MethodGet, "/"+applicationID(1)+selected); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v", err)
			}
		})
		time.Sleep(100 * time.Millisecond)
		for range 5 {
			all.Go(func() {
				if _, err := fetch(ctx, chain, http.MethodGet, "/"+applicationID(1)+selected); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if d.requests() != 1 { // the one that was given up never came to be counted
			t.Errorf("%d requests", d.requests())
		}
	})
}

// TestLookups_areBounded: what is too much is not kept.
func TestLookups_areBounded(t *testing.T) {
	t.Parallel()
	body := fmt.Sprintf(`{"id":"%s"}`, strings.Repeat("x", lookupBytes/4))
	transport := &canned{answers: []func(*http.Request) (*http.Response, error){answer(http.StatusOK, body)}}
	chain := newLookups(transport)
	for range 2 {
		for i := range 6 {
			if _, err := fetch(Shared(t.Context()), chain, http.MethodGet, "/"+applicationID(i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if transport.count() != 9 { // three are kept
		t.Errorf("%d requests", transport.count())
	}
}
