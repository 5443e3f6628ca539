package examples_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/terraformcli"
)

// patience is how long a newcomer may take from the commands alone, with the programs compiled before.
const patience = 5 * time.Minute

// TestNewcomer follows a text to the letter, from an empty folder, with each CLI: what is to be put into a file is, what is to be
// typed is, and yes is the answer.
func TestNewcomer(t *testing.T) {
	clis := found(t)
	bin, rc := installed(t)
	readme, guide := read(t, "../README.md"), read(t, "../templates/guides/getting-started.md")
	configurations := func(text string) []string {
		var all []string
		for _, block := range configurationBlock.FindAllStringSubmatch(text, -1) {
			all = append(all, block[1])
		}
		return all
	}
	local := section(t, readme, "The local tenant")
	run := indented(t, local, "entra-local run ")
	for name, play := range map[string]struct{ main, command string }{
		"README":                  {configurations(local)[0] + configurations(readme)[0], run},
		"README's second example": {configurations(local)[0] + configurations(readme)[1], run},
		"README's third example":  {configurations(local)[0] + configurations(readme)[2], run},
		"Getting started":         {configurations(section(t, guide, "2. Write the configuration"))[0], inBackquotes(t, section(t, guide, "1. Sign in"), "entra-local run ")},
		"Many subjects, in that":  {configurations(local)[0] + configurations(section(t, guide, "Many subjects, one credential"))[0], run},
	} {
		for _, cli := range clis {
			t.Run(name+"/"+cli.Name, func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				folder, home := t.TempDir(), t.TempDir()
				if err := os.WriteFile(filepath.Join(folder, "main.tf"), []byte(play.main), 0o600); err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink(cli.Path, filepath.Join(home, "terraform")); err != nil {
					t.Fatal(err)
				}
				for _, again := range []bool{false, true} {
					command := exec.CommandContext(ctx, "sh", "-c", play.command)
					command.Dir, command.Stdin = folder, strings.NewReader("yes\n")
					command.Env = append(os.Environ(), "PATH="+strings.Join([]string{home, bin, os.Getenv("PATH")}, string(os.PathListSeparator)),
						"TF_CLI_CONFIG_FILE="+rc, "TF_IN_AUTOMATION=", "HOME="+home, "XDG_CACHE_HOME="+home)
					output, err := command.CombinedOutput()
					want := regexp.MustCompile(`Apply complete! Resources: [1-9]`)
					if again {
						want = regexp.MustCompile(`No changes|Resources: 0 added, 0 changed, 0 destroyed`)
					}
					if err != nil || !want.Match(output) {
						t.Fatalf("%s (again: %t): %v\n%s", play.command, again, err, output)
					}
				}
			})
		}
	}
}

// found are the CLIs that there are. The test is skipped where there is none.
func found(t *testing.T) []terraformcli.CLI {
	t.Helper()
	clis, err := terraformcli.Find()
	if err != nil {
		t.Fatal(err)
	}
	if len(clis) == 0 {
		t.Skip(terraformcli.NoCLI)
	}
	return clis
}

// installed does what `make install` does, and returns the folder of the programs, and the file with what it says to put into
// ~/.terraformrc.
func installed(t *testing.T) (bin, rc string) {
	t.Helper()
	bin = t.TempDir()
	install := exec.CommandContext(t.Context(), "make", "-C", "..", "install")
	install.Env = append(os.Environ(), "GOBIN="+bin)
	output, err := install.CombinedOutput()
	if err != nil {
		t.Fatalf("make install: %v\n%s", err, output)
	}
	_, said, ok := strings.Cut(string(output), "~/.tofurc:\n")
	if !ok {
		t.Fatalf("make install does not say what to put into ~/.terraformrc: %s", output)
	}
	said, _, _ = strings.Cut(said, "\nmake")
	rc = filepath.Join(t.TempDir(), "terraformrc")
	if err := os.WriteFile(rc, []byte(said), 0o600); err != nil {
		t.Fatal(err)
	}
	return bin, rc
}

// section is what is below a heading.
func section(t *testing.T, text, heading string) string {
	t.Helper()
	_, below, ok := strings.Cut(text, "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("there is no section %q", heading)
	}
	below, _, _ = strings.Cut(below, "\n## ")
	return below
}

// indented is the command that begins so.
func indented(t *testing.T, text, begins string) string {
	t.Helper()
	return matched(t, text, `(?m)^    (%s.*)$`, begins)
}

func inBackquotes(t *testing.T, text, begins string) string {
	t.Helper()
	return matched(t, text, "`(%s[^`]*)`", begins)
}

func matched(t *testing.T, text, pattern, begins string) string {
	t.Helper()
	found := regexp.MustCompile(fmt.Sprintf(pattern, regexp.QuoteMeta(begins))).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("nothing begins with %q in %s", begins, text)
	}
	return found[1]
}
