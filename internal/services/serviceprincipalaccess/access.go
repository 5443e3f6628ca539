package serviceprincipalaccess

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipalswithappid"

	"github.com/workloadid/terraform-provider-workloadid/internal/arm"
	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/api"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/azureroledefinition"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/directoryrole"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/directoryroleassignment"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/serviceprincipal"
)

// access is what a service principal has been given.
type access struct {
	principal   models.ServicePrincipalable
	appRoles    []*appRole
	delegated   []*delegated
	groups      []*group
	directory   []*directoryRole
	azure       []*azureRole
	azureUnread string // why azure is not known; empty where it is
	owned       int32
}

// granted is what an API has given.
type granted struct{ id, api, apiID string }

type appRole struct {
	granted
	roleID, value string
}

type delegated struct {
	granted
	scopes []string
	userID *string
}

// group is one that the principal is a member of. Without a permission to read groups there is no more than its id: see
// https://learn.microsoft.com/graph/permissions-overview, "Limited information returned for inaccessible member objects".
type group struct {
	id, name   string
	assignable bool // to directory roles, as far as is known
}

type directoryRole struct{ id, roleID, name, scope, principalID string }

type azureRole struct {
	id, roleID, name, scope, principalID string
	condition                            *string
}

// read asks for all parts at the same time.
func read(ctx context.Context, services *entity.Services, query entity.Query) (*access, error) {
	principal, err := find(ctx, services, query)
	if given := query.String("service_principal_id"); graph.IsNotFound(err) && given != "" {
		if mistaken := serviceprincipal.Mistaken(ctx, services, "service_principal_id", given); mistaken != "" {
			return nil, &entity.AttributeError{Path: path.Root("service_principal_id"), Summary: "it is another id", Detail: mistaken}
		}
	}
	if err != nil {
		return nil, err
	}
	id := text(principal.GetId())
	found := &access{principal: principal}
	parts := []func() error{
		func() (err error) { found.appRoles, err = appRoles(ctx, services, id); return err },
		func() (err error) { found.delegated, err = delegatedPermissions(ctx, services, id); return err },
		func() (err error) { found.groups, found.directory, err = directoryRoles(ctx, services, id); return err },
		func() (err error) { found.owned, err = ownedObjects(ctx, services, id); return err },
	}
	subscriptions := query.Strings("subscription_ids")
	if len(subscriptions) == 0 && services.SubscriptionID != "" {
		subscriptions = []string{services.SubscriptionID}
	}
	if len(subscriptions) == 0 {
		found.azureUnread = "Roles in Azure were not looked up: neither subscription_ids nor the provider's subscription_id says in which subscription."
	} else {
		parts = append(parts, func() (err error) { found.azure, err = azureRoles(ctx, services, id, subscriptions); return err })
	}
	return found, entity.AtOnce(parts...)
}

func principals(services *entity.Services) *serviceprincipals.ServicePrincipalsRequestBuilder {
	return serviceprincipals.NewServicePrincipalsRequestBuilderInternal(nil, services.Graph.V1())
}

func find(ctx context.Context, services *entity.Services, query entity.Query) (models.ServicePrincipalable, error) {
	properties := []string{"id", "appId", "displayName", "servicePrincipalType"}
	if query.Has("service_principal_id") {
		return principals(services).ByServicePrincipalId(query.String("service_principal_id")).Get(ctx, &serviceprincipals.ServicePrincipalItemRequestBuilderGetRequestConfiguration{
			QueryParameters: &serviceprincipals.ServicePrincipalItemRequestBuilderGetQueryParameters{Select: properties},
		})
	}
	return serviceprincipalswithappid.NewServicePrincipalsWithAppIdRequestBuilderInternal(nil, services.Graph.V1(), new(query.String("client_id"))).
		Get(ctx, &serviceprincipalswithappid.ServicePrincipalsWithAppIdRequestBuilderGetRequestConfiguration{
			QueryParameters: &serviceprincipalswithappid.ServicePrincipalsWithAppIdRequestBuilderGetQueryParameters{Select: properties},
		})
}

// appRoles: see https://learn.microsoft.com/graph/api/serviceprincipal-list-approleassignments.
func appRoles(ctx context.Context, services *entity.Services, principal string) ([]*appRole, error) {
	configuration := &serviceprincipals.ItemAppRoleAssignmentsRequestBuilderGetRequestConfiguration{
		QueryParameters: &serviceprincipals.ItemAppRoleAssignmentsRequestBuilderGetQueryParameters{Top: new(int32(entity.PageSize))},
	}
	var found []*appRole
	for assignment, err := range graph.Pages[models.AppRoleAssignmentable](ctx, principals(services).ByServicePrincipalId(principal).AppRoleAssignments().Get, configuration) {
		if err != nil {
			return nil, err
		}
		if assignment.GetResourceId() == nil || assignment.GetAppRoleId() == nil {
			continue
		}
		role := &appRole{granted: granted{id: text(assignment.GetId()), apiID: assignment.GetResourceId().String()}, roleID: assignment.GetAppRoleId().String()}
		role.api, role.value = text(assignment.GetResourceDisplayName()), role.roleID
		of, err := apiOf(ctx, services, role.apiID)
		if err != nil {
			return nil, err
		}
		if of != nil {
			role.api = of.String()
			role.value, _ = of.AppRoleValue(role.roleID)
		}
		found = append(found, role)
	}
	slices.SortFunc(found, func(a, b *appRole) int {
		return cmp.Or(a.compare(b.granted), strings.Compare(a.value, b.value), strings.Compare(a.id, b.id))
	})
	return found, nil
}

// delegatedPermissions: see https://learn.microsoft.com/graph/api/serviceprincipal-list-oauth2permissiongrants.
func delegatedPermissions(ctx context.Context, services *entity.Services, principal string) ([]*delegated, error) {
	configuration := &serviceprincipals.ItemOauth2PermissionGrantsRequestBuilderGetRequestConfiguration{
		QueryParameters: &serviceprincipals.ItemOauth2PermissionGrantsRequestBuilderGetQueryParameters{Top: new(int32(entity.PageSize))},
	}
	var found []*delegated
	for grant, err := range graph.Pages[models.OAuth2PermissionGrantable](ctx, principals(services).ByServicePrincipalId(principal).Oauth2PermissionGrants().Get, configuration) {
		if err != nil {
			return nil, err
		}
		permission := &delegated{granted: granted{id: text(grant.GetId()), apiID: text(grant.GetResourceId())}, scopes: strings.Fields(text(grant.GetScope())), userID: grant.GetPrincipalId()}
		of, err := apiOf(ctx, services, permission.apiID)
		if err != nil {
			return nil, err
		}
		if of != nil {
			permission.api = of.String()
		}
		found = append(found, permission)
	}
	slices.SortFunc(found, func(a, b *delegated) int {
		return cmp.Or(a.compare(b.granted), strings.Compare(text(a.userID), text(b.userID)), strings.Compare(a.id, b.id))
	})
	return found, nil
}

// apiOf is the API that gave something, nil where it is gone.
func apiOf(ctx context.Context, services *entity.Services, id string) (*api.API, error) {
	found, err := api.ByID(ctx, services, id)
	if graph.IsNotFound(err) {
		return nil, nil
	}
	return found, err
}

func (g granted) compare(other granted) int {
	return cmp.Or(strings.Compare(g.api, other.api), strings.Compare(g.apiID, other.apiID))
}

// directoryRoles are those that the principal has by itself and as a member of groups, which it finds too.
func directoryRoles(ctx context.Context, services *entity.Services, principal string) ([]*group, []*directoryRole, error) {
	groups, err := groupsOf(ctx, services, principal)
	if err != nil {
		return nil, nil, err
	}
	having := []string{principal}
	for _, g := range groups {
		if g.assignable {
			having = append(having, g.id)
		}
	}
	var found []*directoryRole
	for _, holder := range having {
		for assignment, err := range directoryroleassignment.List(ctx, services, holder) {
			if err != nil {
				return nil, nil, err
			}
			role := &directoryRole{id: text(assignment.GetId()), roleID: text(assignment.GetRoleDefinitionId()), scope: text(assignment.GetDirectoryScopeId()), principalID: text(assignment.GetPrincipalId())}
			if role.name, err = directoryrole.NameOf(ctx, services, role.roleID); err != nil {
				return nil, nil, err
			}
			found = append(found, role)
		}
	}
	slices.SortFunc(found, func(a, b *directoryRole) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.scope, b.scope), strings.Compare(a.principalID, b.principalID))
	})
	return groups, found, nil
}

// groupsOf are the groups that the principal is in, directly or through others: see
// https://learn.microsoft.com/graph/api/serviceprincipal-list-transitivememberof.
func groupsOf(ctx context.Context, services *entity.Services, principal string) ([]*group, error) {
	var found []*group
	for member, err := range services.Graph.Objects(ctx, "/v1.0/servicePrincipals/"+principal+"/transitiveMemberOf", url.Values{"$top": {strconv.Itoa(entity.PageSize)}}) {
		if err != nil {
			return nil, err
		}
		if member["@odata.type"] != "#microsoft.graph.group" {
			continue // directory roles among them are those of the whole tenant alone
		}
		name := graph.Text("displayName")(member)
		// It is null of most groups, and every group has a name.
		assignable := graph.Truth("isAssignableToRole")(member)
		found = append(found, &group{id: text(member.GetId()), name: text(name), assignable: name == nil || assignable != nil && *assignable})
	}
	slices.SortFunc(found, func(a, b *group) int { return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.id, b.id)) })
	return found, nil
}

// ownedObjects counts: see https://learn.microsoft.com/graph/api/serviceprincipal-list-ownedobjects.
func ownedObjects(ctx context.Context, services *entity.Services, principal string) (int32, error) {
	configuration := &serviceprincipals.ItemOwnedObjectsRequestBuilderGetRequestConfiguration{
		QueryParameters: &serviceprincipals.ItemOwnedObjectsRequestBuilderGetQueryParameters{Select: []string{"id"}, Top: new(int32(entity.PageSize))},
	}
	count := int32(0)
	for _, err := range graph.Pages[models.DirectoryObjectable](ctx, principals(services).ByServicePrincipalId(principal).OwnedObjects().Get, configuration) {
		if err != nil {
			return 0, err
		}
		count++
	}
	return count, nil
}

// azureRoles are those at the subscriptions, above and below, also through groups: see
// https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest, "assignedTo". What is above several
// subscriptions is found in each.
func azureRoles(ctx context.Context, services *entity.Services, principal string, subscriptions []string) ([]*azureRole, error) {
	byID := map[string]*azureRole{}
	for _, subscription := range subscriptions {
		client, err := armauthorization.NewRoleAssignmentsClient(subscription, services.ResourceManager.Credential(), services.ResourceManager.Options())
		if err != nil {
			return nil, err
		}
		filter := fmt.Sprintf("assignedTo('%s')", principal)
		pager := client.NewListForSubscriptionPager(&armauthorization.RoleAssignmentsClientListForSubscriptionOptions{Filter: &filter})
		for assignment, err := range arm.Pages(ctx, pager, func(page armauthorization.RoleAssignmentsClientListForSubscriptionResponse) []*armauthorization.RoleAssignment {
			return page.Value
		}) {
			if err != nil {
				return nil, err
			}
			properties := assignment.Properties
			if properties == nil || byID[strings.ToLower(text(assignment.ID))] != nil {
				continue
			}
			role := &azureRole{id: text(assignment.ID), roleID: text(properties.RoleDefinitionID), scope: text(properties.Scope), principalID: text(properties.PrincipalID), condition: properties.Condition}
			definition, err := azureroledefinition.ByID(ctx, services, "/subscriptions/"+subscription, role.roleID)
			if err != nil {
				return nil, err
			}
			role.name = azureroledefinition.NameOf(definition)
			byID[strings.ToLower(role.id)] = role
		}
	}
	found := []*azureRole{}
	for _, role := range byID {
		found = append(found, role)
	}
	slices.SortFunc(found, func(a, b *azureRole) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.scope, b.scope), strings.Compare(a.id, b.id))
	})
	return found, nil
}

func text(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}
