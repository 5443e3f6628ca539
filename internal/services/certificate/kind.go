package certificate

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/application"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/serviceprincipal"
)

// kind is what differs between the certificates of applications and those of service principals.
type kind struct {
	noun string
	// parent is the attribute that has the id of the object that the certificates belong to; owner and article are what
	// people call that.
	parent, owner, article string
	permissions            entity.Permissions
	listing                *graph.Listing
	read                   func(ctx context.Context, api *entity.Services, id string) ([]entra, error)
	write                  func(ctx context.Context, api *entity.Services, id string, keys []entra) error
	hint                   func(ctx context.Context, api *entity.Services, object mapping.Value) string
}

// NewApplicationResource is workloadid_application_certificate.
func NewApplicationResource() resource.Resource { return ofApplications.resource() }

// NewServicePrincipalResource is workloadid_service_principal_certificate.
func NewServicePrincipalResource() resource.Resource { return ofServicePrincipals.resource() }

var ofApplications = &kind{
	noun: "application_certificate", parent: "application_id", owner: "application", article: "an application",
	permissions: application.Permissions.OfParts(),
	listing:     &graph.Listing{Path: "/applications", Select: selected},
	read: func(ctx context.Context, api *entity.Services, id string) ([]entra, error) {
		return keysOf(applicationItem(api, id).Get(ctx, &applications.ApplicationItemRequestBuilderGetRequestConfiguration{
			QueryParameters: &applications.ApplicationItemRequestBuilderGetQueryParameters{Select: selected},
		}))
	},
	write: func(ctx context.Context, api *entity.Services, id string, keys []entra) error {
		body := models.NewApplication()
		body.SetKeyCredentials(keys)
		_, err := applicationItem(api, id).Patch(ctx, body, nil)
		return err
	},
	hint: func(ctx context.Context, api *entity.Services, object mapping.Value) string {
		return application.MistakenID(ctx, api, object.String("application_id"))
	},
}

func applicationItem(api *entity.Services, id string) *applications.ApplicationItemRequestBuilder {
	return applications.NewApplicationsRequestBuilderInternal(nil, api.Graph.V1()).ByApplicationId(id)
}

var ofServicePrincipals = &kind{
	noun: "service_principal_certificate", parent: "service_principal_id", owner: "service principal", article: "a service principal",
	permissions: serviceprincipal.Permissions.OfParts(),
	listing:     &graph.Listing{Path: "/servicePrincipals", Select: selected},
	read: func(ctx context.Context, api *entity.Services, id string) ([]entra, error) {
		return keysOf(servicePrincipalItem(api, id).Get(ctx, &serviceprincipals.ServicePrincipalItemRequestBuilderGetRequestConfiguration{
			QueryParameters: &serviceprincipals.ServicePrincipalItemRequestBuilderGetQueryParameters{Select: selected},
		}))
	},
	write: func(ctx context.Context, api *entity.Services, id string, keys []entra) error {
		body := models.NewServicePrincipal()
		body.SetKeyCredentials(keys)
		_, err := servicePrincipalItem(api, id).Patch(ctx, body, nil)
		return err
	},
	hint: func(ctx context.Context, api *entity.Services, object mapping.Value) string {
		return serviceprincipal.Mistaken(ctx, api, "service_principal_id", object.String("service_principal_id"))
	},
}

func servicePrincipalItem(api *entity.Services, id string) *serviceprincipals.ServicePrincipalItemRequestBuilder {
	return serviceprincipals.NewServicePrincipalsRequestBuilderInternal(nil, api.Graph.V1()).ByServicePrincipalId(id)
}

// selected is what listings have too, but for the keys' contents, which are in the answer for a single object only.
var selected = []string{"id", "keyCredentials"}

// keysOf takes the keys out of an answer. None must not be mistaken for none said.
func keysOf[E interface{ GetKeyCredentials() []entra }](object E, err error) ([]entra, error) {
	if err != nil {
		return nil, err
	}
	keys := object.GetKeyCredentials()
	if keys == nil {
		return nil, errNoKeys
	}
	for _, key := range keys {
		if key.GetKeyId() == nil {
			return nil, errNoKeys // it could not be kept
		}
	}
	return keys, nil
}
