package azureroledefinition

import (
	"cmp"
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	datasourceschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

const noun = "azure_role_definition"

const scopeDescription = "Scope at which the role is to be assigned: a management group, a subscription, a resource group, a resource, or `/`. The default is the provider's subscription, and `/` where it has none."

// NewDataSource is the lookup of one role.
func NewDataSource() datasource.DataSource {
	return entity.DataSource[azure]{
		Noun:        noun,
		Description: "A role of Azure role-based access control, built-in or custom, found by its name or id.",
		Table: append(mapping.Table[azure]{
			mapping.Argument[azure]("scope", schema.StringAttribute{Optional: true, Validators: []validator.String{validate.AzureScope()}, MarkdownDescription: scopeDescription}),
		}, attributes...),
		Permissions: permissions,
		Optional:    []string{"scope"},
		Keys:        []string{"role_name", "role_definition_id"},
		Read: func(ctx context.Context, api *entity.Services, query entity.Query) (azure, error) {
			if query.Has("role_definition_id") {
				return ByID(ctx, api, scopeOf(api, query.Value), query.String("role_definition_id"))
			}
			return ByName(ctx, api, scopeOf(api, query.Value), query.String("role_name"))
		},
	}.DataSource()
}

// NewCollectionDataSource is the listing of roles.
func NewCollectionDataSource() datasource.DataSource {
	return entity.Collection[azure]{
		Noun:        "azure_role_definitions",
		Description: "The roles of Azure role-based access control that can be assigned at a scope.",
		Table:       attributes,
		Permissions: permissions,
		Arguments: map[string]datasourceschema.Attribute{
			"scope":     datasourceschema.StringAttribute{Optional: true, Validators: []validator.String{validate.AzureScope()}, MarkdownDescription: scopeDescription},
			"role_type": datasourceschema.StringAttribute{Optional: true, Validators: []validator.String{stringvalidator.OneOf("BuiltInRole", "CustomRole")}, MarkdownDescription: "List only built-in roles (`BuiltInRole`) or only custom ones (`CustomRole`)."},
		},
		List: func(ctx context.Context, api *entity.Services, query mapping.Value) iter.Seq2[azure, error] {
			filter := ""
			if kind := query.String("role_type"); kind != "" {
				filter = "type eq " + entity.Quote(kind)
			}
			return list(ctx, api, scopeOf(api, query), filter)
		},
	}.DataSource()
}

// See https://learn.microsoft.com/azure/role-based-access-control/role-definitions-list.
var permissions = entity.Permissions{Read: entity.Needs{AzureRoles: []string{"Reader"}}}

func scopeOf(api *entity.Services, query mapping.Value) string {
	subscription := ""
	if api.SubscriptionID != "" {
		subscription = "/subscriptions/" + api.SubscriptionID
	}
	return cmp.Or(query.String("scope"), subscription, "/")
}
