// Package azureroleassignment is workloadid_azure_role_assignment: what a principal may do with resources in Azure.
// See https://learn.microsoft.com/azure/role-based-access-control/role-assignments.
package azureroleassignment

import (
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/azureroledefinition"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// assignment is what Resource Manager has, and the name of the role, of which it has only the id.
type assignment struct {
	armauthorization.RoleAssignment
	roleName *string
}

type azure = *assignment

func newAssignment() azure {
	return &assignment{RoleAssignment: armauthorization.RoleAssignment{Properties: &armauthorization.RoleAssignmentProperties{}}}
}

var attributes = mapping.Table[azure]{
	mapping.String("id", schema.StringAttribute{Computed: true, Validators: []validator.String{validate.AzureRoleAssignmentID()}, MarkdownDescription: "Id of the assignment in Azure Resource Manager: its scope, `/providers/Microsoft.Authorization/roleAssignments/`, and its name."}, func(from azure) *string { return from.ID }, nil).Alike(strings.EqualFold),
	mapping.String("name", schema.StringAttribute{Computed: true, MarkdownDescription: "Name of the assignment, a UUID."}, func(from azure) *string { return from.Name }, nil),
	mapping.String("scope", schema.StringAttribute{
		Required: true, Validators: []validator.String{validate.AzureScope()},
		MarkdownDescription: "What the role is assigned for: the id of a management group, a subscription, a resource group or a resource, or `/`. Letter case does not matter. Changing it makes a new assignment.",
	}, func(from azure) *string { return from.Properties.Scope }, nil).CreateOnly().Alike(strings.EqualFold),
	mapping.Derived("role_name", schema.StringAttribute{
		Optional: true, Computed: true,
		Validators:          []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.ExactlyOneOf(path.MatchRoot("role_name"), path.MatchRoot("role_definition_id"))},
		MarkdownDescription: "Name of the role, such as `Reader` or `Storage Blob Data Contributor`. Exactly one of `role_name` and `role_definition_id` is needed. Another role makes a new assignment.",
	}, decodeRoleName).Alike(strings.EqualFold),
	mapping.String("role_definition_id", schema.StringAttribute{
		Optional: true, Computed: true, Validators: []validator.String{validate.AzureRoleDefinitionID()},
		MarkdownDescription: "Id of the role: a UUID, or the id in Azure Resource Manager that ends in it. Another role makes a new assignment.",
	}, text(roleDefinitionID), setText(roleDefinitionID)).CreateOnly().Alike(sameRole),
	mapping.String("principal_id", schema.StringAttribute{
		Required: true, Validators: []validator.String{validate.UUID()},
		MarkdownDescription: "Object id of what is given the role: `id` of a service principal, `principal_id` of a managed identity, or the id of a user or a group. Changing it makes a new assignment.",
	}, text(principalID), setText(principalID)).CreateOnly().ID(),
	mapping.Converted("principal_type", schema.StringAttribute{
		Optional: true, Computed: true,
		Validators:          []validator.String{stringvalidator.OneOf(servicePrincipal, string(armauthorization.PrincipalTypeUser), string(armauthorization.PrincipalTypeGroup))},
		MarkdownDescription: "What the principal is: `ServicePrincipal`, which managed identities are too, `User` or `Group`. Unset, it is what the principal is. Changing it makes a new assignment.",
	}, func(from azure) *armauthorization.PrincipalType { return from.Properties.PrincipalType }, func(to azure, kind *armauthorization.PrincipalType) { to.Properties.PrincipalType = kind },
		func(from azure, _ attr.Value) attr.Value {
			return types.StringPointerValue((*string)(from.Properties.PrincipalType))
		},
		func(value attr.Value, to azure) {
			to.Properties.PrincipalType = new(armauthorization.PrincipalType(value.(types.String).ValueString()))
		}).CreateOnly(),
	mapping.String("description", schema.StringAttribute{Optional: true, Validators: []validator.String{stringvalidator.UTF8LengthAtMost(1024)}, MarkdownDescription: "What the assignment is for."}, text(description), setText(description)),
	mapping.String("condition", schema.StringAttribute{
		Optional:            true,
		MarkdownDescription: "Condition under which the role counts, in version 2.0 of Azure's language for [conditions](https://learn.microsoft.com/azure/role-based-access-control/conditions-format).",
	}, text(condition), func(to azure, value *string) {
		to.Properties.Condition = value
		if to.Properties.ConditionVersion = nil; value != nil {
			to.Properties.ConditionVersion = new(conditionVersion)
		}
	}),
}

const (
	servicePrincipal = string(armauthorization.PrincipalTypeServicePrincipal)
	// conditionVersion is the only one that can be written:
	// https://learn.microsoft.com/azure/role-based-access-control/conditions-faq.
	conditionVersion = "2.0"
)

func roleDefinitionID(p *armauthorization.RoleAssignmentProperties) **string {
	return &p.RoleDefinitionID
}
func principalID(p *armauthorization.RoleAssignmentProperties) **string { return &p.PrincipalID }
func description(p *armauthorization.RoleAssignmentProperties) **string { return &p.Description }
func condition(p *armauthorization.RoleAssignmentProperties) **string   { return &p.Condition }

// text and setText are the accessors that the SDK's structs lack.
func text(field func(*armauthorization.RoleAssignmentProperties) **string) func(azure) *string {
	return func(from azure) *string { return *field(from.Properties) }
}

func setText(field func(*armauthorization.RoleAssignmentProperties) **string) func(azure, *string) {
	return func(to azure, value *string) { *field(to.Properties) = value }
}

// decodeRoleName keeps what is known where the name was not looked up again.
func decodeRoleName(from azure, prior attr.Value) attr.Value {
	if from.roleName == nil && prior != nil && !prior.IsUnknown() {
		return prior
	}
	return types.StringPointerValue(from.roleName)
}

// sameRole reports whether two ids mean one role: Resource Manager puts the subscription of the scope before it.
func sameRole(a, b string) bool {
	return azureroledefinition.UUID(a) == azureroledefinition.UUID(b)
}
