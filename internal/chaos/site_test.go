package chaos

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
	"github.com/workloadid/terraform-provider-workloadid/internal/terraformcli"
)

//go:embed testdata/*.tf
var configurations embed.FS

// site is a tenant on the network, and a workspace in which a CLI manages it. The provider is this program, as a process
// of its own.
type site struct {
	cli       terraformcli.CLI
	tenant    *emulator.Tenant
	workspace *terraformcli.Workspace
	seeded    map[string]bool
	close     func() error

	theirs      map[string]string   // what others have, by id
	theirScopes map[string][]string // by the ids of the grants that they are in
	taken       []string            // the variables of the last step
}

// findCLI skips the test where there is no CLI, but for `make chaos`, which sees to it that there is.
func findCLI(t *testing.T) terraformcli.CLI {
	t.Helper()
	found, err := terraformcli.Find()
	switch {
	case err != nil:
		t.Fatal(err)
	case len(found) == 0 && *whole:
		t.Fatal(terraformcli.NoCLI)
	case len(found) == 0:
		t.Skip(terraformcli.NoCLI)
	}
	return found[0]
}

// newSite starts a tenant and has the CLI install the provider for one of the configurations.
func newSite(ctx context.Context, cli terraformcli.CLI, configuration string, window time.Duration) (s *site, err error) {
	folder, err := os.MkdirTemp(scratch, "site-")
	if err != nil {
		return nil, err
	}
	source := filepath.Join(folder, "source")
	text, err := configurations.ReadFile("testdata/" + configuration)
	if err == nil {
		err = errors.Join(os.Mkdir(source, 0o700), os.WriteFile(filepath.Join(source, configuration), text, 0o600))
	}
	if err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	workspace, err := terraformcli.New(cli.Path, program, source, folder)
	if err != nil {
		return nil, err
	}
	server, err := emulator.Start(ctx, emulator.Options{}, emulator.ServerOptions{CertificateFolder: filepath.Join(scratch, "authority")})
	if err != nil {
		return nil, err
	}
	workspace.Env = append(workspace.Env,
		"ARM_TENANT_ID="+server.Tenant.TenantID(),
		"ARM_CLIENT_ID="+emulator.CallerClientID,
		"ARM_CLIENT_SECRET="+emulator.CallerClientSecret,
		"ARM_SUBSCRIPTION_ID="+emulator.SubscriptionID,
		"WORKLOADID_GRAPH_ENDPOINT="+server.URL,
		"WORKLOADID_RESOURCE_MANAGER_ENDPOINT="+server.URL,
		"WORKLOADID_AUTHORITY="+server.URL,
		"WORKLOADID_CA_CERTIFICATE_FILE="+server.CACertificateFile,
		windowVariable+"="+window.String(),
	)
	s = &site{
		cli: cli, tenant: server.Tenant, workspace: workspace, seeded: map[string]bool{},
		theirs: map[string]string{},
	}
	s.close = func() error { return errors.Join(server.Close(), os.RemoveAll(folder)) }
	for id := range s.live() {
		s.seeded[id] = true
	}
	if _, err := workspace.Run(ctx, "init", "-input=false", "-no-color"); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// live are the objects that the tenant holds, by their ids, but for those that it was seeded with.
func (s *site) live() map[string]*directory.Object { return live(s.tenant, s.seeded) }

// arguments are those of a command that changes things.
func arguments(command string) []string {
	return []string{command, "-input=false", "-no-color", "-auto-approve"}
}

// run gives a command that must succeed, and returns what it printed.
func (s *site) run(ctx context.Context, command string) (string, error) {
	output, err := s.workspace.Run(ctx, arguments(command)...)
	return string(output), s.explained(err)
}

// planEmpty reports an error unless a plan has nothing to do.
func (s *site) planEmpty(ctx context.Context) error {
	output, err := s.workspace.Run(ctx, "plan", "-input=false", "-no-color", "-detailed-exitcode")
	if exit, ok := errors.AsType[*terraformcli.ExitError](err); ok && exit.Code == 2 {
		return fmt.Errorf("the plan is not empty:\n%s", output)
	}
	return s.explained(err)
}

// explained adds to an error what the tenant was asked.
func (s *site) explained(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w\nrequests:\n%s", err, listed(s.tenant.Requests()))
}

// known are the ids in the state of what is not others', by what they are of: the type and the name of the resource.
func (s *site) known() (map[string]string, error) {
	instances, err := s.instances()
	known := map[string]string{}
	for _, i := range instances {
		for _, id := range idsOf(i.attributes) {
			if !s.seeded[id] {
				known[id] = i.of
			}
		}
	}
	return known, err
}

// instance is what the state has of a resource.
type instance struct {
	of         string // its type and name
	attributes map[string]any
}

func (s *site) instances() (instances []instance, err error) {
	content, err := os.ReadFile(s.stateFile())
	if errors.Is(err, os.ErrNotExist) || err == nil && len(content) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var state struct {
		Resources []struct {
			Mode      string `json:"mode"`
			Type      string `json:"type"`
			Name      string `json:"name"`
			Instances []struct {
				Attributes map[string]any `json:"attributes"`
			} `json:"instances"`
		} `json:"resources"`
	}
	if err := json.Unmarshal(content, &state); err != nil {
		return nil, fmt.Errorf("reading the state: %w", err)
	}
	for _, resource := range state.Resources {
		for _, i := range resource.Instances {
			if resource.Mode == "managed" && resource.Type != "terraform_data" {
				instances = append(instances, instance{resource.Type + "." + resource.Name, i.Attributes})
			}
		}
	}
	return instances, nil
}

func (s *site) stateFile() string { return filepath.Join(s.workspace.Dir, "terraform.tfstate") }

// compare holds the state against the tenant: things that the state does not know, and entries of the state that the
// tenant has nothing for.
func (s *site) compare() (unknown []thing, gone []string, err error) {
	known, err := s.known()
	if err != nil {
		return nil, nil, err
	}
	there := s.live()
	for _, id := range slices.Sorted(maps.Keys(there)) {
		if known[id] == "" {
			unknown = append(unknown, thing{id, there[id]})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(known)) {
		if there[id] == nil {
			gone = append(gone, known[id]+" "+id)
		}
	}
	return unknown, gone, nil
}

// exact reports an error unless state and tenant have the same objects.
func (s *site) exact() error {
	unknown, gone, err := s.compare()
	if err == nil && len(unknown)+len(gone) > 0 {
		err = fmt.Errorf("the tenant has what the state does not know: %s; and the state has what the tenant does not: %q", unknown, gone)
	}
	return err
}

// remove deletes an application, or a password of one, behind Terraform's back, as a person does who cleans up.
func (s *site) remove(ctx context.Context, t thing) error {
	method, path, body := http.MethodDelete, "/applications/"+t.object.ID, map[string]any(nil)
	if t.id != t.object.ID {
		method, path, body = http.MethodPost, path+"/removePassword", map[string]any{"keyId": t.id}
	}
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		status, err := request(ctx, s.tenant, method, path, body)
		switch {
		case err == nil && status == http.StatusNoContent:
			return nil
		case err == nil && time.Since(began) < s.tenant.Replication().Lag.Max:
			continue // a replica does not have it yet
		case err == nil:
			err = fmt.Errorf("it answered %d", status)
		}
		return fmt.Errorf("deleting %s: %w", t, err)
	}
}

// process is a command of the CLI that has begun.
type process struct {
	command *exec.Cmd
	output  bytes.Buffer
	done    chan struct{}
	err     error
}

func (s *site) start(ctx context.Context, command string) (*process, error) {
	p := &process{command: s.workspace.Command(ctx, arguments(command)...), done: make(chan struct{})}
	p.command.Stdout, p.command.Stderr = &p.output, &p.output
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.done)
		p.err = p.command.Wait()
	}()
	return p, nil
}

// running reports whether the process has not ended.
func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// count has each write take its time, so that there is a time to kill in before it is carried out and another before it is
// answered, and counts those that have arrived.
func (s *site) count(m moment, seed uint64) {
	var lines []string
	for i, path := range m.paths {
		options := fmt.Sprintf("seed=%d", seed+uint64(i))
		lines = append(lines, "POST,PATCH,DELETE "+path+" latency="+m.latency+" "+options, fmt.Sprintf("POST,PATCH,DELETE %s delayed=%s p=%g %s", path, m.delay, m.odds, options))
	}
	s.tenant.Faults().Set(fault.MustParse(lines...)...)
}

// arrived is how many writes have, since count.
func (s *site) arrived() int {
	writes := 0
	for _, report := range s.tenant.Faults().Report() {
		if report.Rule.Effect == fault.Latency {
			writes += report.Matched
		}
	}
	return writes
}

// until waits for a number of writes to arrive. It reports whether the process is running then.
func (s *site) until(p *process, writes int) bool {
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for s.arrived() < writes {
		select {
		case <-p.done:
			return false
		case <-ticker.C:
		}
	}
	return p.running()
}
