package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// Exit codes of `run` that are not the command's own: those that shells have.
const (
	exitNotExecutable = 126
	exitNotFound      = 127
	exitSignal        = 128 // and the signal's number
)

// codeError ends the program with a code, and without a word where there is nothing to say.
type codeError struct {
	why  error
	code int
}

func (e *codeError) Error() string {
	if e.why == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.why.Error()
}

func (e *codeError) Unwrap() error { return e.why }

func runCommand() *cobra.Command {
	var o serveOptions
	command := &cobra.Command{
		Use:   "run [flags] -- COMMAND [ARGUMENT…]",
		Short: "Run a command on a tenant of its own",
		Long: `Run a command on a tenant of its own: the tenant listens on a free port, the command has
the environment that ` + "`entra-local env`" + ` prints, and both end together. The exit code is
the command's. Where that is not 0, what the tenant refused is printed last.`,
		Example: `  entra-local run -- terraform apply
  entra-local run --data tenant.db -- terraform plan
  entra-local run --replicas 3 --lag 0s..30s -- sh -c 'terraform apply -auto-approve && terraform plan -detailed-exitcode'`,
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) == 0 {
				return usage("there is no command to run: entra-local run -- COMMAND")
			}
			return nil
		},
	}
	command.Flags().SetInterspersed(false) // what comes after the command is the command's
	o.flags(command, "127.0.0.1:0")
	folder := folderFlag(command)
	command.RunE = func(command *cobra.Command, arguments []string) error {
		folder, err := folderOrDefault(*folder)
		if err != nil {
			return err
		}
		return within(command.Context(), o, folder, arguments, command.InOrStdin(), command.OutOrStdout(), command.ErrOrStderr())
	}
	return command
}

// within runs a command while a tenant runs.
func within(ctx context.Context, o serveOptions, folder string, arguments []string, stdin io.Reader, stdout, stderr io.Writer) (err error) {
	path, err := exec.LookPath(arguments[0])
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return &codeError{fmt.Errorf("there is no program %q on PATH", arguments[0]), exitNotFound}
	case err != nil:
		return &codeError{err, exitNotExecutable}
	}
	log := &said{to: stderr, at: o.verbose}
	// An interrupt is for the command, which may have much to tidy up on the tenant.
	running, err := start(context.WithoutCancel(ctx), o, folder, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, running.close()) }()
	if err := running.makeAzureConfigFolder(); err != nil {
		return err
	}
	// The terminal sends its interrupt to the command, too. What only this program is sent is passed on.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)

	command := exec.CommandContext(context.WithoutCancel(ctx), path, arguments[1:]...)
	command.Stdin, command.Stdout, command.Stderr = stdin, stdout, stderr
	command.Env = slices.DeleteFunc(os.Environ(), saysWho)
	for _, v := range running.variables() {
		command.Env = append(command.Env, v.name+"="+v.value)
	}
	if err := command.Start(); err != nil {
		return &codeError{err, exitNotExecutable}
	}
	ended := make(chan struct{})
	go func() {
		for {
			select {
			case received := <-signals:
				if received != os.Interrupt || !isTerminal(stdin) {
					_ = command.Process.Signal(received)
				}
			case <-ended:
				return
			}
		}
	}()
	failed := command.Wait()
	close(ended)
	return explained(failed, filepath.Base(path), log, running.Tenant.Requests(), stderr)
}

// saysWho reports whether a variable is about how to sign in: another tenant's certificate, or the token of a pipeline.
func saysWho(variable string) bool {
	return slices.ContainsFunc([]string{"ARM_CLIENT_", "ARM_USE_", "ARM_OIDC_", "AZURE_CLIENT_", "AZURE_FEDERATED_"}, func(prefix string) bool {
		return strings.HasPrefix(variable, prefix)
	})
}

// isTerminal reports whether a person's terminal is the command's input, whose interrupt reaches all programs in it.
func isTerminal(stdin io.Reader) bool {
	file, ok := stdin.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// refusals is how many of the requests that came to nothing are shown at most.
const refusals = 20

// explained is a command's end, with what the tenant has to say of a bad one.
func explained(failed error, name string, log *said, requests []emulator.Request, stderr io.Writer) error {
	if failed == nil {
		return nil
	}
	var exit *exec.ExitError
	if !errors.As(failed, &exit) {
		return failed
	}
	code := exit.ExitCode()
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		code = exitSignal + int(status.Signal())
	}
	var text bytes.Buffer
	log.quote(&text)
	requests = slices.DeleteFunc(requests, func(r emulator.Request) bool { return r.Status > 0 && r.Status < 400 })
	if more := len(requests) - refusals; more > 0 {
		fmt.Fprintf(&text, "  … and %d before\n", more)
		requests = requests[more:]
	}
	for _, r := range requests {
		status := fmt.Sprint(r.Status)
		if r.Status == 0 {
			status = "no answer"
		}
		fmt.Fprintf(&text, "  %s %s: %s %s\n", r.Method, r.Path, status, r.Note)
	}
	if text.Len() > 0 {
		_, _ = fmt.Fprintf(stderr, "\nentra-local run: %s ended with %d. What the tenant logged and refused:\n%s", name, code, text.String())
	}
	return &codeError{nil, code}
}

// said is what a tenant logs: at once, or when it is asked for.
type said struct {
	to io.Writer
	at bool // at once

	mutex   sync.Mutex
	content bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	if s.at {
		return s.to.Write(p)
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.content.Write(p)
}

func (s *said) quote(to io.Writer) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for line := range bytes.Lines(s.content.Bytes()) {
		_, _ = fmt.Fprintf(to, "  %s", line)
	}
}
