package certificate

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
)

// The certificates of an object are one property of it. A PATCH replaces them all
// (https://learn.microsoft.com/graph/applications-how-to-add-certificate), and the actions that add or remove a single one,
// addKey and removeKey, want a proof that is signed with the private key of one that the object has already
// (https://learn.microsoft.com/graph/application-rollkey-prooftoken), which the provider never has.
func (k *kind) all(api *entity.Services, parent string) entity.Rewritten[[]entra] {
	return entity.Rewritten[[]entra]{
		Name: k.noun, ID: parent, Title: "the certificates of the " + k.owner,
		Read:  func(ctx context.Context) ([]entra, error) { return k.read(ctx, api, parent) },
		Write: func(ctx context.Context, keys []entra) error { return k.write(ctx, api, parent, keys) },
	}
}

// note remembers that a key was added, or removed.
func (k *kind) note(api *entity.Services, parent string, id uuid.UUID, there bool) {
	k.all(api, parent).Note(api, id.String(), shows(id, there))
}

func shows(id uuid.UUID, there bool) func(keys []entra) bool {
	return func(keys []entra) bool { return (find(keys, id) != nil) == there }
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

// change writes the keys of an object, with one of them or without it, as edit makes them of those that it has; nil keys leave
// them as they are.
func (k *kind) change(ctx context.Context, api *entity.Services, parent string, id uuid.UUID, there bool, edit func(keys []entra, again bool) ([]entra, error)) error {
	return explained(k.all(api, parent).Change(ctx, api, id.String(), shows(id, there), func(keys []entra, again bool) ([]entra, bool, error) {
		edited, err := edit(keys, again)
		return edited, edited != nil, err
	}))
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
