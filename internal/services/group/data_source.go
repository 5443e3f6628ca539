// Package group finds the groups that grants refer to.
// See https://learn.microsoft.com/graph/api/resources/group.
package group

import (
	"context"

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
	mapping.String("id", schema.StringAttribute{Computed: true, Validators: []validator.String{validate.UUID()}, MarkdownDescription: "Object id of the group: the principal that is given access."}, graph.Text("id"), nil),
	mapping.String("display_name", schema.StringAttribute{Computed: true, Validators: notEmpty, MarkdownDescription: "Name that people see."}, graph.Text("displayName"), nil),
	mapping.String("mail_nickname", schema.StringAttribute{Computed: true, Validators: notEmpty, MarkdownDescription: "Mail alias. Groups without mail have one too."}, graph.Text("mailNickname"), nil),
	mapping.String("mail", schema.StringAttribute{Computed: true, Validators: notEmpty, MarkdownDescription: "Email address, where the group has one."}, graph.Text("mail"), nil),
	mapping.String("description", schema.StringAttribute{Computed: true, MarkdownDescription: "What the group is for."}, graph.Text("description"), nil),
	mapping.Bool("security_enabled", schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the group is a security group: only those can be given access."}, graph.Truth("securityEnabled"), nil),
	mapping.Bool("mail_enabled", schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the group has mail."}, graph.Truth("mailEnabled"), nil),
	mapping.Bool("assignable_to_role_enabled", schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the group can be given directory roles. It takes more to change the members of such a group."}, func(from entra) *bool {
		given := graph.Truth("isAssignableToRole")(from)
		return new(given != nil && *given) // null of most groups
	}, nil).Property("isAssignableToRole"),
	mapping.Strings("group_types", schema.SetAttribute{Computed: true, MarkdownDescription: "`Unified` of a Microsoft 365 group, `DynamicMembership` of one whose members follow from a rule."}, graph.Texts("groupTypes"), nil),
}

var lookup = entity.LookupIn(collection, entity.Lookup[entra]{
	Noun: "group", Plural: "groups",
	Description:       "One group of the tenant, found by object id, display name, mail alias or email address.",
	PluralDescription: "The groups of the tenant, all of them or those that a filter matches.",
	Table:             attributes,
	Permissions:       permissions,
	Keys: []entity.Key[entra]{
		entity.ByDisplayName[entra](),
		{Attribute: "mail_nickname", Property: "mailNickname", Argument: "mail_nicknames", Description: "Mail aliases to list.", Rules: notEmpty},
		{Attribute: "mail", Property: "mail", Argument: "mails", Description: "Email addresses to list.", Rules: notEmpty},
	},
})

const collection = "/v1.0/groups"

// Get gets the group of an object id.
func Get(ctx context.Context, api *entity.Services, id string) (graph.Object, error) {
	return entity.Object(ctx, api, collection, id, attributes.Select())
}

// See https://learn.microsoft.com/graph/api/group-get and group-list, "Permissions".
var permissions = entity.Permissions{Read: entity.Needs{
	Application: []string{"GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All"},
	Delegated:   []string{"GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All"},
}}

// NewDataSource is the lookup of one group.
func NewDataSource() datasource.DataSource { return lookup.DataSource() }

// NewCollectionDataSource is the listing of groups.
func NewCollectionDataSource() datasource.DataSource { return lookup.CollectionDataSource() }
