package entity

import (
	"context"
	"sync"
)

// turns gives out turns by name: one holder at a time, and a waiter that gives up when its context ends.
type turns struct {
	mutex sync.Mutex
	taken map[string]*turn
}

type turn struct {
	free    chan struct{}
	waiting int
}

// lock waits for the named turn and returns the function that ends it.
func (t *turns) lock(ctx context.Context, name string) (unlock func(), err error) {
	t.mutex.Lock()
	if t.taken == nil {
		t.taken = map[string]*turn{}
	}
	queue := t.taken[name]
	if queue == nil {
		queue = &turn{free: make(chan struct{}, 1)}
		queue.free <- struct{}{}
		t.taken[name] = queue
	}
	queue.waiting++
	t.mutex.Unlock()

	leave := func() {
		t.mutex.Lock()
		defer t.mutex.Unlock()
		if queue.waiting--; queue.waiting == 0 {
			delete(t.taken, name)
		}
	}
	select {
	case <-queue.free:
		return func() {
			queue.free <- struct{}{}
			leave()
		}, nil
	case <-ctx.Done():
		leave()
		return nil, context.Cause(ctx)
	}
}
