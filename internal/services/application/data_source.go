package application

import (
	"context"
	"fmt"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/applicationswithappid"
	"github.com/microsoftgraph/msgraph-sdk-go/applicationswithuniquename"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// NewDataSource is the lookup of one application.
func NewDataSource() datasource.DataSource {
	return entity.DataSource[entra]{
		Noun:        "application",
		Description: "One application of the tenant, found by its object id, client id, unique name or display name.",
		Table:       readable,
		Permissions: Permissions,
		Keys:        []string{"id", "client_id", "unique_name", "display_name"},
		Read:        find,
		Links:       []entity.Link{owners},
	}.DataSource()
}

// NewCollectionDataSource is the listing of applications.
func NewCollectionDataSource() datasource.DataSource {
	return entity.Collection[entra]{
		Noun:        "applications",
		Description: "The applications of the tenant, all of them or those that a filter matches. Owners are not part of a listing.",
		Table:       readable,
		Permissions: Permissions,
		Arguments:   entity.ListArguments,
		List: func(ctx context.Context, api *entity.Services, query mapping.Value) iter.Seq2[entra, error] {
			return entity.List(query, func(filter *string) iter.Seq2[entra, error] { return list(ctx, api, filter, nil) })
		},
	}.DataSource()
}

// readable leaves out what can be written but not read.
var readable = attributes.Without("logo", byName, preventDuplicateNames)

func find(ctx context.Context, api *entity.Services, query entity.Query) (entra, error) {
	expand := query.Expand()
	switch {
	case query.Has("id"):
		return read(ctx, api, query)
	case query.Has("client_id"):
		return ByClientID(ctx, api, query.String("client_id"), expand)
	case query.Has("unique_name"):
		return byUniqueName(ctx, api, query.String("unique_name"), expand)
	}
	name := query.String("display_name")
	return entity.Only(fmt.Sprintf("application with the display name %q", name), list(ctx, api, entity.Equals("displayName", name), expand))
}

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
