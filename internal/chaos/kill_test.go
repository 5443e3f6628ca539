package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

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

// TestKill kills the provider, or Terraform, and gives the same command again, many times: at moments that were chosen, and
// then at moments of chance. Its scenes mostly wait, and are played at the same time.
func TestKill(t *testing.T) {
	t.Parallel()
	needProcesses(t)
	cli := findCLI(t)
	// All six requests of a step that are sent at the same time have been carried out, and none has been answered; or none has
	// been carried out; or the one that removes what has been renewed has been.
	done, none, removed := unanswered(6, writePaths...), unserved(6, writePaths...), unanswered(1, "/applications/*/removePassword")
	var playing sync.WaitGroup
	for _, play := range []struct {
		scene        scene
		lanes, kills int
		whole        [2]int // lanes and kills of make chaos
	}{
		{keys, 1, 2, [2]int{5, 10}},
		{access(0, []moment{done, none}, []moment{done, removed}, []moment{done}), 1, 3, [2]int{1, 12}},
		// The command that comes after a kill meets replicas that have not heard of what the killed one did.
		{access(5*time.Second, []moment{done}, []moment{done, removed}, []moment{done}), 1, 2, [2]int{1, 12}},
	} {
		if *whole {
			play.lanes, play.kills = play.whole[0], play.whole[1]
		}
		playing.Go(func() { killIn(t, cli, play.scene, play.lanes, play.kills) })
	}
	playing.Wait()
}

func killIn(t *testing.T, cli terraformcli.CLI, scene scene, lanes, kills int) {
	t.Helper()
	k := &killing{
		test: t, cli: cli, scene: scene,
		part: fmt.Sprintf("%s, %s: %d kills, each followed by the same command again (seed %d)", cli.Name, scene.name, lanes*kills, killSeed),
	}
	var running sync.WaitGroup
	for number := range lanes {
		running.Go(func() {
			l := &lane{killing: k, chance: rand.New(rand.NewPCG(killSeed, uint64(number))), next: number * kills, killed: map[string]int{}}
			if err := l.run(t.Context(), kills); err != nil {
				t.Errorf("%s, seed %d, lane %d: %v", scene.name, killSeed, number, err)
			}
		})
	}
	running.Wait()
	slices.SortFunc(k.made, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	results.append(k.made...)
	results.remark(k.part, "%d leftovers were imported or taken over, %d that nobody could know again were left over and then removed by the test; %d kills came too late and %d tore Terraform's own state file, and were made again; providers outlived Terraform by %s at most",
		k.takenOver, k.leftOver, k.late, k.torn, k.outlived.Round(time.Millisecond))
}

// killing is what all lanes have in common.
type killing struct {
	test  *testing.T
	cli   terraformcli.CLI
	scene scene
	part  string

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
	next   int            // the number of the next kill, less one
	done   int            // how many steps have been made in the site
	killed map[string]int // how often each step has been killed
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
		// Terraform and the provider take turns at each step.
		turn := l.done % len(l.scene.steps)
		k := kill{step: l.scene.steps[turn]}
		k.victim = [...]string{"the provider", "Terraform"}[(turn+l.killed[k.name])%2]
		k.moment, k.seed = byChance(1+l.chance.IntN(k.writes), time.Duration(l.chance.Int64N(int64(latest)))), l.chance.Uint64N(1<<32)
		if times := l.killed[k.name]; times < len(k.chosen) {
			k.moment = k.chosen[times]
		}
		// So do the two ways in which leftovers come to be managed.
		k.adopt = (l.next+l.next/len(l.scene.steps)*(len(l.scene.steps)+1))%2 == 1
		if err := l.kill(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

func (l *lane) enter(ctx context.Context) (err error) {
	l.done = 1
	l.site, err = l.scene.enter(ctx, l.cli)
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

// kill is who is killed, at what, and when.
type kill struct {
	step
	moment
	victim string
	adopt  bool   // whether the command that comes after it takes leftovers over
	seed   uint64 // of how long the tenant takes
}

func (k kill) String() string {
	text := fmt.Sprintf("%s, write %d of %d and %s: %s", k.name, k.write, k.writes, k.pause.Round(time.Millisecond), k.victim)
	if k.adopt {
		text += ", then with adopt_leftovers"
	}
	return text
}

// kill makes a kill and sees what becomes of it. What it returns ends the lane.
func (l *lane) kill(ctx context.Context, k kill) error {
	l.site.tenant.ResetRequests()
	l.site.take(k.step)
	l.done++
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
	l.killed[k.name]++
	name := fmt.Sprintf("%2d: %s", l.next, k)
	left, takenOver, err := l.recover(ctx, k)
	lived := outlived()
	if err == nil && lived > orphanLife {
		err = fmt.Errorf("the provider outlived Terraform by %s", lived)
	}
	details := fmt.Sprintf("%d leftovers managed", takenOver)
	if len(left) > 0 {
		details += fmt.Sprintf(", left over: %s", left)
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.made = append(l.made, newEntry(l.part, name, err == nil, "%s", details))
	l.takenOver, l.leftOver, l.outlived = l.takenOver+takenOver, l.leftOver+len(left), max(l.outlived, lived)
	if err == nil {
		return nil
	}
	l.test.Errorf("%s, seed %d: kill %s: %v", l.scene.name, killSeed, name, err)
	return l.leave()
}

// strike gives the command and kills. It reports whether that came in time; outlived then waits for the processes of the
// provider that Terraform has left behind, and says how long they lived.
func (l *lane) strike(ctx context.Context, k kill) (struck bool, outlived func() time.Duration, err error) {
	l.site.count(k.moment, k.seed)
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

// rounds is how often a command is given again at most, each time with what the one before found in its way imported.
const rounds = 4

// again gives a command again, and says how many leftovers are managed then that were not before. With adopt, the provider is
// told to take them over. Without, they are refused, each with a block that imports it: with all of these the command is given
// once more.
func (s *site) again(ctx context.Context, command string, adopt bool) (takenOver int, err error) {
	if adopt {
		before := s.workspace.Env
		defer func() { s.workspace.Env = before }()
		s.workspace.Env = append(slices.Clone(before), "WORKLOADID_ADOPT_LEFTOVERS=true")
		output, err := s.run(ctx, command)
		return strings.Count(output, "existed already and is managed from now on"), err
	}
	imports := filepath.Join(s.workspace.Dir, "leftovers.tf")
	defer func() { err = errors.Join(err, os.RemoveAll(imports)) }()
	known := map[string]string{} // blocks by address
	for round := 1; ; round++ {
		_, err = s.run(ctx, command)
		if err == nil || round == rounds {
			return takenOver, err
		}
		_, refusals, _ := strings.Cut(err.Error(), "Error: ")
		refusals, _, _ = strings.Cut(refusals, "\nrequests:\n")
		for refusal := range strings.SplitSeq(refusals, "Error: ") {
			address, block := refusedAddress.FindStringSubmatch(refusal), importBlock.FindStringSubmatch(refusal)
			if address == nil || block == nil {
				return takenOver, err
			}
			if known[address[1]] == "" {
				takenOver++
			}
			// The state has what was to be changed, or what a replica has shown in part to the import.
			if known[address[1]] != "" || strings.Contains(strings.Join(strings.Fields(refusal), " "), "terraform state rm") {
				if _, failed := s.workspace.Run(ctx, "state", "rm", address[1]); failed != nil {
					return takenOver, errors.Join(err, failed)
				}
			}
			known[address[1]] = fmt.Sprintf("import {\n  to = %s\n  id = %s\n}\n", address[1], block[1])
		}
		if err := os.WriteFile(imports, []byte(strings.Join(slices.Sorted(maps.Values(known)), "")), 0o600); err != nil {
			return takenOver, err
		}
	}
}

var (
	refusedAddress = regexp.MustCompile(`with (\S+),`)
	importBlock    = regexp.MustCompile(`import \{\n\s*to = \S+\n\s*id = (".*")\n\s*\}`)
)

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
func (l *lane) recover(ctx context.Context, k kill) (left []thing, takenOver int, err error) {
	takenOver, err = l.site.again(ctx, k.command, k.adopt)
	if err != nil {
		return nil, 0, fmt.Errorf("the same command again: %w", err)
	}
	unknown, gone, err := l.site.compare()
	if err == nil && slices.ContainsFunc(unknown, func(t thing) bool { return l.scene.unseen != nil && l.scene.unseen(k.step, t) }) {
		time.Sleep(l.scene.window)
		if _, err = l.site.run(ctx, k.command); err == nil {
			unknown, gone, err = l.site.compare()
		}
	}
	if err != nil {
		return nil, takenOver, err
	}
	if k.command == "destroy" && len(l.site.live()) > 0 {
		return nil, takenOver, fmt.Errorf("there is something left after destroy: %s", unknown)
	}
	for _, t := range unknown {
		if !l.scene.mayStay(k.step, t) {
			return unknown, takenOver, fmt.Errorf("the state does not know what can be known again: %s", t)
		}
	}
	if len(gone) > 0 || len(unknown) > 1 {
		return unknown, takenOver, fmt.Errorf("the state has what the tenant does not: %q; and the tenant has what the state does not: %s", gone, unknown)
	}
	for _, t := range unknown {
		if err := l.site.remove(ctx, t); err != nil {
			return unknown, takenOver, err
		}
	}
	if err := l.site.untouched(); err != nil {
		return unknown, takenOver, err
	}
	if k.command == "apply" {
		err = l.site.planEmpty(ctx)
	}
	return unknown, takenOver, err
}
