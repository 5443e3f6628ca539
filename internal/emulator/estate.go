package emulator

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/graph"
)

// maximumEstate is how many applications a seed can ask for: more than a tenant of Microsoft Entra ID may hold objects.
const maximumEstate = 500_000

// estateIDs is the namespace of the ids of what a seed's estate consists of.
var estateIDs = uuid.MustParse("0c1b5a7e-37f4-4b43-9d0e-6a0f3f1f8e52")

// EstateID returns an id of the n-th application, from 1, of a seed's estate, the same in every tenant: of that "kind"
// which is "application", "appId", "servicePrincipal" or "federatedIdentityCredential".
func EstateID(kind string, n int) string {
	return uuid.NewSHA1(estateIDs, fmt.Append(nil, kind, n)).String()
}

// estate makes that many applications, named "estate 1" and so on, each with its service principal, as the service
// makes it, and a federated identity credential.
func (t *Tenant) estate(applications int) ([]*directory.Object, error) {
	if applications < 0 || applications > maximumEstate {
		return nil, fmt.Errorf("an estate can have 0 to %d applications, not %d", maximumEstate, applications)
	}
	objects := make([]*directory.Object, 0, 3*applications)
	for n := 1; n <= applications; n++ {
		application := &directory.Object{
			ID: EstateID("application", n), Type: entitytype.Application.Name,
			Properties: entitytype.Application.New(map[string]any{
				"id": EstateID("application", n), "appId": EstateID("appId", n), "displayName": fmt.Sprintf("estate %d", n),
				"createdDateTime": beginning, "publisherDomain": initialDomain,
			}),
		}
		principal := &directory.Object{
			ID: EstateID("servicePrincipal", n), Type: entitytype.ServicePrincipal.Name,
			Properties: entitytype.ServicePrincipal.New(map[string]any{
				"id": EstateID("servicePrincipal", n), "appId": application.Properties["appId"],
				"appOwnerOrganizationId": t.options.TenantID, "servicePrincipalType": "Application",
			}),
		}
		graph.Represent(application, principal)
		credential := &directory.Object{
			ID: EstateID("federatedIdentityCredential", n), Type: entitytype.FederatedIdentityCredential.Name, Parent: application.ID,
			Properties: entitytype.FederatedIdentityCredential.New(map[string]any{
				"id": EstateID("federatedIdentityCredential", n), "name": "github", "issuer": "https://token.actions.githubusercontent.com",
				"subject": fmt.Sprintf("repo:contoso/estate-%d:ref:refs/heads/main", n), "audiences": []any{"api://AzureADTokenExchange"},
			}),
		}
		objects = append(objects, application, principal, credential)
	}
	return objects, nil
}
