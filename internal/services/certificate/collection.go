package certificate

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

// The certificates of an object are one property of it. A PATCH replaces them all
// (https://learn.microsoft.com/graph/applications-how-to-add-certificate), and the actions that add or remove a single one,
// addKey and removeKey, want a proof that is signed with the private key of one that the object has already
// (https://learn.microsoft.com/graph/application-rollkey-prooftoken), which the provider never has. So every write is made of
// a read of a moment before. Three things would lose somebody's certificate then, and are kept from it:
//
//   - Two writes at once: those of this process take turns (entity.Resource.Parent), and one that the service refuses because
//     another was under way is made again from the beginning.
//   - A write that is sent again later: it is not sent again by itself (graph.Unrepeated), but made anew of a new read.
//   - A read from a replica that lags behind: it lacks what was written last. It is not believed while it disagrees with what
//     this process wrote a moment ago, and never written back.
//
// What another process wrote within the seconds that replication takes, nothing tells of.

// ledger is what this process has written to the certificates of one object. Its users have the object's turn.
type ledger struct {
	written map[uuid.UUID]entry
}

type entry struct {
	at    time.Time
	there bool // it was added, not removed
}

type ledgerOf struct{ parent string }

func (k *kind) ledger(api *entity.Services, parent string) *ledger {
	known, _ := api.Plans.LoadOrStore(ledgerOf{k.noun + "/" + strings.ToLower(parent)}, &ledger{written: map[uuid.UUID]entry{}})
	return known.(*ledger)
}

func (l *ledger) note(id uuid.UUID, there bool) { l.written[id] = entry{time.Now(), there} }

// agrees reports whether keys have in them what was written since a while ago.
func (l *ledger) agrees(keys []entra, recent func(time.Time) bool) bool {
	for id, entry := range l.written {
		if recent(entry.at) && (find(keys, id) != nil) != entry.there {
			return false
		}
	}
	return true
}

func (l *ledger) last() (last time.Time) {
	for _, entry := range l.written {
		if entry.at.After(last) {
			last = entry.at
		}
	}
	return last
}

// find is the key of an id, nil where there is none.
func find(keys []entra, id uuid.UUID) entra {
	i := slices.IndexFunc(keys, func(key entra) bool { return key.GetKeyId() != nil && *key.GetKeyId() == id })
	if i < 0 {
		return nil
	}
	return keys[i]
}

// errNoKeys is an answer without the property, which must not be taken for one that says that there are none.
var errNoKeys = &entity.AttributeError{
	Summary: "the certificates are not shown", Detail: "The answer of Microsoft Graph does not say which certificates there are. Nothing was written, for that would have removed them.",
}

// current reads the keys of an object as they are to be written again.
func (k *kind) current(ctx context.Context, api *entity.Services, parent string) (keys []entra, err error) {
	ledger, began := k.ledger(api, parent), time.Now()
	recent := func(at time.Time) bool { return api.Recent(at, began) }
	agrees, err := entity.UpToDate(ctx, api, ledger.last(), func() (bool, error) {
		if keys, err = k.read(ctx, api, parent); err == nil {
			api.Saw(parent)
		}
		return err == nil && ledger.agrees(keys, recent), err
	})
	if err == nil && !agrees {
		return nil, &entity.AttributeError{
			Summary: "Microsoft Entra lags behind",
			Detail:  fmt.Sprintf("It does not show yet what this run has changed of the certificates of the %s %s. To write them again as it shows them would undo that, and what others have changed: nothing was written. Apply again in a few minutes.", k.owner, parent),
		}
	}
	return keys, err
}

// change writes the keys of an object as edit makes them of those that it has, and notes what became of those with the ids;
// nil keys leave them as they are, with the first of the ids. Edit is asked again, with the keys of that moment, where a write
// came to no good end.
func (k *kind) change(ctx context.Context, api *entity.Services, parent string, ids []uuid.UUID, edit func(keys []entra, attempt int) ([]entra, error)) error {
	throttled := 0
	var keys []entra
	for attempt := 1; ; attempt++ {
		// Where the service is asked for too much, reading again uses up what the write would need: every other time the
		// write alone is sent again, of which nothing was done.
		if throttled == 0 || throttled%2 == 1 {
			read, err := k.current(ctx, api, parent)
			if err == nil {
				keys, err = edit(read, attempt)
			}
			if err != nil {
				return err
			}
		}
		var err error
		if keys != nil {
			err = k.write(graph.Unrepeated(ctx), api, parent, keys)
		}
		if err == nil {
			for i, id := range ids {
				k.ledger(api, parent).note(id, find(keys, id) != nil || keys == nil && i == 0)
			}
			return nil
		}
		if throttled++; !isThrottled(err) {
			throttled = 0
		}
		if !graph.Again(ctx, attempt, err) {
			return explained(err)
		}
	}
}

func isThrottled(err error) bool {
	answer, ok := graph.AsError(err)
	return ok && answer.Status == http.StatusTooManyRequests
}

// untouched are keys as a PATCH has them that keeps them. The service has the content of those whose ids it knows, and
// refuses to change it (https://github.com/microsoftgraph/microsoft-graph-docs/issues/3579).
func untouched(keys []entra) []entra {
	kept := make([]entra, len(keys))
	for i, key := range keys {
		key.SetKey(nil)
		kept[i] = key
	}
	return kept
}
