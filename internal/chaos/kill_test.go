package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/terraformcli"
)

const (
	killSeed = 20260302
	// killWindow is the provider's consistency window where no replica lags behind.
	killWindow = 2 * time.Second
	// orphanLife is how long a provider may live after its Terraform.
	orphanLife = 2 * time.Second
	// latest is how long after a write has arrived the kill comes at most: a little later than its answer.
	latest = 90 * time.Millisecond
)

// writes is how many requests a command sends for keys.tf that change something.
var writes = map[string]int{"apply": 12, "destroy": 11}

// TestKill kills the provider, or Terraform, at a moment of chance and gives the same command again, many times.
func TestKill(t *testing.T) {
	t.Parallel()
	needProcesses(t)
	cli := findCLI(t)
	lanes, kills := 1, 2
	if *whole {
		lanes, kills = 5, 10
	}
	k := &killing{
		test: t, cli: cli,
		part: fmt.Sprintf("%s: %d kills, each followed by the same command again (seed %d)", cli.Name, lanes*kills, killSeed),
	}
	var running sync.WaitGroup
	for number := range lanes {
		running.Go(func() {
			l := &lane{killing: k, chance: rand.New(rand.NewPCG(killSeed, uint64(number))), next: number * kills}
			if err := l.run(t.Context(), kills); err != nil {
				t.Errorf("seed %d, lane %d: %v", killSeed, number, err)
			}
		})
	}
	running.Wait()
	slices.SortFunc(k.made, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	results.append(k.made...)
	results.remark(k.part, "%d objects were taken over, %d applications without a key were left over and then removed by the test; %d kills came too late and %d tore Terraform's own state file, and were made again; providers outlived Terraform by %s at most",
		k.takenOver, k.leftOver, k.late, k.torn, k.outlived.Round(time.Millisecond))
}

// killing is what all lanes have in common.
type killing struct {
	test *testing.T
	cli  terraformcli.CLI
	part string

	mutex                           sync.Mutex
	made                            []entry
	takenOver, leftOver, late, torn int
	outlived                        time.Duration
}

// lane is a tenant and a workspace, in which one thing is killed after the other.
type lane struct {
	*killing
	site   *site
	chance *rand.Rand
	next   int // the number of the next kill, less one
}

func (l *lane) run(ctx context.Context, kills int) (err error) {
	defer func() { err = errors.Join(err, l.leave()) }()
	end := l.next + kills
	for attempt := 0; l.next < end; attempt++ {
		if attempt == 3*kills {
			return fmt.Errorf("%d attempts made less than %d kills", attempt, kills)
		}
		if l.site == nil {
			if err := l.enter(ctx); err != nil {
				return err
			}
		}
		// What there is, is destroyed; what there isn't, applied. Terraform and the provider take turns at both.
		k := kill{command: "apply", victim: [...]string{"Terraform", "the provider"}[(l.next+l.next/2)%2]}
		if len(l.site.live()) > 0 {
			k.command = "destroy"
		}
		k.write, k.pause, k.seed = 1+l.chance.IntN(writes[k.command]), time.Duration(l.chance.Int64N(int64(latest))), l.chance.Uint64N(1<<32)
		if err := l.kill(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

// enter makes a site with everything applied, so that there is a state from now on: only then can it be seen whether a
// kill has torn it.
func (l *lane) enter(ctx context.Context) (err error) {
	if l.site, err = newSite(ctx, l.cli, "keys.tf", killWindow); err == nil {
		_, err = l.site.run(ctx, "apply")
	}
	return err
}

func (l *lane) leave() error {
	if l.site == nil {
		return nil
	}
	left := l.site
	l.site = nil
	return left.close()
}

// kill is who is killed and when: a while after so many writes of the command have arrived.
type kill struct {
	command, victim string
	write           int
	pause           time.Duration
	seed            uint64 // of how long the tenant takes
}

func (k kill) String() string {
	return fmt.Sprintf("%s, write %d of %d and %s: %s", k.command, k.write, writes[k.command], k.pause.Round(time.Millisecond), k.victim)
}

// kill makes a kill and sees what becomes of it. What it returns ends the lane.
func (l *lane) kill(ctx context.Context, k kill) error {
	l.site.tenant.ResetRequests()
	struck, outlived, err := l.strike(ctx, k)
	switch {
	case err != nil:
		return fmt.Errorf("killing %s: %w", k, err)
	case !struck:
		l.mutex.Lock()
		defer l.mutex.Unlock()
		l.late++
		return nil
	}
	if bytes, torn := l.site.torn(); torn {
		outlived()
		l.mutex.Lock()
		defer l.mutex.Unlock()
		l.torn++
		results.remark(l.part, "%s: Terraform's own state file was torn, %d bytes are left", k, bytes)
		return l.leave()
	}
	l.next++
	name := fmt.Sprintf("%2d: %s", l.next, k)
	left, takenOver, err := l.recover(ctx, k)
	lived := outlived()
	if err == nil && lived > orphanLife {
		err = fmt.Errorf("the provider outlived Terraform by %s", lived)
	}
	details := fmt.Sprintf("%d taken over", takenOver)
	if len(left) > 0 {
		details += ", left over: " + describe(left...)
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.made = append(l.made, newEntry(l.part, name, err == nil, "%s", details))
	l.takenOver, l.leftOver, l.outlived = l.takenOver+takenOver, l.leftOver+len(left), max(l.outlived, lived)
	if err == nil {
		return nil
	}
	l.test.Errorf("seed %d: kill %s: %v", killSeed, name, err)
	return l.leave()
}

// strike gives the command and kills. It reports whether that came in time; outlived then waits for the processes of the
// provider that Terraform has left behind, and says how long they lived.
func (l *lane) strike(ctx context.Context, k kill) (struck bool, outlived func() time.Duration, err error) {
	l.site.count("5ms..40ms", "10ms..60ms", k.seed)
	defer l.site.tenant.Faults().Clear()
	p, err := l.site.start(ctx, k.command)
	if err != nil {
		return false, nil, err
	}
	var providers []int
	if l.site.until(p, k.write) {
		providers = providersOf(p.command.Process.Pid)
		time.Sleep(k.pause)
	}
	struck = len(providers) > 0 && p.running()
	at := time.Now()
	switch {
	case !struck:
	case k.victim == "Terraform":
		err = p.command.Process.Kill()
	default:
		for _, pid := range providers {
			err = errors.Join(err, end(pid))
		}
	}
	<-p.done
	lived := make(chan time.Duration, 1)
	go func() { lived <- outlive(providers, at) }()
	switch {
	case p.err == nil:
		return false, nil, nil // it had done everything
	case !struck:
		return false, nil, fmt.Errorf("it failed by itself: %w\n%s", p.err, p.output.String())
	}
	return true, func() time.Duration { return <-lived }, err
}

// end kills a process of the provider that has not ended yet.
func end(pid int) error {
	process, err := os.FindProcess(pid)
	if err == nil {
		err = process.Kill()
	}
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// outlive waits until the processes of the provider have ended, not for long, and says how long that took. What lives on
// then is killed: this test has begun it.
func outlive(providers []int, since time.Time) (lived time.Duration) {
	for _, pid := range providers {
		for lives(pid) {
			if lived = time.Since(since); lived > 2*orphanLife {
				_ = end(pid)
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	return lived
}

// torn reports whether Terraform was killed while it wrote its state, which it does in place, and how much is left of it.
func (s *site) torn() (bytes int, torn bool) {
	content, err := os.ReadFile(s.stateFile())
	return len(content), err == nil && !json.Valid(content)
}

// recover gives the command again and holds the tenant against what is declared. It returns, and removes, what has been
// left over.
func (l *lane) recover(ctx context.Context, k kill) (left []*directory.Object, takenOver int, err error) {
	output, err := l.site.run(ctx, k.command)
	if err != nil {
		return nil, 0, fmt.Errorf("the same command again: %w", err)
	}
	takenOver = strings.Count(output, "existed already and is managed from now on")
	unknown, gone, err := l.site.compare()
	if err != nil {
		return nil, takenOver, err
	}
	if k.command == "destroy" && len(l.site.live()) > 0 {
		return nil, takenOver, fmt.Errorf("there is something left after destroy: %s", describe(unknown...))
	}
	for _, object := range unknown {
		name, _ := object.Properties["displayName"].(string)
		if object.Type != "application" || !strings.HasPrefix(name, "Nameless") {
			return unknown, takenOver, fmt.Errorf("the state does not know what has a key: %s", describe(object))
		}
	}
	if len(gone) > 0 || len(unknown) > 1 {
		return unknown, takenOver, fmt.Errorf("the state has what the tenant does not: %q; and the tenant has what the state does not: %s", gone, describe(unknown...))
	}
	for _, object := range unknown {
		if err := l.site.remove(ctx, object); err != nil {
			return unknown, takenOver, err
		}
	}
	if k.command == "apply" {
		err = l.site.planEmpty(ctx)
	}
	return unknown, takenOver, err
}
