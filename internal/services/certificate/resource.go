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
	"To replace a certificate without a gap, give it `create_before_destroy`, or declare the new one beside the old one. The plan warns of a certificate that has expired; the data source `workloadid_credentials` tells in advance."

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
		Delete:      k.delete,
		Find:        k.find,
		NaturalKey:  func(mapping.Value) bool { return true },
		// Its key id, which is among what was compared, follows from what is declared: this provider has made it.
		Leftover:   func(context.Context, *entity.Services, mapping.Value, entra) (bool, error) { return true, nil },
		References: func(object mapping.Value) []string { return []string{object.String(k.parent)} },
		Hint:       k.hint,
		Parent:     func(object mapping.Value) string { return strings.ToLower(object.String(k.parent)) },
		Validate:   validateConfiguration,
		Plan:       k.plan,
	}.Resource()
}

// complete makes the key that is to be added. What depends on the certificate was not known in the plan, if that was not.
func (k *kind) complete(api *entity.Services, plan mapping.Value, body entra) error {
	certificate, wrong := parse(plan.String("certificate"))
	if wrong != nil {
		return wrong.at(path.Root("certificate"))
	}
	if body.GetDisplayName() == nil {
		body.SetDisplayName(new(nameOf(certificate)))
	}
	if body.GetEndDateTime() == nil {
		body.SetEndDateTime(new(certificate.NotAfter.UTC()))
	}
	end := formatTime(*body.GetEndDateTime())
	if err := checkEnd(end, certificate); err != nil {
		return &entity.AttributeError{Path: path.Root("end"), Summary: "invalid end", Detail: err.Error()}
	}
	if expired(api, end) {
		return &entity.AttributeError{Path: expiredAttribute(plan), Summary: "the certificate has expired", Detail: expiredDetail(end)}
	}
	named := plan.With("display_name", types.StringValue(*body.GetDisplayName())).With("end", types.StringValue(end))
	id, err := uuid.Parse(k.keyID(named, certificate))
	if err != nil {
		return err
	}
	body.SetKeyId(&id)
	body.SetTypeEscaped(new(keyType))
	body.SetUsage(new(keyUsage))
	body.SetStartDateTime(new(certificate.NotBefore.UTC()))
	return nil
}

func (k *kind) create(ctx context.Context, api *entity.Services, write *entity.Write[entra]) (entra, error) {
	if err := k.complete(api, write.Plan, write.Body); err != nil {
		return nil, err
	}
	id := *write.Body.GetKeyId()
	err := k.change(ctx, api, write.Plan.String(k.parent), id, true, func(keys []entra, again bool) ([]entra, error) {
		for _, key := range keys {
			switch {
			case again && *key.GetKeyId() == id:
				return nil, nil // the attempt before was carried out
			case *key.GetKeyId() == id, same(key, write.Body):
				return nil, fmt.Errorf("%w: the %s has this certificate under the key id %s", entity.ErrExists, k.owner, key.GetKeyId())
			}
		}
		return append(untouched(keys), write.Body), nil
	})
	if err != nil {
		return nil, err
	}
	return write.Body, nil
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
	return k.change(ctx, api, parent, id, false, func(keys []entra, _ bool) ([]entra, error) {
		if find(keys, id) == nil {
			return nil, k.missing(parent, id)
		}
		remaining := []entra{} // empty, which clears, and not nil
		for _, key := range untouched(keys) {
			if *key.GetKeyId() != id {
				remaining = append(remaining, key)
			}
		}
		return remaining, nil
	})
}

// find is what a create without an answer may have made.
func (k *kind) find(ctx context.Context, api *entity.Services, plan mapping.Value, _ time.Time) iter.Seq2[entra, error] {
	return func(yield func(entra, error) bool) {
		planned := models.NewKeyCredential()
		table(k.parent, k.owner).Encode(plan, planned)
		if err := k.complete(api, plan, planned); err != nil {
			yield(nil, err)
			return
		}
		keys, err := k.read(ctx, api, plan.String(k.parent))
		if err != nil {
			yield(nil, err)
			return
		}
		for _, key := range keys {
			if !same(key, planned) {
				continue
			}
			if *key.GetKeyId() == *planned.GetKeyId() {
				k.note(api, plan.String(k.parent), *key.GetKeyId(), true)
			}
			if !yield(key, nil) {
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
