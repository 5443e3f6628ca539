package terraformcli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// CLI is a Terraform or an OpenTofu on this machine.
type CLI struct {
	Name string // terraform or tofu, or what WORKLOADID_TEST_CLIS calls it
	Path string
	Tofu bool
}

// Find returns the CLIs to test with: those of WORKLOADID_TEST_CLIS, a list of "name=path" in the form of PATH; else the
// one of TF_ACC_TERRAFORM_PATH; else terraform and tofu from PATH and from .tools/ of the repository.
var Find = sync.OnceValues(func() ([]CLI, error) {
	wanted, err := list(os.Getenv, exec.LookPath, repository())
	if err != nil {
		return nil, err
	}
	for i, cli := range wanted {
		output, err := versionOf(cli.Path)
		if err != nil {
			return nil, fmt.Errorf("asking %s for its version: %w", cli.Path, err)
		}
		wanted[i].Tofu = strings.Contains(output, "OpenTofu")
	}
	return wanted, nil
})

// NoCLI is why a test is skipped where Find finds none.
const NoCLI = "there is no terraform and no tofu on PATH, in .tools/ or in WORKLOADID_TEST_CLIS"

func versionOf(path string) (string, error) {
	command := exec.CommandContext(context.Background(), path, "version")
	command.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE="+os.DevNull)
	output, err := command.Output()
	return string(output), err
}

// list has the CLIs, as Find documents it.
func list(getenv func(string) string, lookPath func(string) (string, error), repository string) ([]CLI, error) {
	if list := getenv("WORKLOADID_TEST_CLIS"); list != "" {
		var listed []CLI
		for _, entry := range filepath.SplitList(list) {
			name, path, ok := strings.Cut(entry, "=")
			if !ok || name == "" || path == "" {
				return nil, fmt.Errorf("WORKLOADID_TEST_CLIS: %q is not name=path", entry)
			}
			listed = append(listed, CLI{Name: name, Path: path})
		}
		return listed, nil
	}
	if path := getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return []CLI{{Name: strings.TrimSuffix(filepath.Base(path), ".exe"), Path: path}}, nil
	}
	var found []CLI
	for _, name := range []string{"terraform", "tofu"} {
		for _, candidate := range []string{name, filepath.Join(repository, ".tools", name)} {
			if path, err := lookPath(candidate); err == nil {
				found = append(found, CLI{Name: name, Path: path})
				break
			}
		}
	}
	return found, nil
}

// repository is the folder of the repository, where this file was compiled from.
func repository() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		return "." // compiled with -trimpath
	}
	return filepath.Join(filepath.Dir(file), "..", "..")
}
