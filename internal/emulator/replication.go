package emulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/replication"
)

// Replication says how many replicas answer requests and how far they lag behind. The zero value has the directory
// itself answer.
type Replication = replication.Options

// Lag is a time, or the bounds of a random one.
type Lag = replication.Lag

// SetReplication gives the tenant new replicas, which have everything that is there now and lag behind from then on:
// what an application has just created, Microsoft Graph does not find, what it has just changed is as it was, and what it
// has just deleted is still there. A change must be of, and refer to, what the replica that passes it on has; it fails as
// it does when that is missing. Users, unlike applications by themselves, see their own changes at once.
//
// What is done under /_local/ or by methods of the Tenant is not subject to lag: they see the directory itself, and what
// they change, all replicas have at once.
func (t *Tenant) SetReplication(options Replication) error {
	if err := t.replicas.Set(options); err != nil {
		return fmt.Errorf("replication: %w", err)
	}
	return nil
}

// Replication returns what SetReplication was given.
func (t *Tenant) Replication() Replication { return t.replicas.Options() }

// change changes the directory for whoever controls the tenant.
func (t *Tenant) change(change func(*directory.Txn) error) error {
	err := t.store.Update(change)
	t.replicas.CatchUp()
	return err
}

// traced is a request that remembers which replicas answer it.
func (t *Tenant) traced(r *http.Request) *http.Request {
	if !t.replicas.On() {
		return r
	}
	return r.WithContext(replication.Trace(r.Context()))
}

// strictly decodes JSON that has no members but those of the value.
func strictly(content io.Reader, value any) error {
	decoder := json.NewDecoder(content)
	decoder.DisallowUnknownFields()
	return decoder.Decode(value)
}
