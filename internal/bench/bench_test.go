package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/terraformcli"
)

// TestBench runs the inert provider, in place of ours, with each CLI there is.
func TestBench(t *testing.T) {
	t.Parallel()
	found, err := terraformcli.Find()
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Skip(terraformcli.NoCLI)
	}
	binary := filepath.Join(t.TempDir(), "terraform-provider-inert")
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./inert").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	for _, cli := range found {
		t.Run(cli.Name+"/another provider", func(t *testing.T) {
			t.Parallel()
			testAnotherProvider(t, cli.Path, binary)
		})
		for name, test := range map[string]func(*testing.T, *bench){
			"works": testWorks, "floor": testFloorOnce, "failure": testFailure,
		} {
			t.Run(cli.Name+"/"+name, func(t *testing.T) {
				t.Parallel()
				test(t, newTestBench(t, options{cli: cli.Path, provider: binary, inert: binary}))
			})
		}
	}
}

func newTestBench(t *testing.T, o options) *bench {
	t.Helper()
	b, err := newBench(t.Context(), o, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// testAnotherProvider has one that is in no mirror but that of its configuration.
func testAnotherProvider(t *testing.T, cli, binary string) {
	folder := t.TempDir()
	place := filepath.Join(folder, "mirror", "registry.example.com", "another", "inert", "1.2.3", runtime.GOOS+"_"+runtime.GOARCH)
	content, err := os.ReadFile(binary)
	if err == nil {
		err = os.MkdirAll(place, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(place, "terraform-provider-inert_v1.2.3"), content, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		providerFile: `terraform {
			required_providers { inert = { source = "registry.example.com/another/inert" } }
		}`,
		lookupFile: `data "inert_lookup" "lookup_NUMBER" { text = "NUMBER" }`,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b := newTestBench(t, options{cli: cli, provider: binary, inert: binary, providerConfig: folder})
	w, err := b.lookup(t.Context(), b.subject, 2)
	if err != nil {
		t.Fatal(err)
	}
	if f, err := b.measure(t.Context(), w); err != nil || runtime.GOOS == "linux" && f.peak == 0 {
		t.Errorf("got %+v, %v", f, err)
	}
}

// testWorks runs each kind of work on the inert provider. What it made is what copies of a pattern are: else the
// plan of them would not be empty.
func testWorks(t *testing.T, b *bench) {
	ctx, inert := t.Context(), builtIn("inert")
	create, err := b.create(ctx, inert, part{valueFile, 3})
	if err != nil {
		t.Fatal(err)
	}
	e, err := b.estate(ctx, inert, 3, valueFile)
	if err != nil {
		t.Fatal(err)
	}
	for name, w := range map[string]*work{"create": create, "plan": b.plan(e), "destroy": b.destroy(e, 3)} {
		for range 2 { // the second begins where the first did
			f, err := b.measure(ctx, w)
			if err != nil || f.wall <= 0 || f.requests != 0 || runtime.GOOS == "linux" && f.peak == 0 {
				t.Errorf("%s: %+v, %v", name, f, err)
			}
		}
	}
	wrong := b.plan(e)
	wrong.want = changes{added: 1}
	if _, err := b.measure(ctx, wrong); err == nil || !strings.Contains(err.Error(), "not 1 to add") {
		t.Errorf("a plan that is empty and should not be: %v", err)
	}
	failing := b.plan(e)
	failing.args = []string{"plan", "-no-such-option"}
	if _, err := b.measure(ctx, failing); err == nil {
		t.Error("a command that fails is measured")
	}
}

// testFloorOnce: all that stands beside a floor stands beside the same.
func testFloorOnce(t *testing.T, b *bench) {
	w, err := b.lookup(t.Context(), builtIn("inert"), 2)
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	beside := floor{"two", func() (*work, error) { made++; return w, nil }}
	var floors []figures
	for range 2 {
		f, err := b.compare(t.Context(), 1, w, beside)
		if err != nil {
			t.Fatal(err)
		}
		floors = append(floors, f)
	}
	if made != 1 || floors[0].floor <= 0 || floors[0].floor != floors[1].floor {
		t.Errorf("the floor was made %d times: %+v", made, floors)
	}
}

// testFailure: a row that fails does not keep others from being measured.
func testFailure(t *testing.T, b *bench) {
	broken := errors.New("it does not run")
	results, _, err := b.measureAll(t.Context(), []row{
		{key: "size", measure: measureSize},
		{key: "broken", measure: func(context.Context, *bench) ([]result, error) { return []result{{Row: "part", OK: true}}, broken }},
		{key: "start", measure: measureStart},
	})
	if err != nil || len(results) != 4 || !results[0].OK || !results[1].OK || results[3].Wall == 0 {
		t.Fatalf("got %+v, %v", results, err)
	}
	if failed := results[2]; failed.Row != "broken" || failed.OK || !slices.Equal(failed.missed, []string{broken.Error()}) {
		t.Errorf("got %+v", failed)
	}
}
