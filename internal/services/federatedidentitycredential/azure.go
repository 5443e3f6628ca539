package federatedidentitycredential

import (
	"context"
	"fmt"
	"iter"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/arm"
	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// The credentials of managed identities are in Azure Resource Manager, which has them in another form:
// https://learn.microsoft.com/rest/api/managedidentity/federated-identity-credentials. They are converted where they come
// and go, so that there is one table.

// inAzure reports whether a credential is one of a managed identity.
func inAzure(object mapping.Value) bool { return object.Has("user_assigned_identity_id") }

var listingInAzure = &graph.Listing{
	ResourceManager: true,
	Path:            "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{}/federatedIdentityCredentials",
}

// identityOf is the id of the identity that a credential belongs to, and the client of its subscription.
func identityOf(api *entity.Services, object mapping.Value) (arm.IdentityID, *armmsi.FederatedIdentityCredentialsClient, error) {
	id, err := arm.ParseIdentityID(object.String("user_assigned_identity_id"))
	if err != nil {
		return id, nil, fmt.Errorf("user_assigned_identity_id %w", err)
	}
	client, err := armmsi.NewFederatedIdentityCredentialsClient(id.Subscription, api.ResourceManager.Credential(), api.ResourceManager.Options())
	return id, client, err
}

func getInAzure(ctx context.Context, api *entity.Services, object mapping.Value) (entra, error) {
	id, client, err := identityOf(api, object)
	if err != nil {
		return nil, err
	}
	found, err := client.Get(ctx, id.ResourceGroup, id.Name, object.String("name"), nil)
	if err != nil {
		return nil, err
	}
	return fromAzure(id, &found.FederatedIdentityCredential), nil
}

// createInAzure looks first, for a PUT would change what is there.
func createInAzure(ctx context.Context, api *entity.Services, write *entity.Write[entra]) (entra, error) {
	switch _, err := getInAzure(ctx, api, write.Plan); {
	case err == nil:
		return nil, fmt.Errorf("the credential %s: %w", write.Plan.String("name"), entity.ErrExists)
	case !graph.IsNotFound(err):
		return nil, err
	}
	return putInAzure(ctx, api, write.Plan)
}

// putInAzure sends the whole credential: there is no PATCH.
func putInAzure(ctx context.Context, api *entity.Services, plan mapping.Value) (entra, error) {
	id, client, err := identityOf(api, plan)
	if err != nil {
		return nil, err
	}
	body := models.NewFederatedIdentityCredential()
	attributes.Encode(plan, body)
	properties := &armmsi.FederatedIdentityCredentialProperties{Issuer: body.GetIssuer(), Subject: body.GetSubject()}
	for _, audience := range body.GetAudiences() {
		properties.Audiences = append(properties.Audiences, &audience)
	}
	put, err := client.CreateOrUpdate(ctx, id.ResourceGroup, id.Name, plan.String("name"), armmsi.FederatedIdentityCredential{Properties: properties}, nil)
	if err != nil {
		return nil, err
	}
	return fromAzure(id, &put.FederatedIdentityCredential), nil
}

func deleteInAzure(ctx context.Context, api *entity.Services, state mapping.Value) error {
	id, client, err := identityOf(api, state)
	if err != nil {
		return err
	}
	_, err = client.Delete(ctx, id.ResourceGroup, id.Name, state.String("name"), nil)
	return err
}

func listInAzure(ctx context.Context, api *entity.Services, query mapping.Value) iter.Seq2[entra, error] {
	id, client, err := identityOf(api, query)
	if err != nil {
		return entity.One[entra](nil, err)
	}
	return arm.Pages(ctx, client.NewListPager(id.ResourceGroup, id.Name, nil), func(page armmsi.FederatedIdentityCredentialsClientListResponse) []entra {
		credentials := make([]entra, len(page.Value))
		for i, credential := range page.Value {
			credentials[i] = fromAzure(id, credential)
		}
		return credentials
	})
}

// systemData is where a converted credential keeps who made it, which Microsoft Graph does not tell.
const systemData = "systemData"

// fromAzure converts an answer.
func fromAzure(of arm.IdentityID, from *armmsi.FederatedIdentityCredential) entra {
	to := models.NewFederatedIdentityCredential()
	to.SetName(from.Name)
	if from.Name != nil {
		to.SetId(new(of.String() + "/federatedIdentityCredentials/" + *from.Name))
	}
	if from.SystemData != nil {
		to.GetAdditionalData()[systemData] = from.SystemData
	}
	if properties := from.Properties; properties != nil {
		to.SetIssuer(properties.Issuer)
		to.SetSubject(properties.Subject)
		var audiences []string
		for _, audience := range properties.Audiences {
			if audience != nil {
				audiences = append(audiences, *audience)
			}
		}
		to.SetAudiences(audiences)
	}
	return to
}
