package entity

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
)

// AtOnce does several things at the same time, and joins their errors. A panic of one of them is the caller's: in a goroutine of
// its own it would end the process, and with it all that is under way.
func AtOnce(parts ...func() error) error {
	failures, panics := make([]error, len(parts)), make([]any, len(parts))
	var all sync.WaitGroup
	for i, part := range parts {
		all.Go(func() {
			defer func() {
				if panicked := recover(); panicked != nil {
					panics[i] = fmt.Sprintf("%v\n%s", panicked, debug.Stack())
				}
			}()
			failures[i] = part()
		})
	}
	all.Wait()
	for _, panicked := range panics {
		if panicked != nil {
			panic(panicked)
		}
	}
	return errors.Join(failures...)
}
