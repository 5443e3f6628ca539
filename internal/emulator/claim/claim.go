// Package claim lets one write at a time to the same thing, for services that refuse a second one that comes before the
// first is done. A write lasts from the request's arrival, whatever delays it then, to the answer.
package claim

import (
	"context"
	"net/http"
	"sync"
)

// Claims are the things that are being written. The zero value is ready; its methods are safe for concurrent use.
type Claims struct {
	mutex  sync.Mutex
	holder map[string]*claim // by key of the thing
}

// claim is a write's claim to a thing.
type claim struct {
	of      *Claims
	key     string
	granted bool
}

func (c *Claims) take(key string) *claim {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.holder == nil {
		c.holder = map[string]*claim{}
	}
	made := &claim{of: c, key: key}
	if c.holder[key] == nil {
		c.holder[key], made.granted = made, true
	}
	return made
}

// release gives a claim up; again, it does nothing.
func (c *claim) release() {
	c.of.mutex.Lock()
	defer c.of.mutex.Unlock()
	if c.of.holder[c.key] == c {
		delete(c.of.holder, c.key)
	}
}

type claimKey struct{}

// Handler passes requests on and remembers, of those that write to what a key stands for, when they came. It is for the
// outermost place that requests reach, before anything that delays them; a request that has a claim keeps it.
func (c *Claims) Handler(written func(*http.Request) (key string, ok bool), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, writes := written(r)
		if _, has := r.Context().Value(claimKey{}).(*claim); !writes || has {
			next.ServeHTTP(w, r)
			return
		}
		made := c.take(key)
		defer made.release()
		next.ServeHTTP(&releasing{w, made}, r.WithContext(context.WithValue(r.Context(), claimKey{}, made)))
	})
}

// releasing gives a claim up before the client can know that its write is done.
type releasing struct {
	http.ResponseWriter
	claim *claim
}

func (w *releasing) WriteHeader(status int) {
	w.claim.release()
	w.ResponseWriter.WriteHeader(status)
}

func (w *releasing) Write(content []byte) (int, error) {
	w.claim.release()
	return w.ResponseWriter.Write(content)
}

// Unwrap lets http.ResponseController reach what is below.
func (w *releasing) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Release gives up the claim of a request, if it has one.
func Release(r *http.Request) {
	if made, ok := r.Context().Value(claimKey{}).(*claim); ok {
		made.release()
	}
}

// Granted reports whether a request is the only one to write to its thing; one that never made a claim is.
func Granted(r *http.Request) bool {
	made, ok := r.Context().Value(claimKey{}).(*claim)
	return !ok || made.granted
}
