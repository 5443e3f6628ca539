package entity

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// Microsoft Entra accepts a write on one replica and copies it to the others afterwards; a read, or a write that refers to
// the object, may meet one that does not have it yet ("Designing for eventual consistency for Microsoft Entra",
// https://devblogs.microsoft.com/identity/designing-for-eventual-consistency-for-microsoft-entra). Nothing says how long
// that takes; it is seconds as a rule. So nothing waits before it has seen a disagreement, and none is believed while the
// object is young.
const (
	// defaultWindow is how long after a write an answer that disagrees with it is taken for an old one.
	defaultWindow = 2 * time.Minute
	// patience is how long a refusal that may come from a lagging replica is doubted when the object that it is about is
	// not known to be young: another process may have made it a moment ago, or the id may be wrong.
	patience = 10 * time.Second

	firstPause   = 200 * time.Millisecond
	longestPause = 5 * time.Second
	fewest       = 5 // attempts that a time is long enough for, and more as they are quicker at first
)

// writtenKey is where private state keeps what the last write did.
const writtenKey = "written"

// memory is what a read needs to know of the write before it.
type memory struct {
	// At is when the write was answered.
	At time.Time `json:"at"`
	// Changed names the attributes that the write changed. A read that finds one of them other than it was written comes
	// from a replica that the write, or a part of it, has not reached; other attributes are believed at once.
	Changed []string `json:"changed,omitempty"`
	// Before has, of the attributes for which that is known, digests of all that they were while a replica may still show
	// it. What is neither among these nor what was written is somebody's change, and no old answer.
	Before map[string][]string `json:"before,omitempty"`
	// Salt goes into the digests.
	Salt string `json:"salt,omitempty"`

	canonical func(name string, value attr.Value) string
}

// remember is the private state of a write that was answered just now and changed before into after, and these besides.
func remember(before, after map[string]attr.Value, changed ...string) []byte {
	return marshal(changedBy(before, after, changed))
}

func changedBy(before, after map[string]attr.Value, changed []string) memory {
	written := memory{At: time.Now().UTC(), Changed: slices.Clone(changed)}
	for name, value := range after {
		if old := before[name]; old != nil && !old.IsUnknown() && !old.Equal(value) {
			written.Changed = append(written.Changed, name)
		}
	}
	slices.Sort(written.Changed)
	written.Changed = slices.Compact(written.Changed)
	return written
}

func marshal(written memory) []byte {
	private, err := json.Marshal(written)
	if err != nil {
		panic("a memory that is no JSON: " + err.Error()) // a time and texts always are
	}
	return private
}

// recall reads it. What is missing or can't be read is long past.
func recall(private []byte) memory {
	var written memory
	if json.Unmarshal(private, &written) != nil {
		return memory{}
	}
	return written
}

// recall reads it too, and lets what is done next know how young the object is, and what it refers to: that was there when
// it was written, and may have been for a moment only.
func (r *managed) recall(private []byte, object mapping.Value) memory {
	written := recall(private)
	written.canonical = r.Table.Canonical
	r.api.young.add(written.At, r.names(object)...)
	r.api.young.refer(written.At, r.about(object)...)
	return written
}

// idOf is the object's own id. What is part of another object, such as a certificate, has a key id instead.
func idOf(object mapping.Value) string { return cmp.Or(object.String("id"), object.String("key_id")) }

// ownName is an id as no other noun has it: parts of different kinds may have one id.
func (r *managed) ownName(id string) string { return r.Noun + " " + id }

// names are those by which something else may refer to an object. A principal is the object's own where the service sets it.
func (r *managed) names(object mapping.Value) []string {
	names := []string{idOf(object), r.ownName(idOf(object)), object.String("client_id")}
	for _, row := range r.Table {
		if row.Name() == "principal_id" && row.Attribute().IsComputed() {
			names = append(names, object.String("principal_id"))
		}
	}
	return names
}

// remaining is how much longer an answer from before the write is to be expected. A clock that went backwards does not
// prolong it.
func (m memory) remaining(window time.Duration) time.Duration {
	if m.At.IsZero() {
		return 0
	}
	return min(window-time.Since(m.At), window)
}

// agrees reports whether what was read has in it what was written.
func (m memory) agrees(read, written map[string]attr.Value) bool {
	for _, name := range m.Changed {
		if value := read[name]; value != nil && !value.Equal(written[name]) && !m.isNews(name, value) {
			return false
		}
	}
	return true
}

// young remembers when what was written, as far as this process knows, by every id that something else may refer to it by.
// Of what others made it remembers when it was there at the latest.
type young struct{ written, referred sync.Map }

func (y *young) add(at time.Time, ids ...string) { latest(&y.written, at, ids) }

func (y *young) refer(at time.Time, ids ...string) { latest(&y.referred, at, ids) }

func latest(times *sync.Map, at time.Time, ids []string) {
	for _, id := range ids {
		if known, ok := times.Load(strings.ToLower(id)); id != "" && (!ok || known.(time.Time).Before(at)) {
			times.Store(strings.ToLower(id), at)
		}
	}
}

// remaining is how much longer a replica may not have any of the named objects as they are.
func (y *young) remaining(window time.Duration, ids ...string) time.Duration {
	var longest time.Duration
	for _, times := range []*sync.Map{&y.written, &y.referred} {
		for _, id := range ids {
			if at, ok := times.Load(strings.ToLower(id)); ok {
				longest = max(longest, memory{At: at.(time.Time)}.remaining(window))
			}
		}
	}
	return longest
}

// forget is for what is gone, so that another one may have its name.
func (y *young) forget(ids ...string) {
	for _, id := range ids {
		y.written.Delete(strings.ToLower(id))
		y.referred.Delete(strings.ToLower(id))
	}
}

// last is when the object was written.
func (y *young) last(id string) time.Time {
	at, _ := y.written.Load(strings.ToLower(id))
	written, _ := at.(time.Time)
	return written
}

// has reports whether this process made the object, or manages it.
func (y *young) has(id string) bool {
	_, ok := y.written.Load(strings.ToLower(id))
	return ok
}

// lagging reports whether a write may have been refused only because the replica that served it lags behind: it does not
// have the object yet, or a change of it.
func lagging(err error) bool {
	if _, unseen := errors.AsType[*Unseen](err); unseen {
		return true
	}
	answer, ok := graph.AsError(err)
	if _, known := errors.AsType[*mistaken](err); !ok || known {
		return false
	}
	switch answer.Status {
	case http.StatusNotFound:
		return graph.IsNotFound(err)
	case http.StatusBadRequest, http.StatusForbidden:
		if answer.Code == "CannotDeleteOrUpdateEnabledEntitlement" {
			return true // the request before it disabled the entitlement
		}
		if answer.Code == "PrincipalNotFound" {
			return true // Azure Resource Manager asks the directory
		}
		return ofMissing(answer) || strings.Contains(answer.Message, "cannot be deleted or updated unless disabled first")
	}
	return false
}

// ofMissing reports whether an answer says that something is not there that the request refers to. Its code is that of every
// refusal (Request_BadRequest, Authorization_RequestDenied): only the text tells.
func ofMissing(answer *graph.Error) bool {
	for _, text := range []string{
		"does not reference a valid application object",
		"the backing application of the service principal being created must in the local tenant",
		"queried reference-property objects are not present",
		// Of app role assignments and grants: the principal, the API, and its role.
		"Not a valid reference update",
		"Specified resourceId was not found",
		"Permission being assigned was not found on application",
		// Of a pre-authorized client: the scope, which an earlier request made.
		"has a Permission Id that cannot be found in the AppPermissions sets",
	} {
		if strings.Contains(answer.Message, text) {
			return true
		}
	}
	return false
}

// Unseen is a failure of a write that has what this process wrote for its reason, if a lagging replica does not show it.
type Unseen struct{ Err error }

func (u *Unseen) Error() string { return u.Err.Error() }

func (u *Unseen) Unwrap() error { return u.Err }

// contended reports whether a write was refused only because another one to the same object was under way, of this process
// or another.
func contended(err error) bool {
	answer, ok := graph.AsError(err)
	return ok && answer.Status == http.StatusConflict && (answer.Code == "Directory_ConcurrencyViolation" || answer.Code == concurrentCredentials)
}

// concurrentCredentials is Azure's code for two writes at once to the credentials of one managed identity
// (https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations, "Concurrent updates"; the
// code itself: https://github.com/hashicorp/terraform-provider-azurerm/issues/29242).
const concurrentCredentials = "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity"

// persist repeats a write that a lagging replica may have refused: for as long as one of the objects that it refers to is
// young, and otherwise for a few seconds. One that came between others is repeated for longer, for they end.
func persist(ctx context.Context, api *Services, about []string, write func() error) error {
	allowed := max(min(patience, api.window()), api.young.remaining(api.window(), about...))
	return inTurn(ctx, api, func() error { return repeat(ctx, allowed, lagging, write) })
}

// inTurn repeats a write while others to the same object are under way.
func inTurn(ctx context.Context, api *Services, write func() error) error {
	return repeat(ctx, max(patience, api.window()), contended, write)
}

// repeat repeats an action while its failure may be a lagging replica's, for no longer than allowed. Of a short time too
// many a part is not to pass between two attempts.
func repeat(ctx context.Context, allowed time.Duration, lagging func(error) bool, action func() error) error {
	for started, pause := time.Now(), firstPause; ; pause = min(2*pause, longestPause, max(firstPause, allowed/fewest)) {
		err := action()
		if err == nil || !lagging(err) || time.Since(started)+pause > allowed {
			return err
		}
		if waiting := sleep(ctx, pause); waiting != nil {
			return fmt.Errorf("%w\n\n%w while waiting for all replicas of the directory to know what the request refers to", err, waiting)
		}
	}
}

// cutShort reports whether time ran out, or the person lost patience, before an answer could be believed.
func cutShort(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// UpToDate repeats a read, from which a whole collection is to be written again, until what it finds agrees with what this
// process wrote last: a replica that lacks that lacks other changes too, and writing what it has would undo them. It reports
// whether it agreed in the end.
func UpToDate(ctx context.Context, api *Services, last time.Time, read func() (agrees bool, err error)) (bool, error) {
	err := repeat(ctx, memory{At: last}.remaining(api.window()), func(err error) bool { return errors.Is(err, ErrOutdated) }, func() error {
		agrees, err := read()
		if err == nil && !agrees {
			return ErrOutdated
		}
		return err
	})
	if errors.Is(err, ErrOutdated) && !cutShort(err) {
		return false, nil
	}
	return err == nil, err
}

// Patiently repeats a read for some seconds, until what it finds agrees with what is expected: how young the object is, nobody
// knows.
func Patiently(ctx context.Context, api *Services, read func() (agrees bool, err error)) (bool, error) {
	return UpToDate(ctx, api, time.Now().Add(min(patience, api.window())-api.window()), read)
}

// sleep waits about so long, so that what was refused together does not come back together. It ends early with the
// context, and does not begin what the deadline would cut off.
func sleep(ctx context.Context, pause time.Duration) error {
	pause = pause/2 + rand.N(pause/2+1)
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < pause {
		return context.DeadlineExceeded
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
