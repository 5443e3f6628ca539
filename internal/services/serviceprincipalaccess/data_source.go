// Package serviceprincipalaccess is the data source workloadid_service_principal_access: what a service principal can do.
package serviceprincipalaccess

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// NewDataSource is workloadid_service_principal_access.
func NewDataSource() datasource.DataSource {
	return entity.DataSource[*access]{
		Noun: "service_principal_access",
		Description: "Everything that a service principal, of an application or a managed identity, has been given, by name: app roles and delegated permissions of APIs, roles in the directory, roles in Azure. It answers the question of a review: what can this identity do?\n\n" +
			"Roles in the directory and in Azure that it has as a member of a group are among them. App roles that are given to such a group are not: Microsoft Entra ID does not put them into the tokens of a service principal. What it may do as the owner of objects is not listed; `owned_objects_count` says how many there are.",
		Table:       attributes,
		Permissions: permissions,
		Keys:        []string{"service_principal_id", "client_id"},
		Optional:    []string{"subscription_ids"},
		Read:        read,
	}.DataSource()
}

// See https://learn.microsoft.com/graph/api/serviceprincipal-list-approleassignments,
// serviceprincipal-list-oauth2permissiongrants, serviceprincipal-list-ownedobjects, serviceprincipal-list-transitivememberof and rbacapplication-list-roleassignments.
// Directory.Read.All is the one permission that all of them take.
var permissions = entity.Permissions{
	Read: entity.Needs{
		Application:    []string{"Application.Read.All and DelegatedPermissionGrant.Read.All and RoleManagement.Read.Directory", "Directory.Read.All"},
		Delegated:      []string{"Application.Read.All and DelegatedPermissionGrant.Read.All and RoleManagement.Read.Directory", "Directory.Read.All"},
		DirectoryRoles: []string{"Directory Readers"},
	},
	Features: []entity.Feature{{Name: "roles in Azure", Read: entity.Needs{AzureRoles: []string{"Reader"}}}},
}

var attributes = mapping.Table[*access]{
	mapping.String("service_principal_id", schema.StringAttribute{Optional: true, Validators: []validator.String{validate.UUID()}, MarkdownDescription: "Object id of the service principal: `id` of a service principal, `principal_id` of a managed identity."}, func(a *access) *string { return a.principal.GetId() }, nil).Property("id").ID(),
	mapping.String("client_id", schema.StringAttribute{Optional: true, Validators: []validator.String{validate.UUID()}, MarkdownDescription: "Client id of the application or managed identity. Exactly one of `service_principal_id` and `client_id` is needed."}, func(a *access) *string { return a.principal.GetAppId() }, nil).Property("appId").ID(),
	mapping.Argument[*access]("subscription_ids", schema.SetAttribute{
		Optional: true, ElementType: types.StringType, Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(validate.UUID())},
		MarkdownDescription: "Ids of the Azure subscriptions in which roles are looked up. Default: the provider's.",
	}),
	ofPrincipal("display_name", "Name of the service principal.", models.ServicePrincipalable.GetDisplayName),
	ofPrincipal("service_principal_type", "What it stands for: `Application`, `ManagedIdentity` …", models.ServicePrincipalable.GetServicePrincipalType),
	mapping.List("app_roles", schema.ListNestedAttribute{Computed: true, MarkdownDescription: "App roles, which it has by itself (application permissions)."}, mapping.Table[*appRole]{
		column("api_name", "Name of the API.", func(r *appRole) *string { return &r.api }),
		column("api_service_principal_id", "Object id of the API's service principal.", func(r *appRole) *string { return &r.apiID }),
		column("value", "Value of the app role, such as `User.Read.All`; its id where it has none.", func(r *appRole) *string { return &r.value }),
		column("app_role_id", "Id of the app role.", func(r *appRole) *string { return &r.roleID }),
		column("id", "Id of the assignment.", func(r *appRole) *string { return &r.id }),
	}, func(a *access) []*appRole { return a.appRoles }),
	mapping.List("delegated_permissions", schema.ListNestedAttribute{Computed: true, MarkdownDescription: "Delegated permissions, which it has on behalf of users."}, mapping.Table[*delegated]{
		column("api_name", "Name of the API.", func(d *delegated) *string { return &d.api }),
		column("api_service_principal_id", "Object id of the API's service principal.", func(d *delegated) *string { return &d.apiID }),
		mapping.Strings("scopes", schema.SetAttribute{Computed: true, MarkdownDescription: "The scopes, such as `User.Read`."}, func(d *delegated) []string { return d.scopes }, nil),
		mapping.Bool("all_users", schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it may act for every user."}, func(d *delegated) *bool { return new(d.userID == nil) }, nil),
		column("user_id", "Object id of the only user that it may act for. Null where it is for all.", func(d *delegated) *string { return d.userID }),
		column("id", "Id of the grant.", func(d *delegated) *string { return &d.id }),
	}, func(a *access) []*delegated { return a.delegated }),
	mapping.List("groups", schema.ListNestedAttribute{Computed: true, MarkdownDescription: "Groups that it is a member of, directly or through other groups."}, mapping.Table[*group]{
		column("id", "Object id of the group.", func(g *group) *string { return &g.id }),
		column("display_name", "Name of the group. Null where no permission allows reading groups.", func(g *group) *string { return present(g.name) }),
	}, func(a *access) []*group { return a.groups }),
	mapping.List("directory_roles", schema.ListNestedAttribute{Computed: true, MarkdownDescription: "Roles of Microsoft Entra."}, mapping.Table[*directoryRole]{
		column("role_name", "Name of the role.", func(r *directoryRole) *string { return &r.name }),
		column("role_definition_id", "Id of the role.", func(r *directoryRole) *string { return &r.roleID }),
		column("directory_scope_id", "What the role is for: `/` for the whole tenant, otherwise the path of an object.", func(r *directoryRole) *string { return &r.scope }),
		column("principal_id", "Object id of what has the role: the service principal, or a group that it is a member of.", func(r *directoryRole) *string { return &r.principalID }),
		column("id", "Id of the assignment.", func(r *directoryRole) *string { return &r.id }),
	}, func(a *access) []*directoryRole { return a.directory }),
	mapping.List("azure_roles", schema.ListNestedAttribute{Computed: true, MarkdownDescription: "Roles in Azure: in the subscriptions, in what they contain, and in the management groups above. Null where no subscription is given, nor configured in the provider."}, mapping.Table[*azureRole]{
		column("role_name", "Name of the role.", func(r *azureRole) *string { return &r.name }),
		column("role_definition_id", "Id of the role.", func(r *azureRole) *string { return &r.roleID }),
		column("scope", "What the role is for.", func(r *azureRole) *string { return &r.scope }),
		column("condition", "Condition under which the role counts.", func(r *azureRole) *string { return r.condition }),
		column("principal_id", "Object id of what has the role: the service principal, or a group that it is a member of.", func(r *azureRole) *string { return &r.principalID }),
		column("id", "Id of the assignment.", func(r *azureRole) *string { return &r.id }),
	}, func(a *access) []*azureRole { return a.azure }).NullWhere(func(a *access) bool { return a.azureUnread != "" }),
	mapping.String("azure_roles_note", schema.StringAttribute{Computed: true, MarkdownDescription: "Why `azure_roles` is null. Null where it is not."}, func(a *access) *string { return present(a.azureUnread) }, nil),
	mapping.Int32("owned_objects_count", schema.Int32Attribute{Computed: true, MarkdownDescription: "Number of applications, service principals and groups that it owns."}, func(a *access) *int32 { return &a.owned }, nil),
}

func ofPrincipal(name, description string, get func(models.ServicePrincipalable) *string) mapping.Row[*access] {
	return column(name, description, func(a *access) *string { return get(a.principal) })
}

// present is a text, null where it is empty.
func present(value string) *string {
	if value == "" {
		return nil
	}
	return &value
}

// column is a text that is only read.
func column[E any](name, description string, get func(E) *string) mapping.Row[E] {
	return mapping.String(name, schema.StringAttribute{Computed: true, MarkdownDescription: description}, get, nil)
}
