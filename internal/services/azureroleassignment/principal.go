package azureroleassignment

import (
	"context"
	"fmt"
	"net/http"

	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipalswithappid"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// checkPrincipal asks Microsoft Graph for a service principal that this process knows nothing of. Resource Manager, which is
// told that it is one, would take any id, for the principal may be young:
// https://learn.microsoft.com/azure/role-based-access-control/troubleshooting, "Symptom - Assigning a role to a new principal
// sometimes fails". It judges users and groups itself.
func checkPrincipal(ctx context.Context, api *entity.Services, plan mapping.Value) error {
	id := plan.String("principal_id")
	if plan.String("principal_type") != servicePrincipal || api.Knows(id) {
		return nil
	}
	_, err := serviceprincipals.NewServicePrincipalsRequestBuilderInternal(nil, api.Graph.V1()).ByServicePrincipalId(id).
		Get(graph.Shared(ctx), &serviceprincipals.ServicePrincipalItemRequestBuilderGetRequestConfiguration{
			QueryParameters: &serviceprincipals.ServicePrincipalItemRequestBuilderGetQueryParameters{Select: []string{"id"}},
		})
	if answer, ok := graph.AsError(err); ok && (answer.Status == http.StatusForbidden || answer.Status == http.StatusUnauthorized) {
		return nil // who may assign roles need not be allowed to read the directory
	}
	return atPrincipal(err)
}

// atPrincipal points at the attribute where an answer is about the principal.
func atPrincipal(err error) error {
	if answer, ok := graph.AsError(err); ok && (graph.IsNotFound(err) && answer.Code == "Request_ResourceNotFound" || answer.Code == "PrincipalNotFound" || answer.Code == "UnmatchedPrincipalType" || answer.Code == "PrincipalTypeNotSupported") {
		answer.Target = "principalId"
	}
	return err
}

// hint recognises a client id, or the object id of an application, where that of a service principal belongs.
func hint(ctx context.Context, api *entity.Services, plan mapping.Value) string {
	id := plan.String("principal_id")
	if found, err := byClientID(ctx, api, id); err == nil && found.GetId() != nil {
		return fmt.Sprintf("%s is a client id, and principal_id takes the object id of the service principal: %s.", id, *found.GetId())
	}
	app, err := applications.NewApplicationsRequestBuilderInternal(nil, api.Graph.V1()).ByApplicationId(id).Get(ctx, nil)
	if err == nil && app.GetAppId() != nil {
		if found, err := byClientID(ctx, api, *app.GetAppId()); err == nil && found.GetId() != nil {
			return fmt.Sprintf("%s is the object id of an application, and principal_id takes the one of its service principal: %s.", id, *found.GetId())
		}
		return fmt.Sprintf("%s is the object id of an application, and principal_id takes the one of its service principal, which it does not have yet.", id)
	}
	if plan.String("principal_type") == servicePrincipal {
		return fmt.Sprintf("There is no service principal with the object id %s in tenant %s. Where it is the id of a user or a group, set principal_type.", id, api.TenantID)
	}
	return ""
}

func byClientID(ctx context.Context, api *entity.Services, clientID string) (models.ServicePrincipalable, error) {
	return serviceprincipalswithappid.NewServicePrincipalsWithAppIdRequestBuilderInternal(nil, api.Graph.V1(), &clientID).
		Get(ctx, &serviceprincipalswithappid.ServicePrincipalsWithAppIdRequestBuilderGetRequestConfiguration{
			QueryParameters: &serviceprincipalswithappid.ServicePrincipalsWithAppIdRequestBuilderGetQueryParameters{Select: []string{"id"}},
		})
}
