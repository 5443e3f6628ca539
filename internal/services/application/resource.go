package application

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/serviceprincipal"
)

// NewResource is workloadid_application.
func NewResource() resource.Resource {
	return entity.Resource[entra]{
		Noun:        "application",
		Description: "An application: the global definition of a piece of software that signs in by itself or signs users in. What it can do in a tenant belongs to its service principal.\n\nA collection or nested attribute that is unset is left as it is in the tenant, and an empty one is cleared. A single value that is unset is cleared, unless the service fills it in.\n\nDestroying it moves it to the tenant's deleted items, from where it can be restored for 30 days.",
		Table:       attributes,
		Identity:    []string{"id"},
		Permissions: withRequiredAPIAccess(Permissions),
		New:         func() entra { return models.NewApplication() },
		Create:      create,
		Read:        read,
		Listings:    []*graph.Listing{listing, listingWithOwners},
		Prepare:     prepare,
		Update:      update,
		Delete:      remove,
		Find:        candidates,
		Leftover:    leftover,
		Keys:        []entity.UniqueKey{{"unique_name"}},
		Parent:      parent,
		Contest:     contest,
		Links:       []entity.Link{owners},
		Validate:    validateConfiguration,
		Plan:        plan,
		Finish:      finish,
	}.Resource()
}

var listing = &graph.Listing{Path: "/applications", Select: attributes.Select(), Ahead: ahead}

// ahead is what is read of most applications after them.
var ahead = []*graph.Listing{ListingOfCredentials, serviceprincipal.Listing}

// ListingOfCredentials is that of the federated identity credentials of all applications. It is apart from the
// applications' own because these come in pages ten times as large when nothing is expanded.
var ListingOfCredentials = &graph.Listing{Path: "/applications", Select: []string{"id"}, Expand: "federatedIdentityCredentials", Key: "name"}

var listingWithOwners = &graph.Listing{Path: "/applications", Select: attributes.Select(), Expand: entity.ExpandOwners, Ahead: ahead}

// Permissions are those that applications need. What belongs to an application needs those of an update.
// See https://learn.microsoft.com/graph/api/application-get, application-post-applications, -update and -delete.
var Permissions = entity.Permissions{
	Read: entity.Needs{Application: append([]string{"Application.Read.All"}, write...), Delegated: []string{"Application.Read.All", "Application.ReadWrite.All"}},
	Create: entity.Needs{
		Application: write, Delegated: []string{"Application.ReadWrite.All"},
		DirectoryRoles: []string{"none (where users may register applications, as is the default)", "Application Developer", "Cloud Application Administrator"},
	},
	Update: entity.Needs{
		Application: write, Delegated: []string{"Application.ReadWrite.All"},
		DirectoryRoles: []string{"none (for applications that the person owns)", "Cloud Application Administrator"},
	},
	Features: []entity.Feature{{
		Name:   "new `owners`",
		Update: entity.Needs{Application: []string{"Directory.Read.All"}, Delegated: []string{"Directory.Read.All"}},
	}},
}

// withRequiredAPIAccess adds that names are looked up.
func withRequiredAPIAccess(permissions entity.Permissions) entity.Permissions {
	lookup := entity.Needs{Application: []string{"Application.Read.All", "Application.ReadWrite.All"}, Delegated: []string{"Application.Read.All", "Application.ReadWrite.All"}}
	permissions.Features = append(slices.Clone(permissions.Features), entity.Feature{Name: "`required_api_access`", Read: lookup, Create: lookup, Update: lookup})
	return permissions
}

var write = []string{"Application.ReadWrite.OwnedBy (of applications that the caller owns)", "Application.ReadWrite.All"}

func collection(api *entity.Services) *applications.ApplicationsRequestBuilder {
	return applications.NewApplicationsRequestBuilderInternal(nil, api.Graph.V1())
}

func item(api *entity.Services, object mapping.Value) *applications.ApplicationItemRequestBuilder {
	return collection(api).ByApplicationId(object.String("id"))
}

// create leaves out what the service takes only once the application exists; finish sends it.
func create(ctx context.Context, api *entity.Services, write *entity.Write[entra]) (entra, error) {
	if err := settleNames(ctx, api, write); err != nil {
		return nil, err
	}
	if containsOwnClientID(write.Body.GetIdentifierUris()) {
		write.Body.SetIdentifierUris(nil) // all of them follow together
	}
	if left := leftOut(write.Plan); len(left) > 0 {
		without := models.NewApplication()
		offered := write.Plan.Object("api")
		for _, attribute := range left {
			offered = offered.With(attribute, mapping.Null(offered.Get(attribute)))
		}
		attributes.Encode(write.Plan.With("api", offered.Framework()), without)
		write.Body.SetApi(without.GetApi())
	}
	if err := refuseDuplicate(ctx, api, write); err != nil {
		return nil, err
	}
	created, err := collection(api).Post(ctx, write.Body, nil)
	if err == nil && created != nil {
		knownNames(api).add(write.Plan.String("display_name"), text(created.GetId()))
		declare(api, text(created.GetId()), write.Plan, mapping.Value.Has) // what is set is known by now
	}
	return created, atRedirectURI(err, write.Plan)
}

func remove(ctx context.Context, api *entity.Services, state mapping.Value) error {
	err := item(api, state).Delete(ctx, nil)
	if err == nil {
		knownNames(api).remove(state.String("id"))
	}
	return err
}

// parent has one write to an application come after the other, and one create of a name that nothing else may have.
func parent(object mapping.Value) string {
	if id := strings.ToLower(object.String("id")); id != "" || !object.Bool(preventDuplicateNames) {
		return id
	}
	return "applications named " + strings.ToLower(object.String("display_name"))
}

// leftOut are the attributes in api that a create can't send. A caller with Application.ReadWrite.OwnedBy alone is refused when
// it sets acceptMappedClaims at creation, and may do so afterwards (hashicorp/terraform-provider-azuread#914). And clients can be
// pre-authorized only for scopes that there were before the request
// (https://github.com/microsoftgraph/microsoft-graph-docs/issues/20177).
func leftOut(plan mapping.Value) []string {
	var names []string
	if api := plan.Object("api"); api.Bool("mapped_claims_enabled") {
		names = append(names, "mapped_claims_enabled")
	}
	if clients, ok := plan.Object("api").Get(preAuthorized).(types.Map); ok && len(clients.Elements()) > 0 {
		names = append(names, preAuthorized)
	}
	return names
}

func read(ctx context.Context, api *entity.Services, query entity.Query) (entra, error) {
	found, err := getByID(ctx, api, query.String("id"), query.Expand())
	if err != nil {
		return nil, err
	}
	return named(ctx, api, query.Value, found)
}

func getByID(ctx context.Context, api *entity.Services, id string, expand []string) (entra, error) {
	return collection(api).ByApplicationId(id).Get(ctx, &applications.ApplicationItemRequestBuilderGetRequestConfiguration{
		QueryParameters: &applications.ApplicationItemRequestBuilderGetQueryParameters{Select: attributes.Select(), Expand: expand},
	})
}

// prepare sends what must come before an update: it disables roles and scopes that the update removes, and then makes the
// scopes for which the update pre-authorizes clients.
func prepare(ctx context.Context, api *entity.Services, write *entity.Write[entra]) (bool, error) {
	followScopes(api, write)
	prepared := false
	for _, body := range []entra{disableBeforeRemoval(write), scopesBeforeClients(write)} {
		if body == nil {
			continue
		}
		if _, err := item(api, write.Prior).Patch(ctx, body, nil); err != nil {
			return prepared, err
		}
		prepared = true
	}
	return prepared, nil
}

func update(ctx context.Context, api *entity.Services, write *entity.Write[entra]) error {
	if err := settleNames(ctx, api, write); err != nil {
		return err
	}
	if uris := write.Body.GetIdentifierUris(); uris != nil {
		write.Body.SetIdentifierUris(expandAll(uris, write.Prior.String("client_id")))
	}
	_, err := item(api, write.Prior).Patch(ctx, write.Body, nil)
	return atRedirectURI(err, write.Plan)
}

// finish does what needs the application to exist: identifier URIs with its own client id, mapped claims, clients that are
// pre-authorized, and the logo.
func finish(ctx context.Context, api *entity.Services, write *entity.Write[entra]) error {
	if write.Prior.IsNull() {
		body := models.NewApplication()
		uris := write.Plan.Strings("identifier_uris")
		if containsOwnClientID(uris) {
			body.SetIdentifierUris(expandAll(uris, write.Plan.String("client_id")))
		}
		left := leftOut(write.Plan)
		if len(left) > 0 {
			complete, offered := models.NewApplication(), models.NewApiApplication()
			attributes.Encode(write.Plan, complete)
			if slices.Contains(left, "mapped_claims_enabled") {
				offered.SetAcceptMappedClaims(new(true))
			}
			if slices.Contains(left, preAuthorized) {
				offered.SetPreAuthorizedApplications(complete.GetApi().GetPreAuthorizedApplications())
			}
			body.SetApi(offered)
		}
		if body.GetIdentifierUris() != nil || body.GetApi() != nil {
			if _, err := item(api, write.Plan).Patch(ctx, body, nil); err != nil {
				return err
			}
		}
	}
	return putLogo(ctx, api, write)
}

// leftover takes only what is recent: applications that were made long ago are in some state, or were meant to be in none.
func leftover(_ context.Context, api *entity.Services, _ mapping.Value, found entra) (bool, error) {
	created := found.GetCreatedDateTime()
	return created != nil && time.Since(*created) < leftoverAge && entity.MadeByCaller(api, found), nil
}

// leftoverAge spans a night, between the run that was killed and the one that somebody starts in the morning.
const leftoverAge = 24 * time.Hour

// clockSkew is how far this machine's clock may be from the service's.
const clockSkew = 5 * time.Minute

// candidates are the applications that an unanswered create may have made.
func candidates(ctx context.Context, api *entity.Services, plan mapping.Value, since time.Time) iter.Seq2[entra, error] {
	if name := plan.String("unique_name"); name != "" {
		return entity.One(byUniqueName(ctx, api, name, nil))
	}
	return func(yield func(entra, error) bool) {
		for application, err := range list(ctx, api, entity.Equals("displayName", plan.String("display_name")), nil) {
			if err == nil {
				if created := application.GetCreatedDateTime(); created == nil || created.Before(since.Add(-clockSkew)) {
					continue
				}
			}
			if !yield(application, err) {
				return
			}
		}
	}
}
