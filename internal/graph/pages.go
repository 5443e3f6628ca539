package graph

import (
	"context"
	"iter"

	"github.com/microsoft/kiota-abstractions-go/serialization"
)

// Page is a collection response of msgraph-sdk-go.
type Page[T any] interface {
	serialization.Parsable
	GetValue() []T
	GetOdataNextLink() *string
}

// Collection is a request builder of msgraph-sdk-go that lists a collection of B's own kind with configuration C.
type Collection[B, C, P any] interface {
	Get(ctx context.Context, configuration *C) (P, error)
	WithUrl(rawURL string) B
}

// Pages iterates over a whole collection, one request a page, following each nextLink verbatim as Microsoft Graph
// demands (https://learn.microsoft.com/graph/paging). The configuration's headers go with every page, for Graph forgets
// ConsistencyLevel; its query is part of the nextLink. Pages may be empty. An error ends the iteration.
//
//	for application, err := range graph.Pages(ctx, applications.NewApplicationsRequestBuilderInternal(nil, client.V1()), nil) {
func Pages[T any, P Page[T], C any, B Collection[B, C, P]](ctx context.Context, builder B, configuration *C) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			page, err := builder.Get(ctx, configuration)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			if any(page) == nil {
				return
			}
			for _, item := range page.GetValue() {
				if !yield(item, nil) {
					return
				}
			}
			next := page.GetOdataNextLink()
			if next == nil || *next == "" {
				return
			}
			builder = builder.WithUrl(*next)
		}
	}
}
