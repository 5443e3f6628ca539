package certificate

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
)

// all are the certificates of an object. A PATCH replaces them together
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

// written is that a key is there, or is not, in the place of another one; uuid.Nil stands for none.
func written(before, after uuid.UUID) entity.Part[[]entra] {
	part := entity.Part[[]entra]{ID: before.String(), Shows: func(keys []entra) bool {
		return (after == uuid.Nil || find(keys, after) != nil) && (before == uuid.Nil || find(keys, before) == nil)
	}}
	if after != uuid.Nil {
		part.ID, part.Before = after.String(), part.ID
	}
	return part
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
