package serviceprincipal

import (
	"context"
	"fmt"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// NewDataSource is the lookup of one service principal.
func NewDataSource() datasource.DataSource {
	return entity.DataSource[entra]{
		Noun:        "service_principal",
		Description: "One service principal of the tenant, found by its object id, client id or display name.",
		Table:       readable,
		Permissions: Permissions,
		Keys:        []string{"id", "client_id", "display_name"},
		Read:        find,
		Links:       []entity.Link{owners},
	}.DataSource()
}

// NewCollectionDataSource is the listing of service principals.
func NewCollectionDataSource() datasource.DataSource {
	return entity.Collection[entra]{
		Noun:        "service_principals",
		Description: "The service principals of the tenant, all of them or those that a filter matches. Owners are not part of a listing.",
		Table:       readable,
		Permissions: Permissions,
		Arguments:   entity.ListArguments,
		List: func(ctx context.Context, api *entity.Services, query mapping.Value) iter.Seq2[entra, error] {
			return entity.List(query, func(filter *string) iter.Seq2[entra, error] { return list(ctx, api, filter, nil) })
		},
	}.DataSource()
}

// readable leaves out what only tells the resource how to behave.
var readable = attributes.Without("adopt_existing", "application_tags")

func find(ctx context.Context, api *entity.Services, query entity.Query) (entra, error) {
	expand := query.Expand()
	switch {
	case query.Has("id"):
		return read(ctx, api, query)
	case query.Has("client_id"):
		return byClientID(ctx, api, query.String("client_id"), expand)
	}
	name := query.String("display_name")
	return entity.Only(fmt.Sprintf("service principal with the display name %q", name), list(ctx, api, entity.Equals("displayName", name), expand))
}

func list(ctx context.Context, api *entity.Services, filter *string, expand []string) iter.Seq2[entra, error] {
	return graph.Pages[entra](ctx, collection(api).Get, &serviceprincipals.ServicePrincipalsRequestBuilderGetRequestConfiguration{
		QueryParameters: &serviceprincipals.ServicePrincipalsRequestBuilderGetQueryParameters{
			Select: attributes.Select(), Expand: expand, Filter: filter, Top: new(int32(entity.PageSize)),
		},
	})
}
