package azureroleassignment

import (
	"context"
	"fmt"
	"net/http"

	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/serviceprincipal"
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

// hint recognises what is no id of a service principal.
func hint(ctx context.Context, api *entity.Services, plan mapping.Value) string {
	return serviceprincipal.Mistaken(ctx, api, "principal_id", plan.String("principal_id"))
}

// guess says that there is no such service principal, once Microsoft Graph has said so.
func guess(ctx context.Context, api *entity.Services, plan mapping.Value) string {
	id := plan.String("principal_id")
	if plan.String("principal_type") != servicePrincipal || api.Knows(id) {
		return ""
	}
	if exists, err := serviceprincipal.Exists(ctx, api, id); err == nil && !exists {
		return fmt.Sprintf("There is no service principal with the object id %s in tenant %s. Where it is the id of a user or a group, set principal_type.", id, api.TenantID)
	}
	return ""
}
