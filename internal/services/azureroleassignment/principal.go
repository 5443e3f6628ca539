package azureroleassignment

import (
	"context"
	"fmt"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/serviceprincipal"
)

// kindOfPrincipal is what Resource Manager is told that the principal is: what the plan says, and a service principal where it
// is one; nil where Resource Manager is to find out. It asks Microsoft Graph for one that this process knows nothing of:
// Resource Manager, which is told that it is one, would take any id, for the principal may be young:
// https://learn.microsoft.com/azure/role-based-access-control/troubleshooting, "Symptom - Assigning a role to a new principal
// sometimes fails". It judges users and groups itself.
func kindOfPrincipal(ctx context.Context, api *entity.Services, plan mapping.Value) (*armauthorization.PrincipalType, error) {
	id, given := plan.String("principal_id"), plan.String("principal_type")
	if given != "" && given != servicePrincipal {
		return new(armauthorization.PrincipalType(given)), nil
	}
	known := new(armauthorization.PrincipalType(servicePrincipal))
	if api.Knows(id) {
		return known, nil
	}
	_, err := serviceprincipals.NewServicePrincipalsRequestBuilderInternal(nil, api.Graph.V1()).ByServicePrincipalId(id).
		Get(graph.Shared(ctx), &serviceprincipals.ServicePrincipalItemRequestBuilderGetRequestConfiguration{
			QueryParameters: &serviceprincipals.ServicePrincipalItemRequestBuilderGetQueryParameters{Select: []string{"id"}},
		})
	answer, refused := graph.AsError(err)
	switch {
	case given == "" && (graph.IsNotFound(err) || refused && unreadable(answer)):
		return nil, nil //nolint:nilnil // it may be of any kind
	case refused && unreadable(answer):
		return known, nil
	}
	return known, atPrincipal(err)
}

// unreadable reports an answer to who may not read the directory, as who may assign roles need not be allowed to.
func unreadable(answer *graph.Error) bool {
	return answer.Status == http.StatusForbidden || answer.Status == http.StatusUnauthorized
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

// guess says that there is no such principal, once Microsoft Graph has said that it is no service principal.
func guess(ctx context.Context, api *entity.Services, plan mapping.Value) string {
	id, kind := plan.String("principal_id"), plan.String("principal_type")
	if kind != "" && kind != servicePrincipal || api.Knows(id) {
		return ""
	}
	if exists, err := serviceprincipal.Exists(ctx, api, id); err != nil || exists {
		return ""
	}
	if kind == "" {
		return fmt.Sprintf("There is no service principal, user or group with the object id %s in tenant %s.", id, api.TenantID)
	}
	return fmt.Sprintf("There is no service principal with the object id %s in tenant %s. Where it is the id of a user or a group, leave principal_type out.", id, api.TenantID)
}
