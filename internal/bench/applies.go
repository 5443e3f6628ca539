package main

import (
	"context"
	"fmt"
	"time"
)

// parallelism is how much the CLI does at the same time unless it is told otherwise:
// https://developer.hashicorp.com/terraform/cli/commands/apply#parallelism-n
const parallelism = 10

// waiting is what so many requests must take at this parallelism, however quick the provider is.
func (b *bench) waiting(requests int) time.Duration {
	return time.Duration(requests) * b.latency / parallelism
}

// atATime is how many applications the rows of applies have.
const atATime = 100

func measureCreate(ctx context.Context, b *bench) ([]result, error) {
	parts := each(atATime, workload...)
	w, err := b.create(ctx, b.subject, parts...)
	if err != nil {
		return nil, err
	}
	f, err := b.compare(ctx, 3, w, b.inertCreate(ctx, resources(parts)))
	if err != nil {
		return nil, err
	}
	f.floor += b.waiting(resources(parts))
	return []result{judge(fmt.Sprintf("create %d × (application + service principal + credential)", atATime), f, atMostRequests(305), timesFloor(1.6))}, nil
}

// measureGrants is of principals that there are.
func measureGrants(ctx context.Context, b *bench) ([]result, error) {
	e, err := b.estate(ctx, b.subject, atATime, present...)
	if err != nil {
		return nil, err
	}
	if e.workspace, err = b.workspace(ctx, b.subject, each(atATime, append([]string{grantFile}, present...)...)...); err != nil {
		return nil, err
	}
	w := b.plan(e)
	w.args, w.want = []string{"apply", "-auto-approve", withoutRefresh}, changes{added: atATime}
	f, err := b.compare(ctx, 1, w, b.inertCreate(ctx, atATime))
	if err != nil {
		return nil, err
	}
	f.floor += b.waiting(atATime)
	return []result{judge(fmt.Sprintf("give %d service principals an app role, without a refresh", atATime), f, atMostRequests(105))}, nil
}

// withoutRefresh leaves the deletes alone. A destroy begins with a refresh, whose cost the plans show; where there are to be
// as many requests as objects, there are none for it.
const withoutRefresh = "-refresh=false"

// measureDestroy is of what has settled, as what is destroyed has as a rule.
func measureDestroy(ctx context.Context, b *bench) (results []result, err error) {
	e, err := b.estate(ctx, b.subject, atATime, workload...)
	if err != nil {
		return nil, err
	}
	count := atATime * len(workload)
	for _, kind := range []struct {
		row     string
		times   int
		options []string
		limits  []limit
	}{
		{"destroy %d × (application + service principal + credential), without a refresh", 3, []string{withoutRefresh}, []limit{atMostRequests(305), timesFloor(1.6)}},
		{"destroy the same %d, refreshed first", 1, nil, nil},
	} {
		f, err := b.compare(ctx, kind.times, b.destroy(e, count, kind.options...), b.inertDestroy(ctx, count, kind.options...))
		if err != nil {
			return results, err
		}
		f.floor += b.waiting(count)
		results = append(results, judge(fmt.Sprintf(kind.row, atATime), f, kind.limits...))
	}
	return results, nil
}

// measureCredentials destroys what it has just created.
func measureCredentials(ctx context.Context, b *bench) ([]result, error) {
	const credentials = 20
	parts := []part{{applicationFile, 1}, {furtherCredentialFile, credentials}}
	count := resources(parts)
	create, err := b.create(ctx, b.subject, parts...)
	if err != nil {
		return nil, err
	}
	created, err := b.compare(ctx, 1, create, b.inertCreate(ctx, count))
	if err != nil {
		return nil, err
	}
	held := b.tenant.Snapshot()
	destroy := &work{
		workspace: create.workspace, begin: func() error { return b.tenant.Restore(held) },
		args: []string{"destroy", "-auto-approve", withoutRefresh}, want: changes{destroyed: count},
	}
	destroyed, err := b.compare(ctx, 1, destroy, b.inertDestroy(ctx, count, withoutRefresh))
	created.floor += b.waiting(count)
	results := []result{judge(fmt.Sprintf("create an application with %d credentials", credentials), created, atMostRequests(count))}
	if err != nil {
		return results, err
	}
	destroyed.floor += b.waiting(count)
	return append(results, judge("destroy the same, without a refresh", destroyed, atMostRequests(count))), nil
}

func (b *bench) inertCreate(ctx context.Context, resources int) floor {
	return floor{fmt.Sprint("create ", resources), func() (*work, error) {
		return b.create(ctx, builtIn("inert"), each(resources, valueFile)...)
	}}
}

func (b *bench) inertDestroy(ctx context.Context, resources int, options ...string) floor {
	return floor{fmt.Sprint("destroy ", resources, options), func() (*work, error) {
		e, err := b.estate(ctx, builtIn("inert"), resources, valueFile)
		if err != nil {
			return nil, err
		}
		return b.destroy(e, resources, options...), nil
	}}
}
