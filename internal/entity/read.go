package entity

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// importedKey marks in private state an object of which only the identity is known yet.
const importedKey = "imported"

func (r *managed) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state := read(ctx, req.State, &resp.Diagnostics)
	imported, diagnostics := req.Private.GetKey(ctx, importedKey)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() || !usable(r.api, &resp.Diagnostics) {
		return
	}
	ctx, cancel := r.readLimit(ctx, state, &resp.Diagnostics)
	defer cancel()
	importing := string(imported) == "true"
	written, diagnostics := req.Private.GetKey(ctx, writtenKey)
	resp.Diagnostics.Append(diagnostics...)
	attributes, err := r.find(ctx, state, importing, written)
	if graph.IsNotFound(err) && !cutShort(err) {
		// CLIs before 1.12 send no identity, and the framework wants one even for what is gone.
		resp.Diagnostics.Append(r.save(ctx, state, &resp.State, resp.Identity)...)
		resp.State.RemoveResource(ctx)
		r.api.young.forget(r.names(state)...)
		return
	}
	if err != nil {
		resp.Diagnostics.Append(r.problem(ctx, "reading", state, err)...)
		return
	}
	resp.Diagnostics.Append(r.save(ctx, assemble(state, attributes), &resp.State, resp.Identity)...)
	if importing {
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, importedKey, []byte("false"))...)
		// Nothing is known of its age: what was there now may still be missing on another replica.
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, writtenKey, remember(nil, nil))...)
	}
}

// find reads the object, if that has not been done.
func (r *managed) find(ctx context.Context, state mapping.Value, importing bool, written []byte) (map[string]attr.Value, error) {
	if known, ok := ctx.Value(answerKey{}).(answer); ok {
		return known.attributes, known.err
	}
	query := Query{Value: state, Links: importing}
	known := state
	if importing { // by what somebody typed: the service knows better how it is spelled
		known = r.Table.Unread(state)
	}
	for _, link := range r.Links {
		query.Links = query.Links || state.Has(link.Attribute)
	}
	return r.upToDate(ctx, query, known, r.recall(written, state))
}

// ErrOutdated is an answer from before the last write. A Read returns it beside an object that a lagging replica may have
// answered: another answer is waited for as long as there may be one, and then the object is believed.
var ErrOutdated = errors.New("the answer is older than the last write")

// upToDate reads the object, from a listing where that serves; again where the answer is from before the last write or does not have the object yet, until
// it agrees or the write is too long ago for that to be the reason.
func (r *managed) upToDate(ctx context.Context, query Query, known mapping.Value, written memory) (attributes map[string]attr.Value, err error) {
	outdated := func(err error) bool { return errors.Is(err, ErrOutdated) || graph.IsNotFound(err) }
	attempt := graph.Listed(ctx, r.Listings...)
	err = repeat(ctx, written.remaining(r.api.window()), outdated, func() error {
		object, err := r.Resource.Read(attempt, r.api, query)
		attempt = ctx
		if err != nil && !errors.Is(err, ErrOutdated) {
			return err
		}
		attributes = r.Table.Decode(object, known)
		if query.Links {
			if err := completeLinks(ctx, r.api, r.Links, query.Value, attributes); err != nil {
				return err
			}
		}
		if !written.agrees(attributes, query.Attributes()) {
			return ErrOutdated
		}
		return err
	})
	if errors.Is(err, ErrOutdated) && !cutShort(err) {
		err = nil // long enough: this is how it is
	}
	return attributes, err
}

func (r *managed) readLimit(ctx context.Context, state mapping.Value, diagnostics *diag.Diagnostics) (context.Context, context.CancelFunc) {
	configured, _ := state.Get("timeouts").(timeouts.Value)
	limit, problems := configured.Read(ctx, defaultReadTimeout)
	diagnostics.Append(problems...)
	return context.WithTimeout(ctx, limit)
}
