package emulator

import (
	"sync"
	"time"
)

// Clock is the time by which a tenant lives: when its tokens and credentials expire, when a throttle opens again. It runs
// as the clock runs that it is made from, ahead of it or behind. Waits, of a late answer say, are not by it.
type Clock struct {
	base   func() time.Time
	mutex  sync.Mutex
	offset time.Duration
}

// NewClock returns a clock that shows what base returns; nil is time.Now.
func NewClock(base func() time.Time) *Clock {
	if base == nil {
		base = time.Now
	}
	return &Clock{base: base}
}

// Now is the time.
func (c *Clock) Now() time.Time { return c.base().Add(c.Offset()) }

// Offset is how far the clock is ahead of the one it is made from.
func (c *Clock) Offset() time.Duration {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.offset
}

// Advance puts the clock forward, or back.
func (c *Clock) Advance(by time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.offset += by
}

// Set makes it that time.
func (c *Clock) Set(to time.Time) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.offset = to.Sub(c.base())
}

// Reset makes the clock show again what that shows which it is made from.
func (c *Clock) Reset() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.offset = 0
}

// Clock is the tenant's clock.
func (t *Tenant) Clock() *Clock { return t.clock }
