package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/terraformcli"
)

const (
	interruptSeed = 20260303
	// promptly is how soon a command ends after Ctrl-C: a create that was under way may look for what it made for ten
	// seconds, and the tenant takes more than one for each answer.
	promptly = 15 * time.Second
)

// TestInterrupt presses Ctrl-C while a command is under way on a slow tenant.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	needProcesses(t)
	cli := findCLI(t)
	var playing sync.WaitGroup
	for _, play := range []struct {
		scene                    scene
		first, interrupts, whole int
	}{{keys, 0, 1, 8}, {access(0, nil, nil, nil), 1, 1, 9}} {
		if *whole {
			play.interrupts = play.whole
		}
		playing.Go(func() {
			if err := interruptIn(t.Context(), cli, play.scene, play.first, play.interrupts); err != nil {
				t.Errorf("%s, seed %d: %v", play.scene.name, interruptSeed, err)
			}
		})
	}
	playing.Wait()
}

// interruptIn interrupts the steps of a scene, from one of them on.
func interruptIn(ctx context.Context, cli terraformcli.CLI, scene scene, first, interrupts int) (err error) {
	var site *site
	if first == 0 {
		site, err = newSite(ctx, cli, scene.configuration, scene.window)
	} else {
		site, err = scene.enter(ctx, cli)
	}
	if site != nil {
		defer func() { err = errors.Join(err, site.close()) }()
	}
	if err != nil {
		return err
	}
	part := fmt.Sprintf("%s, %s: %d interrupts, each followed by the same command again (seed %d)", cli.Name, scene.name, interrupts, interruptSeed)
	chance := rand.New(rand.NewPCG(interruptSeed, 0))
	number := 0
	for attempt := 0; number < interrupts; attempt++ {
		if attempt == 3*interrupts {
			return fmt.Errorf("%d attempts made %d interrupts", attempt, number)
		}
		k := kill{step: scene.steps[(first+attempt)%len(scene.steps)], victim: "Ctrl-C"}
		site.take(k.step)
		k.moment = byChance(1+chance.IntN(k.writes), time.Duration(chance.Int64N(int64(500*time.Millisecond))))
		k.latency, k.delay, k.seed = "100ms..1s", "100ms..1s", chance.Uint64N(1<<32)
		site.tenant.ResetRequests()
		took, err := site.interrupt(ctx, k)
		if errors.Is(err, errTooLate) {
			continue
		}
		if err == nil {
			err = site.finish(ctx, k)
		}
		number++
		name := fmt.Sprintf("%2d: %s", number, k)
		results.enter(part, name, err == nil, "ended after %s", took.Round(100*time.Millisecond))
		if err != nil {
			return fmt.Errorf("interrupt %s: %w", name, err)
		}
	}
	return nil
}

// errTooLate is a command that was done before it could be interrupted.
var errTooLate = errors.New("the command was done before it was interrupted")

// interrupt gives a command, presses Ctrl-C when so many writes have arrived, and reports an error unless it ends soon and
// leaves a state that has everything that exists.
func (s *site) interrupt(ctx context.Context, k kill) (took time.Duration, err error) {
	s.count(k.moment, k.seed)
	defer s.tenant.Faults().Clear()
	p, err := s.start(ctx, k.command)
	if err != nil {
		return 0, err
	}
	if s.until(p, k.write) {
		time.Sleep(k.pause)
		// A terminal sends it to all processes in the foreground.
		for _, pid := range append(providersOf(p.command.Process.Pid), p.command.Process.Pid) {
			if process, found := os.FindProcess(pid); found == nil {
				err = errors.Join(err, process.Signal(os.Interrupt))
			}
		}
	}
	began := time.Now()
	<-p.done
	took = time.Since(began)
	switch {
	case err != nil:
		return took, err
	case p.err == nil:
		return took, errTooLate
	case took > promptly:
		return took, fmt.Errorf("it went on for %s:\n%s", took, p.output.String())
	}
	unknown, gone, err := s.compare()
	switch {
	case err != nil:
		return took, err
	case len(unknown) > 0:
		return took, fmt.Errorf("the state does not know %s:\n%s\nrequests:\n%s", unknown, p.output.String(), listed(s.tenant.Requests()))
	case len(gone) > 0 && !k.removes:
		return took, fmt.Errorf("the state has what the tenant does not: %q\n%s", gone, p.output.String())
	}
	return took, nil
}

// finish gives the command again, after which everything is as declared.
func (s *site) finish(ctx context.Context, k kill) error {
	if _, err := s.run(ctx, k.command); err != nil {
		return fmt.Errorf("the same command again: %w", err)
	}
	if err := errors.Join(s.exact(), s.untouched()); err != nil {
		return err
	}
	if there := len(s.live()); k.command == "destroy" && there > 0 {
		return fmt.Errorf("the tenant still holds %d objects", there)
	}
	if k.command == "destroy" {
		return nil
	}
	return s.planEmpty(ctx)
}
