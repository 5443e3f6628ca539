package chaos

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
)

// operation is a command of Terraform, about one resource.
type operation struct {
	name string
	// prepare does what comes before it, in peace but for lag.
	prepare func(ctx context.Context, w *world, target *managed, sample samples.Sample) error
	// do is given again after an error.
	do func(ctx context.Context, target *managed) protocol.Diagnostics
	// another says that another one is made of what there is already.
	another bool
	// pair has it done to two at once, for samples that have what is made beside them.
	pair bool
	// unseen are parts of the errors with which it may end where a replica does not have the object, or what it refers to, yet.
	unseen []string
}

var operations = []operation{
	{
		name: "create",
		do:   apply,
	},
	{
		name: "create two",
		pair: true,
		prepare: func(_ context.Context, w *world, target *managed, sample samples.Sample) (err error) {
			target.beside, err = w.declare("the one beside it", target.resource.Type(), sample.Beside)
			return err
		},
		do: func(ctx context.Context, target *managed) protocol.Diagnostics {
			var own, other protocol.Diagnostics
			var both sync.WaitGroup
			both.Go(func() { own = apply(ctx, target) })
			both.Go(func() { other = apply(ctx, target.beside) })
			both.Wait()
			return append(own, other...)
		},
	},
	{
		name:    "read",
		prepare: created,
		do: func(ctx context.Context, target *managed) protocol.Diagnostics {
			return target.resource.Refresh(ctx)
		},
	},
	{
		name: "update",
		prepare: func(ctx context.Context, w *world, target *managed, sample samples.Sample) error {
			if err := created(ctx, w, target, sample); err != nil {
				return err
			}
			resolved, err := w.resolve(sample.Changed)
			if err == nil {
				target.config = resolved
			}
			return err
		},
		do: apply,
	},
	{
		name: "delete",
		prepare: func(ctx context.Context, w *world, target *managed, sample samples.Sample) error {
			err := created(ctx, w, target, sample)
			target.config = nil
			return err
		},
		do: apply,
	},
	{
		name: "import",
		prepare: func(ctx context.Context, w *world, target *managed, sample samples.Sample) error {
			if err := created(ctx, w, target, sample); err != nil {
				return err
			}
			target.identity = target.resource.Identity()
			target.arguments = sample.Arguments
			target.resource = w.provider.Resource(target.resource.Type())
			return nil
		},
		do: adopt,
		// Of what a replica does not show yet, the import knows nothing.
		unseen: []string{"Cannot import non-existent remote object", "it has been given already"},
	},
	{
		// create_before_destroy, of its own or of what depends on it.
		name:    "replace, the new one first",
		another: true,
		prepare: created,
		unseen:  unseenNeed,
		do: func(ctx context.Context, target *managed) protocol.Diagnostics {
			diags, refused := makeAnother(ctx, target)
			if diags.HasError() || refused {
				return diags
			}
			if diags = append(diags, target.resource.Destroy(ctx)...); !diags.HasError() {
				target.resource, target.other = target.other, nil
			}
			return diags
		},
	},
	{
		name:    "create in another state",
		another: true,
		prepare: func(ctx context.Context, w *world, target *managed, sample samples.Sample) error {
			err := created(ctx, w, target, sample)
			if isRewritten(target.resource.Type()) {
				// Whoever writes the whole does not see what another process has added to it in the seconds of before.
				time.Sleep(longestLag)
			}
			return err
		},
		unseen: unseenNeed,
		do: func(ctx context.Context, target *managed) protocol.Diagnostics {
			diags, refused := makeAnother(ctx, target)
			if diags.HasError() || refused {
				return diags
			}
			if !slices.Equal(idsOf(target.other.State()), idsOf(target.resource.State())) {
				return append(diags, target.other.Destroy(ctx)...)
			}
			if !target.shared {
				diags = append(diags, protocol.Diagnostic{
					Severity: tfprotov6.DiagnosticSeverityError, ProviderBug: true, Summary: "Two states have one object",
				})
			}
			return diags
		},
	},
}

// unseenNeed are parts of what Microsoft Graph and Azure say of what the resource refers to, where a replica does not have that
// yet. Who has not made it does not know that it is young.
var unseenNeed = []string{"does not exist or one of its queried reference-property objects are not present", "does not exist in the directory", "Not a valid reference update."}

// refusals are parts of the errors that refuse another one of what there can be only one of.
var refusals = []string{"adopt_leftovers", "Declare it once", "prevent_duplicate_names is set"}

// makeAnother makes what there is already once more. It reports whether that was refused, because there can be only one.
func makeAnother(ctx context.Context, target *managed) (diags protocol.Diagnostics, refused bool) {
	if target.other == nil {
		target.other = target.resource.Another()
	}
	diags = target.other.Apply(ctx, target.config)
	if diags.HasError() && target.other.State() == nil && says(diags, refusals) {
		return nil, true
	}
	return diags, false
}

func says(diags protocol.Diagnostics, parts []string) bool {
	text := diags.String()
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

// fits reports whether the operation can be done to a sample.
func (o operation) fits(sample samples.Sample) bool { return !o.pair || sample.Beside != nil }

// created makes the resource, and ends the process that did.
func created(ctx context.Context, w *world, target *managed, sample samples.Sample) error {
	err := w.prepare(target.resource.Type()+" "+sample.Name+", created", func() error {
		if diags := target.resource.Apply(ctx, target.config); diags.HasError() {
			return fmt.Errorf("creating it, with no misbehaviour but lag:\n%s", diags)
		}
		return nil
	})
	return errors.Join(err, w.restart(ctx))
}

// apply refreshes, plans and applies, as `terraform apply` and `terraform destroy` do.
func apply(ctx context.Context, target *managed) protocol.Diagnostics {
	diags := target.resource.Refresh(ctx)
	switch {
	case diags.HasError():
		return diags
	case target.config == nil:
		return append(diags, target.resource.Destroy(ctx)...)
	default:
		return append(diags, target.resource.Apply(ctx, target.config)...)
	}
}

// adopt imports the resource. Nothing is to be changed then, but for what an import does not read, and for what a replica
// that lags behind still has as it was.
func adopt(ctx context.Context, target *managed) protocol.Diagnostics {
	diags := target.resource.ImportIdentity(ctx, target.identity)
	if diags.HasError() {
		return diags
	}
	plan, more := target.resource.Plan(ctx, target.config)
	if diags = append(diags, more...); diags.HasError() {
		return diags
	}
	for _, path := range plan.Changes {
		if !target.unsettled && !slices.ContainsFunc(target.arguments, func(name any) bool { return path == fmt.Sprintf("AttributeName(%q)", name) }) {
			return append(diags, protocol.Diagnostic{
				Severity: tfprotov6.DiagnosticSeverityError, ProviderBug: true,
				Summary: fmt.Sprintf("The import is to be changed: %s of %v", plan.Action, plan.Changes),
			})
		}
	}
	return append(diags, target.resource.Apply(ctx, target.config)...)
}
