// Package directoryroleassignment is workloadid_directory_role_assignment: what a principal may administer in the tenant.
// See https://learn.microsoft.com/graph/api/resources/unifiedroleassignment.
package directoryroleassignment

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

type entra = models.UnifiedRoleAssignmentable

var attributes = mapping.Table[entra]{
	mapping.String("id", schema.StringAttribute{Computed: true, Validators: []validator.String{validate.OpaqueID()}, MarkdownDescription: "Id of the assignment in Microsoft Graph."}, entra.GetId, nil),
	mapping.Derived("role_name", schema.StringAttribute{
		Optional: true, Computed: true,
		Validators:          []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.ExactlyOneOf(path.MatchRoot("role_name"), path.MatchRoot("role_definition_id"))},
		MarkdownDescription: "Name of the role, such as `Application Administrator`. Letter case does not matter. Exactly one of `role_name` and `role_definition_id` is needed. Another role makes a new assignment.",
	}, decodeRoleName).Property("").Alike(strings.EqualFold),
	mapping.String("role_definition_id", schema.StringAttribute{
		Optional: true, Computed: true, Validators: []validator.String{validate.UUID()},
		MarkdownDescription: "Id of the role: the template id of a built-in one, or the `id` of a custom one. Another role makes a new assignment.",
	}, entra.GetRoleDefinitionId, entra.SetRoleDefinitionId).CreateOnly().ID(),
	mapping.String("principal_id", schema.StringAttribute{
		Required: true, Validators: []validator.String{validate.UUID()},
		MarkdownDescription: "Object id of what is given the role: `id` of a service principal, `principal_id` of a managed identity, or the id of a user or a group to which roles can be assigned. Changing it makes a new assignment.",
	}, entra.GetPrincipalId, entra.SetPrincipalId).CreateOnly().ID(),
	scopeRow(administrativeUnits, "administrative_unit_id", "Object id of the administrative unit to which the role is limited. At most one of `administrative_unit_id` and `application_id` can be set; the role is for the whole tenant where neither is. Changing it makes a new assignment."),
	scopeRow("/", "application_id", "Object id of the application, or of the service principal, to which the role is limited. Changing it makes a new assignment."),
	mapping.String("directory_scope_id", schema.StringAttribute{Computed: true, MarkdownDescription: "What the role is for, as Microsoft Graph has it: `/` for the whole tenant, otherwise the path of an object."}, entra.GetDirectoryScopeId, nil).CreateOnly().Alike(strings.EqualFold),
}

const (
	tenantWide          = "/"
	administrativeUnits = "/administrativeUnits/"
)

// scopeRow is an attribute that has the id of an object to which the role is limited, and which the scope has after a prefix.
func scopeRow(prefix, name, description string) mapping.Row[entra] {
	return mapping.Converted(name, schema.StringAttribute{
		Optional: true, Validators: []validator.String{validate.UUID(), stringvalidator.ConflictsWith(path.MatchRoot("administrative_unit_id"), path.MatchRoot("application_id"))},
		MarkdownDescription: description,
	}, entra.GetDirectoryScopeId, entra.SetDirectoryScopeId,
		func(from entra, _ attr.Value) attr.Value {
			scope := from.GetDirectoryScopeId()
			if scope == nil {
				return types.StringNull()
			}
			if id, ok := strings.CutPrefix(*scope, prefix); ok && validate.CheckUUID(id) == nil {
				return types.StringValue(id)
			}
			return types.StringNull()
		},
		func(value attr.Value, to entra) {
			to.SetDirectoryScopeId(new(prefix + value.(types.String).ValueString()))
		}).Property("directoryScopeId").CreateOnly().ID()
}

// decodeRoleName keeps what is known where the name was not looked up again.
func decodeRoleName(from entra, prior attr.Value) attr.Value {
	if role := from.GetRoleDefinition(); role != nil {
		return types.StringPointerValue(role.GetDisplayName())
	}
	if prior == nil || prior.IsUnknown() {
		return types.StringNull()
	}
	return prior
}
