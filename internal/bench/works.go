package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/terraformcli"
)

// estate is a state with so many copies of each file, and the tenant that holds the same.
type estate struct {
	workspace *terraformcli.Workspace
	state     []byte
	held      emulator.Snapshot
}

// estate makes one of a pattern.
func (b *bench) estate(ctx context.Context, c configuration, copies int, files ...string) (*estate, error) {
	p, err := b.pattern(ctx, c, files...)
	if err != nil {
		return nil, err
	}
	e := &estate{}
	if e.state, err = p.stateOf(copies); err != nil {
		return nil, err
	}
	if e.held, err = p.snapshotOf(copies); err != nil {
		return nil, err
	}
	if e.workspace, err = b.workspace(ctx, c, each(copies, files...)...); err != nil {
		return nil, err
	}
	return e, b.settle(ctx, p)
}

// begin puts state and tenant to what the estate is.
func (b *bench) begin(e *estate) error {
	if err := os.WriteFile(stateFile(e.workspace), e.state, 0o600); err != nil {
		return err
	}
	return b.tenant.Restore(e.held)
}

// plan is the plan of an estate, in which nothing is to be done.
func (b *bench) plan(e *estate) *work {
	return &work{workspace: e.workspace, begin: func() error { return b.begin(e) }, args: []string{"plan"}}
}

// destroy is its end.
func (b *bench) destroy(e *estate, resources int, options ...string) *work {
	w := b.plan(e)
	w.args, w.want = append([]string{"destroy", "-auto-approve"}, options...), changes{destroyed: resources}
	return w
}

// create is the apply of a configuration to a tenant that has nothing of it.
func (b *bench) create(ctx context.Context, c configuration, parts ...part) (*work, error) {
	w, err := b.workspace(ctx, c, parts...)
	if err != nil {
		return nil, err
	}
	return &work{
		workspace: w, args: []string{"apply", "-auto-approve"}, want: changes{added: resources(parts)},
		begin: func() error {
			if err := os.Remove(stateFile(w)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return b.tenant.Reset()
		},
	}, nil
}
