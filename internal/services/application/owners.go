package application

import (
	"context"
	"iter"

	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// See https://learn.microsoft.com/graph/api/application-post-owners.
var owners = entity.Link{
	Attribute: "owners",
	Add: func(ctx context.Context, api *entity.Services, object mapping.Value, target string) error {
		return item(api, object).Owners().Ref().Post(ctx, entity.ReferenceTo(api, target), nil)
	},
	Remove: func(ctx context.Context, api *entity.Services, object mapping.Value, target string) error {
		return item(api, object).Owners().ByDirectoryObjectId(target).Ref().Delete(ctx, nil)
	},
	List: func(ctx context.Context, api *entity.Services, object mapping.Value) iter.Seq2[string, error] {
		configuration := &applications.ItemOwnersRequestBuilderGetRequestConfiguration{
			QueryParameters: &applications.ItemOwnersRequestBuilderGetQueryParameters{Select: []string{"id"}, Top: new(int32(999))},
		}
		return entity.IDs(graph.Pages[models.DirectoryObjectable](ctx, item(api, object).Owners().Get, configuration))
	},
}
