package provider_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	frameworkprovider "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/provider"
)

// TestPermissions takes everything that the provider offers through its life with exactly the permissions that it states,
// by every alternative; and has each operation refused to a caller that lacks one of the least, whatever else it has.
func TestPermissions(t *testing.T) {
	t.Parallel()
	for _, s := range subjects(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			if len(s.samples) == 0 {
				t.Fatalf("there is no sample of %s in internal/acctest/samples", s.name)
			}
			s.checkStatement(t)
			for _, sample := range s.samples {
				for _, way := range ways(sample) {
					t.Run(strings.TrimSpace(sample.Name+" "+way.name), func(t *testing.T) {
						t.Parallel()
						newTrial(t, s, sample, way).run(t)
					})
				}
			}
		})
	}
}

// subject is something that the provider offers.
type subject struct {
	name       string // such as "resource workloadid_application"
	typeName   string
	stated     entity.Permissions
	samples    []samples.Sample
	operations []operation
}

// subjects are everything in the catalogue but functions, which call nobody.
func subjects(t *testing.T) []subject {
	t.Helper()
	var all []subject
	offered := provider.New("test")
	for _, create := range offered.Resources(t.Context()) {
		r := create()
		var metadata resource.MetadataResponse
		r.Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: "workloadid"}, &metadata)
		all = append(all, subject{"resource " + metadata.TypeName, metadata.TypeName, entity.PermissionsOf(r), samples.Resources[metadata.TypeName], lifecycle})
	}
	for _, create := range offered.DataSources(t.Context()) {
		d := create()
		var metadata datasource.MetadataResponse
		d.Metadata(t.Context(), datasource.MetadataRequest{ProviderTypeName: "workloadid"}, &metadata)
		all = append(all, subject{"data source " + metadata.TypeName, metadata.TypeName, entity.PermissionsOf(d), samples.DataSources[metadata.TypeName], lookup})
	}
	ephemerals, ok := offered.(frameworkprovider.ProviderWithEphemeralResources)
	if !ok {
		t.Fatal("the provider has no ephemeral resources")
	}
	for _, create := range ephemerals.EphemeralResources(t.Context()) {
		e := create()
		var metadata ephemeral.MetadataResponse
		e.Metadata(t.Context(), ephemeral.MetadataRequest{ProviderTypeName: "workloadid"}, &metadata)
		operations := passing
		if _, closes := e.(ephemeral.EphemeralResourceWithClose); !closes {
			operations = passing[:1]
		}
		all = append(all, subject{"ephemeral resource " + metadata.TypeName, metadata.TypeName, entity.PermissionsOf(e), samples.EphemeralResources[metadata.TypeName], operations})
	}
	return all
}

// way is how a caller comes to be allowed something.
type way struct {
	name    string
	entries func(entity.Needs) []string
	// owning has needs made so that the caller is an owner of them.
	owning func(t *testing.T, h *acctest.Harness)
	// caller is the object id of who owns them then.
	caller func(h *acctest.Harness) string
}

var (
	inAzure = way{"by role in Azure", func(n entity.Needs) []string { return n.AzureRoles }, func(t *testing.T, h *acctest.Harness) {
		t.Helper()
		h.SignInAsSeeded(t)
	}, seeded}
	byItself = way{"by application permission", func(n entity.Needs) []string { return n.Application }, func(t *testing.T, h *acctest.Harness) {
		t.Helper()
		// Whoever may do it to what is not its own is not made an owner.
		h.SignIn(t, append(without(emulator.CallerRoles, "Application.ReadWrite.All"), "Application.ReadWrite.OwnedBy")...)
	}, seeded}
	forUser = way{"by delegated permission", func(n entity.Needs) []string { return n.Delegated }, func(t *testing.T, h *acctest.Harness) {
		t.Helper()
		// A developer owns what it creates.
		h.SignInFor(t, user(h), []string{"Application Developer", "Privileged Role Administrator"}, emulator.CallerRoles...)
	}, user}
)

func seeded(h *acctest.Harness) string { return samples.SeededCaller(h.Tenant) }

func ways(sample samples.Sample) []way {
	if sample.InAzure {
		return []way{inAzure}
	}
	return []way{byItself, forUser}
}

// user is who is signed in where the caller acts for somebody.
func user(h *acctest.Harness) string { return h.Tenant.Objects("users")[2]["id"].(string) }

// checkStatement looks for what no trial would find: names of permissions and roles that there are not, and features that no
// sample has.
func (s subject) checkStatement(t *testing.T) {
	t.Helper()
	known := grantable(t)
	used := map[string]bool{}
	for _, sample := range s.samples {
		for _, name := range sample.Features {
			used[name] = true
		}
	}
	all := []entity.Needs{s.stated.Read, s.stated.Create, s.stated.Update, s.stated.Delete}
	for _, feature := range s.stated.Features {
		all = append(all, feature.Read, feature.Create, feature.Update, feature.Delete)
		counts := slices.ContainsFunc(s.operations, func(o operation) bool { return !feature.Of(o.doing).None() })
		if counts && !used[feature.Name] {
			t.Errorf("no sample has the feature %s", feature.Name)
		}
		delete(used, feature.Name)
	}
	for name := range used {
		t.Errorf("a sample has the feature %s, of which the permissions say nothing", name)
	}
	for _, needs := range all {
		for _, of := range []struct {
			what           string
			entries, known []string
		}{
			{"application permission", needs.Application, known.application},
			{"delegated permission", needs.Delegated, known.delegated},
		} {
			for _, entry := range of.entries {
				for _, name := range together(entry) {
					if !slices.Contains(of.known, name) {
						t.Errorf("Microsoft Graph has no %s %s", of.what, name)
					}
				}
			}
		}
	}
}

// together are the permissions or roles of an alternative, without its condition.
func together(entry string) []string {
	names, _, _ := strings.Cut(entry, " (")
	if names == "none" {
		return nil
	}
	return strings.Split(names, " and ")
}

// permissions are those that the tenant's Microsoft Graph offers.
type permissions struct{ application, delegated []string }

func grantable(t *testing.T) permissions {
	t.Helper()
	tenant, err := emulator.New(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var known permissions
	for _, principal := range tenant.Objects("servicePrincipals") {
		if principal["appId"] == "00000003-0000-0000-c000-000000000000" {
			known = permissions{values(principal["appRoles"]), values(principal["oauth2PermissionScopes"])}
		}
	}
	if err := tenant.Close(); err != nil {
		t.Error(err)
	}
	return known
}

func values(permissions any) []string {
	var values []string
	for _, permission := range permissions.([]any) {
		if value, ok := permission.(map[string]any)["value"].(string); ok {
			values = append(values, value)
		}
	}
	return values
}

// broader are permissions that include nearly everything that is in a directory. What is stated is less.
var broader = []string{"Directory.Read.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All"}

// includes are the permissions that include another by their names, and need not be stated; Application.ReadWrite.OwnedBy has
// what the caller owns, which is what samples need.
func includes(permission string) []string {
	switch {
	case permission == "Application.Read.All":
		return []string{"Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"}
	case permission == "RoleManagement.Read.Directory":
		return []string{"RoleManagement.Read.All", "RoleManagement.ReadWrite.Directory"}
	case strings.Contains(permission, ".Read."):
		return []string{strings.Replace(permission, ".Read.", ".ReadWrite.", 1)}
	}
	return nil
}

// unrelated are roles in Azure that allow nothing that the provider does, and those that allow only to read.
var unrelated, readers = []string{"AcrPull", "Storage Blob Data Owner", "Virtual Machine User Login"}, []string{"Reader", "Log Analytics Contributor", "Managed Identity Operator"}

func without(names []string, taken ...string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(taken, name) })
}

// operation is one in a life, by the word that its errors begin with.
type operation struct {
	name, doing string
	do          func(t *testing.T, l *trial) protocol.Diagnostics
}

var lookup = []operation{{"read", "reading", func(t *testing.T, l *trial) protocol.Diagnostics {
	t.Helper()
	state, diags := l.h.Provider().ReadDataSource(t.Context(), l.subject.typeName, l.config)
	if state == nil && !diags.HasError() {
		t.Error("nothing was read, without an error")
	}
	return diags
}}}

var lifecycle = []operation{
	{"create", "creating", func(t *testing.T, l *trial) protocol.Diagnostics {
		t.Helper()
		return l.target.Apply(t.Context(), l.config)
	}},
	{"read", "reading", func(t *testing.T, l *trial) protocol.Diagnostics { t.Helper(); return l.target.Refresh(t.Context()) }},
	{"import", "reading", func(t *testing.T, l *trial) protocol.Diagnostics {
		t.Helper()
		return l.h.Provider().Resource(l.subject.typeName).ImportIdentity(t.Context(), l.target.Identity())
	}},
	{"update", "updating", func(t *testing.T, l *trial) protocol.Diagnostics {
		t.Helper()
		return l.target.Apply(t.Context(), l.changed)
	}},
	{"delete", "deleting", func(t *testing.T, l *trial) protocol.Diagnostics { t.Helper(); return l.target.Destroy(t.Context()) }},
}

var passing = []operation{
	{"open", "opening", func(t *testing.T, l *trial) (diags protocol.Diagnostics) {
		t.Helper()
		l.opened, diags = l.h.Provider().OpenEphemeral(t.Context(), l.subject.typeName, l.config)
		return diags
	}},
	{"close", "closing", func(t *testing.T, l *trial) protocol.Diagnostics {
		t.Helper()
		return l.opened.In(l.h.Provider()).Close(t.Context())
	}},
}

// trial is a life by one way.
type trial struct {
	h               *acctest.Harness
	subject         subject
	sample          samples.Sample
	way             way
	known           permissions
	target          *protocol.Resource  // nil for what is no resource
	opened          *protocol.Ephemeral // nil for what is no ephemeral resource
	config, changed map[string]any
}

func newTrial(t *testing.T, s subject, sample samples.Sample, by way) *trial {
	t.Helper()
	l := &trial{h: acctest.New(t), subject: s, sample: sample, way: by, known: grantable(t)}
	by.owning(t, l.h)
	made := map[string]*protocol.Resource{}
	resolve := func(config samples.Object) map[string]any {
		resolved, err := samples.Resolve(config, l.h.Tenant, by.caller(l.h), func(name string) (map[string]any, bool) {
			r, ok := made[name]
			if !ok {
				return nil, false
			}
			return r.State(), true
		})
		if err != nil {
			t.Fatal(err)
		}
		return resolved
	}
	for _, need := range sample.Needs {
		r := l.h.Provider().Resource(need.Type)
		if diags := r.Apply(t.Context(), resolve(need.Config)); diags.HasError() {
			t.Fatalf("making %s:\n%s", need.Name, diags)
		}
		made[need.Name] = r
	}
	if l.config = resolve(sample.Config); sample.Changed != nil {
		l.changed = resolve(sample.Changed)
	}
	if strings.HasPrefix(s.name, "resource ") {
		l.target = l.h.Provider().Resource(s.typeName)
	}
	return l
}

func (l *trial) run(t *testing.T) {
	t.Helper()
	for _, o := range l.subject.operations {
		if o.name == "update" && !l.changes(t) {
			continue
		}
		alternatives := l.alternatives(o)
		for name := range alternatives[0].all() {
			l.refused(t, o, alternatives[0], name)
		}
		// The least is what life goes on with.
		for i, given := range slices.Backward(alternatives) {
			snapshot, before := l.h.Tenant.Snapshot(), l.target
			l.sign(t, given)
			if diags := o.do(t, l); diags.HasError() {
				t.Fatalf("%s with %s:\n%s", o.name, given, diags)
			}
			l.keepSecrets()
			if i > 0 {
				l.restore(t, snapshot, before)
			}
		}
	}
}

// keepSecrets makes known which attributes are documented to hold a secret.
func (l *trial) keepSecrets() {
	holding, of := map[string]any{}, l.subject.typeName
	switch {
	case l.target != nil:
		holding = l.target.State()
	case l.opened != nil:
		holding, of = l.opened.Result(), "ephemeral."+of
	}
	for _, attribute := range l.sample.Secrets {
		if value, ok := holding[attribute].(string); ok {
			l.h.Secret(value, of+"."+attribute)
		}
	}
}

// changes reports whether the sample can be changed in place.
func (l *trial) changes(t *testing.T) bool {
	t.Helper()
	if l.changed == nil {
		return false
	}
	l.way.owning(t, l.h)
	plan, diags := l.target.In(l.h.Provider()).Plan(t.Context(), l.changed)
	if diags.HasError() {
		t.Fatalf("planning the change:\n%s", diags)
	}
	return plan.Action != protocol.Replace
}

// grants are what a caller has been granted.
type grants struct{ permissions, directoryRoles, azureRoles []string }

func (g grants) String() string {
	return fmt.Sprintf("%q", slices.Concat(g.permissions, g.directoryRoles, g.azureRoles))
}

func (g grants) all() map[string]bool {
	all := map[string]bool{}
	for _, name := range slices.Concat(g.permissions, g.directoryRoles, g.azureRoles) {
		all[name] = true
	}
	return all
}

// alternatives are those that are stated for an operation, the least first.
func (l *trial) alternatives(o operation) []grants {
	if o.name == "delete" && l.sample.Abandoned {
		return []grants{{}}
	}
	needs := l.subject.stated.Of(o.doing)
	entries, roles := l.possible(l.way.entries(needs)), [][]string{nil}
	if len(entries) == 0 {
		entries = [][]string{nil}
	}
	if l.way.name == forUser.name && len(needs.DirectoryRoles) > 0 {
		roles = l.possible(needs.DirectoryRoles)
	}
	var all []grants
	for i, entry := range entries {
		for j, role := range roles {
			if i > 0 && j > 0 {
				continue // each is tried with the least of the others
			}
			g := grants{directoryRoles: slices.Clone(role)}
			if l.way.name == inAzure.name {
				g.azureRoles = slices.Clone(entry)
			} else {
				g.permissions = slices.Clone(entry)
			}
			for _, feature := range l.features() {
				l.addFeature(&g, feature.Of(o.doing))
			}
			all = append(all, g)
		}
	}
	return all
}

func (l *trial) addFeature(g *grants, needs entity.Needs) {
	l.add(&g.azureRoles, needs.AzureRoles)
	if l.way.name == inAzure.name {
		l.add(&g.permissions, needs.Application)
		return
	}
	l.add(&g.permissions, l.way.entries(needs))
	if l.way.name == forUser.name {
		l.add(&g.directoryRoles, needs.DirectoryRoles)
	}
}

// add adds the least of what else is needed, unless what there is includes an alternative.
func (l *trial) add(to *[]string, entries []string) {
	possible := l.possible(entries)
	there := func(alternative []string) bool {
		return !slices.ContainsFunc(alternative, func(name string) bool { return !slices.Contains(*to, name) })
	}
	if len(possible) > 0 && !slices.ContainsFunc(possible, there) {
		*to = append(*to, possible[0]...)
	}
}

func (l *trial) features() []entity.Feature {
	var used []entity.Feature
	for _, feature := range l.subject.stated.Features {
		if slices.Contains(l.sample.Features, feature.Name) {
			used = append(used, feature)
		}
	}
	return used
}

// possible are the alternatives that the sample can do with: not those with a condition that it does not meet.
func (l *trial) possible(entries []string) [][]string {
	var possible [][]string
	for _, entry := range entries {
		_, condition, _ := strings.Cut(entry, " (")
		if !slices.ContainsFunc(l.sample.Unmet, func(words string) bool { return strings.Contains(condition, words) }) {
			possible = append(possible, together(entry))
		}
	}
	return possible
}

// refused has an operation refused to a caller that has everything but one of the least, and nothing come of it.
func (l *trial) refused(t *testing.T, o operation, least grants, lacking string) {
	t.Helper()
	all := []entity.Needs{l.subject.stated.Of(o.doing)}
	for _, feature := range l.features() {
		all = append(all, feature.Of(o.doing))
	}
	var roles, wanted []string
	stated := includes(lacking)
	for _, needs := range all {
		for _, entry := range l.way.entries(needs) {
			stated = append(stated, together(entry)...)
		}
		roles = append(roles, needs.AzureRoles...)
		entries := needs.AzureRoles
		if !slices.Contains(least.azureRoles, lacking) {
			entries = l.way.entries(needs)
		}
		if slices.Contains(least.directoryRoles, lacking) {
			entries = needs.DirectoryRoles
		}
		wanted = append(wanted, slices.DeleteFunc(slices.Clone(entries), func(entry string) bool { return len(together(entry)) == 0 })...)
	}
	given := grants{without(least.permissions, lacking), without(least.directoryRoles, lacking), without(least.azureRoles, lacking)}
	switch {
	case slices.Contains(least.azureRoles, lacking):
		given.azureRoles = append(given.azureRoles, unrelated...)
		if o.doing != "reading" {
			given.azureRoles = append(given.azureRoles, without(readers, roles...)...)
		}
	case slices.Contains(least.permissions, lacking) && l.way.name == forUser.name:
		given.permissions = append(given.permissions, without(l.known.delegated, append(stated, broader...)...)...)
	case slices.Contains(least.permissions, lacking):
		given.permissions = append(given.permissions, without(l.known.application, append(stated, broader...)...)...)
	}

	snapshot, before := l.h.Tenant.Snapshot(), l.target
	l.sign(t, given)
	objects := len(l.h.Tenant.Snapshot().Objects)
	diags := o.do(t, l)
	switch text := diags.String(); {
	case !diags.HasError():
		t.Fatalf("%s succeeds without %s, with %s", o.name, lacking, l.sufficient(t, o, snapshot, before, least, lacking, given))
	case diags.HasProviderBug():
		t.Fatalf("%s without %s:\n%s", o.name, lacking, text)
	case !strings.Contains(text, "403") || slices.ContainsFunc(wanted, func(entry string) bool { return !strings.Contains(text, entry) }):
		t.Errorf("the refusal of %s without %s does not say that it takes one of %q:\n%s", o.name, lacking, wanted, text)
	}
	if o.name == "create" && l.target.State() == nil && len(l.h.Tenant.Snapshot().Objects) != objects {
		t.Errorf("%s without %s failed, and left something behind that is in no state", o.name, lacking)
	}
	l.restore(t, snapshot, before)
}

// sufficient finds what is enough in the place of one that is lacking, among the permissions that were given, for whoever
// has to state it.
func (l *trial) sufficient(t *testing.T, o operation, snapshot emulator.Snapshot, before *protocol.Resource, least grants, lacking string, given grants) []string {
	t.Helper()
	rest := without(least.permissions, lacking)
	suffices := func(permissions []string) bool {
		l.restore(t, snapshot, before)
		l.sign(t, grants{slices.Concat(rest, permissions), given.directoryRoles, given.azureRoles})
		return !o.do(t, l).HasError()
	}
	if suffices(nil) {
		return append(rest, "nothing else")
	}
	candidates := without(given.permissions, rest...)
	for len(candidates) > 1 {
		first, second := candidates[:len(candidates)/2], candidates[len(candidates)/2:]
		switch {
		case suffices(first):
			candidates = first
		case suffices(second):
			candidates = second
		default:
			return candidates
		}
	}
	return candidates
}

func (l *trial) restore(t *testing.T, snapshot emulator.Snapshot, target *protocol.Resource) {
	t.Helper()
	if err := l.h.Tenant.Restore(snapshot); err != nil {
		t.Fatal(err)
	}
	l.target = target
}

// sign has the provider run, in a process of its own, for a caller that has been granted this and nothing else.
func (l *trial) sign(t *testing.T, g grants) {
	t.Helper()
	l.h.AzureRoles(t, cmp.Or(l.sample.Scope, "/subscriptions/"+emulator.SubscriptionID), g.azureRoles...)
	if l.way.name == forUser.name {
		l.h.SignInFor(t, user(l.h), g.directoryRoles, g.permissions...)
	} else {
		l.h.SignIn(t, g.permissions...)
	}
	if l.target != nil {
		l.target = l.target.In(l.h.Provider())
	}
}
