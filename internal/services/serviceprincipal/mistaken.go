package serviceprincipal

import (
	"context"
	"fmt"

	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

// Mistaken recognises a client id, or the object id of an application, where an attribute takes the object id of a service
// principal, and names the right one. It is empty where the id is neither.
func Mistaken(ctx context.Context, api *entity.Services, attribute, id string) string {
	if found, err := byClientID(ctx, api, id, nil); err == nil && found.GetId() != nil {
		return fmt.Sprintf("%s is a client id, and %s takes the object id of the service principal: %s.", id, attribute, *found.GetId())
	}
	app, err := applications.NewApplicationsRequestBuilderInternal(nil, api.Graph.V1()).ByApplicationId(id).Get(ctx, nil)
	if err != nil || app.GetAppId() == nil {
		return ""
	}
	if found, err := byClientID(ctx, api, *app.GetAppId(), nil); err == nil && found.GetId() != nil {
		return fmt.Sprintf("%s is the object id of an application, and %s takes the one of its service principal: %s.", id, attribute, *found.GetId())
	}
	return fmt.Sprintf("%s is the object id of an application, and %s takes the one of its service principal, which it does not have yet.", id, attribute)
}

// Exists reports whether an object id is that of a service principal, once for all who ask.
func Exists(ctx context.Context, api *entity.Services, id string) (bool, error) {
	_, err := collection(api).ByServicePrincipalId(id).Get(graph.Shared(ctx), &serviceprincipals.ServicePrincipalItemRequestBuilderGetRequestConfiguration{
		QueryParameters: &serviceprincipals.ServicePrincipalItemRequestBuilderGetQueryParameters{Select: []string{"id"}},
	})
	if graph.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}
