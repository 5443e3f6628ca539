package arm

import (
	"context"
	"iter"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// Pages iterates over all that an SDK's pager lists.
func Pages[P, E any](ctx context.Context, pager *runtime.Pager[P], value func(P) []E) iter.Seq2[E, error] {
	return func(yield func(E, error) bool) {
		for pager.More() {
			page, err := pager.NextPage(ctx)
			if err != nil {
				var none E
				yield(none, err)
				return
			}
			for _, object := range value(page) {
				if !yield(object, nil) {
					return
				}
			}
		}
	}
}
