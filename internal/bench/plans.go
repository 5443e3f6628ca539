package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/terraformcli"
)

// large is how many applications the large estate has.
const large = 1000

func measurePlan(ctx context.Context, b *bench) ([]result, error) {
	e, err := b.estate(ctx, b.subject, large, workload...)
	if err != nil {
		return nil, err
	}
	f, err := b.compare(ctx, 3, b.plan(e), b.inertPlan(ctx, large*len(workload)))
	if err != nil {
		return nil, err
	}
	return []result{judge(fmt.Sprintf("plan %d × (application + service principal + credential), no change", large), f,
		atMostRequests(30), atMostConnections(2), timesFloor(2), atMostMemory(250))}, nil
}

// measureEcho shows what Terraform itself spends on the same plan: its provider has the same schemas, asks nobody, and gives
// back what it is given.
func measureEcho(ctx context.Context, b *bench) ([]result, error) {
	e, err := b.estate(ctx, b.subject, large, workload...)
	if err != nil {
		return nil, err
	}
	c := b.subject
	c.name, c.mirror = "echo", filepath.Join(b.folder, "echo")
	if err := terraformcli.AddToMirror(c.mirror, "workloadid", b.echo); err != nil {
		return nil, err
	}
	if e.workspace, err = b.workspace(ctx, c, each(large, workload...)...); err != nil {
		return nil, err
	}
	f, err := b.compare(ctx, 3, b.plan(e), b.inertPlan(ctx, large*len(workload)))
	if err != nil {
		return nil, err
	}
	f.counted, f.peak = false, 0 // there is no traffic
	return []result{judge("for scale: plan the same with a provider that gives back what it is given", f)}, nil
}

func measureDrift(ctx context.Context, b *bench) ([]result, error) {
	e, err := b.estate(ctx, b.subject, large, workload...)
	if err != nil {
		return nil, err
	}
	w := b.plan(e)
	w.want = changes{changed: 1}
	w.begin = func() error {
		if err := b.begin(e); err != nil {
			return err
		}
		id, err := lastApplication(e.held)
		if err != nil {
			return err
		}
		return b.tenant.rename(ctx, id, "changed outside")
	}
	f, err := b.compare(ctx, 1, w, b.inertPlan(ctx, large*len(workload)))
	if err != nil {
		return nil, err
	}
	return []result{judge("plan the same, one application changed outside: found", f, atMostRequests(35))}, nil
}

// measureAccess is of what many principals may do with one API.
func measureAccess(ctx context.Context, b *bench) ([]result, error) {
	e, err := b.estate(ctx, b.subject, large, accesses...)
	if err != nil {
		return nil, err
	}
	f, err := b.compare(ctx, 1, b.plan(e), b.inertPlan(ctx, large*len(accesses)))
	if err != nil {
		return nil, err
	}
	return []result{judge(fmt.Sprintf("plan %d × (application + service principal + its access to an API), no change", large), f, atMostRequests(40))}, nil
}

// lastApplication is the id of an application of the estate.
func lastApplication(held emulator.Snapshot) (string, error) {
	for _, object := range slices.Backward(held.Objects) {
		if object.Type == entitytype.Application.Name {
			return object.ID, nil
		}
	}
	return "", errors.New("the tenant holds no application")
}

// measureOthers is of a state that has little of a large tenant: as that of a small one, it is not to cost more memory
// than chance makes of difference.
func measureOthers(ctx context.Context, b *bench) ([]result, error) {
	const managed, all, tolerance = 50, 50_000, 1.2
	e, err := b.estate(ctx, b.subject, managed, alone...)
	if err != nil {
		return nil, err
	}
	alone, err := b.compare(ctx, 3, b.plan(e), b.inertPlan(ctx, managed))
	if err != nil {
		return nil, err
	}
	if err := b.begin(e); err != nil {
		return nil, err
	}
	if err := b.tenant.AddSeed(emulator.Seed{Estate: all - managed}); err != nil {
		return nil, err
	}
	w := b.plan(e)
	w.begin = func() error { return nil } // a plan changes nothing, and the floor has been measured
	among, err := b.compare(ctx, 3, w, b.inertPlan(ctx, managed))
	results := []result{judge(fmt.Sprintf("plan %d applications, all that the tenant holds", managed), alone)}
	if err != nil {
		return results, err
	}
	return append(results, judge(fmt.Sprintf("plan %d applications of %d that the tenant holds", managed, all), among,
		atMostRequests(60), atMostMemory(tolerance*float64(alone.peak)/megabyte))), b.tenant.Reset()
}

// measureCurve is of tenants that hold what the state has. Where so many are listed, what is more costs pages.
func measureCurve(ctx context.Context, b *bench) (results []result, err error) {
	const listed = 100
	var before figures
	smaller := 0
	for _, applications := range b.curve {
		e, err := b.estate(ctx, b.subject, applications, alone...)
		if err != nil {
			return results, err
		}
		times := 3
		if applications > large {
			times = 1 // it takes long
		}
		f, err := b.compare(ctx, times, b.plan(e), b.inertPlan(ctx, applications))
		if err != nil {
			return results, err
		}
		var limits []limit
		if smaller >= listed {
			limits = append(limits, grownWithPages(before, smaller, applications))
		}
		results = append(results, judge(fmt.Sprintf("plan %d applications", applications), f, limits...))
		before, smaller = f, applications
	}
	return results, nil
}

// measureLookups is of data sources that all look for the same.
func measureLookups(ctx context.Context, b *bench) ([]result, error) {
	const lookups = 200
	w, err := b.lookup(ctx, b.subject, lookups)
	if err != nil {
		return nil, err
	}
	f, err := b.compare(ctx, 3, w, floor{"lookups", func() (*work, error) { return b.lookup(ctx, builtIn("inert"), lookups) }})
	if err != nil {
		return nil, err
	}
	return []result{judge(fmt.Sprintf("plan %d data sources of the same API, by name", lookups), f, atMostRequests(1))}, nil
}

func (b *bench) lookup(ctx context.Context, c configuration, lookups int) (*work, error) {
	w, err := b.workspace(ctx, c, each(lookups, lookupFile)...)
	return &work{workspace: w, begin: b.tenant.Reset, args: []string{"plan"}}, err
}

// measureTerraformData shows what resources cost that the CLI has itself, without a provider process.
func measureTerraformData(ctx context.Context, b *bench) ([]result, error) {
	count := large * len(workload)
	e, err := b.estate(ctx, builtIn("terraform_data"), count, valueFile)
	if err != nil {
		return nil, err
	}
	f, err := b.compare(ctx, 3, b.plan(e), b.inertPlan(ctx, count))
	if err != nil {
		return nil, err
	}
	f.counted, f.peak = false, 0 // there is neither traffic nor a process of its own
	return []result{judge(fmt.Sprintf("for scale: plan %d terraform_data", count), f)}, nil
}

func (b *bench) inertPlan(ctx context.Context, resources int) floor {
	return floor{fmt.Sprint("plan ", resources), func() (*work, error) {
		e, err := b.estate(ctx, builtIn("inert"), resources, valueFile)
		if err != nil {
			return nil, err
		}
		return b.plan(e), nil
	}}
}
