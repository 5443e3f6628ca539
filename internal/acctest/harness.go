// Package acctest runs the provider on a local tenant, in the process of the test:
//
//	func TestApplication_lifecycle(t *testing.T) {
//		t.Parallel()
//		h := acctest.New(t)
//		app := h.Resource("workloadid_application")
//		app.Apply(t, map[string]any{"display_name": "Deployer"})
//		h.ExpectRequests(t, "POST /v1.0/applications")
//		…
//	}
//
// New drives the provider's protocol server as Terraform does, without a CLI (package
// protocol). RunCLI runs steps with the real terraform and tofu. Where
// GRAPH_OPENAPI_DIR is set, every request of the provider and every answer of the
// tenant is held against Microsoft's OpenAPI documents (package conformance).
//
// At the end of each test its log at TRACE, its diagnostics, its states and, with a
// CLI, its plans and all that was printed are searched for the secrets that the test
// used (package secrets). One that is found fails the test; see Harness.Secret.
package acctest

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/conformance"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/secrets"
	"github.com/workloadid/terraform-provider-workloadid/internal/boundary"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/provider"
	"github.com/workloadid/terraform-provider-workloadid/internal/shortcut/shortcuttest"
)

// Unknown is a value that is known only after apply, in configurations and plans.
var Unknown = protocol.Unknown

// Option changes what New starts.
type Option func(*settings)

type settings struct {
	tenant      emulator.Options
	seed        emulator.Seed
	block       map[string]any
	environment map[string]string
	token       func(*emulator.Tenant) string // for Microsoft Graph; nil: that of the login service
	window      time.Duration
}

// ConsistencyWindow is how long after a write the provider expects older answers, unless WithConsistencyWindow says
// otherwise: short, so that tests in which something really is gone end soon.
const ConsistencyWindow = 300 * time.Millisecond

// deadlock is how long a write in process waits for another one to give up a value: longer than the provider's own order of turns
// takes. A CLI has its own order, and the provider's time.
const deadlock = 3 * time.Second

// WithConsistencyWindow sets how long after a write the provider expects older answers.
func WithConsistencyWindow(window time.Duration) Option {
	return func(s *settings) { s.window = window }
}

// WithTenant changes the options of the tenant.
func WithTenant(change func(*emulator.Options)) Option {
	return func(s *settings) { change(&s.tenant) }
}

// WithSeed adds objects to the tenant before the provider starts.
func WithSeed(seed emulator.Seed) Option {
	return func(s *settings) { s.seed = seed }
}

// WithProvider sets arguments of the provider block.
func WithProvider(block map[string]any) Option {
	return func(s *settings) { s.block = block }
}

// WithEnvironment adds to the environment the provider sees, or takes away with "".
func WithEnvironment(environment map[string]string) Option {
	return func(s *settings) { s.environment = environment }
}

// Harness is a local tenant and the provider, signed in to it as the seeded caller.
type Harness struct {
	Tenant *emulator.Tenant
	URL    string // the tenant's origin

	server      *emulator.Server
	environment map[string]string
	token       func(*emulator.Tenant) string // for Microsoft Graph; nil: that of the login service
	window      time.Duration
	deadlock    time.Duration
	provider    *protocol.Provider
	block       map[string]any
	checks      *checks
	watch       *secrets.Watch
	own         http.RoundTripper // of requests behind Terraform's back
	ownToken    ownToken
}

// New starts a local tenant and a provider, and stops them when the test ends.
// Harnesses are independent of each other: tests can run in parallel.
func New(t testing.TB, options ...Option) *Harness {
	t.Helper()
	var s settings
	for _, option := range options {
		option(&s)
	}
	h := start(t, s)
	h.block, h.deadlock = s.block, deadlock
	h.Restart(t)
	h.ResetRequests()
	return h
}

// Restart has the provider run in a process of its own for what follows, as each command of Terraform does. Resources
// that there are keep the one they have.
func (h *Harness) Restart(t testing.TB) {
	t.Helper()
	configured, diags := protocol.Configure(t.Context(), h.protocolServer(t), h.block)
	if diags.HasError() {
		t.Fatalf("configuring the provider:\n%s", diags)
	}
	h.provider = configured
}

// AdoptLeftovers restarts the provider with adopt_leftovers in its block.
func (h *Harness) AdoptLeftovers(t testing.TB) {
	t.Helper()
	block := maps.Clone(h.block)
	if block == nil {
		block = map[string]any{}
	}
	block["adopt_leftovers"] = true
	h.block = block
	h.Restart(t)
}

// Provider is the provider's process, for tests that judge themselves what it says.
func (h *Harness) Provider() *protocol.Provider { return h.provider }

// ConfigureFails starts a local tenant and a provider that cannot be configured, and
// returns why.
func ConfigureFails(t testing.TB, options ...Option) protocol.Diagnostics {
	t.Helper()
	var s settings
	for _, option := range options {
		option(&s)
	}
	_, diags := protocol.Configure(t.Context(), start(t, s).protocolServer(t), s.block)
	return expectFailure(t, "configuring the provider", diags)
}

// start starts the tenant alone.
func start(t testing.TB, s settings) *Harness {
	t.Helper()
	s.tenant.Keys = shared.keys()
	// Not the test's context, which ends before the provider's connections are closed: the server would wait for them.
	server, err := emulator.Start(context.WithoutCancel(t.Context()), s.tenant, emulator.ServerOptions{CertificateFolder: sharedFolder(t, "authority")})
	if err != nil {
		t.Fatalf("starting the local tenant: %v", err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("stopping the local tenant: %v", err)
		}
	})
	if err := server.Tenant.AddSeed(s.seed); err != nil {
		t.Fatalf("seeding the local tenant: %v", err)
	}
	h := &Harness{
		Tenant: server.Tenant, URL: server.URL, server: server, checks: newChecks(t), watch: newWatch(t),
		environment: map[string]string{
			"ARM_TENANT_ID":                        server.Tenant.TenantID(),
			"ARM_CLIENT_ID":                        emulator.CallerClientID,
			"ARM_CLIENT_SECRET":                    emulator.CallerClientSecret,
			"WORKLOADID_GRAPH_ENDPOINT":            server.URL,
			"WORKLOADID_RESOURCE_MANAGER_ENDPOINT": server.URL,
			"ARM_SUBSCRIPTION_ID":                  emulator.SubscriptionID,
			"WORKLOADID_AUTHORITY":                 server.URL,
			"WORKLOADID_CA_CERTIFICATE_FILE":       server.CACertificateFile,
		},
	}
	maps.Copy(h.environment, s.environment)
	h.token, h.window = s.token, cmp.Or(s.window, ConsistencyWindow)
	// Without a network these requests have no connection, which is how the log tells them from the provider's.
	h.own = h.checks.transport(emulator.RoundTripper{Tenant: server.Tenant})
	h.knowEnvironment()
	return h
}

// newProvider is a provider that sees the harness's environment, and nothing of the
// process's own.
func (h *Harness) newProvider(t testing.TB) func() (tfprotov6.ProviderServer, error) {
	t.Helper()
	transport, err := h.network()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup((&http.Client{Transport: transport}).CloseIdleConnections)
	options := provider.Options{Version: "test", ConsistencyWindow: h.window, Deadlock: h.deadlock, Transport: h.checks.transport(h.watch.Transport(h.permitted(transport)))}
	if h.Tenant != nil {
		options.LookupEnv, options.Clock = h.lookupEnv, h.Tenant.Clock().Now
	}
	return func() (tfprotov6.ProviderServer, error) {
		server, mask := provider.Unguarded(options)
		return boundary.New(shortcuttest.New(server, func(difference string) { t.Error(difference) }), mask), nil
	}
}

func (h *Harness) protocolServer(t testing.TB) tfprotov6.ProviderServer {
	t.Helper()
	server, err := h.newProvider(t)()
	if err != nil {
		t.Fatal(err)
	}
	return h.watch.Server(server)
}

func (h *Harness) lookupEnv(name string) (string, bool) {
	value, ok := h.environment[name]
	return value, ok && value != ""
}

// checks collects what is not as documented, and reports it when the test ends.
type checks struct {
	documents  *conformance.Documents // nil: not checked
	mutex      sync.Mutex
	violations map[string]bool
}

func newChecks(t testing.TB) *checks {
	t.Helper()
	c := &checks{violations: map[string]bool{}}
	folder := os.Getenv("GRAPH_OPENAPI_DIR")
	if folder == "" {
		t.Log("not held against the OpenAPI documents of Microsoft Graph: GRAPH_OPENAPI_DIR is not set")
		return c
	}
	documents, err := conformance.Load(folder)
	if err != nil {
		t.Fatalf("GRAPH_OPENAPI_DIR: %v", err)
	}
	c.documents = documents
	t.Cleanup(func() {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		for _, violation := range slices.Sorted(maps.Keys(c.violations)) {
			t.Errorf("not as Microsoft Graph documents it: %s", violation)
		}
	})
	return c
}

func (c *checks) transport(next http.RoundTripper) http.RoundTripper {
	if c.documents == nil {
		return next
	}
	return c.documents.Transport(next, func(v conformance.Violation) {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		c.violations[v.String()] = true
	})
}
