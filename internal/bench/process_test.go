package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	t.Parallel()
	const stat = "582 (terraform (x) y) S 577 577 25501 0 -1 4194304 102 0 0 0 12 34 0 0 20 0 1 0 1145613 3133440 375\n"
	parent, cpu, err := parseStat([]byte(stat))
	if err != nil || parent != 577 || cpu != 460*time.Millisecond {
		t.Errorf("the parent is %d and the time %s, %v; want 577 and 460ms", parent, cpu, err)
	}
	for _, wrong := range []string{"", "1 (x) S 2", "1 (x) S y 3 4 5 6 7 8 9 10 11 12 13 14 15 16"} {
		if _, _, err := parseStat([]byte(wrong)); err == nil {
			t.Errorf("%q is read", wrong)
		}
	}
}

func TestParsePeak(t *testing.T) {
	t.Parallel()
	if got := parsePeak("Name:\tx\nVmPeak:\t  3060 kB\nVmHWM:\t    1708 kB\nVmRSS:\t    1700 kB\n"); got != 1708<<10 {
		t.Errorf("got %d", got)
	}
	if got := parsePeak("Name:\tx\n"); got != 0 {
		t.Errorf("got %d of a process without memory", got)
	}
}

// TestWatch has a shell in place of the CLI: what it starts counts by its name, and what others start does not.
func TestWatch(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("there is no /proc")
	}
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Skip(err)
	}
	content, err := os.ReadFile(sleep)
	if err != nil {
		t.Fatal(err)
	}
	provider := filepath.Join(t.TempDir(), "terraform-provider-sleep")
	if err := os.WriteFile(provider, content, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		program string
		seen    bool
	}{"provider": {provider, true}, "another program": {sleep, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cli := exec.CommandContext(t.Context(), "sh", "-c", `"$0" 1; exit 0`, test.program)
			if err := cli.Start(); err != nil {
				t.Fatal(err)
			}
			stop := watch(cli.Process.Pid)
			if err := cli.Wait(); err != nil {
				t.Fatal(err)
			}
			if used := stop(); (used.peak > 0) != test.seen || used.peak > 100<<20 {
				t.Errorf("saw %+v", used)
			}
		})
	}
}
