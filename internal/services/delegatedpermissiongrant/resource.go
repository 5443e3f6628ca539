package delegatedpermissiongrant

import (
	"context"
	"iter"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/oauth2permissiongrants"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/api"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/serviceprincipal"
)

// NewResource is workloadid_delegated_permission_grant.
func NewResource() resource.Resource {
	return entity.Resource[entra]{
		Noun: "delegated_permission_grant",
		Description: "Delegated permissions: the scopes of an API that a client may use on behalf of signed-in users, all of them or one. It is the consent of an administrator, for whom nobody is asked any more.\n\n" +
			"There is one grant for a client, an API and a user, or all users, with all scopes in it. A workload that acts by itself needs none: its permissions are app roles.",
		Table:       attributes,
		Identity:    []string{"id"},
		ImportIDs:   []string{"/oauth2PermissionGrants/<id>", "<id>"},
		Permissions: permissions,
		Existing:    "All scopes of one API that a client is granted for the same users belong into one resource.",
		New:         newGrant,
		Create:      create,
		Read:        read,
		Listings:    []*graph.Listing{api.Grants},
		Update: func(ctx context.Context, services *entity.Services, write *entity.Write[entra]) error {
			if err := checkManaged(ctx, services, write.Prior, write.Plan); err != nil {
				return err
			}
			_, err := item(services, write.Prior).Patch(ctx, write.Body.OAuth2PermissionGrantable, nil)
			return err
		},
		Delete: func(ctx context.Context, services *entity.Services, state mapping.Value) error {
			return item(services, state).Delete(ctx, nil)
		},
		Find: find,
		Keys: []entity.UniqueKey{{"service_principal_id", api.TargetID, "user_id?"}, {"service_principal_id", api.TargetName, "user_id?"}},
		References: func(object mapping.Value) []string {
			return []string{object.String("service_principal_id"), object.String(api.TargetID), object.String(api.TargetName), object.String("user_id")}
		},
		Targets: []entity.Target{
			entity.To("service_principal_id", "service principal", "servicePrincipals"),
			entity.To("user_id", "user", "users"),
		},
		Hint: func(ctx context.Context, services *entity.Services, plan mapping.Value) string {
			return serviceprincipal.Mistaken(ctx, services, "service_principal_id", plan.String("service_principal_id"))
		},
		Validate: checkLength,
		Plan:     plan,
	}.Resource()
}

// See https://learn.microsoft.com/graph/api/oauth2permissiongrant-get and oauth2permissiongrant-post, "Permissions". The
// API is looked up besides.
var permissions = entity.Permissions{
	Read: entity.Needs{
		Application: []string{"DelegatedPermissionGrant.Read.All", "Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"},
		Delegated:   []string{"DelegatedPermissionGrant.Read.All", "Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"}, DirectoryRoles: []string{"Directory Readers"},
	},
	Create: entity.Needs{
		Application: []string{"DelegatedPermissionGrant.ReadWrite.All and Application.Read.All", "DelegatedPermissionGrant.ReadWrite.All and Directory.Read.All"},
		Delegated:   []string{"DelegatedPermissionGrant.ReadWrite.All and Application.Read.All", "DelegatedPermissionGrant.ReadWrite.All and Directory.Read.All"}, DirectoryRoles: []string{"Cloud Application Administrator", "Privileged Role Administrator"},
	},
	Delete: entity.Needs{
		Application: []string{"DelegatedPermissionGrant.ReadWrite.All"},
		Delegated:   []string{"DelegatedPermissionGrant.ReadWrite.All"}, DirectoryRoles: []string{"Cloud Application Administrator", "Privileged Role Administrator"},
	},
}

func collection(services *entity.Services) *oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilder {
	return oauth2permissiongrants.NewOauth2PermissionGrantsRequestBuilderInternal(nil, services.Graph.V1())
}

func item(services *entity.Services, object mapping.Value) *oauth2permissiongrants.OAuth2PermissionGrantItemRequestBuilder {
	return collection(services).ByOAuth2PermissionGrantId(object.String("id"))
}

// Whom a grant is for, as Graph calls it.
const (
	allUsers = "AllPrincipals"
	oneUser  = "Principal"
)

func consentType(object mapping.Value) string {
	if object.Has("user_id") {
		return oneUser
	}
	return allUsers
}

func create(ctx context.Context, services *entity.Services, write *entity.Write[entra]) (entra, error) {
	name := write.Plan.String(api.TargetName)
	if !write.Plan.Has(api.TargetID) || name == "" {
		err := api.UseTarget(ctx, services, write.Plan, func(target *api.API) error {
			name = target.DisplayName
			write.Body.SetResourceId(&target.ID)
			return offers(target, write.Plan.Strings("scopes"))
		})
		if err != nil {
			return nil, atScope(err)
		}
	} else if err := checkManaged(ctx, services, mapping.Value{}, write.Plan); err != nil {
		return nil, err
	}
	write.Body.SetConsentType(new(consentType(write.Plan)))
	created, err := collection(services).Post(ctx, write.Body.OAuth2PermissionGrantable, nil)
	if err != nil {
		return nil, err
	}
	return &grant{created, &name}, nil
}

// checkManaged checks the new scopes of an API that the same run may have changed, for which the plan had to let them be.
func checkManaged(ctx context.Context, services *entity.Services, before, after mapping.Value) error {
	scopes := added(before, after)
	if len(scopes) == 0 || !services.Knows(after.String(api.TargetID)) {
		return nil
	}
	return atScope(api.UseTarget(ctx, services, after, func(target *api.API) error { return offers(target, scopes) }))
}

// read looks up how the API is called, where that is not known. Who may not read it does without.
func read(ctx context.Context, services *entity.Services, query entity.Query) (entra, error) {
	found, err := item(services, query.Value).Get(ctx, &oauth2permissiongrants.OAuth2PermissionGrantItemRequestBuilderGetRequestConfiguration{
		QueryParameters: &oauth2permissiongrants.OAuth2PermissionGrantItemRequestBuilderGetQueryParameters{Select: attributes.Select()},
	})
	if err != nil {
		return nil, err
	}
	read := &grant{OAuth2PermissionGrantable: found}
	if query.Has(api.TargetName) || found.GetResourceId() == nil {
		return read, nil
	}
	target, err := api.ByID(ctx, services, *found.GetResourceId())
	switch answer, refused := graph.AsError(err); {
	case refused && answer.Status < 500:
		return read, nil
	case err != nil:
		return nil, err
	}
	read.api = &target.DisplayName
	return read, nil
}

// find looks for the grant to the client, of which there is one at most for the API and the user, or all users.
func find(ctx context.Context, services *entity.Services, plan mapping.Value, _ time.Time) iter.Seq2[entra, error] {
	return func(yield func(entra, error) bool) {
		resourceID := plan.String(api.TargetID)
		if resourceID == "" {
			err := api.UseTarget(ctx, services, plan, func(target *api.API) error {
				resourceID = target.ID
				return nil
			})
			if err != nil {
				yield(nil, err)
				return
			}
		}
		filter := *entity.Equals("clientId", plan.String("service_principal_id")) + " and " + *entity.Equals("consentType", allUsers)
		if user := plan.String("user_id"); user != "" {
			filter = *entity.Equals("clientId", plan.String("service_principal_id")) + " and " + *entity.Equals("principalId", user)
		}
		configuration := &oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilderGetRequestConfiguration{
			QueryParameters: &oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilderGetQueryParameters{Select: attributes.Select(), Filter: &filter},
		}
		for found, err := range graph.Pages[models.OAuth2PermissionGrantable](ctx, collection(services).Get, configuration) {
			ours := err == nil && found.GetResourceId() != nil && mapping.SameGUID(*found.GetResourceId(), resourceID)
			if (ours || err != nil) && !yield(&grant{OAuth2PermissionGrantable: found}, err) {
				return
			}
		}
	}
}
