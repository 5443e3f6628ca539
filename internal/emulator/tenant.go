// Package emulator is a Microsoft Entra tenant that runs on this machine: Microsoft Graph, the token endpoint and what
// belongs to them, on one origin. It holds what clients put there and judges it as the service does, so that a program
// written for Microsoft Graph can be run and tested without a cloud account.
//
// It puts together the packages below it and adds what the service does not have: the seeded caller, the log of
// requests and the control paths under /_local/.
package emulator

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/batch"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/instancemetadata"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/issuer"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/login"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/replication"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/resourcemanager"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/signingkey"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/throttle"
)

// DefaultTenantID is the tenant's id unless Options say otherwise.
const DefaultTenantID = "e4c4a5d7-5a54-4d4e-9f30-6c0a1b7f2d11"

// Options configures New. The zero value is a tenant in memory.
type Options struct {
	TenantID   string           // lower-case GUID; empty is that of DataFile, and for a new tenant DefaultTenantID
	DataFile   string           // where the directory is kept; empty keeps it in memory
	SeedFile   string           // JSON with objects to begin with, besides the built-in ones; see Seed
	Origin     string           // scheme, host and port clients use; empty takes each request's own
	Keys       *signingkey.Ring // where the signing keys are; nil puts them beside DataFile, or in memory
	HTTPClient *http.Client     // fetches the documents of token issuers; nil is a client with the system's trust
	Online     bool             // never let a test issuer stand in for one on the network
	Now        func() time.Time // nil is time.Now
	Logger     *slog.Logger     // nil discards

	Hosts       []string       // names under which it may be controlled, besides localhost and that of Origin
	ControlFrom []netip.Prefix // networks from which it may be, besides this machine

	Replication Replication // see SetReplication
}

// Tenant is a local tenant. Its ServeHTTP is safe for concurrent use.
type Tenant struct {
	options Options
	store   *directory.Store

	directory *graph.Service
	graph     http.Handler // of t.directory
	manager   *resourcemanager.Service
	machine   *instancemetadata.Service
	keys      *signingkey.Ring
	verify    *login.Login // checks tokens, whichever origin they were issued at
	log       requestLog

	replicas *replication.Replicas
	clock    *Clock
	faults   *fault.Faults
	throttle *throttle.Throttle

	mutex   sync.Mutex
	origins map[string]origin
}

// origin is what depends on the address at which clients reach the tenant.
type origin struct {
	login  *login.Login
	issuer *issuer.Issuer
}

// New returns a tenant with the objects of its data file, or, when it has none, with those it is seeded with.
func New(options Options) (*Tenant, error) {
	clock := NewClock(options.Now)
	options.Now = clock.Now
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	options.Origin = strings.TrimSuffix(options.Origin, "/")
	if options.Keys == nil {
		folder := ""
		if options.DataFile != "" {
			folder = filepath.Join(filepath.Dir(options.DataFile), "keys")
		}
		options.Keys = signingkey.NewRing(folder)
	}
	indexed := maps.Clone(graph.Indexed)
	maps.Copy(indexed, resourcemanager.Indexed)
	store, err := directory.Open(options.DataFile, indexed)
	if err != nil {
		return nil, err
	}
	t := &Tenant{options: options, store: store, keys: options.Keys, clock: clock, origins: map[string]origin{}}
	t.replicas = replication.New(store, options.Now)
	if err := errors.Join(t.prepare(), t.SetReplication(options.Replication)); err != nil {
		_ = store.Close()
		return nil, err
	}
	t.misbehave()
	t.directory = graph.New(graph.Options{
		Store: store, Replicas: t.replicas, TenantID: t.options.TenantID, Domain: initialDomain, Authenticate: t.authenticate, Origin: t.origin,
		Now: options.Now, Logger: options.Logger,
	})
	// The requests of a batch arrive one by one, inside of it.
	t.graph = batch.Handler(t.directory.Arrivals(t.faults.Inner(t.throttle.Handler(t.directory))), options.Now)
	t.machine = t.managedIdentities()
	t.manager = resourcemanager.New(resourcemanager.Options{
		Store: store, Replicas: t.replicas, Tenant: t.Login(), Verify: t.verify.Verify, IsOrigin: t.isOrigin, Origin: t.origin,
		Now: options.Now, Logger: options.Logger,
	})
	return t, nil
}

// prepare finds out which tenant this is, fills it if it is new and makes what checks its tokens.
func (t *Tenant) prepare() error {
	kept := ""
	for organization := range t.store.View().All(entitytype.Organization.Name, directory.Live) {
		kept = organization.ID
	}
	switch {
	case kept == "" && t.options.TenantID == "":
		t.options.TenantID = DefaultTenantID
	case t.options.TenantID == "":
		t.options.TenantID = kept
	case kept != "" && kept != t.options.TenantID:
		return fmt.Errorf("the data file %s holds the tenant %s, not %s", t.options.DataFile, kept, t.options.TenantID)
	}
	if kept != "" && t.options.SeedFile != "" {
		t.options.Logger.Warn("the seed was not read: the data file has a tenant already", "seed", t.options.SeedFile, "data", t.options.DataFile)
	}
	if kept == "" {
		if err := t.Reset(); err != nil {
			return fmt.Errorf("seeding the tenant: %w", err)
		}
	}
	at, err := t.at(t.options.Origin)
	t.verify = at.login
	return err
}

// Close releases the data file. A tenant that is killed instead loses nothing.
func (t *Tenant) Close() error { return t.store.Close() }

// TenantID is the tenant's id.
func (t *Tenant) TenantID() string { return t.options.TenantID }

// ServeHTTP answers everything the origin serves.
func (t *Tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, localPrefix) {
		t.serveLocal(w, r)
		return
	}
	t.log.record(w, t.traced(r), t.options, t.directory.Arrivals(t.manager.Arrivals(t.faults.Handler(http.HandlerFunc(t.serve)))).ServeHTTP)
}

func (t *Tenant) serve(w http.ResponseWriter, r *http.Request) {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if first == "v1.0" || first == "beta" {
		t.graph.ServeHTTP(w, r)
		return
	}
	if instancemetadata.Matches(r.URL.Path) {
		t.machine.ServeHTTP(w, r)
		return
	}
	if resourcemanager.Matches(r.URL.Path) {
		t.throttle.Handler(t.manager).ServeHTTP(w, r)
		return
	}
	at, err := t.at(t.origin(r))
	if err != nil {
		t.options.Logger.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	switch {
	case at.login.Matches(r.URL.Path):
		at.login.ServeHTTP(w, r)
	case first == "oidc":
		at.issuer.ServeHTTP(w, r)
	default:
		t.options.Logger.Warn("not implemented here", "method", r.Method, "path", r.URL.Path)
		http.NotFound(w, r)
	}
}

// origin is the scheme, host and port at which the client reaches the tenant.
func (t *Tenant) origin(r *http.Request) string {
	if t.options.Origin != "" {
		return t.options.Origin
	}
	if r.TLS == nil {
		return "http://" + r.Host
	}
	return "https://" + r.Host
}

func (t *Tenant) at(address string) (origin, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if known, ok := t.origins[address]; ok {
		return known, nil
	}
	issuers := issuer.New(issuer.Options{Origin: address, Keys: t.keys, Now: t.options.Now})
	endpoint, err := login.New(login.Options{
		Directory: t.Login(), Issuer: issuers, Origin: address, Keys: t.keys, HTTPClient: t.options.HTTPClient,
		Online: t.options.Online, Now: t.options.Now,
	})
	if err != nil {
		return origin{}, err
	}
	t.origins[address] = origin{login: endpoint, issuer: issuers}
	return t.origins[address], nil
}
