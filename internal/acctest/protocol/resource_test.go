package protocol

import (
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
)

// start has the test provider configured, and a thing that does not exist yet.
func start(t *testing.T, mode string) (*thingProvider, *Provider, *Resource) {
	t.Helper()
	implementation := newThingProvider()
	p, diags := Configure(t.Context(), providerserver.NewProtocol6(implementation)(), map[string]any{"mode": mode})
	ok(t, diags)
	return implementation, p, p.Resource("test_thing")
}

func ok(t *testing.T, diags Diagnostics) {
	t.Helper()
	if diags.HasError() {
		t.Fatal(diags)
	}
}

func fails(t *testing.T, diags Diagnostics, bug bool, part string) {
	t.Helper()
	if !diags.HasError() || diags.HasProviderBug() != bug || !strings.Contains(diags.String(), part) {
		t.Fatalf("got %q (bug: %t), want %q (bug: %t)", diags, diags.HasProviderBug(), part, bug)
	}
}

func same(t *testing.T, name string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\ngot  %#v\nwant %#v", name, got, want)
	}
}

func TestResource_lifecycle(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	implementation, _, r := start(t, "")
	config := map[string]any{
		"name": "a", "count_of": 3, "tags": []string{"y", "x", "y"}, "secret_wo": "s",
		"settings": map[string]any{"enabled": true},
		"roles":    map[string]any{"reader": map[string]any{"label": "Reader"}},
		"part":     []any{map[string]any{"label": "p"}},
	}

	plan, diags := r.Plan(ctx, config)
	ok(t, diags)
	same(t, "action", plan.Action, Create)
	same(t, "before", plan.Before, map[string]any(nil))
	same(t, "planned settings", plan.After["settings"], map[string]any{"enabled": true, "level": Unknown})
	same(t, "planned id", plan.After["id"], Unknown)
	same(t, "state after a plan", r.State(), map[string]any(nil))

	ok(t, r.Apply(ctx, config))
	want := map[string]any{
		"id": "1", "name": "a", "kind": nil, "note": "none", "count_of": 3, "tags": []any{"x", "y"}, "secret_wo": nil,
		"settings": map[string]any{"enabled": true, "level": "low"},
		"roles":    map[string]any{"reader": map[string]any{"id": "role 2", "label": "Reader"}},
		"part":     []any{map[string]any{"label": "p"}},
	}
	same(t, "state", r.State(), want)
	same(t, "identity", r.Identity(), map[string]any{"id": "1"})

	plan, diags = r.Plan(ctx, config)
	ok(t, diags)
	same(t, "action", plan.Action, NoOp)
	ok(t, r.Apply(ctx, config))
	same(t, "calls", implementation.calls, []string{"create"})

	// An update keeps what is computed, within nested attributes too.
	config["name"] = "b"
	config["settings"] = map[string]any{"enabled": false}
	config["roles"] = map[string]any{"reader": map[string]any{"label": "Read"}, "writer": map[string]any{"label": "Write"}}
	plan, diags = r.Plan(ctx, config)
	ok(t, diags)
	same(t, "action", plan.Action, Update)
	same(t, "changes", plan.Changes, []string{`AttributeName("name")`, `AttributeName("roles")`, `AttributeName("settings").AttributeName("enabled")`})
	same(t, "planned roles", plan.After["roles"], map[string]any{
		"reader": map[string]any{"id": "role 2", "label": "Read"},
		"writer": map[string]any{"id": Unknown, "label": "Write"},
	})
	diags = r.Apply(ctx, config)
	ok(t, diags)
	if len(diags) != 1 || diags[0].Summary != "Updated" {
		t.Errorf("the warning is lost: %v", diags)
	}
	same(t, "level", r.State()["settings"], map[string]any{"enabled": false, "level": "low"})

	// What vanished is created again.
	delete(implementation.things, "1")
	ok(t, r.Refresh(ctx))
	same(t, "state", r.State(), map[string]any(nil))
	same(t, "identity", r.Identity(), map[string]any(nil))
	ok(t, r.Apply(ctx, config))
	ok(t, r.Destroy(ctx))
	same(t, "state", r.State(), map[string]any(nil))
	ok(t, r.Destroy(ctx))
	same(t, "calls", implementation.calls, []string{"create", "update", "read", "create", "delete"})
	same(t, "things", len(implementation.things), 0)
}

func TestResource_drift(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	implementation, _, r := start(t, "")
	ok(t, r.Apply(ctx, map[string]any{"name": "a"}))
	drifted := implementation.things["1"]
	drifted.Name = drifted.Note
	implementation.things["1"] = drifted
	ok(t, r.Refresh(ctx))
	same(t, "name", r.State()["name"], "none")
	plan, diags := r.Plan(ctx, map[string]any{"name": "a"})
	ok(t, diags)
	same(t, "changes", plan.Changes, []string{`AttributeName("name")`})
}

func TestResource_replace(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	implementation, _, r := start(t, "")
	ok(t, r.Apply(ctx, map[string]any{"name": "a", "kind": "x"}))
	plan, diags := r.Plan(ctx, map[string]any{"name": "a", "kind": "y"})
	ok(t, diags)
	same(t, "action", plan.Action, Replace)
	same(t, "paths", plan.Replace, []string{`AttributeName("kind")`})
	same(t, "id", plan.After["id"], Unknown)
	ok(t, r.Apply(ctx, map[string]any{"name": "a", "kind": "y"}))
	same(t, "id", r.State()["id"], "2")
	same(t, "calls", implementation.calls, []string{"create", "delete", "create"})
}

func TestResource_import(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	_, p, r := start(t, "")
	ok(t, r.Apply(ctx, map[string]any{"name": "a"}))
	for name, load := range map[string]func(*Resource) Diagnostics{
		"id":       func(r *Resource) Diagnostics { return r.Import(ctx, "1") },
		"identity": func(r *Resource) Diagnostics { return r.ImportIdentity(ctx, map[string]any{"id": "1"}) },
	} {
		again := p.Resource("test_thing")
		ok(t, load(again))
		same(t, name, again.State(), r.State())
		same(t, name, again.Identity(), r.Identity())
	}
	fails(t, p.Resource("test_thing").Import(ctx, "2"), false, "Cannot import non-existent remote object")
	fails(t, p.Resource("test_thing").ImportIdentity(ctx, map[string]any{"nome": "1"}), false, "no attribute of this name")
}

func TestResource_failures(t *testing.T) {
	t.Parallel()
	ctx := t.Context()

	_, _, r := start(t, "")
	fails(t, r.Validate(ctx, map[string]any{}), false, "name")
	fails(t, r.Validate(ctx, map[string]any{"name": "a", "nome": "b"}), false, "no attribute of this name")
	fails(t, r.Validate(ctx, map[string]any{"name": 1}), false, "cannot hold a int")
	fails(t, r.Validate(ctx, map[string]any{"name": "a", "id": "1"}), false, "id")
	ok(t, r.Validate(ctx, map[string]any{"name": Unknown}))

	_, _, r = start(t, "refuse")
	diags := r.Apply(ctx, map[string]any{"name": "a"})
	fails(t, diags, false, "not today")
	same(t, "attribute", diags[0].Attribute, `AttributeName("name")`)
	same(t, "state", r.State(), map[string]any(nil))

	_, _, r = start(t, "undeletable")
	ok(t, r.Apply(ctx, map[string]any{"name": "a"}))
	fails(t, r.Destroy(ctx), false, "it holds on")
	same(t, "id", r.State()["id"], "1")

	if _, diags := Configure(ctx, providerserver.NewProtocol6(newThingProvider())(), map[string]any{"mode": "no access"}); !strings.Contains(diags.String(), "the door is shut") {
		t.Errorf("got %v", diags)
	}
}

func TestResource_halfCreatedIsReplaced(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	implementation, _, r := start(t, "halfway")
	fails(t, r.Apply(ctx, map[string]any{"name": "a"}), false, "the line went dead")
	same(t, "id", r.State()["id"], "1")
	ok(t, r.Apply(ctx, map[string]any{"name": "a"}))
	same(t, "id", r.State()["id"], "2")
	same(t, "calls", implementation.calls, []string{"create", "delete", "create"})
}

func TestResource_providerBugsSurface(t *testing.T) {
	t.Parallel()
	ctx := t.Context()

	_, _, r := start(t, "inconsistent")
	diags := r.Apply(ctx, map[string]any{"name": "a"})
	fails(t, diags, true, "Provider produced inconsistent result after apply")
	fails(t, diags, true, `was "a", but is now "a!"`)
	same(t, "attribute", diags[0].Attribute, `AttributeName("name")`)

	_, _, r = start(t, "random plan")
	fails(t, r.Apply(ctx, map[string]any{"name": "a"}), true, "Provider produced inconsistent final plan")

	_, _, r = start(t, "random plan")
	_, diags = r.Plan(ctx, map[string]any{"name": "a", "note": "mine"})
	fails(t, diags, true, "Provider produced invalid plan")
}

func TestReadDataSource(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	implementation, p, r := start(t, "")
	ok(t, r.Apply(ctx, map[string]any{"name": "a"}))
	got, diags := p.ReadDataSource(ctx, "test_thing", map[string]any{"id": "1"})
	ok(t, diags)
	same(t, "state", got, map[string]any{"id": "1", "name": "a"})
	_, diags = p.ReadDataSource(ctx, "test_thing", map[string]any{"id": "2"})
	fails(t, diags, false, "no thing has this id")
	_, diags = p.ReadDataSource(ctx, "test_thing", map[string]any{})
	fails(t, diags, false, "id")
	_, diags = p.ReadDataSource(ctx, "test_nothing", nil)
	fails(t, diags, false, "Unknown data source")
	implementation.mode = "inconsistent"
	_, diags = p.ReadDataSource(ctx, "test_thing", map[string]any{"id": "1"})
	fails(t, diags, true, "Provider produced invalid object")
}

func TestResource_allUnknown(t *testing.T) {
	t.Parallel()
	_, p, r := start(t, "")
	same(t, "types", p.ResourceTypes(), []string{"test_thing"})
	same(t, "shallow", r.AllUnknown(false), map[string]any{
		"name": Unknown, "kind": Unknown, "note": Unknown, "count_of": Unknown, "tags": Unknown, "secret_wo": Unknown,
		"settings": Unknown, "roles": Unknown, "part": Unknown,
	})
	deep := r.AllUnknown(true)
	same(t, "single", deep["settings"], map[string]any{"enabled": Unknown, "level": Unknown})
	same(t, "map", deep["roles"], map[string]any{someKey: map[string]any{"label": Unknown}})
	same(t, "list", deep["part"], []any{map[string]any{"label": Unknown}})
	plan, diags := r.Plan(t.Context(), deep)
	ok(t, diags)
	same(t, "planned", plan.After["settings"], map[string]any{"enabled": Unknown, "level": Unknown})
}

func TestFromJSON(t *testing.T) {
	t.Parallel()
	config, err := FromJSON(`{"name": "a", "count_of": 3, "tags": ["x"], "settings": {"enabled": true}, "kind": null}`)
	if err != nil {
		t.Fatal(err)
	}
	_, _, r := start(t, "")
	ok(t, r.Apply(t.Context(), config))
	same(t, "count", r.State()["count_of"], 3)
	if _, err := FromJSON("["); err == nil {
		t.Error("no error")
	}
}
