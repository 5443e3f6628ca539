package application

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/applicationswithappid"
	"github.com/microsoftgraph/msgraph-sdk-go/applicationswithuniquename"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

var lookup = entity.Lookup[entra]{
	Noun: "application", Plural: "applications",
	Description:       "One application of the tenant, found by its object id, client id, unique name or display name.",
	PluralDescription: "The applications of the tenant, all of them or those that a filter matches. Owners are not part of a listing.",
	Table:             readable,
	Permissions:       Permissions,
	Keys: []entity.Key[entra]{
		{Attribute: "client_id", Property: "appId", Argument: "client_ids", Description: "Client ids to list.", Rules: uuids, Get: ByClientID},
		{Attribute: "unique_name", Get: byUniqueName},
		entity.ByDisplayName[entra](),
	},
	Links: []entity.Link{owners},
	Read:  read,
	List:  list,
}

// NewDataSource is the lookup of one application.
func NewDataSource() datasource.DataSource { return lookup.DataSource() }

// NewCollectionDataSource is the listing of applications.
func NewCollectionDataSource() datasource.DataSource { return lookup.CollectionDataSource() }

// readable leaves out what can be written but not read.
var readable = attributes.Without("logo", byName, preventDuplicateNames)

// selectWithMaker is what a lookup by key asks for: also who made the application.
var selectWithMaker = append(attributes.Select(), entity.CreatedBy)

// ByClientID gets the application that has a client id.
func ByClientID(ctx context.Context, api *entity.Services, clientID string, expand []string) (models.Applicationable, error) {
	return applicationswithappid.NewApplicationsWithAppIdRequestBuilderInternal(nil, api.Graph.V1(), &clientID).
		Get(ctx, &applicationswithappid.ApplicationsWithAppIdRequestBuilderGetRequestConfiguration{
			QueryParameters: &applicationswithappid.ApplicationsWithAppIdRequestBuilderGetQueryParameters{Select: selectWithMaker, Expand: expand},
		})
}

func byUniqueName(ctx context.Context, api *entity.Services, name string, expand []string) (entra, error) {
	return applicationswithuniquename.NewApplicationsWithUniqueNameRequestBuilderInternal(nil, api.Graph.V1(), new(entity.EscapeKey(name))).
		Get(ctx, &applicationswithuniquename.ApplicationsWithUniqueNameRequestBuilderGetRequestConfiguration{
			QueryParameters: &applicationswithuniquename.ApplicationsWithUniqueNameRequestBuilderGetQueryParameters{Select: selectWithMaker, Expand: expand},
		})
}

func list(ctx context.Context, api *entity.Services, filter *string, expand []string) iter.Seq2[entra, error] {
	return graph.Pages[entra](ctx, collection(api).Get, &applications.ApplicationsRequestBuilderGetRequestConfiguration{
		QueryParameters: &applications.ApplicationsRequestBuilderGetQueryParameters{
			Select: attributes.Select(), Expand: expand, Filter: filter, Top: new(int32(entity.PageSize)),
		},
	})
}
