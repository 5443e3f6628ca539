package replication

import (
	"context"
	"slices"
	"sync"
)

// Served is which replica answered a request.
type Served struct {
	Replica       int     `json:"replica"`       // counted from 1
	BehindSeconds float64 `json:"behindSeconds"` // how long ago the first change was made that it did not have; 0 where it had all
	Missing       int     `json:"missing"`       // how many changes it did not have
}

type traceKey struct{}

// trace collects which replicas answer a request: one, or for a batch one for each request in it.
type trace struct {
	mutex  sync.Mutex
	served []Served
}

// Trace returns a context that remembers which replicas are asked with it.
func Trace(ctx context.Context) context.Context {
	return context.WithValue(ctx, traceKey{}, new(trace))
}

// Traced returns the replicas that were asked with a context made by Trace, in order; nil with any other.
func Traced(ctx context.Context) []Served {
	t, ok := ctx.Value(traceKey{}).(*trace)
	if !ok {
		return nil
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return slices.Clone(t.served)
}

func note(ctx context.Context, served Served) {
	if t, ok := ctx.Value(traceKey{}).(*trace); ok {
		t.mutex.Lock()
		defer t.mutex.Unlock()
		t.served = append(t.served, served)
	}
}
