// Command entra-local runs a Microsoft Entra tenant on this machine, for tests, and helps programs to use it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// version is set by the linker when a release is built.
var version = "dev"

// Exit codes.
const (
	exitFailure = 1
	exitUsage   = 2
)

// garbage is how much of the memory in use may be added as garbage, in percent: a large directory stays in memory for as
// long as the tenant runs, and little of it comes and goes.
const garbage = 50

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // so that a second interrupt ends the program at once
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	os.Exit(code)
}

// run is the program, but for the process around it. It returns the exit code.
func run(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	root := rootCommand()
	root.SetArgs(arguments)
	root.SetOut(stdout)
	root.SetErr(stderr)
	command, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	coded := (*codeError)(nil)
	if !errors.As(err, &coded) || coded.why != nil {
		_, _ = fmt.Fprintf(stderr, "%s: %v\n", command.CommandPath(), err)
	}
	if coded != nil {
		return coded.code
	}
	if usage := (*usageError)(nil); errors.As(err, &usage) {
		_, _ = fmt.Fprintf(stderr, "Try: %s --help\n", command.CommandPath())
		return exitUsage
	}
	return exitFailure
}

// usageError is a mistake in how the program was called.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

func usage(format string, arguments ...any) error {
	return &usageError{fmt.Errorf(format, arguments...)}
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "entra-local",
		Short: "A Microsoft Entra tenant on this machine, for tests",
		Long: `A Microsoft Entra tenant on this machine, for tests: Microsoft Graph, the token
endpoint, the cloud's metadata and test issuers of OpenID Connect tokens, on one
HTTPS address. Nothing leaves the machine, and no cloud account is needed.

  entra-local run -- terraform apply  run a tenant for one command
  entra-local serve &                 run one until interrupted
  eval "$(entra-local env)"           point this shell's programs at it
  entra-local token --issuer github --subject repo:contoso/shop:ref:refs/heads/main`,
		Version:           version,
		Args:              noArguments,
		RunE:              func(command *cobra.Command, _ []string) error { return command.Help() },
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	root.AddCommand(runCommand(), serveCommand(), envCommand(), tokenCommand())
	return root
}

func noArguments(command *cobra.Command, arguments []string) error {
	if len(arguments) == 0 {
		return nil
	}
	if command.HasSubCommands() {
		return usage("there is no command %q", arguments[0])
	}
	return usage("%q is not an option, and there are no arguments", arguments[0])
}

// folderFlag is the flag for the folder that the tenants of a user share.
func folderFlag(command *cobra.Command) *string {
	return command.Flags().String("ca-dir", "", "folder of the certificate authority, and of the notes on running tenants (default: entra-local in the user's cache folder)")
}

func folderOrDefault(folder string) (string, error) {
	if folder != "" {
		return filepath.Abs(folder)
	}
	return emulator.CertificateFolder()
}
