package acctest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/workloadid/terraform-provider-workloadid/internal/terraformcli"
)

// recorder runs a CLI as it is called, and keeps what a command printed, and the plan and the states that were there when
// it was done, in a folder of its own. Plugin-testing deletes or replaces most of them before the test ends.
const recorder = `#!/bin/sh
record=$(mktemp -d "$ACCTEST_RECORD/$1.XXXXXX") || exit 1
"$ACCTEST_CLI" "$@" >"$record/stdout" 2>"$record/stderr"
status=$?
for file in tfplan *.tfstate *.tfstate.backup; do
	if [ -f "$file" ]; then cp "$file" "$record/" || exit 1; fi
done
cat "$record/stdout"
cat "$record/stderr" >&2
exit $status
`

// record has the CLI and the provider log at TRACE, and keeps the logs and what the CLI prints and writes until the test
// ends, to be searched for secrets.
func (h *Harness) record(t *testing.T, cli terraformcli.CLI) {
	t.Helper()
	folder := t.TempDir()
	program := filepath.Join(t.TempDir(), "recorder")
	if err := os.WriteFile(program, []byte(recorder), 0o755); err != nil { //nolint:gosec // a program has to be executable
		t.Fatal(err)
	}
	path, err := filepath.Abs(cli.Path)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("ACCTEST_CLI", path)
	t.Setenv("ACCTEST_RECORD", folder)
	t.Setenv("TF_ACC_TERRAFORM_PATH", program)
	// Of plugin-testing, the provider and the CLI: the level is TRACE for all of them.
	t.Setenv("TF_ACC_LOG_PATH", filepath.Join(folder, "log"))
	t.Setenv("TF_LOG_PATH_MASK", "")
	t.Cleanup(func() {
		if err := h.watch.Files(folder); err != nil {
			t.Errorf("searching for secrets: %v", err)
		}
	})
}

// watchedProvider is newProvider for a CLI, whose log it writes.
func (h *Harness) watchedProvider(t testing.TB) func() (tfprotov6.ProviderServer, error) {
	start := h.newProvider(t)
	return func() (tfprotov6.ProviderServer, error) {
		server, err := start()
		if err != nil {
			return nil, err
		}
		return h.watch.ServerOfCLI(server), nil
	}
}
