// Package apiaccess is workloadid_api_access: what a workload may do with one API, by itself and on behalf of users.
// See https://learn.microsoft.com/graph/permissions-grant-via-msgraph.
package apiaccess

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// access is what a principal has been given at one API: in Microsoft Graph, an app role assignment for each role, and one
// grant for all scopes.
type access struct {
	principalID, apiID, apiName string

	// roles are the values of the app roles, and assignments the ids of their assignments by value.
	roles       []string
	assignments map[string]string
	scopes      []string
	// grantID is the grant that the scopes are in, beside those of others.
	grantID   *string
	exclusive *bool

	// inState says that the state has the access, so that it can't be imported as it is.
	inState bool
	// unanswered are the app roles, and the grant under "", of which a request that gives them got no answer.
	unanswered map[string]bool
	// found are the values of the app roles that were found after that, and may be somebody else's after all.
	found []string
	// adopted says that something was taken over that had been given already.
	adopted bool
}

var attributes = mapping.Table[*access]{
	mapping.String("id", schema.StringAttribute{Computed: true, MarkdownDescription: "`service_principal_id` and `api_id`, separated by a slash."}, func(from *access) *string { return new(id(from.principalID, from.apiID)) }, nil).Property(""),
	mapping.String("service_principal_id", schema.StringAttribute{
		Required: true, Validators: []validator.String{validate.UUID()},
		MarkdownDescription: "Object id of the service principal that is given access: `id` of a service principal, `principal_id` of a managed identity. Changing it makes a new access.",
	}, func(from *access) *string { return &from.principalID }, func(to *access, id *string) { to.principalID = *id }).Property("principalId").CreateOnly().ID(),
	mapping.Derived("api", schema.StringAttribute{
		Required: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		MarkdownDescription: "The API: its name, such as `Microsoft Graph` or `Azure Key Vault`, its client id, or the object id of its service principal. An API whose service principal is made in the same configuration is best named by that id. Another API makes a new access.",
	}, func(from *access, prior attr.Value) attr.Value {
		return mapping.Known(prior, types.StringValue(from.apiName))
	}).Property("").ID(),
	mapping.String("api_id", schema.StringAttribute{Computed: true, MarkdownDescription: "Object id of the API's service principal."}, func(from *access) *string { return &from.apiID }, nil).Property("resourceId").CreateOnly(),
	mapping.Strings("app_roles", schema.SetAttribute{
		Optional: true, Validators: []validator.Set{setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
		MarkdownDescription: "App roles (application permissions) by their value, such as `User.Read.All`; one without a value by its id.",
	}, func(from *access) []string { return from.roles }, func(to *access, roles []string) { to.roles = roles }).Property("appRoleId").ID(),
	mapping.Strings("delegated_scopes", schema.SetAttribute{
		Optional: true, Validators: []validator.Set{setvalidator.ValueStringsAre(validate.ClaimValue())},
		MarkdownDescription: "Delegated scopes by their value, such as `User.Read`, consented to for all users.",
	}, func(from *access) []string { return from.scopes }, func(to *access, scopes []string) { to.scopes = scopes }).Property("scope"),
	mapping.Bool("exclusive", schema.BoolAttribute{
		Optional: true, Computed: true, Default: booldefault.StaticBool(false),
		MarkdownDescription: "Whether whatever else the service principal has been given at this API, for all users or by itself, is taken away. Default `false`: it is left alone.",
	}, func(from *access) *bool { return from.exclusive }, func(to *access, exclusive *bool) { to.exclusive = exclusive }).Property(""),
	mapping.Derived("app_role_assignment_ids", schema.MapAttribute{
		Computed: true, ElementType: types.StringType, MarkdownDescription: "Ids of the app role assignments, by the value of the app role.",
	}, func(from *access, _ attr.Value) attr.Value {
		ids := map[string]attr.Value{}
		for value, id := range from.assignments {
			ids[value] = types.StringValue(id)
		}
		return types.MapValueMust(types.StringType, ids)
	}).Property(""),
	mapping.String("delegated_permission_grant_id", schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the delegated permission grant that has the scopes. Microsoft Graph allows one for all users of a service principal and an API, so that scopes that others have granted are in it too."}, func(from *access) *string { return from.grantID }, nil).Property(""),
}

func id(principal, api string) string { return principal + "/" + api }
