package certificate

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// What a key must say of itself so that its certificate can sign in
// (https://learn.microsoft.com/graph/applications-how-to-add-certificate).
const (
	keyType  = "AsymmetricX509Cert"
	keyUsage = "Verify"
)

const description = "A certificate with which %s signs in. The provider needs the certificate alone, and refuses one with its private key.\n\n" +
	"Each resource is one certificate, and leaves all others as they are: those of other resources, of the portal and of other tools. Microsoft Graph can only replace all certificates of %s together, so each write sends those that are there along with what it changes; writes to one object take turns, and one that meets another is made again of what is there then. " +
	"A certificate that is there already has to be imported.\n\n" +
	"Microsoft Entra refuses to change a certificate that is there. So another `display_name` or `end` has the same certificate take its own place under another key id, in one request: it works all the time.\n\n" +
	"Another `certificate` makes it be replaced. To do that without a gap, give it `create_before_destroy`, or declare the new one beside the old one. With `create_before_destroy` the same certificate can't be made again (`-replace`, `replace_triggered_by`), for it is there. The plan warns of a certificate that has expired; the data source `workloadid_credentials` tells in advance."

// resource makes the resource of one kind.
func (k *kind) resource() resource.Resource {
	return entity.Resource[entra]{
		Noun:        k.noun,
		Description: fmt.Sprintf(description, k.article, k.article),
		Table:       table(k.parent, k.owner),
		Identity:    []string{k.parent, "key_id"},
		Permissions: k.permissions,
		New:         func() entra { return models.NewKeyCredential() },
		Create:      k.create,
		Read:        k.readOne,
		Listings:    []*graph.Listing{k.listing},
		Update:      func(context.Context, *entity.Services, *entity.Write[entra]) error { return nil }, // all changes renew
		Renewed:     func(prior, plan mapping.Value) bool { return !plan.Get("key_id").Equal(prior.Get("key_id")) },
		Delete:      k.delete,
		Find:        k.find,
		Keys:        []entity.UniqueKey{{k.parent, "certificate"}},
		References:  func(object mapping.Value) []string { return []string{object.String(k.parent)} },
		Targets:     []entity.Target{entity.To(k.parent, k.owner, strings.TrimPrefix(k.listing.Path, "/"))},
		Hint:        k.hint,
		Parent:      func(object mapping.Value) string { return strings.ToLower(object.String(k.parent)) },
		Validate:    validateConfiguration,
		Plan:        k.plan,
	}.Resource()
}

// planned makes the key of a plan, but for its id. What depends on the certificate was not known in the plan, if that was not.
func (k *kind) planned(api *entity.Services, plan mapping.Value) (entra, error) {
	certificate, wrong := parse(plan.String("certificate"))
	if wrong != nil {
		return nil, wrong.at(path.Root("certificate"))
	}
	key := models.NewKeyCredential()
	table(k.parent, k.owner).Encode(plan, key)
	if key.GetDisplayName() == nil {
		key.SetDisplayName(new(nameOf(certificate)))
	}
	if key.GetEndDateTime() == nil {
		key.SetEndDateTime(new(certificate.NotAfter.UTC()))
	}
	end := formatTime(*key.GetEndDateTime())
	if err := checkEnd(end, certificate); err != nil {
		return nil, &entity.AttributeError{Path: path.Root("end"), Summary: "invalid end", Detail: err.Error()}
	}
	if expired(api, end) {
		return nil, &entity.AttributeError{Path: expiredAttribute(plan), Summary: "the certificate has expired", Detail: expiredDetail(end)}
	}
	key.SetTypeEscaped(new(keyType))
	key.SetUsage(new(keyUsage))
	key.SetStartDateTime(new(certificate.NotBefore.UTC()))
	return key, nil
}

// create chooses a key id, by which the key is known whatever becomes of the answer. It is another one each time: an id that
// followed from the certificate would let two owners take one key for their own.
func (k *kind) create(ctx context.Context, api *entity.Services, write *entity.Write[entra]) (entra, error) {
	added, err := k.planned(api, write.Plan)
	if err != nil {
		return nil, err
	}
	if !write.Plan.Has("key_id") {
		write.Plan = write.Plan.With("key_id", types.StringValue(uuid.NewString()))
	}
	id, _ := keyIDOf(write.Plan)
	before, _ := keyIDOf(write.Prior) // in whose place the new one comes
	added.SetKeyId(&id)
	err = k.all(api, write.Plan.String(k.parent)).Change(ctx, api, written(before, id), func(keys []entra, _ bool) ([]entra, bool, error) {
		keys = without(keys, before)
		for _, key := range keys {
			switch {
			case *key.GetKeyId() == id:
				return nil, false, nil // an attempt before was carried out
			case same(key, added) && before != uuid.Nil:
				// An interrupted run has put it in the place of the one that the state has; nobody else can have it.
				keys = without(keys, *key.GetKeyId())
			case same(key, added):
				return nil, false, fmt.Errorf("%w: the %s has this certificate under the key id %s", entity.ErrExists, k.owner, key.GetKeyId())
			}
		}
		return append(untouched(keys), added), true, nil
	})
	if err != nil {
		return nil, explained(err)
	}
	return added, nil
}

// same reports whether two keys have the same certificate for the same purpose.
func same(key, other entra) bool {
	if key.GetUsage() == nil || *key.GetUsage() != keyUsage {
		return false
	}
	known, added := shown(key), shown(other)
	if known == nil {
		return added != nil && Thumbprint(key) == thumbprint(added)
	}
	return added != nil && bytes.Equal(known.Raw, added.Raw)
}

// readOne finds the certificate among those of its object.
func (k *kind) readOne(ctx context.Context, api *entity.Services, query entity.Query) (entra, error) {
	parent, importing := query.String(k.parent), !query.Has("certificate")
	id, err := uuid.Parse(query.String("key_id"))
	if err != nil {
		return nil, err
	}
	// An import needs the certificate itself, which is in no listing.
	var key entra
	if !importing {
		if key, err = k.one(ctx, api, parent, id); err != nil {
			return nil, err
		}
	}
	if key == nil { // what a listing does not show is not gone for that
		if key, err = k.one(graph.Singly(ctx), api, parent, id); err != nil {
			return nil, err
		}
	}
	switch {
	case key == nil:
		return nil, k.missing(parent, id)
	case importing && (shown(key) == nil || key.GetUsage() == nil || *key.GetUsage() != keyUsage):
		return nil, fmt.Errorf("the key %s of the %s is no certificate that signs in: it can't be managed by this resource", id, k.owner)
	}
	return key, nil
}

func (k *kind) one(ctx context.Context, api *entity.Services, parent string, id uuid.UUID) (entra, error) {
	keys, err := k.read(ctx, api, parent)
	return find(keys, id), err
}

func (k *kind) missing(parent string, id uuid.UUID) error {
	return graph.NotFound(http.MethodGet+" "+k.listing.Path+"/"+parent, fmt.Sprintf("The %s has no certificate with the key id %s.", k.owner, id))
}

func (k *kind) delete(ctx context.Context, api *entity.Services, state mapping.Value) error {
	parent := state.String(k.parent)
	id, err := uuid.Parse(state.String("key_id"))
	if err != nil {
		return err
	}
	return explained(k.all(api, parent).Change(ctx, api, written(id, uuid.Nil), func(keys []entra, _ bool) ([]entra, bool, error) {
		if find(keys, id) == nil {
			return nil, false, k.missing(parent, id)
		}
		return untouched(without(keys, id)), true, nil
	}))
}

// keyIDOf is the key id of a state that has one.
func keyIDOf(state mapping.Value) (uuid.UUID, bool) {
	id, err := uuid.Parse(state.String("key_id"))
	return id, err == nil
}

// without are keys but for one. They are not nil, which would not clear.
func without(keys []entra, id uuid.UUID) []entra {
	remaining := []entra{}
	for _, key := range keys {
		if *key.GetKeyId() != id {
			remaining = append(remaining, key)
		}
	}
	return remaining
}

// find is what a create without an answer may have made.
func (k *kind) find(ctx context.Context, api *entity.Services, plan mapping.Value, _ time.Time) iter.Seq2[entra, error] {
	return func(yield func(entra, error) bool) {
		planned, err := k.planned(api, plan)
		if err != nil {
			yield(nil, err)
			return
		}
		keys, err := k.read(ctx, api, plan.String(k.parent))
		if err != nil {
			yield(nil, err)
			return
		}
		id, chosen := keyIDOf(plan)
		if chosen && find(keys, id) != nil {
			k.all(api, plan.String(k.parent)).Note(api, written(uuid.Nil, id))
		}
		for _, key := range keys {
			if same(key, planned) && !yield(key, nil) {
				return
			}
		}
	}
}

// refusals are the codes with which certificates are refused, the property that each is about, and what can be done.
var refusals = map[string]struct{ property, remedy string }{
	"KeyCredentialsInvalidEndDate":            {"endDateTime", "The end must be within the time for which the certificate is valid."},
	"KeyCredentialsInvalidStartDate":          {"key", "The certificate's start is not accepted."},
	"CredentialInvalidLifetimeAsPerAppPolicy": {"endDateTime", "A policy of the tenant for applications bounds how long a certificate may be valid. Use one that is valid for less time, or have the policy changed or the application excepted (https://learn.microsoft.com/graph/api/resources/applicationauthenticationmethodpolicy)."},
	"CredentialTypeNotAllowedAsPerAppPolicy":  {"key", "A policy of the tenant for applications does not allow this kind of certificate. Use one that it allows, one of a trusted authority for instance, or a federated identity credential, or have the policy changed (https://learn.microsoft.com/graph/api/resources/applicationauthenticationmethodpolicy)."},
}

// explained says what a refusal is about, and what can be done.
func explained(err error) error {
	answer, ok := graph.AsError(err)
	if !ok {
		return err
	}
	refusal, known := refusals[answer.Code]
	if !known {
		return err
	}
	answer.Target = refusal.property
	return fmt.Errorf("%w\n\n%s", err, refusal.remedy)
}
