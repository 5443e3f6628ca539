// Package terraformcli runs terraform or tofu, offline, on a configuration with the provider binary that was just
// built. The binary is found through a filesystem mirror, not development overrides, so that `init` does what it
// does for users: resolve, install and lock the provider.
package terraformcli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	tfjson "github.com/hashicorp/terraform-json"
)

// A version for the mirror only: whatever a configuration asks of its provider's version, this is newer.
const version = "999.0.0"

// Workspace is a directory with a configuration, ready for commands.
type Workspace struct {
	Dir     string   // where commands run; state ends up here
	Program string   // terraform or tofu
	Env     []string // on top of this process's environment, "NAME=value"
	Output  io.Writer
}

// New copies the configuration (the .tf files of a folder) into dir, which must exist, and sets up a mirror with the
// provider binary beside it.
func New(program, providerBinary, configuration, dir string) (*Workspace, error) {
	mirror := filepath.Join(dir, "mirror")
	if err := AddToMirror(mirror, "workloadid", providerBinary); err != nil {
		return nil, fmt.Errorf("setting up the provider mirror: %w", err)
	}
	w, err := Open(program, filepath.Join(dir, "configuration"), filepath.Join(dir, "cli.tfrc"), mirror)
	if err != nil {
		return nil, err
	}
	if err := os.CopyFS(w.Dir, onlyConfiguration{os.DirFS(configuration)}); err != nil {
		return nil, fmt.Errorf("copying the configuration: %w", err)
	}
	return w, nil
}

// Open is a workspace for the configuration that is in dir, or will be. Providers come from the mirror; the file that
// tells the CLI so is written to config.
func Open(program, dir, config, mirror string) (*Workspace, error) {
	program, err := exec.LookPath(program)
	if err != nil {
		return nil, fmt.Errorf("finding the CLI: %w", err)
	}
	if program, err = filepath.Abs(program); err != nil {
		return nil, err
	}
	text := fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.ToSlash(mirror))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	return &Workspace{
		Dir: dir, Program: program, Output: io.Discard,
		Env: []string{"TF_CLI_CONFIG_FILE=" + config, "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1"},
	}, nil
}

// AddToMirror lays the binary of the provider "workloadid/<name>" out as "unpacked" mirrors have it, once for each host
// that a CLI completes such a source with:
// https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror
func AddToMirror(mirror, name, binary string) error {
	file := "terraform-provider-" + name + "_v" + version
	if runtime.GOOS == "windows" {
		file += ".exe"
	}
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		dir := filepath.Join(mirror, host, "workloadid", name, version, runtime.GOOS+"_"+runtime.GOARCH)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if err := linkOrCopy(binary, filepath.Join(dir, file)); err != nil {
			return err
		}
	}
	return nil
}

// linkOrCopy saves the time and the space of a copy where the file system can.
func linkOrCopy(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o755)
}

// ExitError is a command that ended with a status other than 0.
type ExitError struct {
	Args   []string
	Code   int
	Stderr string
}

func (e *ExitError) Error() string {
	return fmt.Sprintf("%s ended with status %d: %s", strings.Join(e.Args, " "), e.Code, strings.TrimSpace(e.Stderr))
}

// Run runs a command of the CLI, passes what it prints on to Output, and returns its standard output. A cancelled
// context interrupts the CLI as Ctrl-C does, so that it can finish what it has begun and save its state.
func (w *Workspace) Run(ctx context.Context, args ...string) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	err := w.run(ctx, io.MultiWriter(&stdout, w.Output), io.MultiWriter(&stderr, w.Output), args)
	return stdout.Bytes(), annotate(err, args, stderr.String())
}

func (w *Workspace) run(ctx context.Context, stdout, stderr io.Writer, args []string) error {
	command := w.Command(ctx, args...)
	command.Stdout, command.Stderr = stdout, stderr
	return command.Run()
}

// Command is a command of the CLI that has not begun, and that prints nowhere, for those who need its process. A cancelled
// context interrupts it as Run says.
func (w *Workspace) Command(ctx context.Context, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, w.Program, args...)
	command.Dir = w.Dir
	command.Env = append(os.Environ(), w.Env...)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 30 * time.Second
	return command
}

func annotate(err error, args []string, stderr string) error {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return &ExitError{Args: args, Code: exit.ExitCode(), Stderr: stderr}
	}
	return err
}

// Plan plans into a file of that name and returns what it says would change. Plans print to Output.
func (w *Workspace) Plan(ctx context.Context, file string, args ...string) (*tfjson.Plan, error) {
	if _, err := w.Run(ctx, append([]string{"plan", "-input=false", "-out=" + file}, args...)...); err != nil {
		return nil, err
	}
	text, err := w.query(ctx, "show", "-json", file)
	if err != nil {
		return nil, err
	}
	plan := &tfjson.Plan{}
	if err := json.Unmarshal(text, plan); err != nil {
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	return plan, nil
}

// Outputs reads the outputs of the state into the fields of a struct.
func (w *Workspace) Outputs(ctx context.Context, into any) error {
	text, err := w.query(ctx, "output", "-json")
	if err != nil {
		return err
	}
	var outputs map[string]struct {
		Value json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(text, &outputs); err != nil {
		return fmt.Errorf("reading the outputs: %w", err)
	}
	values := make(map[string]json.RawMessage, len(outputs))
	for name, output := range outputs {
		values[name] = output.Value
	}
	if text, err = json.Marshal(values); err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// query runs a command whose output is for this program only.
func (w *Workspace) query(ctx context.Context, args ...string) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	err := w.run(ctx, &stdout, &stderr, args)
	return stdout.Bytes(), annotate(err, args, stderr.String())
}
