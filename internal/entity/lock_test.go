package entity

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestTurns_oneAtATimePerName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all turns
		var inside, most, other atomic.Int32
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				unlock, err := all.lock(t.Context(), "one")
				if err != nil {
					t.Error(err)
					return
				}
				most.Store(max(most.Load(), inside.Add(1)))
				time.Sleep(time.Second)
				inside.Add(-1)
				unlock()
			})
		}
		group.Go(func() {
			unlock, err := all.lock(t.Context(), "two")
			if err != nil {
				t.Error(err)
				return
			}
			other.Store(1)
			unlock()
		})
		synctest.Wait()
		if other.Load() != 1 {
			t.Error("another name had to wait")
		}
		group.Wait()
		if most.Load() != 1 {
			t.Errorf("%d were inside at once", most.Load())
		}
		if len(all.taken) != 0 {
			t.Errorf("%d names are still kept", len(all.taken))
		}
	})
}

func TestTurns_givesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all turns
		unlock, err := all.lock(t.Context(), "one")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := all.lock(ctx, "one"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		unlock()
		unlock, err = all.lock(t.Context(), "one")
		if err != nil {
			t.Fatal(err)
		}
		unlock()
	})
}
