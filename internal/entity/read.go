package entity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
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
	if resp.Diagnostics.Append(r.inTenant(ctx, req.Private)...); resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := r.readLimit(ctx, state, &resp.Diagnostics)
	defer cancel()
	importing := string(imported) == "true"
	written, diagnostics := req.Private.GetKey(ctx, writtenKey)
	resp.Diagnostics.Append(diagnostics...)
	found := r.find(ctx, state, importing, written)
	attributes, err := found.attributes, found.err
	if found.waited >= silence {
		resp.Diagnostics.AddWarning(r.waited(name(state), recall(written), found.waited))
	}
	if graph.IsNotFound(err) && !cutShort(err) {
		// CLIs before 1.12 send no identity, and the framework wants one even for what is gone.
		resp.Diagnostics.Append(r.save(ctx, state, &resp.State, resp.Identity)...)
		resp.State.RemoveResource(ctx)
		r.settle(state)
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
		resp.Diagnostics.Append(r.noteTenant(ctx, resp.Private)...)
		// Nothing is known of its age: what was there now may still be missing on another replica.
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, writtenKey, remember(nil, nil))...)
		// What this process has made before is not there by the create that may replace it.
		if mark, made := r.api.made.Load(r.sameObject(assemble(state, attributes))); made {
			resp.Diagnostics.Append(resp.Private.SetKey(ctx, markKey, []byte(mark.(string)))...)
		}
	}
}

// find reads the object, if that has not been done.
func (r *managed) find(ctx context.Context, state mapping.Value, importing bool, written []byte) answer {
	if known, ok := ctx.Value(answerKey{}).(answer); ok {
		return known
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

// upToDate reads the object, from a listing where that serves; again where the answer is from before the last write or does
// not have the object yet, until it agrees, can't be an old one, or the write is too long ago for that to be the reason.
func (r *managed) upToDate(ctx context.Context, query Query, known mapping.Value, written memory) (found answer) {
	attempt := graph.Listed(ctx, r.Listings...)
	doubt := doubt{about: r.title() + name(query.Value), written: written, began: time.Now()}
	believed := false
	found.err = repeat(ctx, written.remaining(r.api.window()), func(err error) bool { return !believed && doubted(err) }, func() error {
		object, err := r.Resource.Read(attempt, r.api, query)
		attempt = ctx
		if graph.IsNotFound(err) {
			believed = doubt.dispelled(ctx, nil, "it does not exist")
			return err
		}
		if err != nil && !errors.Is(err, ErrOutdated) {
			return err
		}
		found.attributes = r.Table.Decode(object, known)
		if query.Links {
			if err := completeLinks(ctx, r.api, r.Links, query.Value, found.attributes); err != nil {
				return err
			}
		}
		if !written.agrees(found.attributes, query.Attributes()) {
			err = ErrOutdated
		}
		if err != nil {
			believed = doubt.dispelled(ctx, found.attributes, written.disagreement(found.attributes, query.Attributes()))
		}
		return err
	})
	if doubt.reads > 0 {
		found.waited = time.Since(doubt.began)
	}
	if errors.Is(found.err, ErrOutdated) && !cutShort(found.err) {
		found.err = nil // long enough: this is how it is
	}
	if found.err == nil {
		if names := r.Table.Lacking(found.attributes, known); len(names) > 0 {
			found.err = fmt.Errorf("the service's answer has nothing for %s, which no such object is without: it was not believed, because the object would be replaced. Run the command again, and report it if that does not help", strings.Join(names, ", "))
		}
	}
	return found
}

func (r *managed) readLimit(ctx context.Context, state mapping.Value, diagnostics *diag.Diagnostics) (context.Context, context.CancelFunc) {
	configured, _ := state.Get("timeouts").(timeouts.Value)
	limit, problems := configured.Read(ctx, defaultReadTimeout)
	diagnostics.Append(problems...)
	return context.WithTimeout(ctx, limit)
}
