package main

import (
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The three lines that people paste: the second one comes before the tenant of the first one answers.
func TestEnv_pasted(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	type outcome struct {
		stdout, said string
		code         int
	}
	waiting := make(chan outcome)
	go func() {
		var o outcome
		o.stdout, o.said, o.code = command(t, "env", "--ca-dir", folder, "--shell", "bash")
		waiting <- o
	}()
	time.Sleep(100 * time.Millisecond)
	running, _, _, _ := serving(t, folder)
	if o := <-waiting; o.code != 0 || !strings.Contains(o.stdout, "export AZURE_AUTHORITY_HOST='"+running.URL+"'") {
		t.Errorf("%+v", o)
	}
}

// Without a tenant, what is printed has eval fail, or the next command would go to another tenant.
func TestEnv_none(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, program := range map[string][]string{
		"bash": {"bash", "-c"}, "sh": {"sh", "-c"}, "zsh": {"zsh", "-c"}, "fish": {"fish", "-c"}, "powershell": {"pwsh", "-NoProfile", "-Command"},
	} {
		stdout, said, code := command(t, "env", "--ca-dir", folder, "--shell", name, "--wait", "20ms")
		if code != exitFailure || !strings.Contains(said, "no local tenant") || stdout == "" {
			t.Errorf("%s: %d %q %q", name, code, stdout, said)
		}
		if _, err := exec.LookPath(program[0]); err != nil {
			continue
		}
		script := stdout
		if name != "powershell" && name != "fish" {
			script = "eval \"" + strings.TrimSpace(stdout) + "\""
		}
		if err := exec.Command(program[0], append(program[1:], script)...).Run(); err == nil { //nolint:gosec // a test
			t.Errorf("%s: %q succeeds", name, stdout)
		}
	}
	if stdout, _, code := command(t, "env", "--ca-dir", folder, "--shell", "github", "--wait", "0s"); code != exitFailure || stdout != "" {
		t.Errorf("github: %d %q", code, stdout)
	}
}
