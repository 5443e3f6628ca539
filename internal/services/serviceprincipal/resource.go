package serviceprincipal

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipalswithappid"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// NewResource is workloadid_service_principal.
func NewResource() resource.Resource {
	return entity.Resource[entra]{
		Noun:        "service_principal",
		Description: "A service principal: the presence of an application in this tenant, which signs in and is given access.\n\nWhatever is unset is left as it is in the tenant; an empty text or collection clears. Service principals that belong to Microsoft are never deleted: destroying one only ends its management.",
		Table:       attributes,
		Identity:    []string{"id"},
		Permissions: Permissions,
		Existing:    "Or set adopt_existing = true.",
		New:         func() entra { return models.NewServicePrincipal() },
		Create:      create,
		Read: func(ctx context.Context, api *entity.Services, query entity.Query) (entra, error) {
			found, err := read(ctx, api, query)
			if err == nil {
				err = separateTags(ctx, api, query.Value, found)
			}
			return found, err
		},
		Listings: []*graph.Listing{Listing, listingWithOwners},
		Update: func(ctx context.Context, api *entity.Services, write *entity.Write[entra]) error {
			_, err := item(api, write.Prior).Patch(ctx, write.Body, nil)
			return err
		},
		Delete: func(ctx context.Context, api *entity.Services, state mapping.Value) error {
			return item(api, state).Delete(ctx, nil)
		},
		Find: func(ctx context.Context, api *entity.Services, plan mapping.Value, _ time.Time) iter.Seq2[entra, error] {
			return entity.One(byClientID(ctx, api, plan.String("client_id"), nil))
		},
		Leftover: func(_ context.Context, api *entity.Services, plan mapping.Value, found entra) (bool, error) {
			return entity.MadeByCaller(api, found) && !attributes.Exceeds(attributes.Value(found), plan), nil
		},
		Keys:       []entity.UniqueKey{{"client_id"}},
		References: func(object mapping.Value) []string { return []string{object.String("client_id")} },
		Targets: []entity.Target{{Attribute: "client_id", What: "application in this tenant with the client id", Find: func(ctx context.Context, api *entity.Services, plan mapping.Value) error {
			// An application of another tenant is not seen, unless it has a service principal here.
			_, err := entity.GetByPath(ctx, api, "/applications(appId='"+plan.String("client_id")+"')")
			if graph.IsNotFound(err) {
				_, err = entity.GetByPath(ctx, api, "/servicePrincipals(appId='"+plan.String("client_id")+"')")
			}
			return err
		}, Remedy: "If it is one of another tenant, declare its service principal in a resource of its own, and remove this one when that is there."}},
		Hint:    hint,
		Parent:  func(object mapping.Value) string { return object.String("id") },
		Links:   []entity.Link{owners},
		Plan:    plan,
		Abandon: abandon,
	}.Resource()
}

// Listing is that of all service principals.
var Listing = &graph.Listing{Path: "/servicePrincipals", Select: attributes.Select()}

var listingWithOwners = &graph.Listing{Path: "/servicePrincipals", Select: attributes.Select(), Expand: entity.ExpandOwners}

// Permissions are those that service principals, and what belongs to them, need.
// See https://learn.microsoft.com/graph/api/serviceprincipal-get, serviceprincipal-post-serviceprincipals, -update and -delete.
var Permissions = entity.Permissions{
	Read: entity.Needs{Application: append([]string{"Application.Read.All"}, write...), Delegated: []string{"Application.Read.All", "Application.ReadWrite.All"}},
	Create: entity.Needs{
		Application: write, Delegated: []string{"Application.ReadWrite.All"},
		DirectoryRoles: []string{"Application Developer (of applications that the person owns)", "Cloud Application Administrator"},
	},
	Update: entity.Needs{
		Application: write, Delegated: []string{"Application.ReadWrite.All"},
		DirectoryRoles: []string{"none (for service principals that the person owns)", "Cloud Application Administrator"},
	},
	Features: []entity.Feature{{
		Name:   "new `owners`",
		Update: entity.Needs{Application: []string{"Directory.Read.All"}, Delegated: []string{"Directory.Read.All"}},
	}},
}

var write = []string{"Application.ReadWrite.OwnedBy (of service principals that the caller owns)", "Application.ReadWrite.All"}

func collection(api *entity.Services) *serviceprincipals.ServicePrincipalsRequestBuilder {
	return serviceprincipals.NewServicePrincipalsRequestBuilderInternal(nil, api.Graph.V1())
}

func item(api *entity.Services, object mapping.Value) *serviceprincipals.ServicePrincipalItemRequestBuilder {
	return collection(api).ByServicePrincipalId(object.String("id"))
}

// create adopts what is there where it may: only what the configuration sets differently is changed.
func create(ctx context.Context, api *entity.Services, write *entity.Write[entra]) (entra, error) {
	if write.Plan.Bool("adopt_existing") {
		existing, err := byClientID(ctx, api, write.Plan.String("client_id"), nil)
		switch {
		case err == nil:
			write.Adopted = true
			return existing, adopt(ctx, api, existing, write)
		case !graph.IsNotFound(err):
			return nil, err
		}
	}
	created, err := collection(api).Post(ctx, write.Body, nil)
	if err == nil && created != nil {
		own := append([]string{}, write.Body.GetTags()...)
		setTags(created, own, without(created.GetTags(), own)) // it has no others yet
	}
	return created, err
}

func adopt(ctx context.Context, api *entity.Services, existing entra, write *entity.Write[entra]) error {
	body := models.NewServicePrincipal()
	current := attributes.Value(existing)
	if !attributes.Patch(current, write.Plan, write.Body, body) {
		return nil
	}
	_, err := item(api, current).Patch(ctx, body, nil)
	return err
}

func read(ctx context.Context, api *entity.Services, query entity.Query) (entra, error) {
	parameters := &serviceprincipals.ServicePrincipalItemRequestBuilderGetQueryParameters{Select: attributes.Select(), Expand: query.Expand()}
	return item(api, query.Value).Get(ctx, &serviceprincipals.ServicePrincipalItemRequestBuilderGetRequestConfiguration{QueryParameters: parameters})
}

// selectWithMaker is what a lookup by client id asks for: also who made the service principal.
var selectWithMaker = append(attributes.Select(), entity.CreatedBy)

func byClientID(ctx context.Context, api *entity.Services, clientID string, expand []string) (entra, error) {
	return serviceprincipalswithappid.NewServicePrincipalsWithAppIdRequestBuilderInternal(nil, api.Graph.V1(), &clientID).
		Get(ctx, &serviceprincipalswithappid.ServicePrincipalsWithAppIdRequestBuilderGetRequestConfiguration{
			QueryParameters: &serviceprincipalswithappid.ServicePrincipalsWithAppIdRequestBuilderGetQueryParameters{Select: selectWithMaker, Expand: expand},
		})
}

// hint recognises the application's object id where its client id belongs.
func hint(ctx context.Context, api *entity.Services, plan mapping.Value) string {
	id := plan.String("client_id")
	found, err := applications.NewApplicationsRequestBuilderInternal(nil, api.Graph.V1()).ByApplicationId(id).Get(ctx, nil)
	if err != nil || found.GetAppId() == nil {
		return ""
	}
	return fmt.Sprintf("%s is the object id of an application, and client_id takes its client id: %s.", id, *found.GetAppId())
}

// microsoftTenants are those in which Microsoft registers its own applications.
// See https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in.
var microsoftTenants = []string{"f8cdef31-a31e-4b4a-93e4-5f571e91255a", "72f988bf-86f1-41af-91ab-2d7cd011db47"}

// abandon keeps Microsoft's own service principals, whose deletion takes a service away from the whole tenant, and those
// that were there before.
func abandon(state mapping.Value, created bool) (reason string, warn bool) {
	owner := state.String("app_owner_organization_id")
	switch {
	case slices.Contains(microsoftTenants, owner):
		return fmt.Sprintf("%s belongs to Microsoft (tenant %s): deleting it would take the service away from the whole tenant. It is no longer managed by Terraform.", state.String("display_name"), owner), true
	case state.Bool("adopt_existing") && !created:
		return "It was there before and adopt_existing is set.", false
	}
	return "", false
}

// See https://learn.microsoft.com/graph/api/serviceprincipal-post-owners.
var owners = entity.Link{
	Attribute: "owners",
	Add: func(ctx context.Context, api *entity.Services, object mapping.Value, target string) error {
		return item(api, object).Owners().Ref().Post(ctx, entity.ReferenceTo(api, target), nil)
	},
	Remove: func(ctx context.Context, api *entity.Services, object mapping.Value, target string) error {
		return item(api, object).Owners().ByDirectoryObjectId(target).Ref().Delete(ctx, nil)
	},
	List: func(ctx context.Context, api *entity.Services, object mapping.Value) iter.Seq2[string, error] {
		configuration := &serviceprincipals.ItemOwnersRequestBuilderGetRequestConfiguration{
			QueryParameters: &serviceprincipals.ItemOwnersRequestBuilderGetQueryParameters{Select: []string{"id"}, Top: new(int32(entity.PageSize))},
		}
		return entity.IDs(graph.Pages[models.DirectoryObjectable](ctx, item(api, object).Owners().Get, configuration))
	},
}
