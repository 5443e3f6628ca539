// Package replication has a directory read the way Microsoft Entra ID is: a change is made in the directory itself, and
// requests are answered by replicas, each of which has the change some time later; see
// devblogs.microsoft.com/identity/designing-for-eventual-consistency-for-microsoft-entra.
//
// A replica has the changes in their order, so that it is always what the directory was at some moment. A change that is
// made while an earlier one is on its way to a replica arrives together with it, unless that would be too soon. Nothing
// runs in the background: what a replica has is found out when it is asked, by the clock that the tenant goes by.
package replication

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
)

// Replicas are the replicas of a directory. They are safe for concurrent use.
type Replicas struct {
	store   *directory.Store
	now     func() time.Time
	current atomic.Pointer[set] // nil: there are none
}

// New returns the replicas of a directory, of which there are none until Set.
func New(store *directory.Store, now func() time.Time) *Replicas {
	r := &Replicas{store: store, now: now}
	store.Watch(func(view *directory.View) {
		if s := r.current.Load(); s != nil {
			s.add(view, r.now())
		}
	})
	return r
}

// Set replaces the replicas by new ones, which have everything that is in the directory now.
func (r *Replicas) Set(options Options) error {
	if err := options.check(); err != nil {
		return err
	}
	if options.Replicas == 0 {
		r.current.Store(nil)
		return nil
	}
	s := &set{
		options: options,
		lags:    rand.New(rand.NewPCG(options.Seed, 0)),
		choices: rand.New(rand.NewPCG(options.Seed, 1)),
		written: map[string]uint64{},
	}
	return r.store.Update(func(*directory.Txn) error { // during which nobody else makes a change
		s.begin(r.store.View())
		r.current.Store(s)
		return nil
	})
}

// Options returns what Set was given.
func (r *Replicas) Options() Options {
	if s := r.current.Load(); s != nil {
		return s.options
	}
	return Options{}
}

// On reports whether there are replicas.
func (r *Replicas) On() bool { return r.current.Load() != nil }

// CatchUp gives every replica what is in the directory now.
func (r *Replicas) CatchUp() {
	if s := r.current.Load(); s != nil {
		s.begin(r.store.View())
	}
}

// View returns the directory as the replica has it that answers a request, and which one that is, counted from 1. Where
// there are none it is the directory as it is, and 0.
//
// The session is empty, or names one whose own changes it must see; [Replicas.Wrote] tells of them. A replica that lacks
// them gets them first. The context may have a trace; see [Trace].
func (r *Replicas) View(ctx context.Context, session string) (*directory.View, int) {
	s := r.current.Load()
	if s == nil {
		return r.store.View(), 0
	}
	view, served := s.read(session, r.now())
	note(ctx, served)
	return view, served.Replica
}

// Wrote notes that a session has changed the directory.
func (r *Replicas) Wrote(session string) {
	if s := r.current.Load(); s != nil {
		s.wrote(session, r.store.View().Version())
	}
}

// set is what Replicas are between one Set and the next.
type set struct {
	options Options

	mutex         sync.Mutex
	lags, choices *rand.Rand
	last          int               // replica asked last, from 0
	history       []change          // in their order, beginning with the last one that all replicas have
	written       map[string]uint64 // by session: the version of the directory that has its last change
}

// change is the directory after a change.
type change struct {
	view     *directory.View
	made     time.Time
	arrives  []time.Time // at each replica; never before the change that precedes it
	complete time.Time   // the last of these
}

// begin gives all replicas a view.
func (s *set) begin(view *directory.View) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	later := slices.DeleteFunc(s.history, func(c change) bool { return c.view.Version() <= view.Version() })
	s.history = append([]change{{view: view, arrives: make([]time.Time, s.options.Replicas)}}, later...)
}

// add has a view on its way to the replicas.
func (s *set) add(view *directory.View, now time.Time) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.forget(now)
	before := s.history[len(s.history)-1]
	if view.Version() <= before.view.Version() {
		return // begin was faster
	}
	next := change{view: view, made: now, arrives: make([]time.Time, s.options.Replicas)}
	for replica := range next.arrives {
		lag, arrives := s.lag(), before.arrives[replica] // chance is asked for each, so that it goes by the changes alone
		if arrives.Before(now.Add(s.options.Lag.Min)) {
			arrives = now.Add(lag)
		}
		next.arrives[replica] = arrives
		next.complete = latest(next.complete, next.arrives[replica])
	}
	s.history = append(s.history, next)
}

func (s *set) lag() time.Duration {
	lag := s.options.Lag
	return lag.Min + time.Duration(s.lags.Int64N(int64(lag.Max-lag.Min)+1))
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// forget drops the views that no replica shows any more.
func (s *set) forget(now time.Time) {
	old := 0
	for old+1 < len(s.history) && !s.history[old+1].complete.After(now) {
		old++
	}
	if old == 0 {
		return
	}
	clear(s.history[:old]) // the array stays until append needs a larger one, the views need not
	s.history = s.history[old:]
	everywhere := s.history[0].view.Version()
	maps.DeleteFunc(s.written, func(_ string, version uint64) bool { return version <= everywhere })
}

func (s *set) read(session string, now time.Time) (*directory.View, Served) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.forget(now)
	replica := s.choose()
	// The first change has arrived everywhere, whatever the clock says.
	shown := sort.Search(len(s.history)-1, func(i int) bool { return s.history[i+1].arrives[replica].After(now) })
	if own := s.written[session]; own > s.history[shown].view.Version() {
		shown = sort.Search(len(s.history)-1, func(i int) bool { return s.history[i].view.Version() >= own })
	}
	served := Served{Replica: replica + 1, Missing: len(s.history) - 1 - shown}
	if served.Missing > 0 {
		served.BehindSeconds = now.Sub(s.history[shown+1].made).Seconds()
	}
	return s.history[shown].view, served
}

func (s *set) choose() int {
	if s.options.RoundRobin {
		s.last = (s.last + 1) % s.options.Replicas
		return s.last
	}
	return s.choices.IntN(s.options.Replicas)
}

func (s *set) wrote(session string, version uint64) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.written[session] = version
}
