package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	t.Parallel()
	needCurl(t)
	folder := t.TempDir()
	for _, c := range []struct {
		name, script  string
		code          int
		says, refuses string
	}{
		{"succeeds", `curl -sf "$WORKLOADID_GRAPH_ENDPOINT/_local/health" >/dev/null; echo "$ARM_TENANT_ID $1"`, 0, "11111111-1111-4111-8111-111111111111 two words\n", ""},
		{"fails", "exit 7", 7, "", ""},
		{"is refused", `curl -s "$WORKLOADID_GRAPH_ENDPOINT/v1.0/applications" >/dev/null; exit 3`, 3, "", "GET /v1.0/applications: 401"},
		{"is killed", "kill -9 $$", 128 + 9, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			stdout, said, code := command(t, "run", "--ca-dir", folder, "--tenant", "11111111-1111-4111-8111-111111111111", "--", "sh", "-c", c.script, "sh", "two words")
			if code != c.code || c.says != "" && stdout != c.says || !strings.Contains(said, c.refuses) || c.refuses == "" && said != "" {
				t.Errorf("%d, stdout %q, stderr %q", code, stdout, said)
			}
			if left, _ := filepath.Glob(filepath.Join(folder, notesFolder, "*.tmp")); len(left) > 0 {
				t.Errorf("left %v", left)
			}
		})
	}
}

func TestRun_failures(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for says, c := range map[string]struct {
		arguments []string
		code      int
	}{
		`there is no program "nowhere-to-be-found"`: {[]string{"--", "nowhere-to-be-found"}, exitNotFound},
		"is a directory": {[]string{"--", folder}, exitNotExecutable},
		"no such file":   {[]string{"--seed", filepath.Join(folder, "none.json"), "--", "true"}, exitFailure},
	} {
		_, said, code := command(t, append([]string{"run", "--ca-dir", folder}, c.arguments...)...)
		if code != c.code || !strings.Contains(said, says) {
			t.Errorf("%v: %d %s", c.arguments, code, said)
		}
	}
}

// TestRun_signals: the command ends as it likes, and the tenant is there until it has.
func TestRun_signals(t *testing.T) {
	t.Parallel()
	needCurl(t)
	folder := t.TempDir()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		var stdout buffer
		script := `trap 'curl -s -o /dev/null -w "%{http_code}" "$WORKLOADID_GRAPH_ENDPOINT/v1.0/applications"; exit 5' TERM INT; echo ready; while :; do sleep 0.05; done`
		process := exec.CommandContext(t.Context(), executable, "run", "--ca-dir", folder, "--", "sh", "-c", script) //nolint:gosec // a test
		process.Env = append(os.Environ(), asProgram+"=1")
		process.Stdout = &stdout
		process.Stdin = &bytes.Buffer{}
		if err := process.Start(); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(20 * time.Second); stdout.String() == "" && time.Now().Before(deadline); {
			time.Sleep(10 * time.Millisecond)
		}
		if err := process.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		_ = process.Wait()
		if code := process.ProcessState.ExitCode(); code != 5 || stdout.String() != "ready\n401" {
			t.Errorf("%s: %d, %q", signal, code, stdout.String())
		}
	}
}

func needCurl(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not here")
	}
}
