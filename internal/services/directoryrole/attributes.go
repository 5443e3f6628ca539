// Package directoryrole has the roles of Microsoft Entra, built-in and custom, and finds them by their names.
// See https://learn.microsoft.com/graph/api/resources/unifiedroledefinition.
package directoryrole

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// Role is a role definition of Microsoft Graph.
type Role = models.UnifiedRoleDefinitionable

// Attributes are those of a role. Which ones can be set is said for a custom one.
var Attributes = mapping.Table[Role]{
	mapping.String("id", schema.StringAttribute{Computed: true, Validators: []validator.String{validate.UUID()}, MarkdownDescription: "Id of the role. Built-in roles have the same one in every tenant."}, Role.GetId, nil).ID(),
	mapping.String("display_name", schema.StringAttribute{
		Required: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		MarkdownDescription: "Name of the role.",
	}, Role.GetDisplayName, Role.SetDisplayName),
	mapping.String("description", schema.StringAttribute{Optional: true, MarkdownDescription: "What the role is for."}, Role.GetDescription, Role.SetDescription),
	mapping.Bool("enabled", schema.BoolAttribute{
		Optional: true, Computed: true, Default: booldefault.StaticBool(true),
		MarkdownDescription: "Whether the role can be assigned. Default `true`.",
	}, Role.GetIsEnabled, Role.SetIsEnabled).Property("isEnabled"),
	mapping.Converted("permissions", schema.SetAttribute{
		Required: true, ElementType: types.StringType,
		Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(validate.ResourceAction())},
		MarkdownDescription: "What the role allows, as actions such as `microsoft.directory/applications/credentials/update`. " +
			"The [permissions of custom roles](https://learn.microsoft.com/entra/identity/role-based-access-control/custom-available-permissions) are fewer than those of built-in ones.",
	}, Role.GetRolePermissions, Role.SetRolePermissions, decodePermissions, encodePermissions).Property("rolePermissions"),
	mapping.String("template_id", schema.StringAttribute{
		Optional: true, Computed: true, Validators: []validator.String{validate.UUID()},
		MarkdownDescription: "UUID by which the role is known, where it shall be the same in several tenants. One is chosen by default. Changing it makes a new role.",
	}, Role.GetTemplateId, Role.SetTemplateId).CreateOnly().ID(),
	mapping.String("version", schema.StringAttribute{Optional: true, MarkdownDescription: "Version of the role, any text."}, Role.GetVersion, Role.SetVersion),
	mapping.Bool("built_in", schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it is a role of Microsoft's and not a custom one."}, Role.GetIsBuiltIn, nil).Property("isBuiltIn"),
}

// Graph has a collection of permissions, each with actions and a condition under which they are allowed. Custom roles have
// no conditions (https://learn.microsoft.com/graph/api/resources/unifiedrolepermission), so that all actions of one are
// alike. Of a built-in role, those under a condition are among the others.
func decodePermissions(from Role, _ attr.Value) attr.Value {
	var actions []string
	for _, permission := range mapping.Present(from.GetRolePermissions()) {
		actions = append(actions, permission.GetAllowedResourceActions()...)
	}
	return mapping.StringSet(actions)
}

func encodePermissions(value attr.Value, to Role) {
	permission := models.NewUnifiedRolePermission()
	permission.SetAllowedResourceActions(mapping.Texts(value))
	to.SetRolePermissions([]models.UnifiedRolePermissionable{permission})
}
