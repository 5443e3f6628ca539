package federatedidentitycredential

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// NewDataSource is the lookup of one credential.
func NewDataSource() datasource.DataSource {
	return entity.DataSource[entra]{
		Noun:        noun,
		Description: "One federated identity credential of an application or managed identity, found by its name.",
		Table:       attributes,
		Permissions: permissions,
		Required:    []string{"name"},
		Keys:        []string{"application_id", "user_assigned_identity_id"},
		Read:        read,
	}.DataSource()
}

// NewCollectionDataSource is the listing of the credentials of an application or managed identity.
func NewCollectionDataSource() datasource.DataSource {
	return entity.Collection[entra]{
		Noun:        "federated_identity_credentials",
		Description: "All federated identity credentials of an application or managed identity.",
		Table:       attributes,
		Permissions: permissions,
		Arguments: map[string]schema.Attribute{
			"application_id":            schema.StringAttribute{Optional: true, Validators: []validator.String{validate.UUID(), stringvalidator.ExactlyOneOf(path.MatchRoot("application_id"), path.MatchRoot("user_assigned_identity_id"))}, MarkdownDescription: "Object id of the application. Exactly one of `application_id` and `user_assigned_identity_id` is needed."},
			"user_assigned_identity_id": schema.StringAttribute{Optional: true, Validators: []validator.String{validate.IdentityID()}, MarkdownDescription: "Id, in Azure, of the user-assigned managed identity."},
		},
		Carry: []string{"application_id", "user_assigned_identity_id"},
		List:  list,
	}.DataSource()
}

func list(ctx context.Context, api *entity.Services, query mapping.Value) iter.Seq2[entra, error] {
	if inAzure(query) {
		return listInAzure(ctx, api, query)
	}
	return graph.Pages[entra](ctx, credentials(api.Graph.Beta(), query).Get, nil)
}
