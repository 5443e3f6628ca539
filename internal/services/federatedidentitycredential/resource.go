package federatedidentitycredential

import (
	"cmp"
	"context"
	"iter"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/application"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/userassignedidentity"
)

const noun = "federated_identity_credential"

// NewResource is workloadid_federated_identity_credential.
func NewResource() resource.Resource {
	return entity.Resource[entra]{
		Noun:        noun,
		Description: "A federated identity credential: an application, or a user-assigned managed identity, trusts tokens that another issuer (GitHub, GitLab, Kubernetes, AWS, Google Cloud, SPIFFE …) gives to a workload, so that the workload needs no secret. Each has at most 20, no two of which trust the same subject of the same issuer. Subjects that credentials swap, or shift along a list by `count`, change hands in one apply; meanwhile one of them may trust a random subject that nobody has.\n\nAzure would change a credential of a managed identity that is there already instead of refusing to make it, so a create reads before it writes: one request more. It takes one write to an identity at a time: those of one run take turns, and writes of others are waited for.",
		Table:       attributes,
		Identity:    []string{"application_id", "user_assigned_identity_id", "name"},
		ImportIDs:   []string{"<user_assigned_identity_id>/federatedIdentityCredentials/<name>", "<application_id>/<name>"},
		Permissions: permissions,
		New:         func() entra { return models.NewFederatedIdentityCredential() },
		Create: func(ctx context.Context, api *entity.Services, write *entity.Write[entra]) (entra, error) {
			if inAzure(write.Plan) {
				return createInAzure(ctx, api, write)
			}
			return credentials(adapterFor(api, write.Plan), write.Plan).Post(ctx, write.Body, nil)
		},
		Read:     read,
		Listings: []*graph.Listing{application.ListingOfCredentials, listingOfExpressions, listingInAzure},
		Update: func(ctx context.Context, api *entity.Services, write *entity.Write[entra]) error {
			if inAzure(write.Plan) {
				_, err := putInAzure(ctx, api, write.Plan)
				return err
			}
			adapter := adapterFor(api, write.Prior, write.Plan)
			_, err := named(adapter, write.Prior).Patch(ctx, write.Body, nil)
			return err
		},
		Delete: func(ctx context.Context, api *entity.Services, state mapping.Value) error {
			if inAzure(state) {
				return deleteInAzure(ctx, api, state)
			}
			return named(api.Graph.V1(), state).Delete(ctx, nil)
		},
		Find: func(ctx context.Context, api *entity.Services, plan mapping.Value, _ time.Time) iter.Seq2[entra, error] {
			if inAzure(plan) {
				return entity.One(getInAzure(ctx, api, plan))
			}
			return entity.One(named(adapterFor(api, plan), plan).Get(ctx, nil))
		},
		Leftover:   leftover,
		Keys:       []entity.UniqueKey{{"application_id", "name"}, {"user_assigned_identity_id", "name"}},
		References: func(object mapping.Value) []string { return []string{parentID(object)} },
		Targets: []entity.Target{
			entity.To("application_id", "application", "applications"),
			{Attribute: "user_assigned_identity_id", What: "managed identity", Find: func(ctx context.Context, api *entity.Services, plan mapping.Value) error {
				return userassignedidentity.Check(ctx, api, plan.String("user_assigned_identity_id"))
			}},
		},
		Hint:     hint,
		Parent:   parentID,
		Contest:  contest,
		Validate: validateParent,
		Plan:     plan,
	}.Resource()
}

var permissions = entity.Permissions{
	Read:   application.Permissions.Read.InAzure(userassignedidentity.Permissions.Read),
	Create: application.Permissions.OfParts().Create.InAzure(userassignedidentity.Permissions.Create),
	Note:   "Microsoft Graph has the credentials of applications; Azure, those of managed identities.",
}

// parentID is the id of what trusts the issuer, in one spelling.
func parentID(object mapping.Value) string {
	return strings.ToLower(cmp.Or(object.String("application_id"), object.String("user_assigned_identity_id")))
}

// listingOfExpressions has, at the beta endpoint, what v1.0 does not show.
var listingOfExpressions = &graph.Listing{
	Beta: true, Path: "/applications", Select: []string{"id"}, Expand: "federatedIdentityCredentials", Key: "name",
}

// leftover asks who made the application, for nothing in Microsoft Graph tells that of a credential, nor when it was made.
func leftover(ctx context.Context, api *entity.Services, plan mapping.Value, found entra) (bool, error) {
	if attributes.Exceeds(attributes.Value(found), plan) {
		return false, nil
	}
	if inAzure(plan) {
		made, _ := found.GetAdditionalData()[systemData].(*armmsi.SystemData)
		return userassignedidentity.MayBeOurs(api, made), nil
	}
	owner, err := parent(api.Graph.V1(), plan).Get(ctx, &applications.ApplicationItemRequestBuilderGetRequestConfiguration{
		QueryParameters: &applications.ApplicationItemRequestBuilderGetQueryParameters{Select: []string{"id", entity.CreatedBy}},
	})
	if err != nil {
		return false, err
	}
	return entity.MadeByCaller(api, owner), nil
}

// adapterFor is the beta endpoint where an expression is involved and v1.0 otherwise.
func adapterFor(api *entity.Services, objects ...mapping.Value) abstractions.RequestAdapter {
	for _, object := range objects {
		if object.Has("claims_matching_expression") {
			return api.Graph.Beta()
		}
	}
	return api.Graph.V1()
}

func credentials(adapter abstractions.RequestAdapter, object mapping.Value) *applications.ItemFederatedIdentityCredentialsRequestBuilder {
	return parent(adapter, object).FederatedIdentityCredentials()
}

// named addresses a credential by its name, which is unique within its parent and never changes.
func named(adapter abstractions.RequestAdapter, object mapping.Value) *applications.ItemFederatedIdentityCredentialsWithNameRequestBuilder {
	return parent(adapter, object).FederatedIdentityCredentialsWithName(new(entity.EscapeKey(object.String("name"))))
}

func parent(adapter abstractions.RequestAdapter, object mapping.Value) *applications.ApplicationItemRequestBuilder {
	return applications.NewApplicationsRequestBuilderInternal(nil, adapter).ByApplicationId(object.String("application_id"))
}

// read asks the beta endpoint only for what v1.0 does not show: an expression, known or, where there is no subject,
// supposed.
func read(ctx context.Context, api *entity.Services, query entity.Query) (entra, error) {
	if inAzure(query.Value) {
		return getInAzure(ctx, api, query.Value)
	}
	if query.Has("subject") {
		credential, err := named(api.Graph.V1(), query.Value).Get(ctx, nil)
		if err != nil || credential.GetSubject() != nil {
			return credential, err
		}
	}
	return named(api.Graph.Beta(), query.Value).Get(ctx, nil)
}

// hint recognises a client id where the application's object id belongs.
func hint(ctx context.Context, api *entity.Services, plan mapping.Value) string {
	if inAzure(plan) {
		return ""
	}
	return application.MistakenID(ctx, api, plan.String("application_id"))
}
