package acctest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/workloadid/terraform-provider-workloadid/internal/terraformcli"
)

// RunCLI runs a scenario with each CLI there is, each on a local tenant of its own.
// The scenario's provider is the harness's: configurations need no provider block, and
// name the provider "workloadid/workloadid" if they have a terraform block. It needs
// no TF_ACC. Scenarios change the process's environment, so that their tests cannot
// call t.Parallel.
//
// The CLIs are those that terraformcli.Find finds.
//
// With TF_ACC=1 the scenario runs on the tenant of the ARM_* environment instead; the
// harness's Tenant is nil then.
func RunCLI(t *testing.T, scenario func(t *testing.T, h *Harness) resource.TestCase, options ...Option) {
	t.Helper()
	found, err := terraformcli.Find()
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Skip(terraformcli.NoCLI)
	}
	for _, cli := range found {
		t.Run(cli.Name, func(t *testing.T) {
			setEnvironment(t, cli)
			var h *Harness
			run := resource.UnitTest
			if os.Getenv(resource.EnvTfAcc) != "" {
				h, run = &Harness{checks: newChecks(t), watch: newWatch(t)}, resource.Test
				h.knowEnvironment()
			} else {
				var s settings
				for _, option := range options {
					option(&s)
				}
				h = start(t, s)
			}
			test := scenario(t, h)
			if test.ProtoV6ProviderFactories == nil {
				test.ProtoV6ProviderFactories = map[string]func() (tfprotov6.ProviderServer, error){"workloadid": h.watchedProvider(t)}
			}
			h.record(t, cli)
			run(t, test)
		})
	}
}

// setEnvironment makes plugin-testing run this CLI, offline and without what a
// developer has configured for their own.
func setEnvironment(t *testing.T, cli terraformcli.CLI) {
	t.Helper()
	// A file that does not exist makes tofu print a warning, on which
	// plugin-testing's reading of its version founders.
	config := filepath.Join(t.TempDir(), "empty.tfrc")
	if err := os.WriteFile(config, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TF_CLI_CONFIG_FILE", config)
	t.Setenv("CHECKPOINT_DISABLE", "1")
	t.Setenv("TF_ACC_TERRAFORM_PATH", cli.Path)
	t.Setenv(resource.EnvTfAccProviderNamespace, "workloadid")
	host := "registry.terraform.io"
	if cli.Tofu {
		host = "registry.opentofu.org"
	}
	t.Setenv(resource.EnvTfAccProviderHost, host)
}
