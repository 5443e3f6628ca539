package main

import (
	"io"
	"os/exec"
	"path/filepath"
	"runtime"
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
		for name, test := range map[string]func(*testing.T, *bench){
			"works": testWorks, "floor": testFloorOnce, "failure": testFailure,
		} {
			t.Run(cli.Name+"/"+name, func(t *testing.T) {
				t.Parallel()
				b, err := newBench(t.Context(), options{cli: cli.Path, provider: binary, inert: binary}, io.Discard)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					if err := b.close(); err != nil {
						t.Error(err)
					}
				})
				test(t, b)
			})
		}
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
	results, _, err := b.measureAll(t.Context(), []row{
		{key: "size", measure: measureSize},
		{key: "create", needs: workload, measure: measureCreate}, // of our provider, which the binary is not
		{key: "start", measure: measureStart},
	})
	if err != nil || len(results) != 3 || !results[0].OK || results[1].OK || len(results[1].missed) != 1 || results[2].Wall == 0 {
		t.Errorf("got %+v, %v", results, err)
	}
}
