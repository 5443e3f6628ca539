// Command demo shows the main job of the provider on a local tenant, from an empty directory to workloads that sign in
// without a secret and back, and checks everything it shows. `make demo` runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/workloadid/terraform-provider-workloadid/internal/terraformcli"
)

type options struct {
	cli, provider, emulator, configuration string
	keep                                   bool
}

func main() {
	o := options{}
	flag.StringVar(&o.cli, "cli", "terraform", "terraform or tofu")
	flag.StringVar(&o.provider, "provider", "bin/terraform-provider-workloadid", "the provider binary")
	flag.StringVar(&o.emulator, "emulator", "bin/entra-local", "the local tenant's binary")
	flag.StringVar(&o.configuration, "configuration", "examples/demo", "the configuration to show")
	flag.BoolVar(&o.keep, "keep", false, "leave the tenant and what was applied to it")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	n := newNarrator(os.Stdout)
	err := demonstrate(ctx, n, o)
	if err != nil && ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	stop()
	if err != nil {
		n.Failed(err)
		os.Exit(1)
	}
}

func demonstrate(ctx context.Context, n *narrator, o options) (err error) {
	folder, err := os.MkdirTemp("", "workloadid-demo-")
	if err != nil {
		return err
	}
	kept := false
	defer func() {
		if !kept {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}()

	n.Step("Start a tenant", "entra-local speaks Microsoft Graph, the token endpoint and more, on this machine. No account is needed.")
	n.Command("entra-local serve")
	tenant, err := startTenant(ctx, o.emulator, folder)
	if err != nil {
		return err
	}
	defer func() {
		if !kept {
			err = errors.Join(err, tenant.Stop())
		}
	}()
	n.Say("tenant %s at %s", tenant.ID, tenant.URL)

	workspace, err := terraformcli.New(o.cli, o.provider, o.configuration, folder)
	if err != nil {
		return err
	}
	environment, err := tenant.Environment(ctx)
	if err != nil {
		return err
	}
	workspace.Env = append(append(workspace.Env, environment...), "TF_VAR_cluster_issuer="+tenant.IssuerURL(cluster))

	d := &demonstration{
		narrator: n, tenant: tenant, workspace: workspace,
		program: strings.TrimSuffix(filepath.Base(workspace.Program), ".exe"),
	}
	steps := []func(context.Context) error{d.apply, d.use, d.grant, d.drift, d.destroy}
	if o.keep {
		steps = steps[:len(steps)-1]
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if o.keep {
		kept = true
		d.explain(folder)
		return nil
	}
	n.Done("All of it is as it should be")
	return nil
}

// explain says how to use what was left.
func (d *demonstration) explain(folder string) {
	d.Done("All of it is as it should be, and the tenant is yours")
	d.Say("\nits address, trust and credentials:\n")
	d.Command(fmt.Sprintf(`eval "$(%s env --url %s --ca-dir '%s')"`, d.tenant.binary, d.tenant.URL, folder))
	d.Say("\nthe configuration, with its state:\n")
	d.Command(fmt.Sprintf("export TF_CLI_CONFIG_FILE='%s' TF_VAR_cluster_issuer=%s", filepath.Join(folder, "cli.tfrc"), d.tenant.IssuerURL(cluster)))
	d.Command(fmt.Sprintf("cd '%s' && %s plan", d.workspace.Dir, d.program))
	d.Say("\nwhat was asked of the tenant:\n")
	d.Command(fmt.Sprintf("curl --cacert '%s' %s/_local/log", d.tenant.CACertificateFile, d.tenant.URL))
	d.Say("\nits end:\n")
	d.Command(fmt.Sprintf("kill %d && rm -r '%s'", d.tenant.ProcessID, folder))
}
