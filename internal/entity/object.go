package entity

import (
	"context"
	"iter"
	"net/url"
	"strconv"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

// Object gets some properties of one object of a collection, of which the path begins with the version of the API.
func Object(ctx context.Context, api *Services, collection, id string, properties []string) (graph.Object, error) {
	return api.Graph.Object(ctx, collection+"/"+url.PathEscape(id), url.Values{"$select": {strings.Join(properties, ",")}})
}

// Objects lists them: those that a filter matches, all where there is none.
func Objects(ctx context.Context, api *Services, collection string, filter *string, properties []string) iter.Seq2[graph.Object, error] {
	query := url.Values{"$select": {strings.Join(properties, ",")}, "$top": {strconv.Itoa(PageSize)}}
	if filter != nil {
		query.Set("$filter", *filter)
	}
	return api.Graph.Objects(ctx, collection, query)
}

// LookupIn is a lookup of objects that are read from a collection.
func LookupIn(collection string, l Lookup[graph.Object]) Lookup[graph.Object] {
	properties := l.Table.Select()
	l.Read = func(ctx context.Context, api *Services, query Query) (graph.Object, error) {
		return Object(ctx, api, collection, query.String("id"), properties)
	}
	l.List = func(ctx context.Context, api *Services, filter *string, _ []string) iter.Seq2[graph.Object, error] {
		return Objects(ctx, api, collection, filter, properties)
	}
	return l
}
