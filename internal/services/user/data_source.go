// Package user finds the users that grants refer to. Its data sources read what User.ReadBasic.All lets a caller see, and no more.
// See https://learn.microsoft.com/graph/api/resources/user.
package user

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

type entra = graph.Object

var notEmpty = []validator.String{stringvalidator.LengthAtLeast(1)}

var attributes = mapping.Table[entra]{
	mapping.String("id", schema.StringAttribute{Computed: true, Validators: []validator.String{validate.UUID()}, MarkdownDescription: "Object id of the user: the principal that is given access."}, graph.Text("id"), nil),
	mapping.String("user_principal_name", schema.StringAttribute{Computed: true, Validators: notEmpty, MarkdownDescription: "Name that the user signs in with, such as `ada@contoso.com`. A guest's has `#EXT#` in it."}, graph.Text("userPrincipalName"), nil),
	mapping.String("mail", schema.StringAttribute{Computed: true, Validators: notEmpty, MarkdownDescription: "Email address. Not every user has one, and it need not be the name that the user signs in with."}, graph.Text("mail"), nil),
	mapping.String("display_name", schema.StringAttribute{Computed: true, Validators: notEmpty, MarkdownDescription: "Name that people see."}, graph.Text("displayName"), nil),
	mapping.String("given_name", schema.StringAttribute{Computed: true, MarkdownDescription: "First name."}, graph.Text("givenName"), nil),
	mapping.String("surname", schema.StringAttribute{Computed: true, MarkdownDescription: "Last name."}, graph.Text("surname"), nil),
}

var lookup = entity.LookupIn("/v1.0/users", entity.Lookup[entra]{
	Noun: "user", Plural: "users",
	Description:       "One user of the tenant, found by object id, user principal name, email address or display name.",
	PluralDescription: "The users of the tenant, all of them or those that a filter matches.",
	Table:             attributes,
	Permissions:       permissions,
	Keys: []entity.Key[entra]{
		{Attribute: "user_principal_name", Property: "userPrincipalName", Argument: "user_principal_names", Description: "User principal names to list.", Rules: notEmpty},
		{Attribute: "mail", Property: "mail", Argument: "mails", Description: "Email addresses to list.", Rules: notEmpty},
		entity.ByDisplayName[entra](),
	},
})

// See https://learn.microsoft.com/graph/api/user-get and user-list, "Permissions".
var permissions = entity.Permissions{Read: entity.Needs{
	Application: []string{"User.Read.All"},
	Delegated:   []string{"User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All"},
}}

// NewDataSource is the lookup of one user.
func NewDataSource() datasource.DataSource { return lookup.DataSource() }

// NewCollectionDataSource is the listing of users.
func NewCollectionDataSource() datasource.DataSource { return lookup.CollectionDataSource() }
