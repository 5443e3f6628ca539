// Package userassignedidentity is workloadid_user_assigned_identity: a managed identity that exists by itself in Azure.
// See https://learn.microsoft.com/rest/api/managedidentity/user-assigned-identities.
package userassignedidentity

import (
	"regexp"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/arm"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

type identity = *armmsi.Identity

// What tells an identity from others is in its address alone, and is read from its id.
var attributes = mapping.Table[identity]{
	mapping.String("id", schema.StringAttribute{
		Computed: true, Validators: []validator.String{validate.IdentityID()},
		MarkdownDescription: "Id of the identity in Azure, as in `/subscriptions/…/resourceGroups/…/providers/Microsoft.ManagedIdentity/userAssignedIdentities/…`.",
	}, part(arm.IdentityID.String), nil).Alike(strings.EqualFold),
	mapping.String("name", schema.StringAttribute{
		Required: true, Validators: []validator.String{validate.IdentityName()},
		MarkdownDescription: "Name of the identity: 3 to 128 letters, digits, `-` and `_`. Changing it makes a new identity.",
	}, part(func(id arm.IdentityID) string { return id.Name }), nil).CreateOnly().Alike(strings.EqualFold),
	mapping.String("resource_group_name", schema.StringAttribute{
		Required: true, Validators: []validator.String{validate.ResourceGroupName()},
		MarkdownDescription: "Name of the resource group that the identity is in. Changing it makes a new identity.",
	}, part(func(id arm.IdentityID) string { return id.ResourceGroup }), nil).CreateOnly().Alike(strings.EqualFold),
	mapping.String("subscription_id", schema.StringAttribute{
		Optional: true, Computed: true, Validators: []validator.String{validate.UUID()},
		MarkdownDescription: "Id of the subscription that the identity is in. Default: the provider's when the identity is made. Changing it makes a new identity.",
	}, part(func(id arm.IdentityID) string { return id.Subscription }), nil).CreateOnly().Alike(strings.EqualFold),
	mapping.Converted("location", schema.StringAttribute{
		Required: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		MarkdownDescription: "Region of the identity, such as `westeurope`. Changing it makes a new identity.",
	}, func(i identity) *string { return i.Location }, func(i identity, location *string) { i.Location = location },
		func(from identity, _ attr.Value) attr.Value { return types.StringPointerValue(from.Location) },
		func(value attr.Value, to identity) { to.Location = new(region(value.(types.String).ValueString())) },
	).CreateOnly().Alike(func(a, b string) bool { return region(a) == region(b) }),
	mapping.Converted("tags", schema.MapAttribute{
		Optional: true, Computed: true, ElementType: types.StringType, Validators: tagRules,
		MarkdownDescription: "Tags of the identity, at most 50. Unset leaves them alone; an empty map removes them.",
	}, func(i identity) map[string]*string { return i.Tags }, func(i identity, tags map[string]*string) { i.Tags = tags }, decodeTags, encodeTags),
	mapping.String("isolation_scope", schema.StringAttribute{
		Optional: true, Computed: true, Validators: []validator.String{stringvalidator.OneOf(string(armmsi.IsolationScopeNone), string(armmsi.IsolationScopeRegional))},
		MarkdownDescription: "Which resources the identity can be assigned to: `Regional` for those of its own region, `None` for all. Unset leaves it as it is, which is `None` for a new identity.",
	}, func(i identity) *string { return (*string)(properties(i).IsolationScope) }, func(i identity, scope *string) {
		i.Properties = &armmsi.UserAssignedIdentityProperties{IsolationScope: (*armmsi.IsolationScope)(scope)}
	}),
	mapping.String("client_id", schema.StringAttribute{Computed: true, MarkdownDescription: "Client id (`appId`) of the identity: what a workload signs in as."}, func(i identity) *string { return properties(i).ClientID }, nil),
	mapping.String("principal_id", schema.StringAttribute{Computed: true, MarkdownDescription: "Object id of the identity's service principal: the principal that is given access."}, func(i identity) *string { return properties(i).PrincipalID }, nil),
	mapping.String("tenant_id", schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the tenant that the identity belongs to."}, func(i identity) *string { return properties(i).TenantID }, nil),
}

// Limits of tags: https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources.
var tagRules = []validator.Map{
	mapvalidator.SizeAtMost(50),
	mapvalidator.KeysAre(stringvalidator.UTF8LengthBetween(1, 512), stringvalidator.RegexMatches(regexp.MustCompile(`^[^<>%&\\?/]*$`), `must have none of <>%&\?/`)),
	mapvalidator.ValueStringsAre(stringvalidator.UTF8LengthAtMost(256)),
}

// part reads something of an identity's id.
func part(of func(arm.IdentityID) string) func(identity) *string {
	return func(i identity) *string {
		if i.ID == nil {
			return nil
		}
		id, err := arm.ParseIdentityID(*i.ID)
		if err != nil {
			return nil
		}
		return new(of(id))
	}
}

func properties(i identity) armmsi.UserAssignedIdentityProperties {
	if i.Properties == nil {
		return armmsi.UserAssignedIdentityProperties{}
	}
	return *i.Properties
}

// region is the name of a region as the service writes it, which takes "West Europe" too.
func region(location string) string {
	return strings.ToLower(strings.ReplaceAll(location, " ", ""))
}

func decodeTags(from identity, _ attr.Value) attr.Value {
	tags := make(map[string]attr.Value, len(from.Tags))
	for name, value := range from.Tags {
		if value != nil {
			tags[name] = types.StringValue(*value)
		}
	}
	return types.MapValueMust(types.StringType, tags)
}

func encodeTags(value attr.Value, to identity) {
	to.Tags = map[string]*string{} // an empty one clears, and a missing one leaves alone
	for name, value := range value.(types.Map).Elements() {
		to.Tags[name] = value.(types.String).ValueStringPointer()
	}
}
