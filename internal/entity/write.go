package entity

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/mistake"
)

const (
	// createdKey marks in private state what this provider created itself, as against what it adopted or imported.
	createdKey = "created"
	// markKey is where private state keeps a mark of the create that it came from, which no other one has.
	markKey = "mark"
)

func (r *managed) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := read(ctx, req.Plan, &resp.Diagnostics)
	ctx, done := r.begin(ctx, plan, timeouts.Value.Create, defaultWriteTimeout, &resp.Diagnostics)
	defer done()
	if resp.Diagnostics.HasError() {
		return
	}
	defer r.settle(plan)
	write := &Write[any]{Plan: plan, Body: r.New()}
	r.Table.Encode(plan, write.Body)
	remaining := r.bindLinks(plan, write.Body)
	var created any
	err := r.contested(ctx, write, func(ctx context.Context, write *Write[any]) (err error) {
		created, err = r.createOnce(ctx, write)
		return err
	})
	if err != nil && absent(created) {
		if _, told := errors.AsType[*AttributeError](err); IsAlreadyThere(err) && !told {
			err = fmt.Errorf("%w\n\n%s", err, r.existing(ctx, write, err))
		}
		resp.Diagnostics.Append(r.problem(ctx, "creating", plan, r.final(ctx, plan, err))...)
		return
	}
	write.Object = created
	answered := r.Table.Decode(created, plan)
	state := assemble(plan, maps.Clone(answered)) // what there is where not all was done
	if err == nil {
		state = assemble(plan, mapping.Overlay(plan, answered))
	}
	resp.Diagnostics.Append(r.save(ctx, state, &resp.State, resp.Identity)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, writtenKey, remember(answered, state.Attributes(), r.Parts...))...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, createdKey, strconv.AppendBool(nil, !write.Adopted))...)
	resp.Diagnostics.Append(r.recordRisks(ctx, req.Config, nil, resp.Private)...)
	if !write.Adopted {
		r.api.young.add(time.Now(), r.names(state)...)
	}
	resp.Diagnostics.Append(r.mark(ctx, state, resp.Private)...)
	defer func() { // the state has the object from now on, and must not lose it
		if panicked := recover(); panicked != nil {
			resp.Diagnostics.AddError(mistake.Summary, mistake.Detail("creating the "+r.title()+name(state), panicked))
		}
	}()
	if err != nil {
		resp.Diagnostics.Append(r.problem(ctx, "creating", plan, err)...)
		return
	}
	if resp.Diagnostics.HasError() {
		return
	}
	write.Plan = state
	if write.Leftover {
		resp.Diagnostics.AddWarning(r.leftover(state))
	}
	if write.Adopted || write.Leftover {
		remaining = r.allLinks(plan)
	}
	if err := r.changeLinks(ctx, write, remaining); err != nil {
		resp.Diagnostics.Append(r.problem(ctx, "creating", state, err)...)
		return
	}
	if err := r.contested(ctx, write, r.finish); err != nil {
		resp.Diagnostics.Append(r.problem(ctx, "creating", state, err)...)
	}
	resp.Diagnostics.Append(r.save(ctx, write.Plan, &resp.State, resp.Identity)...)
	// What came last may have come much later than the create, and is as young as it.
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, writtenKey, remember(answered, write.Plan.Attributes(), r.Parts...))...)
}

// mark notes that an object is what a create of this process has made, or found. With create_before_destroy that may be the
// very one that is to be destroyed afterwards: a replica that lags behind did not show it, or a lost answer had to be looked
// for. Then the state of before, which lacks the mark, must not take it away. The tenant that it is in is noted, too.
func (r *managed) mark(ctx context.Context, state mapping.Value, private writer) diag.Diagnostics {
	mark := strconv.Quote(rand.Text())
	r.api.made.Store(r.sameObject(state), mark)
	return append(private.SetKey(ctx, markKey, []byte(mark)), r.noteTenant(ctx, private)...)
}

// absent reports whether there is no entity: Microsoft Graph's are interfaces, and Azure Resource Manager's are pointers.
func absent(entity any) bool {
	value := reflect.ValueOf(entity)
	return !value.IsValid() || value.Kind() == reflect.Pointer && value.IsNil()
}

func (r *managed) finish(ctx context.Context, write *Write[any]) error {
	if r.Finish == nil {
		return nil
	}
	return persist(ctx, r.api, r.about(write.Plan), func() error { return r.Finish(ctx, r.api, write) })
}

func (r *managed) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan, prior := read(ctx, req.Plan, &resp.Diagnostics), read(ctx, req.State, &resp.Diagnostics)
	ctx, done := r.begin(ctx, plan, timeouts.Value.Update, defaultWriteTimeout, &resp.Diagnostics)
	defer done()
	if resp.Diagnostics.HasError() {
		return
	}
	if resp.Diagnostics.Append(r.inTenant(ctx, req.Private)...); resp.Diagnostics.HasError() {
		return
	}
	defer r.settle(prior)
	defer r.settle(plan)
	written, diagnostics := req.Private.GetKey(ctx, writtenKey)
	resp.Diagnostics.Append(diagnostics...)
	earlier := r.recall(written, prior)
	write := &Write[any]{Prior: prior, Plan: plan, Body: r.New()}
	if r.Renewed != nil && r.Renewed(prior, plan) {
		r.renew(ctx, write, resp)
		return
	}
	resp.Diagnostics.Append(r.recordRisks(ctx, req.Config, req.Private, resp.Private)...)
	complete := r.New()
	r.Table.Encode(plan, complete)
	if r.Table.Patch(prior, plan, complete, write.Body) {
		if err := r.contested(ctx, write, r.update); err != nil {
			if !absent(write.Object) {
				resp.Diagnostics.Append(r.save(ctx, assemble(plan, r.Table.Decode(write.Object, prior)), &resp.State, resp.Identity)...)
			}
			resp.Diagnostics.Append(r.problem(ctx, "updating", prior, err)...)
			return
		}
	}
	if !absent(write.Object) {
		plan = assemble(plan, mapping.Overlay(plan, r.Table.Decode(write.Object, plan)))
	}
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, writtenKey, r.remember(earlier, prior.Attributes(), plan.Attributes(), write.passed...))...)
	// From here on the object is what was planned, but for what follows one by one. What the plan leaves open is as it was
	// until Finish knows better.
	plan = assemble(plan, mapping.Overlay(plan, prior.Attributes()))
	write.Plan = plan
	state := plan
	for _, link := range r.Links {
		state = state.With(link.Attribute, prior.Get(link.Attribute))
	}
	resp.Diagnostics.Append(r.save(ctx, state, &resp.State, resp.Identity)...)
	if err := r.changeLinks(ctx, write, r.linkChanges(prior, plan)); err != nil {
		resp.Diagnostics.Append(r.problem(ctx, "updating", plan, err)...)
		return
	}
	if err := r.finish(ctx, write); err != nil {
		resp.Diagnostics.Append(r.problem(ctx, "updating", plan, err)...)
	}
	resp.Diagnostics.Append(r.save(ctx, write.Plan, &resp.State, resp.Identity)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, writtenKey, r.remember(earlier, prior.Attributes(), write.Plan.Attributes(), write.passed...))...)
}

// renew makes a new object in the place of the one that there is, and saves it. Finish removes the old one.
func (r *managed) renew(ctx context.Context, write *Write[any], resp *resource.UpdateResponse) {
	r.Table.Encode(write.Plan, write.Body)
	created, err := r.createOnce(ctx, write)
	if err != nil && absent(created) {
		resp.Diagnostics.Append(r.problem(ctx, "renewing", write.Prior, r.final(ctx, write.Plan, err))...)
		return
	}
	write.Object = created
	write.Plan = assemble(write.Plan, mapping.Overlay(write.Plan, r.Table.Decode(created, write.Plan)))
	resp.Diagnostics.Append(r.save(ctx, write.Plan, &resp.State, resp.Identity)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, writtenKey, remember(nil, nil))...)
	resp.Diagnostics.Append(r.mark(ctx, write.Plan, resp.Private)...)
	r.api.young.add(time.Now(), r.names(write.Plan)...)
	if err == nil && !resp.Diagnostics.HasError() {
		err = r.finish(ctx, write)
	}
	if err != nil {
		resp.Diagnostics.Append(r.problem(ctx, "renewing", write.Plan, err)...)
	}
	resp.Diagnostics.Append(r.save(ctx, write.Plan, &resp.State, resp.Identity)...)
}

// update sends what changed, after what must come before.
func (r *managed) update(ctx context.Context, write *Write[any]) error {
	about := r.about(write.Plan)
	if r.Prepare != nil {
		err := persist(ctx, r.api, about, func() error {
			prepared, err := r.Prepare(ctx, r.api, write)
			if prepared {
				r.api.young.add(time.Now(), idOf(write.Prior)) // in its present form, which not every replica knows
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return persist(ctx, r.api, about, func() error { return r.Resource.Update(ctx, r.api, write) })
}

func (r *managed) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := read(ctx, req.State, &resp.Diagnostics)
	ctx, done := r.begin(ctx, state, timeouts.Value.Delete, defaultWriteTimeout, &resp.Diagnostics)
	defer done()
	if resp.Diagnostics.HasError() {
		return
	}
	if resp.Diagnostics.Append(r.inTenant(ctx, req.Private)...); resp.Diagnostics.HasError() {
		return
	}
	defer r.settle(state)
	mark, diagnostics := req.Private.GetKey(ctx, markKey)
	resp.Diagnostics.Append(diagnostics...)
	if made, ok := r.api.made.Load(r.sameObject(state)); ok && made != string(mark) {
		resp.Diagnostics.AddWarning("The "+r.title()+name(state)+" was left in place", "What replaces it has taken it over, and manages it from now on: there can be only one. "+
			"Leave create_before_destroy out, here and in what depends on it, to have another one made.")
		return
	}
	created, diagnostics := req.Private.GetKey(ctx, createdKey)
	resp.Diagnostics.Append(diagnostics...)
	if reason, warn := r.abandon(state, created); reason != "" {
		if warn {
			resp.Diagnostics.AddWarning("The "+r.title()+" was left in place", reason)
		}
		return
	}
	written, diagnostics := req.Private.GetKey(ctx, writtenKey)
	resp.Diagnostics.Append(diagnostics...)
	r.recall(written, state)
	defer r.api.leaving.begin(r.places(state))()
	err := Removed(ctx, r.api, idOf(state), func() error { return r.Resource.Delete(ctx, r.api, state) })
	if err != nil {
		resp.Diagnostics.Append(r.problem(ctx, "deleting", state, err)...)
		return
	}
	r.api.young.forget(r.names(state)...)
	r.api.made.Delete(r.sameObject(state))
	if err := r.released(ctx, state); err != nil {
		resp.Diagnostics.Append(r.problem(ctx, "deleting", state, err)...)
	}
}

// abandon says why a destroy leaves an object where it is, if it does; created is what private state has of that.
func (r *managed) abandon(state mapping.Value, created []byte) (reason string, warn bool) {
	if r.Abandon == nil {
		return "", false
	}
	return r.Abandon(state, string(created) == "true")
}

func (r *managed) abandons(state mapping.Value, created []byte) bool {
	reason, _ := r.abandon(state, created)
	return reason != ""
}

// Removed removes the object of an id, or something of it. A replica that has not seen a young one says that it is gone; of
// an older one that is true.
func Removed(ctx context.Context, api *Services, id string, remove func() error) error {
	err := repeat(ctx, api.young.remaining(api.window(), id), graph.IsNotFound, func() error {
		return inTurn(ctx, api, func() error {
			return repeat(ctx, patience, func(err error) bool { return lagging(err) && !graph.IsNotFound(err) }, remove)
		})
	})
	if graph.IsNotFound(err) && !cutShort(err) {
		return nil
	}
	return err
}

// begin applies the operation's time limit and waits for the parent's turn. The returned function ends both.
func (r *managed) begin(ctx context.Context, object mapping.Value, limit func(timeouts.Value, context.Context, time.Duration) (time.Duration, diag.Diagnostics),
	fallback time.Duration, diagnostics *diag.Diagnostics,
) (context.Context, func()) {
	configured, ok := object.Get("timeouts").(timeouts.Value)
	duration := fallback
	if ok {
		var problems diag.Diagnostics
		duration, problems = limit(configured, ctx, fallback)
		diagnostics.Append(problems...)
	}
	ctx, cancel := context.WithTimeout(ctx, duration)
	if diagnostics.HasError() || !usable(r.api, diagnostics) || r.Parent == nil {
		return ctx, cancel
	}
	key := r.Parent(object)
	if key == "" {
		return ctx, cancel
	}
	unlock, err := r.api.parents.lock(ctx, key)
	if err != nil {
		diagnostics.AddError("Waiting for another write to "+key, "Writes to one object are made one at a time, and the time limit passed while others were under way: "+err.Error())
		return ctx, cancel
	}
	taken := &inTurnOf{key, unlock, r.api}
	return context.WithValue(ctx, turnKey{}, taken), func() { taken.unlock(); cancel() }
}

// inTurnOf is the turn that an operation has.
type inTurnOf struct {
	key    string
	unlock func()
	api    *Services
}

type turnKey struct{}

// outOfTurn does something while others have their turn.
func outOfTurn(ctx context.Context, wait func() error) error {
	taken, ok := ctx.Value(turnKey{}).(*inTurnOf)
	if !ok {
		return wait()
	}
	taken.unlock()
	err := wait()
	unlock, lockErr := taken.api.parents.lock(ctx, taken.key)
	if taken.unlock = unlock; lockErr != nil {
		taken.unlock = func() {}
	}
	return errors.Join(err, lockErr)
}

// save stores state and identity together.
func (r *managed) save(ctx context.Context, object mapping.Value, state *tfsdk.State, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	diagnostics := state.Set(ctx, object.Framework())
	if identity != nil {
		for _, name := range r.Identity {
			// As the services spell it, for it must never change.
			diagnostics.Append(identity.SetAttribute(ctx, path.Root(name), mapping.Fold(object.Get(name)))...)
		}
	}
	return diagnostics
}
