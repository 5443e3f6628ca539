// Package orphan ends a provider whose Terraform is gone.
//
// A provider process outlives a Terraform that was killed: nothing tells it. It would go on with what it was asked for,
// for as long as its retries take, and make objects that no state will ever hold, while the run that somebody has started
// instead makes them too.
package orphan

import (
	"context"
	"os"
	"time"
)

// interval is how long an orphan lives at most.
const interval = 500 * time.Millisecond

// Watch calls the function once the process that started this one has ended, or never if the context ends before. It
// returns at once. On Windows, where a process keeps the id of its parent, nothing is ever noticed.
func Watch(ctx context.Context, orphaned func()) {
	parent := os.Getppid()
	go func() {
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				if os.Getppid() != parent {
					orphaned()
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
}
