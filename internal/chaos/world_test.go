package chaos

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
	"github.com/workloadid/terraform-provider-workloadid/internal/boundary"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	membership "github.com/workloadid/terraform-provider-workloadid/internal/emulator/access"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/resourcemanager"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/signingkey"
	"github.com/workloadid/terraform-provider-workloadid/internal/provider"
	"github.com/workloadid/terraform-provider-workloadid/internal/shortcut"
	"github.com/workloadid/terraform-provider-workloadid/internal/shortcut/shortcuttest"
)

// origin is where the tenant seems to be.
const origin = "https://tenant.example"

// today is when the runs are, since a bubble begins before the seeded caller's secret is valid.
var today = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// shortKeys has a key for the tenants to sign access tokens with that is half as long as those of Microsoft Entra: signing with
// these took an eighth of the matrix's time.
var shortKeys = sync.OnceValues(func() (_ *signingkey.Ring, err error) {
	folder, err := os.MkdirTemp("", "chaos")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	key, err := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // protects nothing
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	const name = "login" // of the key that is for access tokens
	content := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err := os.WriteFile(filepath.Join(folder, name+".key.pem"), content, 0o600); err != nil {
		return nil, err
	}
	ring := signingkey.NewRing(folder)
	_, err = ring.Key(name)
	return ring, err
})

// world is a tenant and what Terraform manages in it.
type world struct {
	tenant   *emulator.Tenant
	seeded   map[string]bool // ids of what was there before
	provider *protocol.Provider
	// server is there where the framework is asked for whatever has a shortcut too, with the differences that were found.
	server      *shortcuttest.Server
	compared    bool
	differences differences
	managed     []*managed
	// lagging says that nothing is taken from another world: what is there was made a moment ago.
	lagging bool
}

// managed is a resource with its configuration; a nil configuration declares that there is none.
type managed struct {
	name     string
	resource *protocol.Resource
	config   map[string]any
	beside   *managed // what is made at the same time, if anything is
	// other is what is made while the resource is there: what is to replace it, or the same in another state.
	other *protocol.Resource
	// shared says that the other one may be the same object: it is meant to be taken over, or an answer was lost.
	shared bool
	// Of an import: what is imported, which attributes it does not read, and whether the others may be old or wrong.
	identity  map[string]any
	arguments []any
	unsettled bool
}

// newWorld must be called in a bubble. The provider runs in it as it does for Terraform or, which takes about twice as long,
// is compared with the framework.
func newWorld(ctx context.Context, compared bool) (*world, error) {
	time.Sleep(time.Until(today))
	keys, err := shortKeys()
	if err != nil {
		return nil, err
	}
	tenant, err := emulator.New(emulator.Options{Origin: origin, Keys: keys})
	if err != nil {
		return nil, err
	}
	w := &world{tenant: tenant, seeded: map[string]bool{}, compared: compared}
	for _, id := range w.live() {
		w.seeded[id] = true
	}
	return w, w.restart(ctx)
}

// restart has the provider run in a process of its own from now on, as it does for each command of Terraform.
func (w *world) restart(ctx context.Context) error {
	environment := map[string]string{
		"ARM_TENANT_ID":                        w.tenant.TenantID(),
		"ARM_CLIENT_ID":                        emulator.CallerClientID,
		"ARM_CLIENT_SECRET":                    emulator.CallerClientSecret,
		"WORKLOADID_GRAPH_ENDPOINT":            origin,
		"WORKLOADID_RESOURCE_MANAGER_ENDPOINT": origin,
		"ARM_SUBSCRIPTION_ID":                  emulator.SubscriptionID,
		"WORKLOADID_AUTHORITY":                 origin,
	}
	own, mask := provider.Unguarded(provider.Options{
		Version:   "chaos",
		Transport: emulator.RoundTripper{Tenant: w.tenant},
		LookupEnv: func(name string) (string, bool) { value, ok := environment[name]; return value, ok },
	})
	var server shortcut.Framework = own
	if w.compared {
		w.server = shortcuttest.New(own, w.differences.add)
		server = w.server
	}
	configured, diags := described().In(ctx, boundary.New(server, mask), nil)
	if diags.HasError() {
		return fmt.Errorf("configuring the provider:\n%s", diags)
	}
	w.provider = configured
	for _, m := range w.managed {
		m.resource = m.resource.In(configured)
		if m.other != nil {
			m.other = m.other.In(configured)
		}
	}
	return nil
}

// prepared is what a world had come to before anything went wrong in it.
type prepared struct {
	once    sync.Once
	err     error
	tenant  emulator.Snapshot
	managed []managed
	at      time.Time
}

var preparations sync.Map

// prepare brings a world to where make brings it. It is made once, and put in the place of what would be made in other worlds.
func (w *world) prepare(stage string, make func() error) error {
	if w.lagging {
		return make()
	}
	known, _ := preparations.LoadOrStore(stage, &prepared{})
	p := known.(*prepared)
	own := false
	p.once.Do(func() {
		own = true
		if p.err = make(); p.err != nil {
			return
		}
		p.tenant, p.at = w.tenant.Snapshot(), time.Now()
		for _, m := range w.managed {
			p.managed = append(p.managed, managed{name: m.name, config: m.config, resource: m.resource.In(described())})
		}
	})
	if own || p.err != nil {
		return p.err
	}
	time.Sleep(time.Until(p.at))
	if err := w.tenant.Restore(p.tenant); err != nil {
		return err
	}
	for i, kept := range p.managed {
		if i == len(w.managed) {
			w.managed = append(w.managed, &managed{name: kept.name})
		}
		w.managed[i].config, w.managed[i].resource = kept.config, kept.resource.In(w.provider)
	}
	return nil
}

// declare adds a resource that does not exist yet.
func (w *world) declare(name, typeName string, config map[string]any) (*managed, error) {
	resolved, err := w.resolve(config)
	if err != nil {
		return nil, err
	}
	m := &managed{name: name, resource: w.provider.Resource(typeName), config: resolved}
	w.managed = append(w.managed, m)
	return m, nil
}

// resolve puts what there is in the place of references.
func (w *world) resolve(config samples.Object) (samples.Object, error) {
	return samples.Resolve(config, w.tenant, samples.SeededCaller(w.tenant), func(name string) (map[string]any, bool) {
		for _, m := range w.managed {
			if m.name == name {
				return m.resource.State(), true
			}
		}
		return nil, false
	})
}

// live are the ids of the objects that the tenant holds, but for those that it was seeded with.
func (w *world) live() []string { return slices.Sorted(maps.Keys(live(w.tenant, w.seeded))) }

// live are the objects that a tenant holds, by their ids, but for those that it was seeded with.
func live(tenant *emulator.Tenant, seeded map[string]bool) map[string]*directory.Object {
	objects := tenant.Snapshot().Objects
	there := map[string]bool{}
	for _, object := range objects {
		there[object.ID] = object.State == directory.Live
	}
	identities := map[string]string{} // by the service principals that belong to them
	for _, object := range objects {
		if principal := object.String("principalId"); object.Type == resourcemanager.UserAssignedIdentity.Name {
			identities[principal] = object.ID
		}
	}
	found := map[string]*directory.Object{}
	for _, object := range objects {
		id := object.ID
		if identities[id] != "" {
			continue
		}
		if identity := identities[object.Parent]; identity != "" {
			id = identity + "/federatedidentitycredentials/" + strings.ToLower(object.String("name"))
		}
		if object.Type == resourcemanager.RoleAssignment.Name {
			id = strings.ToLower(object.String("id"))
		}
		if object.Type == entitytype.DirectoryRole.Name {
			continue // the first assignment of a built-in role activates it, for good
		}
		for _, member := range object.Private[membership.Members] {
			if of := id + "/" + member; there[member] && !seeded[of] {
				found[of] = object
			}
		}
		if there[object.ID] && (object.Parent == "" || there[object.Parent]) && !seeded[id] {
			found[id] = object
			for _, property := range []string{"keyCredentials", "passwordCredentials"} {
				for _, credential := range object.Items(property) {
					if key := credential["keyId"].(string); !seeded[key] {
						found[key] = object
					}
				}
			}
		}
	}
	return found
}

// asDeclared reports where the tenant, or the next plan, is not what is declared.
func (w *world) asDeclared(ctx context.Context) error {
	if err := w.differences.err(); err != nil {
		return err
	}
	if err := w.restart(ctx); err != nil {
		return err
	}
	declared := map[string]bool{}
	for _, m := range w.managed {
		if m.config == nil {
			if m.resource.State() != nil {
				return fmt.Errorf("%s is destroyed, and still has a state: %v", m.name, m.resource.State())
			}
			continue
		}
		if diags := m.resource.Refresh(ctx); diags.HasError() {
			return fmt.Errorf("refreshing %s afterwards:\n%s", m.name, diags)
		}
		plan, diags := m.resource.Plan(ctx, m.config)
		if diags.HasError() {
			return fmt.Errorf("planning %s again:\n%s", m.name, diags)
		}
		if plan.Action != protocol.NoOp {
			return fmt.Errorf("planning %s again gives %s because of %v\nbefore: %v\nafter:  %v", m.name, plan.Action, plan.Changes, plan.Before, plan.After)
		}
		if isPart(m.resource.Type()) {
			continue
		}
		for _, id := range idsOf(m.resource.State()) {
			if !w.seeded[id] {
				declared[id] = true
			}
		}
	}
	if err := w.partsAsDeclared(); err != nil {
		return err
	}
	if got, want := w.live(), slices.Sorted(maps.Keys(declared)); !slices.Equal(got, want) {
		return fmt.Errorf("the tenant holds %d objects, and %d are declared:\n%s\nrequests:\n%s", len(got), len(want), strings.Join(got, "\n"), w.requests())
	}
	return nil
}

// idsOf are the ids of the objects that a resource is: of its own, or of those that it consists of.
func idsOf(state map[string]any) []string {
	var ids []string
	if assignments, ok := state["app_role_assignment_ids"].(map[string]any); ok {
		for _, id := range assignments {
			ids = append(ids, id.(string))
		}
		if grant, ok := state["delegated_permission_grant_id"].(string); ok {
			ids = append(ids, grant)
		}
		return ids
	}
	id, ok := state["id"].(string)
	if !ok {
		id, _ = state["key_id"].(string) // a part of another object
	}
	if strings.HasPrefix(id, "/") {
		id = strings.ToLower(id) // ids in Azure have no letter case
	}
	ids = append(ids, id)
	if former, ok := state["previous_key_ids"].(map[string]any); ok { // for a while
		ids = slices.AppendSeq(ids, maps.Keys(former))
	}
	return ids
}

// requests lists what was sent, for whoever reads why a cell failed.
func (w *world) requests() string { return listed(w.tenant.Requests()) }

func listed(requests []emulator.Request) string {
	var text strings.Builder
	for _, r := range requests {
		fmt.Fprintf(&text, "  %s %s %s: %d %s\n", r.Time.Format("15:04:05.000"), r.Method, r.Path, r.Status, r.Note)
	}
	return text.String()
}
