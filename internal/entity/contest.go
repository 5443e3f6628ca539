package entity

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// Contest is about values that the service keeps unique among objects, and that pass from one to another where a configuration
// swaps them, or shifts them along a list. Terraform writes the objects in any order, and as many at once as it likes. So a
// write that is refused because another object has its value waits for the one that gives it up:
//
//   - It is sent again whenever another write of this kind was made.
//   - Where those that wait, wait for one another in a circle, one of them vacates what it has, and then all have their turn.
//   - Terraform does a few things at a time, and those that wait may keep it from the one that they wait for. One that waits for
//     another which waits itself is over then, and written by whoever gives up what it wants. So is any, where as many wait as
//     Terraform does at once. One that is left answers for them: it is not over before they are written, and fails if nobody
//     comes.
//   - Where nothing comes for a while, the refusal stands. It is known what was wanted all the same: where it turns out that
//     the value is given up after all, it is written still.
type Contest[E any] struct {
	// Values names them, each with what it is unique within.
	Values func(object mapping.Value) []string
	// Refused reports a write that was refused because another object has one of its values.
	Refused func(err error) bool
	// Vacate gives up, for a moment, those of the values that the object is to lose, for none or for ones that mean nothing. It
	// has write.Body ask for all that were planned, and returns the object as it is until that is sent.
	Vacate func(ctx context.Context, api *Services, write *Write[E]) (E, error)
}

const (
	// lull is how long nothing must come of a kind until a refused write is over, where another one answers for it; and
	// deadlock how long until it fails.
	lull     = 2 * time.Second
	deadlock = 10 * time.Second
	// atOnce is how many things Terraform does at a time, unless -parallelism says otherwise.
	atOnce = 10
	// encore is how long to wait at most before a refused write is sent again.
	encore = time.Second
)

// contest is what is known of the writes of one kind that wait.
type contest struct {
	mutex  sync.Mutex
	claims []*claim
	came   signal // that something came
}

// claim is a write that waits for its values.
type claim struct {
	wants, gives []string
	title        string
	update       bool
	left         bool // its operation is over
	told         bool // an error has said that it was not written
	send         func(context.Context) error
}

func contestOf(api *Services, noun string) *contest {
	known, _ := api.Plans.LoadOrStore("contest of "+noun, &contest{came: signal{last: time.Now()}})
	return known.(*contest)
}

// stir wakes those that wait.
func (c *contest) stir() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.came.raise()
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(value string) bool { return slices.Contains(b, value) })
}

func lacking(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(value string) bool { return slices.Contains(b, value) })
}

// holders are the waiting writes that give up what a claim wants, and those whom these wait for. The mutex is held.
func (c *contest) holders(of *claim) []*claim {
	found := []*claim{}
	for next := []*claim{of}; len(next) > 0; next = next[1:] {
		for _, other := range c.claims {
			if overlap(next[0].wants, other.gives) && !slices.Contains(found, other) {
				found, next = append(found, other), append(next, other)
			}
		}
	}
	return found
}

// closes reports whether a claim waits for itself, and then has it give up what it has.
func (c *contest) closes(this *claim) (gives []string, circle bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !this.update || !slices.Contains(c.holders(this), this) {
		return nil, false
	}
	gives, this.gives = this.gives, nil
	return gives, true
}

// leave ends the operation of a claim for which another one answers that waits, too.
func (c *contest) leave(this *claim) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !this.update || len(this.gives) == 0 || time.Since(c.came.last) < lull {
		return false
	}
	this.left = slices.ContainsFunc(c.holders(this), func(other *claim) bool { return other != this && !other.left }) || c.answering(this) >= atOnce-1
	return this.left
}

// answering is how many other updates wait, which can answer for those that are over. The mutex is held.
func (c *contest) answering(but *claim) int {
	count := 0
	for _, other := range c.claims {
		if other != but && other.update && !other.left {
			count++
		}
	}
	return count
}

func (c *contest) add(this *claim) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.claims = append(c.claims, this)
}

func (c *contest) remove(this *claim) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.claims = slices.DeleteFunc(c.claims, func(other *claim) bool { return other == this })
}

// due takes a write that is over out of those that wait, which can be made now.
func (c *contest) due(free []string) *claim {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	i := slices.IndexFunc(c.claims, func(other *claim) bool { return other.left && overlap(other.wants, free) })
	if i < 0 {
		return nil
	}
	found := c.claims[i]
	c.claims = slices.Delete(c.claims, i, i+1)
	return found
}

// unanswered are the titles of the writes that are over, and that nobody answers for but a claim; nil stands for none.
func (c *contest) unanswered(but *claim, tell bool) []string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	others := c.answering(but) > 0
	var titles []string
	for _, other := range c.claims {
		if other.left && !other.told && other != but && (!others || but != nil && slices.Contains(c.holders(other), but)) {
			titles = append(titles, other.title)
			other.told = tell
		}
	}
	return titles
}

// answer waits until the writes are made that are over and that nobody else answers for.
func (r *managed) answer(ctx context.Context, c *contest) error {
	for len(c.unanswered(nil, false)) > 0 && !c.isQuiet(cmp.Or(r.api.Deadlock, deadlock)) {
		if c.pause(ctx) != nil {
			break
		}
	}
	if titles := c.unanswered(nil, true); len(titles) > 0 {
		return errors.New(unwritten(titles))
	}
	return nil
}

// unwritten says what Terraform was told that is not so.
func unwritten(titles []string) string {
	return fmt.Sprintf("Terraform was told that these are changed, which waited for a value and are not: %s. The next plan changes them.", strings.Join(titles, ", "))
}

// passOn makes the writes that waited for values which are free now, and whose operations are over.
func (c *contest) passOn(ctx context.Context, free []string, refused func(error) bool) error {
	defer c.stir()
	for next := c.due(free); next != nil; next = c.due(free) {
		switch err := next.send(ctx); {
		case err != nil && refused(err): // it wants more than this
			c.add(next)
			return nil
		case err != nil:
			return fmt.Errorf("the %s waited for a value that this one had, and was not changed then: %w", next.title, err)
		}
		free = append(slices.Clone(free), next.gives...)
	}
	return nil
}

// contested makes a write that may be refused because another object has one of its values.
func (r *managed) contested(ctx context.Context, write *Write[any], send func(context.Context, *Write[any]) error) error {
	if r.Contest == nil {
		return send(ctx, write)
	}
	c := contestOf(r.api, r.Noun)
	c.stir()
	had, wanted := r.Contest.Values(write.Prior), r.Contest.Values(write.Plan)
	this := &claim{wants: lacking(wanted, had), gives: lacking(had, wanted), title: r.title() + name(write.Plan), update: !write.Prior.IsNull()}
	later := *write // of an operation that may be over
	this.send = func(ctx context.Context) error { return send(ctx, &later) }
	gives := this.gives
	err := send(ctx, write)
	if err != nil && r.Contest.Refused(err) {
		c.add(this)
		c.stir()
		err = r.wait(ctx, c, this, write, send, err)
		if this.left {
			return err
		}
		c.remove(this)
	}
	if err == nil {
		err = c.passOn(ctx, gives, r.Contest.Refused)
	} else {
		c.stir()
	}
	if !this.update {
		return err
	}
	if unanswered := r.answer(ctx, c); unanswered != nil {
		err = errors.Join(err, unanswered)
	}
	return err
}

// wait sends a refused write again until its turn has come.
func (r *managed) wait(ctx context.Context, c *contest, this *claim, write *Write[any], send func(context.Context, *Write[any]) error, err error) error {
	var vacated any
	for {
		gives, circle := c.closes(this)
		if circle {
			var vacateErr error
			if vacated, vacateErr = r.Contest.Vacate(ctx, r.api, write); vacateErr != nil {
				return errors.Join(err, vacateErr)
			}
			write.passed = append(write.passed, r.Table.Value(vacated).Attributes())
			if passErr := c.passOn(ctx, gives, r.Contest.Refused); passErr != nil {
				return r.restored(ctx, write, vacated, passErr)
			}
		} else {
			if c.leave(this) {
				return nil
			}
			if waiting := c.pause(ctx); waiting != nil {
				return r.restored(ctx, write, vacated, fmt.Errorf("%w\n\n%w while waiting for another resource of this configuration to give up the value", err, waiting))
			}
		}
		if err = send(ctx, write); err == nil || !r.Contest.Refused(err) {
			return r.restored(ctx, write, vacated, err)
		}
		if c.isQuiet(cmp.Or(r.api.Deadlock, deadlock)) {
			return r.restored(ctx, write, vacated, r.unyielding(c, this, err))
		}
	}
}

// pause waits until something comes, out of turn: what is waited for needs it.
func (c *contest) pause(ctx context.Context) error {
	c.mutex.Lock()
	stirred := c.came.next()
	c.mutex.Unlock()
	return outOfTurn(ctx, func() error {
		timer := time.NewTimer(encore)
		defer timer.Stop()
		select {
		case <-stirred:
			return nil
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
}

func (c *contest) isQuiet(deadlock time.Duration) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return time.Since(c.came.last) > deadlock
}

// unyielding is the refusal of a write for which nobody gave up the value.
func (r *managed) unyielding(c *contest, this *claim, err error) error {
	text := "No other resource of this configuration gave it up in time."
	if this.update {
		text += " If one does later in this run, as with -parallelism=1, this is written then, and the next plan has no changes."
	}
	if titles := c.unanswered(this, true); len(titles) > 0 {
		text += " " + unwritten(titles)
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	this.left = this.update && len(this.gives) > 0
	this.told = this.left
	return fmt.Errorf("%w\n\n%s", err, text)
}

// released lets others have the values of what is gone.
func (r *managed) released(ctx context.Context, state mapping.Value) error {
	if r.Contest == nil {
		return nil
	}
	return contestOf(r.api, r.Noun).passOn(ctx, r.Contest.Values(state), r.Contest.Refused)
}

// restored gives an object that vacated its values, and failed then, those of before; where that fails too, the state has it as
// it is, and the next run goes on from there.
func (r *managed) restored(ctx context.Context, write *Write[any], vacated any, err error) error {
	if err == nil || absent(vacated) {
		return err
	}
	ctx, cancel := Farewell(ctx)
	defer cancel()
	complete, body, now := r.New(), r.New(), r.Table.Value(vacated)
	r.Table.Encode(write.Prior, complete)
	r.Table.Patch(now, write.Prior, complete, body)
	if restoreErr := r.Resource.Update(ctx, r.api, &Write[any]{Prior: write.Prior, Plan: write.Prior, Body: body}); restoreErr != nil {
		write.Object = vacated
		return fmt.Errorf("%w\n\nIt gave up its value for another one that changes with it, and could not be given back what it had: it has neither until the next apply: %w", err, restoreErr)
	}
	return err
}
