package chaos

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
	"github.com/workloadid/terraform-provider-workloadid/internal/mistake"
	"github.com/workloadid/terraform-provider-workloadid/internal/provider"
)

func rows() []string {
	var rows []string
	for _, c := range cells() {
		rows = append(rows, row(c.typeName, c.sample, c.operation))
	}
	return rows
}

// cells are those of a column of the matrix in which nothing goes wrong.
func cells() []cell {
	var all []cell
	for _, typeName := range catalogue() {
		for _, sample := range samples.Resources[typeName] {
			for _, operation := range operations {
				if operation.fits(sample) {
					all = append(all, cell{number: len(all), typeName: typeName, sample: sample, operation: operation})
				}
			}
		}
	}
	return all
}

func row(typeName string, sample samples.Sample, operation operation) string {
	return strings.Join(strings.Fields(strings.TrimPrefix(typeName, "workloadid_")+" "+sample.Name+" "+operation.name), " ")
}

// described has the provider's schemas, which take long to read.
var described = sync.OnceValue(func() *protocol.Provider {
	described, diags := protocol.Describe(context.Background(), provider.NewServer(provider.Options{Version: "chaos"}))
	if diags.HasError() {
		panic(diags.String())
	}
	return described
})

// catalogue has the types of the provider's resources.
func catalogue() []string { return described().ResourceTypes() }

// sparse is how many columns there are to one that is tried among all the other tests, where races are looked for: other
// ones in each row.
const sparse = 24

// compared is how many runs of a cell there are to one in which shortcuts are compared with the framework.
const compared = 8

// TestMatrix has every operation of every resource meet everything that can go wrong.
func TestMatrix(t *testing.T) {
	t.Parallel()
	types := catalogue()
	for typeName := range samples.Resources {
		if !slices.Contains(types, typeName) {
			t.Errorf("there is no resource %s", typeName)
		}
	}
	rows := 0
	for _, typeName := range types {
		if len(samples.Resources[typeName]) == 0 {
			t.Errorf("the resource %s has no sample", typeName)
		}
		for _, sample := range samples.Resources[typeName] {
			for _, operation := range operations {
				if !operation.fits(sample) {
					continue
				}
				rows++
				for i, misbehaviour := range misbehaviours {
					if operation.another && sample.Indistinct && misbehaviour.unanswered() {
						continue // the error leaves it to a person which one is meant
					}
					number := rows + i
					if !*whole && number%sparse != 0 {
						continue
					}
					row := row(typeName, sample, operation)
					t.Run(row+"/"+misbehaviour.name, func(t *testing.T) {
						t.Parallel()
						cell{number / sparse, typeName, sample, operation, misbehaviour}.test(t, row)
					})
				}
			}
		}
	}
}

// cell is one operation of one sample under one misbehaviour.
type cell struct {
	number       int
	typeName     string
	sample       samples.Sample
	operation    operation
	misbehaviour misbehaviour
}

func (c cell) test(t *testing.T, row string) {
	came := failed
	defer func() { results.add(row, c.misbehaviour.name, came) }() // also where the bubble ends the test
	met := false
	for run, more := 0, true; more; run++ {
		var struck bool
		synctest.Test(t, func(t *testing.T) {
			var err error
			if struck, err = c.run(t.Context(), run); err != nil {
				t.Errorf("run %d: %v", run, err)
				results.explain(row, c.misbehaviour.name, run, err)
			}
		})
		met = met || struck || !c.misbehaviour.strikes()
		more = *whole && c.misbehaviour.more(run, struck)
	}
	if came = nothing; met {
		came = passed
	}
}

// run makes a world, has the operation meet the misbehaviour, and looks at what is left. It reports whether they met.
func (c cell) run(ctx context.Context, run int) (struck bool, err error) {
	w, err := newWorld(ctx, (c.number+run)%compared == 0)
	if err != nil {
		return false, err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%w\nrequests:\n%s", err, w.requests())
		}
		err = errors.Join(err, w.tenant.Close())
	}()
	if err := c.misbehaviour.begin(w.tenant, run); err != nil {
		return false, err
	}
	w.lagging = c.misbehaviour.lagging
	if err := w.prepare(c.typeName+" "+c.sample.Name, func() error { return w.need(ctx, c.sample) }); err != nil {
		return false, err
	}
	target, err := w.declare("the resource", c.typeName, c.sample.Config)
	if err != nil {
		return false, err
	}
	target.unsettled = c.misbehaviour.lagging || c.misbehaviour.garbled
	target.shared = c.sample.Abandoned || c.misbehaviour.unanswered()
	if c.operation.prepare != nil {
		if err := c.operation.prepare(ctx, w, target, c.sample); err != nil {
			return false, err
		}
	}
	w.tenant.ResetRequests()
	began := time.Now()
	if err := c.misbehaviour.strike(ctx, w.tenant, run); err != nil {
		return false, err
	}
	diags := c.operation.do(ctx, target)
	if isMistake(diags) {
		return true, fmt.Errorf("the provider made a mistake:\n%s", diags)
	}
	struck = c.misbehaviour.struck(w.tenant)
	if took := time.Since(began); took > longest {
		return struck, fmt.Errorf("it took %s", took)
	}
	if diags.HasError() {
		if err := c.judge(ctx, w, target, diags); err != nil {
			return struck, err
		}
	}
	if c.misbehaviour.garbled { // a refresh may have believed that what is to be changed is so already
		if diags := apply(ctx, target); diags.HasError() {
			return struck, fmt.Errorf("applying it afterwards:\n%s", diags)
		}
	}
	// What was imported, nobody knows how young it is.
	if c.misbehaviour.lagging && c.operation.name != "import" {
		if err := w.asDeclared(ctx); err != nil {
			return struck, fmt.Errorf("at once: %w", err)
		}
	}
	time.Sleep(longestLag)
	if err := w.asDeclared(ctx); err != nil {
		return struck, fmt.Errorf("later: %w", err)
	}
	return struck, nil
}

// need makes what a sample needs.
func (w *world) need(ctx context.Context, sample samples.Sample) error {
	for _, need := range sample.Needs {
		needed, err := w.declare(need.Name, need.Type, need.Config)
		if err != nil {
			return err
		}
		if diags := needed.resource.Apply(ctx, needed.config); diags.HasError() {
			return fmt.Errorf("applying %s, with no misbehaviour but lag:\n%s", need.Name, diags)
		}
	}
	return nil
}

// isMistake reports whether the provider broke a rule of the protocol, or would have come to its end.
func isMistake(diags protocol.Diagnostics) bool {
	return diags.HasProviderBug() || says(diags, []string{mistake.Summary})
}

// longest is how long an operation takes at most: two time limits, of the refresh and of the change, and a little more.
const longest = 5*time.Minute + 10*time.Minute + 30*time.Second

// judge allows for the one right error, after which the same command, given again, must succeed.
func (c cell) judge(ctx context.Context, w *world, target *managed, diags protocol.Diagnostics) error {
	var right []string
	switch {
	case c.misbehaviour.right != "":
		right = []string{c.misbehaviour.right}
	case c.misbehaviour.lagging:
		right = c.operation.unseen
	}
	if !c.misbehaviour.garbled && !says(diags, right) || isMistake(diags) {
		return fmt.Errorf("it failed:\n%s", diags)
	}
	if c.misbehaviour.lagging {
		time.Sleep(longestLag)
	}
	if err := w.restart(ctx); err != nil {
		return err
	}
	if again := c.operation.do(ctx, target); again.HasError() {
		return fmt.Errorf("it failed as it may:\n%s\nand again:\n%s", diags, again)
	}
	return nil
}
