package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/terraformcli"
)

// bench is one run of the program.
type bench struct {
	options
	subject  configuration // of the provider that is measured
	folder   string        // everything that is written
	mirror   string        // with the provider and the inert one
	tenant   *tenant
	load     string // of the machine before it began
	progress io.Writer

	patterns map[string]*pattern
	floors   map[string]time.Duration
}

func newBench(ctx context.Context, o options, progress io.Writer) (b *bench, err error) {
	b = &bench{
		options: o, subject: builtIn("workloadid"), progress: progress, load: loadAverage(),
		patterns: map[string]*pattern{}, floors: map[string]time.Duration{},
	}
	if o.providerConfig != "" {
		if b.subject, err = given(o.providerConfig); err != nil {
			return nil, err
		}
	}
	if b.folder, err = os.MkdirTemp("", "workloadid-bench-"); err != nil {
		return nil, err
	}
	b.mirror = filepath.Join(b.folder, "mirror")
	err = errors.Join(
		terraformcli.AddToMirror(b.mirror, "workloadid", o.provider),
		terraformcli.AddToMirror(b.mirror, "inert", o.inert),
	)
	if err == nil {
		b.tenant, err = startTenant(ctx, filepath.Join(b.folder, "authority"), o.latency)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(b.folder))
	}
	return b, nil
}

func (b *bench) close() error { return errors.Join(b.tenant.server.Close(), os.RemoveAll(b.folder)) }

// say reports progress.
func (b *bench) say(format string, arguments ...any) {
	_, _ = fmt.Fprintf(b.progress, format+"\n", arguments...)
}

// measureAll measures the rows that were asked for. A row that fails does not keep the others from being measured.
func (b *bench) measureAll(ctx context.Context, rows []row) (results []result, notes []string, err error) {
	rows, notes = b.chosen(rows)
	if err := b.prepare(ctx, rows); err != nil {
		return nil, nil, err
	}
	for _, r := range rows {
		b.say("%s …", r.key)
		found, err := r.measure(ctx, b)
		if ctx.Err() != nil {
			return nil, nil, errors.New("interrupted")
		}
		results = append(results, found...)
		if err != nil {
			results = append(results, failed(r.key, err))
		}
	}
	return results, notes, nil
}

// chosen are the rows that were asked for and that the configuration can be measured in.
func (b *bench) chosen(rows []row) (chosen []row, notes []string) {
	for _, r := range rows {
		switch {
		case len(b.rows) > 0 && !slices.Contains(b.rows, r.key):
		case r.applies(b):
			chosen = append(chosen, r)
		default:
			notes = append(notes, fmt.Sprintf("Left out for %s: %s.", b.subject.name, r.key))
		}
	}
	return chosen, notes
}

// prepare applies the patterns of the rows, so that they settle while other rows are measured.
func (b *bench) prepare(ctx context.Context, rows []row) error {
	for _, r := range rows {
		if len(r.estate) == 0 {
			continue
		}
		if _, err := b.pattern(ctx, b.subject, r.estate...); err != nil {
			return fmt.Errorf("preparing %s: %w", r.key, err)
		}
	}
	return nil
}

// circumstances are what the figures depend on besides the provider.
func (b *bench) circumstances(ctx context.Context) string {
	cli := b.cli
	if w, err := b.open(b.folder, b.subject); err == nil {
		if text, err := w.Run(ctx, "version"); err == nil {
			cli, _, _ = strings.Cut(string(text), "\n")
		}
	}
	return fmt.Sprintf("%s on %d processors (%s/%s), load before %s, each request answered %s late.",
		cli, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, b.load, b.latency)
}

// loadAverage is how many processes wanted a processor in the last minute: figures of a machine that is busy with
// something else say little about time.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	load, _, _ := strings.Cut(string(text), " ")
	return load
}

// open is a workspace for a configuration in a folder.
func (b *bench) open(dir string, c configuration) (*terraformcli.Workspace, error) {
	w, err := terraformcli.Open(b.cli, dir, filepath.Join(b.folder, c.name+".tfrc"), cmp.Or(c.mirror, b.mirror))
	if err != nil {
		return nil, err
	}
	w.Env = append(w.Env, b.tenant.environment(b.providerConfig == "")...)
	return w, nil
}

// workspace is a workspace with a configuration, ready for commands.
func (b *bench) workspace(ctx context.Context, c configuration, parts ...part) (*terraformcli.Workspace, error) {
	text, err := c.text(parts...)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(b.folder, "workspace-")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(text), 0o600); err != nil {
		return nil, err
	}
	w, err := b.open(dir, c)
	if err != nil {
		return nil, err
	}
	_, err = w.Run(ctx, "init", "-input=false", "-no-color")
	return w, err
}

func stateFile(w *terraformcli.Workspace) string { return filepath.Join(w.Dir, "terraform.tfstate") }

// pattern applies one of each file, to a tenant that has nothing else.
func (b *bench) pattern(ctx context.Context, c configuration, files ...string) (*pattern, error) {
	name := c.name + " " + strings.Join(files, " ")
	if known, ok := b.patterns[name]; ok {
		return known, nil
	}
	w, err := b.workspace(ctx, c, each(0, files...)...)
	if err != nil {
		return nil, err
	}
	if err := b.tenant.Reset(); err != nil {
		return nil, err
	}
	before := b.tenant.Snapshot()
	if _, err := w.Run(ctx, "apply", "-auto-approve", "-input=false", "-no-color"); err != nil {
		return nil, err
	}
	state, err := os.ReadFile(stateFile(w))
	if err != nil {
		return nil, err
	}
	b.patterns[name], err = newPattern(state, before, b.tenant.Snapshot())
	return b.patterns[name], err
}

// settled is how old objects must be for a provider to trust what it reads of them: it knows that an answer may be older
// than its own last write. Ours stops to expect that after two minutes.
const settled = 2*time.Minute + time.Second

// settle waits until what the pattern was made of has settled.
func (b *bench) settle(ctx context.Context, p *pattern) error {
	wait := time.Until(p.applied.Add(settled))
	if wait <= 0 || len(p.objects) == 0 {
		return nil
	}
	b.say("  waiting %s, until what was applied is two minutes old", wait.Round(time.Second))
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// work is a command of the CLI to measure.
type work struct {
	workspace *terraformcli.Workspace
	begin     func() error // puts state and tenant to where the command begins, which is not measured
	args      []string
	want      changes // what the command is to say that it did or would do
}

// measure runs the work once.
func (b *bench) measure(ctx context.Context, w *work) (figures, error) {
	if err := w.begin(); err != nil {
		return figures{}, err
	}
	runtime.GC() // not while the provider is measured
	command := w.workspace.Command(ctx, append(slices.Clone(w.args), "-input=false", "-no-color")...)
	var stdout, stderr strings.Builder
	command.Stdout, command.Stderr = &stdout, &stderr
	b.tenant.slow()
	defer b.tenant.quick()
	started := time.Now()
	if err := command.Start(); err != nil {
		return figures{}, err
	}
	stop := watch(command.Process.Pid)
	err := command.Wait()
	f := figures{wall: time.Since(started), counted: true}
	used := stop()
	f.peak, f.providerCPU = used.peak, used.cpu
	// What the system counts for the CLI includes the processes that it has waited for.
	f.cliCPU = max(0, command.ProcessState.UserTime()+command.ProcessState.SystemTime()-used.cpu)
	log := b.tenant.Requests()
	f.requests, f.connections = traffic(log)
	if b.verbose {
		b.say("%s", operations(log))
	}
	if err != nil {
		return figures{}, fmt.Errorf("%s: %w: %s", strings.Join(w.args, " "), err, strings.TrimSpace(stderr.String()))
	}
	got, err := parseChanges(stdout.String())
	if err == nil && got != w.want {
		err = fmt.Errorf("%s says that it is %v, not %v", strings.Join(w.args, " "), got, w.want)
	}
	return f, err
}

// floor is a work of the inert provider, by a name: it is measured once.
type floor struct {
	name string
	work func() (*work, error)
}

// compare measures the work and its floor that often, by turns, so that whatever else the machine does weighs on both.
func (b *bench) compare(ctx context.Context, times int, w *work, beside floor) (figures, error) {
	_, known := b.floors[beside.name]
	inert := &work{}
	if !known {
		var err error
		if inert, err = beside.work(); err != nil {
			return figures{}, fmt.Errorf("the floor: %w", err)
		}
	}
	var runs []figures
	var floors []time.Duration
	for range times {
		if !known {
			f, err := b.measure(ctx, inert)
			if err != nil {
				return figures{}, fmt.Errorf("the floor: %w", err)
			}
			floors = append(floors, f.wall)
		}
		f, err := b.measure(ctx, w)
		if err != nil {
			return figures{}, err
		}
		runs = append(runs, f)
	}
	if !known {
		b.floors[beside.name] = median(floors)
	}
	f := summary(runs)
	f.floor = b.floors[beside.name]
	b.say("  %d requests, %s beside %s", f.requests, seconds(f.wall), seconds(f.floor))
	return f, nil
}

// summary is of several runs the median of the times, and the most of everything else.
func summary(runs []figures) figures {
	all := figures{counted: true}
	var walls, providers, clis []time.Duration
	for _, f := range runs {
		walls, providers, clis = append(walls, f.wall), append(providers, f.providerCPU), append(clis, f.cliCPU)
		all.requests, all.connections = max(all.requests, f.requests), max(all.connections, f.connections)
		all.peak = max(all.peak, f.peak)
	}
	all.wall, all.providerCPU, all.cliCPU = median(walls), median(providers), median(clis)
	return all
}

// median decides: a minimum hides what users meet, a maximum shows what else the machine was doing.
func median(times []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2]
}
