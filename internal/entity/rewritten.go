package entity

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

// Rewritten is a property of an object, such as its certificates or its app roles, of which each resource manages a part, and
// which the service can only replace as a whole. So every write is made of a read of a moment before. Three things would lose
// somebody's part then, and are kept from it:
//
//   - Two writes at once: those of this process take turns (Resource.Parent), and one that the service refuses because
//     another was under way is made again from the beginning.
//   - A write that is sent again later: it is not sent again by itself (graph.Unrepeated), but made anew of a new read.
//   - A read from a replica that lags behind: it lacks what was written last. It is not believed while it disagrees with what
//     this process wrote a moment ago, and never written back.
//
// What another process wrote within the seconds that replication takes, nothing tells of.
type Rewritten[C any] struct {
	// Name tells it from other properties of the object of an id; Title is what people call it, as in "the certificates of
	// the application".
	Name, ID, Title string
	Read            func(ctx context.Context) (C, error)
	Write           func(ctx context.Context, whole C) error
}

// Part is what one resource has of the property.
type Part[C any] struct {
	// ID tells it from others. Before is the id of what it takes the place of, if that is another one.
	ID, Before string
	// Shows tells whether what is read has the part as it was written.
	Shows func(C) bool
}

// ledger is what this process has written to the property, by part. Its users have the object's turn.
type ledger[C any] struct {
	written map[string]entry[C]
	// unsure are the parts of which a write got no answer.
	unsure map[string]bool
}

type entry[C any] struct {
	at    time.Time
	shows func(C) bool
}

type ledgerOf struct{ name string }

func (r Rewritten[C]) ledger(api *Services) *ledger[C] {
	known, _ := api.Plans.LoadOrStore(ledgerOf{r.Name + "/" + strings.ToLower(r.ID)}, &ledger[C]{written: map[string]entry[C]{}, unsure: map[string]bool{}})
	return known.(*ledger[C])
}

// Note remembers that a part was written just now.
func (r Rewritten[C]) Note(api *Services, part Part[C]) {
	r.ledger(api).forget(part)
	r.ledger(api).written[part.ID] = entry[C]{time.Now(), part.Shows}
}

func (l *ledger[C]) forget(part Part[C]) {
	for _, id := range []string{part.ID, part.Before} {
		delete(l.written, id)
		delete(l.unsure, id)
	}
}

// agrees reports whether what was read has in it what was written since a while ago.
func (l *ledger[C]) agrees(read C, recent func(time.Time) bool) bool {
	for _, entry := range l.written {
		if recent(entry.at) && !entry.shows(read) {
			return false
		}
	}
	return true
}

func (l *ledger[C]) last() (last time.Time) {
	for _, entry := range l.written {
		if entry.at.After(last) {
			last = entry.at
		}
	}
	return last
}

// current reads the property as it is to be written again.
func (r Rewritten[C]) current(ctx context.Context, api *Services) (whole C, err error) {
	ledger, began := r.ledger(api), time.Now()
	recent := func(at time.Time) bool { return api.Recent(at, began) }
	agrees, err := UpToDate(ctx, api, ledger.last(), func() (bool, error) {
		if whole, err = r.Read(ctx); err == nil {
			api.Saw(r.ID)
		}
		return err == nil && ledger.agrees(whole, recent), err
	})
	if err == nil && !agrees {
		return whole, &AttributeError{
			Summary: "Microsoft Entra lags behind",
			Detail:  fmt.Sprintf("It does not show yet what this run has changed of %s %s. To write them again as it shows them would undo that, and what others have changed: nothing was written. Apply again in a few minutes.", r.Title, r.ID),
		}
	}
	return whole, err
}

// Change writes the property as edit makes it of what there is, unless that has nothing to write, and notes the part. Edit is
// asked again, with what there is at that moment, where a write came to no good end; again tells it that an earlier one may
// have been carried out.
func (r Rewritten[C]) Change(ctx context.Context, api *Services, part Part[C], edit func(found C, again bool) (whole C, write bool, err error)) error {
	throttled := 0
	var whole C
	var write bool
	for attempt := 1; ; attempt++ {
		// Where the service is asked for too much, reading again uses up what the write would need: every other time the
		// write alone is sent again, of which nothing was done.
		if throttled == 0 || throttled%2 == 1 {
			found, err := r.current(ctx, api)
			if err == nil {
				whole, write, err = edit(found, r.ledger(api).unsure[part.ID])
			}
			if err != nil {
				return err
			}
		}
		var err error
		if write {
			err = r.Write(graph.Unrepeated(ctx), whole)
		}
		if err == nil {
			r.Note(api, part)
			return nil
		}
		if graph.IsAmbiguous(err) {
			ledger := r.ledger(api)
			ledger.forget(part) // it may be so no more
			ledger.unsure[part.ID] = true
		}
		if throttled++; !isThrottled(err) {
			throttled = 0
		}
		if !graph.Again(ctx, attempt, err) {
			return err
		}
	}
}

func isThrottled(err error) bool {
	answer, ok := graph.AsError(err)
	return ok && answer.Status == http.StatusTooManyRequests
}
