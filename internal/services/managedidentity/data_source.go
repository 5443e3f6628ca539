// Package managedidentity finds the service principals of managed identities.
// See https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview.
package managedidentity

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// NewDataSource is the lookup of one managed identity.
func NewDataSource() datasource.DataSource {
	return entity.DataSource[*identity]{
		Noun: "managed_identity",
		Description: "The service principal of a managed identity: of a user-assigned one, or of the one that Azure made for a resource, such as a virtual machine or a function app. " +
			"It is found in the directory by the resource's id, by client id or by display name; nothing is asked of Azure.",
		Table: attributes,
		Permissions: entity.Permissions{Read: entity.Needs{
			Application: []string{"Application.Read.All", "Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"}, Delegated: []string{"Application.Read.All", "Application.ReadWrite.All"},
		}},
		Keys: []string{"resource_id", "client_id", "display_name"},
		Read: find,
	}.DataSource()
}

// identity is a service principal and the tenant that it was found in.
type identity struct {
	models.ServicePrincipalable
	tenantID string
}

// Names of a managed identity that are no names: whether it is a resource of its own, and the id of the resource.
// See https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-view-managed-identity-service-principal.
const (
	explicitPrefix = "isExplicit="
	resourcePrefix = "/"
)

var attributes = mapping.Table[*identity]{
	mapping.String("id", schema.StringAttribute{Computed: true, MarkdownDescription: "Object id of the service principal: the principal that is given access."}, (*identity).GetId, nil).ID(),
	mapping.String("client_id", schema.StringAttribute{Computed: true, Validators: []validator.String{validate.UUID()}, MarkdownDescription: "Client id of the identity."}, (*identity).GetAppId, nil).Property("appId").ID(),
	mapping.String("display_name", schema.StringAttribute{Computed: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)}, MarkdownDescription: "Name of the identity, which is that of its resource. Resources of several kinds may have the same."}, (*identity).GetDisplayName, nil),
	mapping.Derived("resource_id", schema.StringAttribute{Computed: true, Validators: []validator.String{validate.AzureScope()}, MarkdownDescription: "Id in Azure Resource Manager of the user-assigned identity, or of the resource whose identity it is. Letter case does not matter."}, func(from *identity, prior attr.Value) attr.Value {
		id := from.alternativeName(resourcePrefix)
		if known, ok := prior.(types.String); ok && strings.EqualFold(known.ValueString(), id) {
			return prior
		}
		return types.StringValue(id)
	}).Property("alternativeNames"),
	mapping.Derived("kind", schema.StringAttribute{Computed: true, MarkdownDescription: "`user-assigned`, or `system-assigned` where the identity is a resource's own."}, func(from *identity, _ attr.Value) attr.Value {
		if strings.EqualFold(strings.TrimPrefix(from.alternativeName(explicitPrefix), explicitPrefix), "true") {
			return types.StringValue("user-assigned")
		}
		return types.StringValue("system-assigned")
	}).Property("alternativeNames"),
	mapping.Bool("account_enabled", schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the identity can get tokens."}, (*identity).GetAccountEnabled, nil),
	mapping.Derived("tenant_id", schema.StringAttribute{Computed: true, MarkdownDescription: "Tenant that the identity belongs to."}, func(from *identity, _ attr.Value) attr.Value {
		return types.StringValue(from.tenantID)
	}).Property(""),
}

// selected is what a request asks for: also what tells whether it is a managed identity.
var selected = append(attributes.Select(), "servicePrincipalType")

// alternativeName is the first that begins so.
func (i *identity) alternativeName(prefix string) string {
	names := i.GetAlternativeNames()
	if at := slices.IndexFunc(names, func(name string) bool { return strings.HasPrefix(strings.ToLower(name), strings.ToLower(prefix)) }); at >= 0 {
		return names[at]
	}
	return ""
}

func find(ctx context.Context, api *entity.Services, query entity.Query) (*identity, error) {
	var what string
	var filter *string
	switch {
	case query.Has("resource_id"):
		id := query.String("resource_id")
		what, filter = "managed identity of the resource "+id, new("alternativeNames/any(name:name eq "+entity.Quote(id)+")")
	case query.Has("client_id"):
		id := query.String("client_id")
		what, filter = "managed identity with the client id "+id, entity.Equals("appId", id)
	default:
		name := query.String("display_name")
		what, filter = fmt.Sprintf("managed identity with the display name %q", name), entity.Equals("displayName", name)
	}
	others := 0
	found, err := entity.Only(what, managed(list(ctx, api, filter), &others))
	switch {
	case err != nil && others > 0:
		return nil, fmt.Errorf("%w. There is a service principal of another kind; the data source workloadid_service_principal finds it", err)
	case err != nil:
		return nil, err
	}
	return &identity{found, api.TenantID}, nil
}

// managed leaves out the service principals that are no managed identities, and counts them: Microsoft Graph does not
// document a filter for that.
func managed(all iter.Seq2[models.ServicePrincipalable, error], others *int) iter.Seq2[models.ServicePrincipalable, error] {
	return func(yield func(models.ServicePrincipalable, error) bool) {
		for principal, err := range all {
			if err == nil && (principal.GetServicePrincipalType() == nil || *principal.GetServicePrincipalType() != "ManagedIdentity") {
				*others++
				continue
			}
			if !yield(principal, err) {
				return
			}
		}
	}
}

func list(ctx context.Context, api *entity.Services, filter *string) iter.Seq2[models.ServicePrincipalable, error] {
	return graph.Pages[models.ServicePrincipalable](ctx, serviceprincipals.NewServicePrincipalsRequestBuilderInternal(nil, api.Graph.V1()).Get,
		&serviceprincipals.ServicePrincipalsRequestBuilderGetRequestConfiguration{
			QueryParameters: &serviceprincipals.ServicePrincipalsRequestBuilderGetQueryParameters{Select: selected, Filter: filter, Top: new(int32(entity.PageSize))},
		})
}
