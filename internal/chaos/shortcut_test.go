package chaos

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
	"github.com/workloadid/terraform-provider-workloadid/internal/shortcut/shortcuttest"
)

// differences are found in all of this package's tests: whatever has a shortcut is asked of the framework too.
type differences struct {
	mutex sync.Mutex
	found []error
}

func (d *differences) add(difference string) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.found = append(d.found, errors.New(difference))
}

func (d *differences) err() error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return errors.Join(d.found...)
}

// methods are the calls of Terraform for which there are shortcuts, with what a refresh and plan of one resource makes of
// each.
var methods = map[string]int{"UpgradeResourceState": 2, "ReadResource": 1, "ValidateResourceConfig": 1, "PlanResourceChange": 1}

// TestShortcuts has every resource of the catalogue refreshed and planned: where nothing changes, each call has a shortcut,
// of which the answer is the framework's; where something does, the plan has none.
func TestShortcuts(t *testing.T) {
	t.Parallel()
	for _, typeName := range catalogue() {
		for _, sample := range samples.Resources[typeName] {
			t.Run(row(typeName, sample, operation{}), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					if err := unchangedThenChanged(t.Context(), typeName, sample); err != nil {
						t.Error(err)
					}
				})
			})
		}
	}
}

func unchangedThenChanged(ctx context.Context, typeName string, sample samples.Sample) (err error) {
	w, err := newWorld(ctx, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.differences.err(), w.tenant.Close()) }()
	for _, need := range sample.Needs {
		needed, err := w.declare(need.Name, need.Type, need.Config)
		if err != nil {
			return err
		}
		if diags := needed.resource.Apply(ctx, needed.config); diags.HasError() {
			return errors.New(diags.String())
		}
	}
	target, err := w.declare("the resource", typeName, sample.Config)
	if err != nil {
		return err
	}
	if err := created(ctx, w, target, sample); err != nil {
		return err
	}
	// What the service has made of it by itself (the address of a logo) is a change of the first refresh.
	if diags := target.resource.Refresh(ctx); diags.HasError() {
		return errors.New(diags.String())
	}
	if err := w.restart(ctx); err != nil {
		return err
	}
	if plan, diags := w.plan(ctx, target); diags.HasError() || plan.Action != protocol.NoOp {
		return fmt.Errorf("nothing has changed, and planned is %v\n%s", plan, diags)
	}
	for method, calls := range methods {
		if taken := w.server.Taken(shortcuttest.Call{Method: method, TypeName: typeName}); taken != calls {
			return fmt.Errorf("nothing has changed, and %d of %d calls of %s had a shortcut", taken, calls, method)
		}
	}
	changed, err := w.resolve(sample.Changed)
	if err != nil {
		return err
	}
	target.config = changed
	if plan, diags := w.plan(ctx, target); diags.HasError() || plan.Action == protocol.NoOp {
		return fmt.Errorf("the configuration has changed, and planned is %v\n%s", plan, diags)
	}
	if taken := w.server.Taken(shortcuttest.Call{Method: "PlanResourceChange", TypeName: typeName}); taken != methods["PlanResourceChange"] {
		return errors.New("the configuration has changed, and the plan had a shortcut")
	}
	return nil
}

// plan refreshes a resource and plans it.
func (w *world) plan(ctx context.Context, target *managed) (*protocol.Plan, protocol.Diagnostics) {
	if diags := target.resource.Refresh(ctx); diags.HasError() {
		return nil, diags
	}
	return target.resource.Plan(ctx, target.config)
}
