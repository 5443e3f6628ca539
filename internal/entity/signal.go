package entity

import "time"

// signal says when something happened last, and wakes those that wait for the next time. Its users hold a mutex.
type signal struct {
	last  time.Time
	woken chan struct{} // closed the next time; nil while nobody waits
}

func (s *signal) raise() {
	s.last = time.Now()
	if s.woken != nil {
		close(s.woken)
		s.woken = nil
	}
}

func (s *signal) next() <-chan struct{} {
	if s.woken == nil {
		s.woken = make(chan struct{})
	}
	return s.woken
}
