package examples_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// shellBlock is what a text says to type, or the contents of a file.
var shellBlock = regexp.MustCompile("(?ms)^```(shell|json)\n(.*?)^```$")

// TestGuides_commands types all that the guide of the local tenant says, in its order, into one shell. Every command must
// succeed, and every request be answered with what is no error.
func TestGuides_commands(t *testing.T) {
	clis := found(t)
	for _, needed := range []string{"bash", "curl"} {
		if !has(needed) {
			t.Skipf("there is no %s", needed)
		}
	}
	bin, rc := installed(t)
	folder, home := t.TempDir(), t.TempDir()
	readme, guide := read(t, "../README.md"), read(t, "../templates/guides/local-tenant.md")
	configuration := configurationBlock.FindAllStringSubmatch(section(t, readme, "The local tenant"), -1)[0][1] + configurationBlock.FindStringSubmatch(readme)[1]
	if err := os.WriteFile(filepath.Join(folder, "main.tf"), []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(clis[0].Path, filepath.Join(home, "terraform")); err != nil {
		t.Fatal(err)
	}
	script := &bytes.Buffer{}
	// What stands for the clone and its build; a request that is refused is a failure; and a program of the reader's own.
	script.WriteString(`set -eu
git() { mkdir -p "${2##*/}"; cp main.tf "${2##*/}"; }
make() { mkdir -p bin; ln -sf "$ENTRA_LOCAL" bin/entra-local; printf '#!/bin/sh\ntest -s "$AZURE_FEDERATED_TOKEN_FILE"\n' > program; chmod +x program; }
curl() { command curl -sS --fail-with-body "$@"; }
start() { kill $! 2>/dev/null && wait $! || true; }
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
`)
	blocks := shellBlock.FindAllStringSubmatch(guide, -1)
	// The seed of the guide is there from the beginning, so that there is a client id to put in the place of CLIENT_ID.
	for _, block := range blocks {
		if block[1] == "json" && strings.Contains(block[2], "userAssignedIdentities") {
			if err := os.WriteFile(filepath.Join(folder, "seed.json"), []byte(block[2]), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	played := 0
	for _, block := range blocks {
		text := block[2]
		switch {
		case block[1] == "json":
			continue
		case strings.HasPrefix(text, "az ") && !has("az"):
			continue
		case strings.HasPrefix(text, "bin/entra-local serve") && !strings.Contains(text, "&\n"):
			// It runs until it is interrupted: another terminal's, to which the shell turns.
			text = "start\n" + strings.TrimSuffix(text, "\n") + " &\neval \"$(bin/entra-local env)\"\n"
		case strings.Contains(text, "bin/entra-local serve &"):
			text += `curl --cacert "$WORKLOADID_CA_CERTIFICATE_FILE" "$AZURE_AUTHORITY_HOST/_local/seed" -d @../seed.json
`
		case strings.Contains(text, "=CLIENT_ID"):
			script.WriteString(`CLIENT_ID=$(curl --cacert "$WORKLOADID_CA_CERTIFICATE_FILE" "$AZURE_AUTHORITY_HOST/_local/snapshot" | tr '{' '\n' | grep 'userAssignedIdentities/checkout"' | sed -n 's/.*"clientId":"\([^"]*\)".*/\1/p' | head -1)
test -n "$CLIENT_ID"
`)
			text = strings.NewReplacer("client_id=CLIENT_ID", "client_id=$CLIENT_ID", "AZURE_CLIENT_ID=CLIENT_ID", "AZURE_CLIENT_ID=$CLIENT_ID").Replace(text)
		}
		played++
		script.WriteString("echo; echo '# " + strings.ReplaceAll(strings.SplitN(text, "\n", 2)[0], "'", "") + "'\n" + text)
	}
	script.WriteString("echo; echo THE END\n")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	command := exec.CommandContext(ctx, "bash", "-c", script.String())
	command.Dir, command.Stdin = folder, strings.NewReader("yes\nyes\n")
	command.WaitDelay = time.Second
	command.Env = append(os.Environ(), "PATH="+strings.Join([]string{home, os.Getenv("PATH")}, string(os.PathListSeparator)), "ENTRA_LOCAL="+filepath.Join(bin, "entra-local"),
		"TF_CLI_CONFIG_FILE="+rc, "TF_IN_AUTOMATION=", "HOME="+home, "XDG_CACHE_HOME="+home)
	output, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(output), "\nTHE END\n") || played < 10 {
		t.Fatalf("%d blocks: %v\n%s\n%s", played, err, output, script)
	}
}

func has(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}
