// Package azureroledefinition finds the roles of Azure: built-in ones and those that an organisation has made itself.
// See https://learn.microsoft.com/azure/role-based-access-control/role-definitions.
package azureroledefinition

import (
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

type azure = *armauthorization.RoleDefinition

var attributes = mapping.Table[azure]{
	mapping.String("id", schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the role in Azure Resource Manager, as `role_definition_id` of an Azure role assignment takes it."}, func(from azure) *string { return from.ID }, nil),
	mapping.Derived("role_definition_id", schema.StringAttribute{Computed: true, Validators: []validator.String{validate.UUID()}, MarkdownDescription: "The role's own id, a UUID, which built-in roles have in every tenant."}, func(from azure, prior attr.Value) attr.Value {
		if known, ok := prior.(types.String); ok && from.Name != nil && strings.EqualFold(known.ValueString(), *from.Name) {
			return prior
		}
		return types.StringPointerValue(from.Name)
	}).Property("name"),
	mapping.Derived("role_name", schema.StringAttribute{Computed: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)}, MarkdownDescription: "Name of the role, such as `Storage Blob Data Reader`; letter case does not matter."}, func(from azure, prior attr.Value) attr.Value {
		name := NameOf(from)
		if known, ok := prior.(types.String); ok && strings.EqualFold(known.ValueString(), name) {
			return prior
		}
		return types.StringValue(name)
	}),
	mapping.String("description", schema.StringAttribute{Computed: true, MarkdownDescription: "What the role is for."}, func(from azure) *string { return properties(from).Description }, nil),
	mapping.String("role_type", schema.StringAttribute{Computed: true, MarkdownDescription: "`BuiltInRole` or `CustomRole`."}, func(from azure) *string { return properties(from).RoleType }, nil).Property("type"),
	mapping.Strings("assignable_scopes", schema.SetAttribute{Computed: true, MarkdownDescription: "Scopes at and below which the role can be assigned."}, func(from azure) []string { return texts(properties(from).AssignableScopes) }, nil),
	mapping.List("permissions", schema.ListNestedAttribute{Computed: true, MarkdownDescription: "What the role allows. `not_…` takes away from what the same element allows."}, mapping.Table[*armauthorization.Permission]{
		permitted("actions", "Operations on resources that are allowed; `*` stands for any text.", func(p *armauthorization.Permission) []*string { return p.Actions }),
		permitted("not_actions", "Operations on resources that are left out.", func(p *armauthorization.Permission) []*string { return p.NotActions }),
		permitted("data_actions", "Operations on the data in resources that are allowed.", func(p *armauthorization.Permission) []*string { return p.DataActions }),
		permitted("not_data_actions", "Operations on the data in resources that are left out.", func(p *armauthorization.Permission) []*string { return p.NotDataActions }),
	}, func(from azure) []*armauthorization.Permission { return properties(from).Permissions }),
}

func permitted(name, description string, get func(*armauthorization.Permission) []*string) mapping.Row[*armauthorization.Permission] {
	return mapping.Strings(name, schema.SetAttribute{Computed: true, MarkdownDescription: description}, func(p *armauthorization.Permission) []string { return texts(get(p)) }, nil)
}

// properties are never nil.
func properties(from azure) *armauthorization.RoleDefinitionProperties {
	if from.Properties == nil {
		return &armauthorization.RoleDefinitionProperties{}
	}
	return from.Properties
}

// NameOf is the name that people know a role by.
func NameOf(role azure) string {
	if name := properties(role).RoleName; name != nil {
		return *name
	}
	return ""
}

func texts(pointers []*string) []string {
	found := []string{}
	for _, text := range pointers {
		if text != nil {
			found = append(found, *text)
		}
	}
	return found
}
