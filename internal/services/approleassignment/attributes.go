// Package approleassignment is workloadid_app_role_assignment: an app role of an API that a workload, a user or a group has.
// See https://learn.microsoft.com/graph/api/resources/approleassignment.
package approleassignment

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/api"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// assignment is what Graph has, and the value of the role, of which it has only the id.
type assignment struct {
	models.AppRoleAssignmentable
	role *string
}

type entra = *assignment

func newAssignment() entra { return &assignment{AppRoleAssignmentable: models.NewAppRoleAssignment()} }

// parse reads one from JSON.
func parse(node serialization.ParseNode) (serialization.Parsable, error) {
	parsed, err := models.CreateAppRoleAssignmentFromDiscriminatorValue(node)
	if err != nil {
		return nil, err
	}
	return &assignment{AppRoleAssignmentable: parsed.(models.AppRoleAssignmentable)}, nil
}

var uuids = []validator.String{validate.UUID()}

var attributes = mapping.Table[entra]{
	mapping.String("id", schema.StringAttribute{
		Computed: true, Validators: []validator.String{validate.OpaqueID()},
		MarkdownDescription: "Id of the assignment, which is no GUID.",
	}, entra.GetId, nil),
	mapping.UUID("principal_id", schema.StringAttribute{
		Required: true, Validators: uuids,
		MarkdownDescription: "Object id of who is given the role: a service principal, `principal_id` of a managed identity, a user or a group. Changing it makes a new assignment.",
	}, entra.GetPrincipalId, entra.SetPrincipalId).CreateOnly(),
	mapping.Derived(api.TargetName, api.TargetNameAttribute(), func(from entra, prior attr.Value) attr.Value {
		return mapping.Known(prior, types.StringPointerValue(from.GetResourceDisplayName()))
	}).Property("resourceDisplayName").ID(),
	mapping.UUID(api.TargetID, api.TargetIDAttribute(), entra.GetResourceId, entra.SetResourceId).CreateOnly(),
	mapping.Derived("app_role", schema.StringAttribute{
		Optional: true, Computed: true,
		Validators:          []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.ExactlyOneOf(path.MatchRoot("app_role"), path.MatchRoot("app_role_id"))},
		MarkdownDescription: "Value of the app role, such as `User.Read.All`. Exactly one of `app_role` and `app_role_id` is needed. Another role makes a new assignment.",
	}, func(from entra, prior attr.Value) attr.Value {
		return mapping.Known(prior, types.StringPointerValue(from.role))
	}).Property("appRoleId").ID(),
	mapping.UUID("app_role_id", schema.StringAttribute{
		Optional: true, Computed: true, Validators: uuids,
		MarkdownDescription: "Id of the app role, for roles without a value; `" + api.DefaultAccess + "` is access to an API that has no roles for such principals. Another role makes a new assignment.",
	}, entra.GetAppRoleId, entra.SetAppRoleId).CreateOnly(),

	mapping.String("principal_display_name", schema.StringAttribute{Computed: true, MarkdownDescription: "Name of who has the role."}, entra.GetPrincipalDisplayName, nil),
	mapping.String("principal_type", schema.StringAttribute{Computed: true, MarkdownDescription: "`ServicePrincipal`, which managed identities are too, `User` or `Group`."}, entra.GetPrincipalType, nil),
	mapping.String("resource_display_name", schema.StringAttribute{Computed: true, MarkdownDescription: "Name of the API."}, entra.GetResourceDisplayName, nil),
	mapping.Time("created_date_time", schema.StringAttribute{Computed: true, MarkdownDescription: "When the assignment was made, RFC 3339 in UTC."}, entra.GetCreatedDateTime),
}
