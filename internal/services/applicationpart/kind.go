// Package applicationpart has small resources for parts of an application: a redirect URI, an app role, a client that is
// pre-authorized. Each adds to what there is and leaves the rest as it is, which makes possible what one resource for the
// whole application can't do: two applications that refer to each other, an application that needs the address of what needs
// the application, and modules that each add their own.
package applicationpart

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/application"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// entra is an application of which a part is all that there is: its id, and in one of its collections, or in some, the
// elements that the part consists of.
type entra = models.Applicationable

// kind is what differs between the parts.
type kind struct {
	noun string
	// title is what people call one of the elements, such as "app role", and description the first paragraph of the page.
	title, description string
	// attribute is how the application's own resource calls the collection, in Markdown without the outer backquotes.
	attribute string
	// key are the attributes that, besides the application's id, tell one part from another.
	key []string
	// shared says that a part has several elements, by whose keys it is known, and that there may be several parts with the
	// same key: what is imported is all that there is.
	shared bool
	// parts are attributes that an old answer has a value of that they never had: they are of an application whether it has
	// the part or not, or it has some elements of the part and lacks others.
	parts []string
	// fixed says that no part can change.
	fixed bool
	// rows are the attributes besides application_id and id.
	rows mapping.Table[entra]
	// element makes a part with an element that has nothing yet, where the rows need one.
	element func() entra
	// collections are those that the elements of a part are in, all in one property.
	collections func(part entra) []collection
	permissions entity.Permissions

	// complete adds to a part what depends on the rest of the application, which has been read a moment ago.
	complete func(found, part entra) error
	// encode adds to a part what its rows can't write, for being computed.
	encode func(object mapping.Value, part entra)
	// settle completes a plan with what could not be known in it.
	settle func(ctx context.Context, api *entity.Services, plan mapping.Value) (mapping.Value, error)
	// named gives a part that was read its names, where they are to be looked up.
	named func(ctx context.Context, api *entity.Services, known mapping.Value, part entra) (entra, error)
	// identify checks the key of an import.
	identify func(ctx context.Context, api *entity.Services, values map[string]string) error
	plan     func(ctx context.Context, api *entity.Services, change *entity.Change) diag.Diagnostics
	validate func(config mapping.Value) diag.Diagnostics
}

const (
	additive = "\n\nIt adds to what the application has and leaves the rest as it is: what other resources, the portal and other tools have added. Leave `%s` of the `workloadid_application` unset: it lists all that the application has. A plan that has both is refused.\n\n" +
		"Microsoft Graph replaces the whole collection at once. So each write reads what is there and sends it along with what it changes. Writes to one application take turns. What this run has written a moment ago is never overwritten by what a lagging replica shows.\n\n" +
		"What is there already has to be imported. To have the application's own attribute take the part over, end its management with a `removed` block that has `destroy = false`, in an apply before the attribute is set."
	parentID = "application_id"
)

func (k *kind) resource() resource.Resource {
	table := k.table()
	permissions := application.Permissions.OfParts()
	if len(k.permissions.Features) > 0 {
		permissions = k.permissions
	}
	described := entity.Resource[entra]{
		Noun:        k.noun,
		Description: k.description + fmt.Sprintf(additive, k.attribute),
		Table:       table,
		Identity:    append([]string{parentID}, k.key...),
		Permissions: permissions,
		New:         k.new,
		Create:      k.create,
		Read:        k.readOne,
		Listings:    []*graph.Listing{application.Listing},
		Delete:      k.delete,
		Find:        k.find,
		Identify:    k.identify,
		Keys:        k.unique(),
		References:  func(object mapping.Value) []string { return []string{object.String(parentID), object.String("api")} },
		Targets:     []entity.Target{entity.To(parentID, "application", "applications")},
		Parts:       k.parts,
		Hint: func(ctx context.Context, api *entity.Services, object mapping.Value) string {
			return application.MistakenID(ctx, api, object.String(parentID))
		},
		Parent:   func(object mapping.Value) string { return strings.ToLower(object.String(parentID)) },
		Validate: k.validate,
		Plan:     k.planned,
	}
	if !k.fixed {
		described.Update = k.update
	}
	return described.Resource()
}

func (k *kind) table() mapping.Table[entra] {
	return append(mapping.Table[entra]{
		mapping.Derived("id", schema.StringAttribute{Computed: true, MarkdownDescription: "`application_id`, and what tells the part from others of the application, separated by a slash."}, func(from entra, prior attr.Value) attr.Value {
			return mapping.Known(prior, types.StringValue(k.id(from)))
		}).Property(""),
		mapping.String(parentID, schema.StringAttribute{
			Required: true, Validators: []validator.String{validate.UUID()},
			MarkdownDescription: "Object id of the application. Changing it makes a new part.",
		}, entra.GetId, entra.SetId).Property("id").CreateOnly().Alike(strings.EqualFold),
	}, k.rows...)
}

func (k *kind) new() entra {
	if k.element == nil {
		return models.NewApplication()
	}
	return k.element()
}

// part is the one that a plan or a state describes.
func (k *kind) part(object mapping.Value) entra {
	part := k.new()
	k.table().Encode(object, part)
	if k.encode != nil {
		k.encode(object, part)
	}
	return part
}

// keys are those of a part's elements.
func (k *kind) keys(part entra) []string {
	var keys []string
	for _, collection := range k.collections(part) {
		keys = append(keys, collection.keys(part)...)
	}
	slices.Sort(keys)
	return keys
}

// id tells a part from all others of all applications.
func (k *kind) id(part entra) string {
	keys := strings.Join(k.keys(part), " ")
	if k.shared {
		keys = digest(keys)
	}
	return strings.ToLower(*part.GetId()) + "/" + keys
}

// all is the property that the part's collections are in.
func (k *kind) all(api *entity.Services, part entra) entity.Rewritten[entra] {
	id, property := *part.GetId(), k.collections(part)[0].property()
	return entity.Rewritten[entra]{
		Name: "application " + property, ID: id, Title: "the property " + property + " of the application",
		Read: func(ctx context.Context) (entra, error) { return k.read(ctx, api, part) },
		Write: func(ctx context.Context, body entra) error {
			_, err := application.Item(api, id).Patch(ctx, body, nil)
			return err
		},
	}
}

// read gets what the application has of a part's property.
func (k *kind) read(ctx context.Context, api *entity.Services, part entra) (entra, error) {
	return application.Item(api, *part.GetId()).Get(ctx, &applications.ApplicationItemRequestBuilderGetRequestConfiguration{
		QueryParameters: &applications.ApplicationItemRequestBuilderGetQueryParameters{Select: []string{"id", k.collections(part)[0].property()}},
	})
}

// of is what an application has of a part, and which of the part's elements it lacks. Of an import nothing is known yet: it is
// of all that there is.
func (k *kind) of(found, part entra) (have entra, missing []string) {
	have = models.NewApplication()
	have.SetId(part.GetId())
	all := k.shared && len(k.keys(part)) == 0
	for _, collection := range k.collections(part) {
		missing = append(missing, collection.restrict(found, part, all, have)...)
	}
	if k.complete != nil && len(k.keys(have)) > 0 {
		_ = k.complete(found, have) // what there is needs nothing that there is not
	}
	return have, missing
}

// shows reports whether an application has a part exactly as it is, and nothing any more of another one.
func (k *kind) shows(part, gone entra) func(found entra) bool {
	return func(found entra) bool {
		if part != nil {
			have, missing := k.of(found, part)
			if len(missing) > 0 || !k.content(part).CoveredBy(k.content(have)) {
				return false
			}
		}
		return gone == nil || len(k.left(found, part, gone)) == 0
	}
}

// content is what there is to compare of a part.
func (k *kind) content(part entra) mapping.Value { return k.rows.Value(part) }

// left are the keys of what an application has of a part that another one does not have.
func (k *kind) left(found, part, gone entra) []string {
	var kept, left []string
	if part != nil {
		kept = k.keys(part)
	}
	for _, collection := range k.collections(gone) {
		left = append(left, collection.taken(found, gone, kept)...)
	}
	return left
}

// written is a part in the place of another one, for the ledger; either may be nil.
func (k *kind) written(before, after entra) entity.Part[entra] {
	part := entity.Part[entra]{Shows: k.shows(after, before)}
	if before != nil {
		part.ID = k.noun + " " + k.id(before)
	}
	if after != nil {
		part.ID, part.Before = k.noun+" "+k.id(after), part.ID
	}
	return part
}

// change writes the collections with a part in the place of another one; either may be nil.
func (k *kind) change(ctx context.Context, api *entity.Services, before, after entra) error {
	either := after
	if either == nil {
		either = before
	}
	part := k.written(before, after)
	return k.all(api, either).Change(ctx, api, part, func(found entra, again bool) (entra, bool, error) {
		if after != nil && k.complete != nil {
			if err := k.complete(found, after); err != nil {
				return nil, false, err
			}
		}
		// What is there shows that the attempt before was carried out. What is not may be on its way to this replica. What a
		// change leads to may have been there before, too, on a replica that lags behind: it is written again.
		shown := again && after != nil && part.Shows(found)
		if shown && before == nil {
			return nil, false, nil
		}
		body := models.NewApplication()
		if before != nil && !shown {
			if _, missing := k.of(found, before); len(missing) == len(k.keys(before)) {
				return nil, false, k.missing(before, missing)
			}
		}
		if after != nil && !shown {
			if err := k.conflicts(found, before, after); err != nil {
				return nil, false, err
			}
		}
		for _, collection := range k.collections(either) {
			collection.write(found, before, after, body)
		}
		return body, true, nil
	})
}

// conflicts refuses what is there already and is not the part's own.
func (k *kind) conflicts(found, before, after entra) error {
	var own, there []string
	if before != nil {
		own = k.keys(before)
	}
	for _, collection := range k.collections(after) {
		there = append(there, collection.taken(found, after, own)...)
	}
	if len(there) == 0 {
		return nil
	}
	return fmt.Errorf("%w: the application has the %s %s", entity.ErrExists, k.title, strings.Join(there, ", "))
}

func (k *kind) missing(part entra, keys []string) error {
	return graph.NotFound(http.MethodGet+" /applications/"+*part.GetId(), fmt.Sprintf("The application has no %s %s.", k.title, strings.Join(keys, ", ")))
}

func (k *kind) create(ctx context.Context, api *entity.Services, write *entity.Write[entra]) (entra, error) {
	plan, err := k.settled(ctx, api, write.Plan)
	if err != nil {
		return nil, err
	}
	write.Body = k.part(plan)
	if err := k.change(ctx, api, nil, write.Body); err != nil {
		return nil, err
	}
	return write.Body, nil
}

func (k *kind) settled(ctx context.Context, api *entity.Services, plan mapping.Value) (mapping.Value, error) {
	if k.settle == nil {
		return plan, nil
	}
	return k.settle(ctx, api, plan)
}

func (k *kind) update(ctx context.Context, api *entity.Services, write *entity.Write[entra]) error {
	plan, err := k.settled(ctx, api, write.Plan)
	if err != nil {
		return err
	}
	before, after := k.part(write.Prior), k.part(plan)
	err = k.change(ctx, api, before, after)
	if graph.IsAmbiguous(err) && !errors.Is(err, entity.ErrExists) {
		// What was carried out without an answer is in the state, or else what it has added would be somebody else's.
		ctx, cancel := entity.Farewell(ctx)
		defer cancel()
		part := k.written(before, after)
		if found, lookErr := k.read(ctx, api, after); lookErr == nil && part.Shows(found) {
			k.all(api, after).Note(api, part)
			return nil
		}
	}
	if errors.Is(err, entity.ErrExists) {
		return fmt.Errorf("%w. To manage it here, remove it where it was added, or have Terraform forget this resource (terraform state rm) and import it with what is there", err)
	}
	return err
}

// readOne finds the part in its application.
func (k *kind) readOne(ctx context.Context, api *entity.Services, query entity.Query) (entra, error) {
	part := k.part(query.Value)
	found, err := k.read(ctx, api, part)
	if err != nil {
		return nil, err
	}
	have, missing := k.of(found, part)
	if len(missing) > 0 || len(k.keys(have)) == 0 { // what a listing does not show is not gone for that
		if found, err = k.read(graph.Singly(ctx), api, part); err != nil {
			return nil, err
		}
		if have, missing = k.of(found, part); len(k.keys(have)) == 0 {
			return nil, k.missing(part, missing)
		}
	}
	if k.named != nil {
		return k.named(ctx, api, query.Value, have)
	}
	return have, nil
}

// delete removes the part. What must be disabled before is disabled by a request of its own, which the one that removes it may
// come before on a replica.
func (k *kind) delete(ctx context.Context, api *entity.Services, state mapping.Value) error {
	part := k.part(state)
	if err := k.disable(ctx, api, part); err != nil {
		return err
	}
	var failed error
	gone, err := entity.UpToDate(ctx, api, time.Now(), func() (bool, error) {
		failed = k.change(ctx, api, part, nil)
		if answer, ok := graph.AsError(failed); ok && answer.Code == stillEnabled {
			return false, nil
		}
		return failed == nil, failed
	})
	switch {
	case err == nil && !gone:
		return failed
	case err == nil:
		for declared, name := range k.declares(part) {
			application.RemovePart(api, *part.GetId(), declared, name)
		}
	}
	return err
}

// stillEnabled is the code with which Microsoft Graph refuses to remove an app role or a scope.
const stillEnabled = "CannotDeleteOrUpdateEnabledEntitlement"

// disable disables what can't be removed while it is enabled.
func (k *kind) disable(ctx context.Context, api *entity.Services, part entra) error {
	collection := k.collections(part)[0]
	if !collection.disables() {
		return nil
	}
	disabled := entity.Part[entra]{ID: k.noun + " " + k.id(part), Shows: func(found entra) bool { return !collection.enabled(found, part) }}
	return k.all(api, part).Change(ctx, api, disabled, func(found entra, _ bool) (entra, bool, error) {
		if _, missing := k.of(found, part); len(missing) > 0 {
			return nil, false, k.missing(part, missing)
		}
		if !collection.enabled(found, part) {
			return nil, false, nil
		}
		body := models.NewApplication()
		collection.disable(found, part, body)
		return body, true, nil
	})
}

// find is what a create without an answer may have made.
func (k *kind) find(ctx context.Context, api *entity.Services, plan mapping.Value, _ time.Time) iter.Seq2[entra, error] {
	return func(yield func(entra, error) bool) {
		part := k.part(plan)
		found, err := k.read(ctx, api, part)
		if err == nil && k.complete != nil {
			err = k.complete(found, part)
		}
		if err != nil {
			yield(nil, err)
			return
		}
		have, _ := k.of(found, part)
		if len(k.keys(have)) == 0 {
			return
		}
		if written := k.written(nil, part); written.Shows(found) {
			k.all(api, part).Note(api, written)
		}
		yield(have, nil)
	}
}

// planned remembers what is declared of an application, for the application's own plan to say what contradicts it.
func (k *kind) planned(ctx context.Context, api *entity.Services, change *entity.Change) (diagnostics diag.Diagnostics) {
	if k.plan != nil {
		diagnostics = k.plan(ctx, api, change)
	}
	id := change.Planned.String(parentID)
	if api == nil || id == "" || diagnostics.HasError() {
		return diagnostics
	}
	for declared, name := range k.declares(k.part(change.Planned)) {
		diagnostics = append(diagnostics, application.DeclarePart(api, id, declared, name, entity.Title(k.noun))...)
	}
	return diagnostics
}

// declares are the application's attributes that a part has something of, and what.
func (k *kind) declares(part entra) map[string]string {
	declared := map[string]string{}
	collections := k.collections(part)
	for _, collection := range collections {
		if keys := collection.keys(part); len(keys) > 0 || len(collections) == 1 {
			declared[collection.declared()] = strings.TrimSpace(k.title + " " + strings.Join(keys, ", "))
		}
	}
	return declared
}

// unique is what no two parts share: what tells them apart, or their elements.
func (k *kind) unique() []entity.UniqueKey {
	key := append(entity.UniqueKey{parentID}, k.key...)
	if !k.shared {
		return []entity.UniqueKey{key}
	}
	var keys []entity.UniqueKey
	for _, elements := range k.parts {
		keys = append(keys, append(slices.Clip(key), elements+"*"))
	}
	return keys
}
