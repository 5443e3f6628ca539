package graph

import "context"

// Unlisted takes back what Listed allowed: what a listing does not show of an object is asked for once more.
func Unlisted(ctx context.Context) context.Context {
	return context.WithValue(ctx, listedKey{}, []*Listing(nil))
}
