package password

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// NewApplicationResource is workloadid_application_password.
func NewApplicationResource() resource.Resource { return ofApplication.resource().Resource() }

// NewServicePrincipalResource is workloadid_service_principal_password.
func NewServicePrincipalResource() resource.Resource { return ofServicePrincipal.resource().Resource() }

func (k kind) resource() entity.Resource[entra] {
	return entity.Resource[entra]{
		Noun: k.noun,
		Description: "A password (client secret) of " + entity.WithArticle(k.parentTitle) + ", renewed in time.\n\n" +
			"~> The password is in Terraform's state, in `value`, and in saved plans that refer to it: whoever can read them can sign in. Federated identity credentials and certificates need no secret; " +
			"the ephemeral resource `workloadid_application_password` has one that is in no state. See the guide *Living without secrets*.\n\n" +
			"The first plan within `renew_before` of the end renews the password, and shows it, with the reason in `renewal_reason`. The new one is made and saved before the one of before is removed, `overlap` later. Nothing happens between runs: run Terraform more often than `renew_before` is long. " +
			"A password that was removed outside of Terraform is made anew. Another `display_name`, lifetime or date makes a new password too, in the same way; another parent makes it be replaced.",
		Table:       k.table(),
		Identity:    []string{k.parent, keyID},
		Permissions: k.permissions,
		Unreadable:  "Microsoft Entra does not show a password after it was made, so that `value` is null until the password is renewed: at the first plan within renew_before of its end, or when one of its arguments changes.",
		New:         func() entra { return models.NewPasswordCredential() },
		Create:      k.create,
		Read:        k.read,
		Listings:    []*graph.Listing{k.listing},
		// What is not made anew concerns Terraform alone.
		Update: func(context.Context, *entity.Services, *entity.Write[entra]) error { return nil },
		Delete: func(ctx context.Context, api *entity.Services, state mapping.Value) error {
			for _, id := range append(slices.Sorted(maps.Keys(previousOf(state))), state.String(keyID)) {
				if err := k.delete(ctx, api, state.String(k.parent), id); err != nil {
					return err
				}
			}
			return nil
		},
		Discard:    k.discard,
		Renewed:    func(_, plan mapping.Value) bool { return plan.Unknown(keyID) },
		References: func(object mapping.Value) []string { return []string{object.String(k.parent)} },
		Targets:    []entity.Target{entity.To(k.parent, k.parentTitle, strings.TrimPrefix(k.listing.Path, "/"))},
		Hint: func(ctx context.Context, api *entity.Services, plan mapping.Value) string {
			return k.mistaken(ctx, api, k.parent, plan.String(k.parent))
		},
		Parent:   func(object mapping.Value) string { return strings.ToLower(object.String(k.parent)) },
		Validate: validateDates,
		Plan:     k.plan,
		Finish:   k.removePrevious,
	}
}

// create makes a password, the first one or the next. That of before joins those that are to go.
func (k kind) create(ctx context.Context, api *entity.Services, write *entity.Write[entra]) (entra, error) {
	now := api.Now()
	stamp(write, now)
	created, err := k.add(ctx, api, write.Plan.String(k.parent), marked(write.Body))
	if err != nil {
		return nil, k.explained(err, write.Plan)
	}
	ids := previousOf(write.Prior)
	if exists(write.Prior) {
		ids[write.Prior.String(keyID)] = formatted(now.Add(durationOf(write.Plan, overlap, 0)))
	}
	setPrevious(created, ids)
	return created, nil
}

// exists reports whether a state has a password, and not only those before it.
func exists(state mapping.Value) bool { return state.Has(endTime) }

// read finds the password among those of its parent, and those of before that are still there.
func (k kind) read(ctx context.Context, api *entity.Services, query entity.Query) (entra, error) {
	current, before, err := k.look(ctx, api, query.Value)
	if err == nil && current == nil {
		// What a listing does not show is not gone for that.
		current, before, err = k.look(graph.Singly(ctx), api, query.Value)
	}
	switch {
	case err != nil:
		return nil, err
	case current == nil && len(before) == 0:
		return nil, graph.NotFound("reading the passwords of "+query.String(k.parent), fmt.Sprintf("There is no password with the key id %s.", query.String(keyID)))
	case current == nil:
		// Those that are left must not be forgotten: the password is made anew, and they go.
		current, err = models.NewPasswordCredential(), entity.ErrOutdated
		if id, invalid := uuid.Parse(query.String(keyID)); invalid == nil {
			current.SetKeyId(&id)
		}
		if name := query.String("display_name"); name != "" {
			current.SetDisplayName(&name)
		}
	}
	setPrevious(current, before)
	return current, err
}

// look finds a password, and with it those of before that its state knows, and what an interrupted renewal of it left.
func (k kind) look(ctx context.Context, api *entity.Services, state mapping.Value) (current entra, before map[string]string, err error) {
	all, err := k.passwords(ctx, api, state.String(k.parent))
	if err != nil {
		return nil, nil, err
	}
	if i := slices.IndexFunc(all, func(found entra) bool { return mapping.SameGUID(idOf(found), state.String(keyID)) }); i >= 0 {
		current = all[i]
	}
	// While it is young, a replica may still show what was removed when it was made.
	settled := current != nil && !api.Recent(api.Written(state.String(keyID)), time.Now())
	known := previousOf(state)
	before = map[string]string{}
	for _, found := range all {
		id := idOf(found)
		switch at, is := known[id]; {
		case found == current:
		case is:
			before[id] = at
		case left(found, state), settled && twin(found, current):
			before[id] = formatted(*found.GetStartDateTime()) // nobody knows it, so that nobody needs it
		}
	}
	return current, before, nil
}

// discard removes what a create without an answer made, of which nobody knows the password.
func (k kind) discard(ctx context.Context, api *entity.Services, write *entity.Write[entra]) (bool, error) {
	all, err := k.passwords(ctx, api, write.Plan.String(k.parent))
	if err != nil {
		return false, err
	}
	known := previousOf(write.Prior)
	found := false
	for _, candidate := range all {
		id := idOf(candidate)
		if _, before := known[id]; before || id == write.Prior.String(keyID) || write.Object != nil && id == idOf(write.Object) || api.Knows(id) || !made(candidate, write.Body) {
			continue
		}
		forget := api.Made(id)
		err := k.delete(ctx, api, write.Plan.String(k.parent), id)
		if forget(); err != nil {
			return found, err
		}
		found = true
	}
	return found, nil
}

// removePrevious removes the passwords of before whose time has come.
func (k kind) removePrevious(ctx context.Context, api *entity.Services, write *entity.Write[entra]) error {
	remaining := previousOf(write.Plan)
	for _, id := range slices.Sorted(maps.Keys(due(remaining, api.Now()))) {
		if err := k.delete(ctx, api, write.Plan.String(k.parent), id); err != nil {
			return err
		}
		delete(remaining, id)
		write.Plan = write.Plan.With(previous, previousValue(remaining))
	}
	return nil
}

func idOf(password entra) string {
	if id := password.GetKeyId(); id != nil {
		return id.String()
	}
	return ""
}
