package graph

import "github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"

// A request is answered by a replica of the directory, where there are replicas. A change goes through it to the
// directory itself: what the request names must be known to both, so that nobody changes, or refers to, what the
// replica does not have yet, or what is gone already. Everything else, duplicates above all, is judged by the
// directory itself.

// change runs a change of the directory, in which the request's view shows what was changed so far; afterwards it shows
// the outcome, which the answer is to show whatever the replica has.
func (r *request) change(change func(*directory.Txn) error) error {
	if r.lags {
		r.replica = r.view
	}
	err := r.service.Store.Update(func(txn *directory.Txn) error {
		r.view = &txn.View
		return change(txn)
	})
	r.view, r.replica = r.service.Store.View(), nil
	if session := r.caller.session(); session != "" && err == nil {
		r.service.Replicas.Wrote(session)
	}
	return err
}

// apply runs a change of which there is nothing to show.
func (r *request) apply(change func(*directory.Txn) error) error {
	if err := r.change(change); err != nil {
		return err
	}
	return r.noContent()
}

// known finds an object: in the request's view and, during a change, in the replica that passes it on, whose failure to
// find it comes first.
func (r *request) known(find func(*directory.View) (*directory.Object, error)) (*directory.Object, error) {
	if r.replica != nil {
		if object, err := find(r.replica); err != nil {
			return object, err
		}
	}
	return find(r.view)
}

// seen is an object as the replica has it that passes a change on; the object itself where there is none.
func (r *request) seen(object *directory.Object) *directory.Object {
	if r.replica == nil {
		return object
	}
	if stale, found := r.replica.Get(object.ID, object.State); found {
		return stale
	}
	return object
}
