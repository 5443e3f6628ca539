package serviceprincipal

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

var lookup = entity.Lookup[entra]{
	Noun: "service_principal", Plural: "service_principals",
	Description:       "One service principal of the tenant, found by its object id, client id or display name.",
	PluralDescription: "The service principals of the tenant, all of them or those that a filter matches. Owners are not part of a listing.",
	Table:             readable,
	Permissions:       Permissions,
	Keys: []entity.Key[entra]{
		{Attribute: "client_id", Property: "appId", Argument: "client_ids", Description: "Client ids to list.", Rules: uuids, Get: byClientID},
		entity.ByDisplayName[entra](),
	},
	Links: []entity.Link{owners},
	Read:  read,
	List:  list,
}

// NewDataSource is the lookup of one service principal.
func NewDataSource() datasource.DataSource { return lookup.DataSource() }

// NewCollectionDataSource is the listing of service principals.
func NewCollectionDataSource() datasource.DataSource { return lookup.CollectionDataSource() }

// readable leaves out what only tells the resource how to behave.
var readable = attributes.Without("adopt_existing", "application_tags")

func list(ctx context.Context, api *entity.Services, filter *string, expand []string) iter.Seq2[entra, error] {
	return graph.Pages[entra](ctx, collection(api).Get, &serviceprincipals.ServicePrincipalsRequestBuilderGetRequestConfiguration{
		QueryParameters: &serviceprincipals.ServicePrincipalsRequestBuilderGetQueryParameters{
			Select: attributes.Select(), Expand: expand, Filter: filter, Top: new(int32(entity.PageSize)),
		},
	})
}
