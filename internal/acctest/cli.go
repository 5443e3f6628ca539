package acctest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

// RunCLI runs a scenario with each CLI there is, each on a local tenant of its own.
// The scenario's provider is the harness's: configurations need no provider block, and
// name the provider "workloadid/workloadid" if they have a terraform block. It needs
// no TF_ACC. Scenarios change the process's environment, so that their tests cannot
// call t.Parallel.
//
// The CLIs are those of WORKLOADID_TEST_CLIS, a list of "name=path" in the form of
// PATH; else the one of TF_ACC_TERRAFORM_PATH; else terraform and tofu from PATH and
// from .tools/ of the repository.
//
// With TF_ACC=1 the scenario runs on the tenant of the ARM_* environment instead; the
// harness's Tenant is nil then.
func RunCLI(t *testing.T, scenario func(t *testing.T, h *Harness) resource.TestCase, options ...Option) {
	t.Helper()
	found, err := findCLIs()
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Skip("there is no terraform and no tofu on PATH, in .tools/ or in WORKLOADID_TEST_CLIS")
	}
	for _, c := range found {
		t.Run(c.name, func(t *testing.T) {
			c.setEnvironment(t)
			var h *Harness
			run := resource.UnitTest
			if os.Getenv(resource.EnvTfAcc) != "" {
				h, run = &Harness{checks: newChecks(t)}, resource.Test
			} else {
				var s settings
				for _, option := range options {
					option(&s)
				}
				h = start(t, s)
			}
			test := scenario(t, h)
			if test.ProtoV6ProviderFactories == nil {
				test.ProtoV6ProviderFactories = map[string]func() (tfprotov6.ProviderServer, error){"workloadid": h.newProvider(t)}
			}
			run(t, test)
		})
	}
}

type cli struct {
	name string // terraform or tofu, or what WORKLOADID_TEST_CLIS calls it
	path string
	tofu bool
}

// setEnvironment makes plugin-testing run this CLI, offline and without what a
// developer has configured for their own.
func (c cli) setEnvironment(t *testing.T) {
	t.Helper()
	// A file that does not exist makes tofu print a warning, on which
	// plugin-testing's reading of its version founders.
	config := filepath.Join(t.TempDir(), "empty.tfrc")
	if err := os.WriteFile(config, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TF_CLI_CONFIG_FILE", config)
	t.Setenv("CHECKPOINT_DISABLE", "1")
	t.Setenv("TF_ACC_TERRAFORM_PATH", c.path)
	t.Setenv(resource.EnvTfAccProviderNamespace, "workloadid")
	host := "registry.terraform.io"
	if c.tofu {
		host = "registry.opentofu.org"
	}
	t.Setenv(resource.EnvTfAccProviderHost, host)
}

var findCLIs = sync.OnceValues(func() ([]cli, error) {
	wanted, err := listCLIs(os.Getenv, exec.LookPath, repository())
	if err != nil {
		return nil, err
	}
	for i, c := range wanted {
		output, err := versionOf(c.path)
		if err != nil {
			return nil, fmt.Errorf("asking %s for its version: %w", c.path, err)
		}
		wanted[i].tofu = strings.Contains(output, "OpenTofu")
	}
	return wanted, nil
})

func versionOf(path string) (string, error) {
	command := exec.CommandContext(context.Background(), path, "version")
	command.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE="+os.DevNull)
	output, err := command.Output()
	return string(output), err
}

// listCLIs has the CLIs to run, as RunCLI documents it.
func listCLIs(getenv func(string) string, lookPath func(string) (string, error), repository string) ([]cli, error) {
	if list := getenv("WORKLOADID_TEST_CLIS"); list != "" {
		var listed []cli
		for _, entry := range filepath.SplitList(list) {
			name, path, ok := strings.Cut(entry, "=")
			if !ok || name == "" || path == "" {
				return nil, fmt.Errorf("WORKLOADID_TEST_CLIS: %q is not name=path", entry)
			}
			listed = append(listed, cli{name: name, path: path})
		}
		return listed, nil
	}
	if path := getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return []cli{{name: strings.TrimSuffix(filepath.Base(path), ".exe"), path: path}}, nil
	}
	var found []cli
	for _, name := range []string{"terraform", "tofu"} {
		for _, candidate := range []string{name, filepath.Join(repository, ".tools", name)} {
			if path, err := lookPath(candidate); err == nil {
				found = append(found, cli{name: name, path: path})
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
