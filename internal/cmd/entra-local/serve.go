package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/signingkey"
)

type serveOptions struct {
	listen    string
	hosts     []string
	data      string
	seed      string
	tenant    string
	imds      string
	readyFile string
	online    bool
	verbose   bool
	control   []string

	replication  emulator.Replication
	misbehaviour misbehaviour
}

func serveCommand() *cobra.Command {
	var o serveOptions
	command := &cobra.Command{
		Use:   "serve",
		Short: "Run a tenant until interrupted",
		Long: `Run a tenant until interrupted. It begins with Microsoft's own service principals, a
few users and groups, and an application with the permissions a deployment needs,
whose credentials ` + "`entra-local env`" + ` prints. Once it answers, it prints one line,
"listening on https://HOST:PORT".

Its certificate is of an authority that is made at the first start and kept in
--ca-dir; clients need to trust ca.pem there.` + misbehaviourHelp,
		Example: `  entra-local serve
  entra-local serve --data tenant.db
  entra-local serve --listen 127.0.0.1:0 --ready-file tenant.json
  entra-local serve --replicas 3 --lag 0s..30s
  entra-local serve --throttle S/50 --fault "POST /applications 504 after count=1"`,
		Args: noArguments,
	}
	o.flags(command, "127.0.0.1:8443")
	command.Flags().StringVar(&o.readyFile, "ready-file", "", "file to write the tenant's address and credentials to, as JSON, once it answers; or, as {\"error\": …}, why it doesn't")
	folder := folderFlag(command)
	command.RunE = func(command *cobra.Command, _ []string) error {
		folder, err := folderOrDefault(*folder)
		if err != nil {
			return err
		}
		return serve(command.Context(), o, folder, command.OutOrStdout(), command.ErrOrStderr())
	}
	return command
}

// flags are those that say what the tenant is like.
func (o *serveOptions) flags(command *cobra.Command, listen string) {
	flags := command.Flags()
	flags.StringVar(&o.listen, "listen", listen, "address to listen on; port 0 is any free one")
	flags.StringSliceVar(&o.hosts, "host", nil, "further host name or address by which clients reach the tenant (may be repeated; the first one is used in the tenant's own URLs)")
	flags.StringVar(&o.data, "data", "", "file to keep the tenant in (default: in memory only)")
	flags.StringVar(&o.seed, "seed", "", "JSON file with further objects for a new tenant to begin with: {\"applications\": […], \"servicePrincipals\": […], \"users\": […], \"groups\": […], \"subscriptions\": […]}, as Microsoft Graph shows them, applications also with federatedIdentityCredentials; a subscription has an id, a displayName and a state, and \"resourceGroups\", \"userAssignedIdentities\", \"systemAssignedIdentities\" and \"roleAssignments\" are what there is in it, by ARM ids; {\"estate\": 50000} makes up as many applications, each with a service principal and a credential")
	flags.StringVar(&o.tenant, "tenant", "", "the tenant's id, a GUID (default: that of the data file, and of a new tenant "+emulator.DefaultTenantID+")")
	flags.StringVar(&o.imds, "imds", "", "HOST:PORT at which the instance metadata service, which gives tokens to managed identities, answers over plain HTTP besides: 169.254.169.254:80 is where programs look for it, once this machine has that address")
	flags.BoolVar(&o.online, "online", false, "fetch the keys of all issuers but the tenant's own from wherever they are, so that no test token can be of another issuer (default: test tokens may be of any, and keys are fetched from this machine alone)")
	flags.StringSliceVar(&o.control, "control-from", nil, "network, such as 172.17.0.0/16, from which clients may control the tenant at /_local, besides this machine: that of containers, for example (may be repeated)")
	flags.IntVar(&o.replication.Replicas, "replicas", 0, "have as many replicas answer Microsoft Graph, each of which has a change only some time after it was made (0: no replicas)")
	flags.TextVar(&o.replication.Lag, "lag", emulator.Lag{}, "how long a change takes to reach each replica: a `time`, or the bounds of a random one, as in 0s..30s")
	o.misbehaviour.flags(command)
	flags.BoolVar(&o.verbose, "verbose", false, "log each request and its answer on standard error")
}

// hostName is a name that certificates and URLs can have.
var hostName = regexp.MustCompile(`^[0-9A-Za-z]([0-9A-Za-z._-]*[0-9A-Za-z])?$`)

func (o *serveOptions) check() error {
	if _, _, err := net.SplitHostPort(o.listen); err != nil {
		return usage("--listen is %q, not HOST:PORT", o.listen)
	}
	if _, _, err := net.SplitHostPort(o.imds); o.imds != "" && err != nil {
		return usage("--imds is %q, not HOST:PORT", o.imds)
	}
	for _, host := range o.hosts {
		if net.ParseIP(host) == nil && !hostName.MatchString(host) {
			return usage("--host is %q, not a host name or an IP address", host)
		}
	}
	if _, err := o.networks(); err != nil {
		return err
	}
	if id, err := uuid.Parse(o.tenant); o.tenant != "" && (err != nil || len(o.tenant) != len(id.String())) {
		return usage("--tenant is %q, not a GUID", o.tenant)
	}
	if o.replication.Replicas == 0 && o.replication.Lag != (emulator.Lag{}) {
		return usage("--lag is how far replicas are behind: give their number with --replicas")
	}
	return o.misbehaviour.check()
}

// networks are those from which the tenant may be controlled.
func (o *serveOptions) networks() ([]netip.Prefix, error) {
	var networks []netip.Prefix
	for _, text := range o.control {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, usage("--control-from is %q, not a network such as 172.17.0.0/16", text)
		}
		networks = append(networks, network)
	}
	return networks, nil
}

// keys are those of a tenant in memory. They outlive it, as the certificate authority does: the Azure CLI and others keep
// their access tokens, and use them on the next tenant. A tenant with a data file has its own beside that.
func (o *serveOptions) keys(folder string) *signingkey.Ring {
	if o.data != "" {
		return nil
	}
	return signingkey.NewRing(filepath.Join(folder, "keys"))
}

// tenant is one that runs.
type tenant struct {
	*emulator.Server
	note
	noted string // the file with the note
}

// start runs a tenant, and notes it for the other commands.
func start(ctx context.Context, o serveOptions, folder string, log io.Writer) (*tenant, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	level := slog.LevelWarn
	if o.verbose {
		level = slog.LevelDebug
	}
	networks, err := o.networks()
	if err != nil {
		return nil, err
	}
	server, err := emulator.Start(ctx, emulator.Options{
		TenantID: strings.ToLower(o.tenant),
		DataFile: o.data,
		SeedFile: o.seed,
		Online:   o.online,
		Keys:     o.keys(folder),

		ControlFrom: networks,

		Replication: o.replication,
		Logger:      slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: level})),
	}, emulator.ServerOptions{Listen: o.listen, Hosts: o.hosts, CertificateFolder: folder, InstanceMetadata: o.imds})
	if err != nil {
		return nil, err
	}
	o.misbehaviour.apply(server.Tenant)
	running := note{
		URL:               server.URL,
		TenantID:          server.Tenant.TenantID(),
		ClientID:          emulator.CallerClientID,
		ClientSecret:      emulator.CallerClientSecret,
		CACertificateFile: server.CACertificateFile,
		CABundleFile:      server.CABundleFile,
		ProcessID:         os.Getpid(),
	}
	t := &tenant{server, running, running.path(folder)}
	if err := forgetEnded(folder); err != nil {
		return nil, errors.Join(fmt.Errorf("reading the notes on running tenants: %w", err), server.Close())
	}
	if err := running.write(t.noted); err != nil {
		return nil, errors.Join(fmt.Errorf("noting that the tenant runs: %w", err), server.Close())
	}
	return t, nil
}

func (t *tenant) close() error {
	_ = os.Remove(t.noted)
	return t.Close()
}

// serve runs a tenant until the end of ctx. Whoever waits for the ready file learns from it of a failure, too: it is written
// when the tenant answers or can't be started, and one that an earlier tenant left is removed before.
func serve(ctx context.Context, o serveOptions, folder string, stdout, stderr io.Writer) (err error) {
	if o.readyFile != "" {
		if err := os.Remove(o.readyFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing the ready file of an earlier tenant: %w", err)
		}
	}
	running, err := start(ctx, o, folder, stderr)
	if err != nil {
		if o.readyFile != "" {
			_ = write(o.readyFile, map[string]string{"error": err.Error()}) // the error is on standard error too
		}
		return err
	}
	defer func() { err = errors.Join(err, running.close()) }()
	if o.readyFile != "" {
		if err := running.write(o.readyFile); err != nil {
			return fmt.Errorf("writing the ready file: %w", err)
		}
	}
	introduce(stderr, running.Server, folder)
	if _, err := fmt.Fprintf(stdout, "listening on %s\n", running.note.URL); err != nil {
		return err
	}
	return running.Wait()
}

// introduce says how to use the tenant, and who else can.
func introduce(w io.Writer, server *emulator.Server, folder string) {
	var text strings.Builder
	if !server.Loopback {
		text.WriteString(`
WARNING: this tenant can be reached from other machines, and whoever reaches it can
         act as anyone in it: its credentials are published and its test issuers sign
         any token. Keep everything of value away from it, and listen on a loopback
         address (the default) unless others must reach it.

`)
	}
	fmt.Fprintf(&text, "tenant       %s\n", server.Tenant.TenantID())
	fmt.Fprintf(&text, "certificate  %s\n", server.CACertificateFile)
	command := "entra-local env --url " + server.URL
	if usual, err := emulator.CertificateFolder(); err != nil || usual != folder {
		command += fmt.Sprintf(" --ca-dir '%s'", folder)
	}
	fmt.Fprintf(&text, "to use it    eval \"$(%s)\"\n", command)
	_, _ = io.WriteString(w, text.String())
}
