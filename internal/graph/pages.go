package graph

import (
	"context"
	"fmt"
	"iter"

	"github.com/microsoft/kiota-abstractions-go/serialization"
)

// Page is a collection response of msgraph-sdk-go.
type Page[T any] interface {
	serialization.Parsable
	GetValue() []T
	GetOdataNextLink() *string
}

// pageKey is the context's key of the address of the page to get. The builders' WithUrl would do, but a generic function
// with a builder among its arguments makes the linker keep all methods of the builder, all that they return, and so most
// of the SDK.
type pageKey struct{}

// Pages iterates over a whole collection, one request a page, following each nextLink verbatim as Microsoft Graph
// demands (https://learn.microsoft.com/graph/paging). The configuration's headers go with every page, for Graph forgets
// ConsistencyLevel; its query is part of the nextLink. Pages may be empty. An error ends the iteration.
//
//	for application, err := range graph.Pages(ctx, applications.NewApplicationsRequestBuilderInternal(nil, client.V1()).Get, nil) {
func Pages[T any, P Page[T], C any](ctx context.Context, get func(context.Context, *C) (P, error), configuration *C) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		seen := Seen{}
		for ctxOfPage := ctx; ; {
			page, err := get(ctxOfPage, configuration)
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
			if err := seen.Add(*next); err != nil {
				var none T
				yield(none, err)
				return
			}
			ctxOfPage = context.WithValue(ctx, pageKey{}, *next)
		}
	}
}

// Seen are the addresses of a list's pages so far: a page that leads back to an earlier one would be read for ever.
type Seen map[string]bool

// Add notes the address of the next page.
func (s Seen) Add(next string) error {
	if s[next] {
		return fmt.Errorf("the pages of a list go round in a circle: %s comes a second time", next)
	}
	s[next] = true
	return nil
}
