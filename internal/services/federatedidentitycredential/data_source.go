package federatedidentitycredential

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/application"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// NewDataSource is the lookup of one credential.
func NewDataSource() datasource.DataSource {
	return entity.DataSource[entra]{
		Noun:        noun,
		Description: "One federated identity credential of an application, found by its name.",
		Table:       attributes,
		Permissions: application.Permissions,
		Required:    []string{"application_id", "name"},
		Read:        read,
	}.DataSource()
}

// NewCollectionDataSource is the listing of an application's credentials.
func NewCollectionDataSource() datasource.DataSource {
	return entity.Collection[entra]{
		Noun:        "federated_identity_credentials",
		Description: "All federated identity credentials of an application.",
		Table:       attributes,
		Permissions: application.Permissions,
		Arguments: map[string]schema.Attribute{
			"application_id": schema.StringAttribute{Required: true, Validators: []validator.String{validate.UUID()}, MarkdownDescription: "Object id of the application."},
		},
		Carry: []string{"application_id"},
		List: func(ctx context.Context, api *entity.Services, query mapping.Value) iter.Seq2[entra, error] {
			return graph.Pages[entra](ctx, credentials(api.Graph.Beta(), query).Get, nil)
		},
	}.DataSource()
}
