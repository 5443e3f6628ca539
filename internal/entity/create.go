package entity

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/microsoft/kiota-abstractions-go/serialization"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/mistake"
)

// farewell is how long a create that was interrupted may still look for what it made.
const farewell = 10 * time.Second

// suspicion is how long a refusal is put down to a lagging replica without asking whether the configuration has the wrong
// one of an object's ids.
const suspicion = 3 * time.Second

// vacancy is how long a create waits for the delete of what has its key, after the last delete began or ended.
const vacancy = 5 * time.Second

// maxCreates is how often a create is sent that ends without an answer, each time after nothing was found.
const maxCreates = 4

// createOnce makes the object once. A create that ends without an answer may have been carried out: before anything is
// sent again the object is looked for, and what is exactly ours is taken.
func (r *managed) createOnce(ctx context.Context, write *Write[any]) (any, error) {
	started, doubted := time.Now(), false
	for attempt := 1; ; attempt++ {
		var created any
		asked := false
		err := persist(ctx, r.api, r.about(write.Plan), func() (err error) {
			created, err = r.send(ctx, write)
			if err != nil && !asked && lagging(err) && time.Since(started) > suspicion {
				asked = true
				err = r.hinted(ctx, write.Plan, err)
			}
			return err
		})
		switch {
		case IsAlreadyThere(err) && attempt > 1:
			// An earlier one was carried out after all, and will be seen.
			found, lookErr := r.look(ctx, write, started, r.api.window(), nil)
			return found, joined(err, lookErr)
		case IsAlreadyThere(err) && r.vacated(ctx, write.Plan):
			attempt = 0 // as if it had never been there
			continue
		case errors.Is(err, ErrExists) && !doubted && r.isGone(ctx, write):
			attempt, doubted = 0, true
			continue
		case IsAlreadyThere(err) && r.api.AdoptLeftovers && r.Find != nil && r.natural(write.Plan):
			return r.takeOver(ctx, write, err)
		case Ambiguous(err) && r.Discard != nil:
			if lookErr := r.discardAfter(ctx, write); lookErr != nil {
				return created, joined(err, lookErr)
			}
			if ctx.Err() != nil || attempt == maxCreates {
				return created, err
			}
			continue
		case !Ambiguous(err) || r.Find == nil:
			if err == nil && attempt > 1 && r.Discard != nil {
				// What an earlier one made may have come to light only now.
				write.Object = created
				err = persist(ctx, r.api, r.about(write.Plan), func() error {
					_, err := r.Discard(ctx, r.api, write)
					return err
				})
			}
			return created, err
		}
		found, lookErr := r.lookAfter(ctx, write, started)
		if lookErr == nil || !errors.Is(lookErr, errNotFound) || ctx.Err() != nil || attempt == maxCreates {
			return found, joined(err, lookErr)
		}
	}
}

// send sends a create. A panic may have come of its answer, and is like an answer that broke off: what was made is looked for.
func (r *managed) send(ctx context.Context, write *Write[any]) (created any, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			created, err = nil, fmt.Errorf("%s: %s", mistake.Summary, mistake.Detail("creating the "+r.title(), panicked))
		}
	}()
	return r.Resource.Create(ctx, r.api, write)
}

// Ambiguous reports whether a create that ended in err may have been carried out. What the provider itself refused was not.
func Ambiguous(err error) bool {
	_, own := errors.AsType[*AttributeError](err)
	return !own && !errors.Is(err, ErrExists) && graph.IsAmbiguous(err)
}

// Farewell is the context for a last look at what a write without an answer may have made: that must not be lost for the
// write's time being up, or somebody having interrupted it.
func Farewell(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Err() == nil {
		return ctx, func() {}
	}
	return context.WithTimeout(context.WithoutCancel(ctx), farewell)
}

// lookAfter finds what a create without an answer may have made.
func (r *managed) lookAfter(ctx context.Context, write *Write[any], started time.Time) (any, error) {
	ctx, cancel := Farewell(ctx)
	defer cancel()
	allowed := r.api.window()
	if r.natural(write.Plan) { // making it twice would be refused
		allowed = min(patience, allowed)
	}
	return r.look(ctx, write, started, allowed, nil)
}

// discardAfter removes what a create without an answer may have made.
func (r *managed) discardAfter(ctx context.Context, write *Write[any]) error {
	ctx, cancel := Farewell(ctx)
	defer cancel()
	err := repeat(ctx, r.api.window(), func(err error) bool { return errors.Is(err, errNotFound) || lagging(err) }, func() error {
		found, err := r.Discard(ctx, r.api, write)
		if err == nil && !found {
			err = errNotFound
		}
		return err
	})
	if errors.Is(err, errNotFound) && !cutShort(err) {
		return nil // it was not made
	}
	return err
}

// vacated reports whether what stands in the way is, or has been, deleted by this process: Terraform replaces several
// resources at a time, and one may take the place that another one had. It waits for that, out of turn, since the delete may
// need it; and for as long as others are deleted, whose places in Terraform's queue that delete waits for.
func (r *managed) vacated(ctx context.Context, plan mapping.Value) bool {
	places, wait := r.places(plan), min(vacancy, r.api.window())
	if len(places) == 0 {
		return false
	}
	gone := false
	err := outOfTurn(ctx, func() error {
		for began := time.Now(); ; {
			left, stirred, last := r.api.leaving.find(places)
			if left {
				gone = true
				return nil
			}
			if last.Before(began) {
				last = began
			}
			timer := time.NewTimer(time.Until(last.Add(wait)))
			select {
			case <-stirred:
				timer.Stop()
			case <-timer.C:
				return nil
			case <-ctx.Done():
				timer.Stop()
				return nil
			}
		}
	})
	return gone && err == nil
}

// takeOver takes what an interrupted run left behind: Terraform or the provider was killed, or the machine lost, between the
// create and the state that would have told of it. Nothing in the services proves whose it is; the provider block says that
// it is to be taken. Anything else that exists already stays the error that it is.
func (r *managed) takeOver(ctx context.Context, write *Write[any], conflict error) (any, error) {
	found, err := r.look(ctx, write, time.Now(), min(patience, r.api.window()), func(candidate any) (bool, error) {
		if r.Leftover == nil {
			return true, nil
		}
		return r.Leftover(ctx, r.api, write.Plan, candidate)
	})
	if err != nil {
		return nil, conflict
	}
	write.Leftover = true
	return found, nil
}

// IsAlreadyThere reports a create that was refused because there is an object with that key.
func IsAlreadyThere(err error) bool {
	answer, ok := graph.AsError(err)
	// An assignment that is there already has the code of every refusal: of an app role, and of a directory role
	// (https://github.com/dod-ccpo/atat/pull/1554).
	return ok && (answer.Code == alreadyExists || answer.Code == roleAssignmentExists || answer.Status == http.StatusBadRequest &&
		(strings.Contains(answer.Message, "already exists on the object") || strings.Contains(answer.Message, "A conflicting object with one or more of the specified property values is present"))) || errors.Is(err, ErrExists)
}

// existing says what can be done where what is to be made exists already, with a block that imports it. The import id is its
// form where the object is not found.
func (r *managed) existing(ctx context.Context, write *Write[any], conflict error) string {
	importID := r.importForm()
	// What is told from others by nothing can be found where the provider itself has just seen it.
	if r.Find != nil && (r.natural(write.Plan) || errors.Is(conflict, ErrExists)) {
		if found, err := r.standing(ctx, write); err == nil {
			if id := idOf(r.Table.Value(found)); r.api.young.has(r.ownName(id)) {
				return "Another resource of this configuration manages it, as " + id + ". Declare it once."
			}
			if id := r.importID(r.Table.Decode(found, write.Plan)); id != "" {
				importID = id
			}
		}
	}
	return Existing(r.typeName(), importID, r.Existing, r.keyAttributes(write.Plan))
}

// standing is what stands in the way of a create. It is looked for again while a replica that lags behind may not show it.
func (r *managed) standing(ctx context.Context, write *Write[any]) (standing any, err error) {
	err = repeat(ctx, min(patience, r.api.window()), func(err error) bool { return errors.Is(err, errNotFound) || lagging(err) }, func() error {
		for found, err := range r.Find(ctx, r.api, write.Plan, time.Now()) {
			standing = found
			return err
		}
		return errNotFound
	})
	return standing, err
}

// isGone reports whether what a read of a moment ago has shown is not there any more: another run has deleted it, and that
// read was older.
func (r *managed) isGone(ctx context.Context, write *Write[any]) bool {
	if r.Find == nil {
		return false
	}
	_, err := r.standing(ctx, write)
	return errors.Is(err, errNotFound) && !cutShort(err)
}

// Existing says what can be done where something exists already that has an import id. another is what else can be done, and
// key names what would have to differ.
func Existing(typeName, importID, another, key string) string {
	text := "It exists already, and may be somebody else's: nothing was changed.\n\n" +
		"If this run replaces it, it is created before the old one is destroyed, because create_before_destroy is set here or in what depends on it. There can be only one: leave create_before_destroy out there, or change " + key + ", and replace it again (-replace).\n\n" +
		fmt.Sprintf("To manage the one that is there, import it: the import id is %s. Put the resource's name into this block, and see in the plan what an apply would change:\n\nimport {\n  to = %s.NAME\n  id = %q\n}\n\n", importID, typeName, importID)
	if another != "" {
		text += another + "\n\n"
	}
	return text + "If a run that was interrupted has left it behind, set adopt_leftovers = true in the provider block, or WORKLOADID_ADOPT_LEFTOVERS=true, for the next run: whatever is exactly as declared is taken over then."
}

// ErrExists is what a Create returns that looked before it wrote, because the service would have changed what is there.
var ErrExists = errors.New("it exists already")

// MadeByCaller reports whether the service says that an object was made by the application that the provider runs as. The
// SDK's models lack the property, "createdByAppId" of https://learn.microsoft.com/graph/api/resources/application and
// serviceprincipal.
func MadeByCaller(api *Services, object serialization.AdditionalDataHolder) bool {
	maker, ok := object.GetAdditionalData()[CreatedBy].(*string)
	return ok && maker != nil && api.ClientID != "" && strings.EqualFold(*maker, api.ClientID)
}

// CreatedBy is the property that MadeByCaller wants selected.
const CreatedBy = "createdByAppId"

func joined(err, lookErr error) error {
	if lookErr == nil {
		return nil
	}
	return fmt.Errorf("%w\n\nWhether the object was made is not known: %w", err, lookErr)
}

var (
	errNotFound = errors.New("it was not found")
	errNotOurs  = errors.New("it is another one")
)

// look finds the object that an unanswered create may have made: one that is as planned, was not there before, and is not
// another one that this process made; accept, when there is one, has the last word. It looks again for as long as allowed,
// while a lagging replica may not show it yet.
func (r *managed) look(ctx context.Context, write *Write[any], since time.Time, allowed time.Duration, accept func(any) (bool, error)) (any, error) {
	var found any
	sent, chosen := r.Table.Value(write.Body), idOf(write.Plan) // by an id of one's own choice it is known from others
	err := repeat(ctx, allowed, func(err error) bool { return errors.Is(err, errNotFound) || lagging(err) }, func() error {
		var ours []any
		var ids []string
		for candidate, err := range r.Find(ctx, r.api, write.Plan, since) {
			if graph.IsNotFound(err) {
				break
			}
			if err != nil {
				return err
			}
			value := r.Table.Value(candidate)
			if id := idOf(value); r.api.young.has(r.ownName(id)) {
				if r.natural(write.Plan) {
					return errNotOurs
				}
			} else if ids = append(ids, id); sent.CoveredBy(value) && (accept != nil || chosen == "" || strings.EqualFold(id, chosen)) {
				ours = append(ours, candidate)
			}
		}
		if len(ours) == 1 && accept != nil {
			if accepted, err := accept(ours[0]); err != nil || !accepted {
				return errors.Join(errNotOurs, err)
			}
		}
		switch {
		case len(ours) == 1:
			found = ours[0]
			return nil
		case len(ours) == 0 && r.natural(write.Plan) && len(ids) > 0 && accept == nil:
			return ErrExists // as a leftover it may be shown as it was before
		case len(ours) > 1:
			return fmt.Errorf("it may be one of %s, which is not certain; import the one that is meant and delete what is left over", strings.Join(ids, ", "))
		}
		return errNotFound
	})
	return found, err
}

// about names what a write refers to.
func (r *managed) about(object mapping.Value) []string {
	ids := []string{idOf(object)}
	if r.References != nil {
		ids = append(ids, r.References(object)...)
	}
	for _, link := range r.Links {
		ids = append(ids, object.Strings(link.Attribute)...)
	}
	return ids
}
