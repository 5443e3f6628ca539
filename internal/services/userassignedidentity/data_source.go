package userassignedidentity

import (
	"cmp"
	"context"
	"fmt"
	"iter"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/workloadid/terraform-provider-workloadid/internal/arm"
	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// NewDataSource is the lookup of one identity.
func NewDataSource() datasource.DataSource {
	return entity.DataSource[identity]{
		Noun:        "user_assigned_identity",
		Description: "One user-assigned managed identity, found by its id, or by its name and resource group.",
		Table:       attributes,
		Permissions: Permissions,
		Keys:        []string{"id", "name"},
		Optional:    []string{"resource_group_name", "subscription_id"},
		Read: func(ctx context.Context, api *entity.Services, query entity.Query) (identity, error) {
			switch {
			case query.Has("name") && !query.Has("resource_group_name"):
				return nil, &entity.AttributeError{Path: path.Root("resource_group_name"), Summary: "no resource group", Detail: "The name of an identity is unique within its resource group: set resource_group_name too."}
			case query.Has("id") && (query.Has("resource_group_name") || query.Has("subscription_id")):
				return nil, &entity.AttributeError{Path: path.Root("id"), Summary: "the place is named twice", Detail: "An id has the resource group and the subscription in it: set neither beside it."}
			}
			return get(ctx, api, query.Value)
		},
	}.DataSource()
}

// ByID finds an identity for other packages.
func ByID(ctx context.Context, api *entity.Services, id string) (mapping.Value, error) {
	parsed, err := arm.ParseIdentityID(id)
	if err != nil {
		return mapping.Value{}, fmt.Errorf("the id %w", err)
	}
	client, err := clientOf(api, parsed.Subscription)
	if err != nil {
		return mapping.Value{}, err
	}
	found, err := client.Get(ctx, parsed.ResourceGroup, parsed.Name, nil)
	if err != nil {
		return mapping.Value{}, err
	}
	return attributes.Value(&found.Identity), nil
}

// NewCollectionDataSource is the listing of the identities of a subscription or resource group.
func NewCollectionDataSource() datasource.DataSource {
	return entity.Collection[identity]{
		Noun:        "user_assigned_identities",
		Description: "The user-assigned managed identities of a subscription, or of one of its resource groups.",
		Table:       attributes,
		Permissions: Permissions,
		Arguments: map[string]schema.Attribute{
			"subscription_id":     schema.StringAttribute{Optional: true, Validators: []validator.String{validate.UUID()}, MarkdownDescription: "Id of the subscription. Default: the provider's."},
			"resource_group_name": schema.StringAttribute{Optional: true, Validators: []validator.String{validate.ResourceGroupName()}, MarkdownDescription: "Name of the resource group. Unset lists the whole subscription."},
		},
		List: list,
	}.DataSource()
}

func list(ctx context.Context, api *entity.Services, query mapping.Value) iter.Seq2[identity, error] {
	subscription := cmp.Or(query.String("subscription_id"), api.SubscriptionID)
	if subscription == "" {
		return entity.One[identity](nil, &entity.AttributeError{Path: path.Root("subscription_id"), Summary: "no subscription", Detail: noSubscription})
	}
	client, err := clientOf(api, subscription)
	if err != nil {
		return entity.One[identity](nil, err)
	}
	if group := query.String("resource_group_name"); group != "" {
		return arm.Pages(ctx, client.NewListByResourceGroupPager(group, nil), func(page armmsi.UserAssignedIdentitiesClientListByResourceGroupResponse) []identity {
			return page.Value
		})
	}
	return arm.Pages(ctx, client.NewListBySubscriptionPager(nil), func(page armmsi.UserAssignedIdentitiesClientListBySubscriptionResponse) []identity { return page.Value })
}
