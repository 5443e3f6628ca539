// Package groupmember is workloadid_group_member: a workload in a group.
// See https://learn.microsoft.com/graph/api/group-post-members.
package groupmember

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/group"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/serviceprincipal"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// membership has no properties of its own: it is two ids.
type membership struct{ id, group, member *string }

type entra = *membership

func newMembership(group, member string) entra {
	return &membership{new(group + "/" + member), &group, &member}
}

var uuids = []validator.String{validate.UUID()}

var attributes = mapping.Table[entra]{
	mapping.String("id", schema.StringAttribute{Computed: true, MarkdownDescription: "The ids of the group and the member, with a slash between them."}, func(m entra) *string { return m.id }, nil).Property(""),
	mapping.String("group_id", schema.StringAttribute{
		Required: true, Validators: uuids,
		MarkdownDescription: "Object id of the group. Changing it makes a new membership.",
	}, func(m entra) *string { return m.group }, func(m entra, id *string) { m.group = id }).Property("").CreateOnly().Alike(strings.EqualFold),
	mapping.String("member_id", schema.StringAttribute{
		Required: true, Validators: uuids,
		MarkdownDescription: "Object id of the service principal, `principal_id` of a managed identity, or the object id of another principal that the group may have. Changing it makes a new membership.",
	}, func(m entra) *string { return m.member }, func(m entra, id *string) { m.member = id }).Property("id").CreateOnly().Alike(strings.EqualFold),
}

// NewResource is workloadid_group_member.
func NewResource() resource.Resource {
	return entity.Resource[entra]{
		Noun: "group_member",
		Description: "A workload that is a member of a group, a service principal or a managed identity: it has what the group has been given in the directory and in Azure. App roles of a group are not its members' where these are service principals.\n\n" +
			"Other members of the group are left alone. A group whose members follow from a rule has none that can be added, and one that is synchronised from Active Directory is changed there.",
		Table:       attributes,
		Identity:    []string{"group_id", "member_id"},
		Permissions: permissions,
		New:         func() entra { return &membership{} },
		Create:      create,
		Read:        read,
		Listings:    []*graph.Listing{members},
		Delete: func(ctx context.Context, api *entity.Services, state mapping.Value) error {
			return explained(ctx, api, state, api.Graph.Remove(ctx, address("v1.0", state, "/"+url.PathEscape(state.String("member_id"))+"/$ref")))
		},
		Find: func(ctx context.Context, api *entity.Services, plan mapping.Value, _ time.Time) iter.Seq2[entra, error] {
			return entity.One(read(ctx, api, entity.Query{Value: plan}))
		},
		Keys: []entity.UniqueKey{{"group_id", "member_id"}},
		References: func(object mapping.Value) []string {
			return []string{object.String("group_id"), object.String("member_id")}
		},
		Targets: []entity.Target{entity.To("group_id", "group", "groups"), entity.ToPrincipal("member_id")},
		Hint:    hint,
		Plan:    plan,
		Parent:  func(object mapping.Value) string { return object.String("group_id") },
	}.Resource()
}

// See https://learn.microsoft.com/graph/api/group-list-members, group-post-members and group-delete-members, "Permissions".
var permissions = entity.Permissions{
	Read: entity.Needs{
		Application: reading, Delegated: reading,
	},
	Create: entity.Needs{
		Application:    []string{"GroupMember.ReadWrite.All", "Group.ReadWrite.All"},
		Delegated:      []string{"GroupMember.ReadWrite.All", "Group.ReadWrite.All"},
		DirectoryRoles: []string{"Groups Administrator (of groups that cannot be given directory roles)", "Privileged Role Administrator (of groups that can be given them)"},
	},
	Features: []entity.Feature{{
		Name:   "a group that can be given directory roles",
		Create: roleManagement, Update: roleManagement, Delete: roleManagement,
	}},
	Note: "To add a service principal, [Microsoft's page](https://learn.microsoft.com/graph/api/group-post-members) names `Application.ReadWrite.All` besides.",
}

var reading = []string{"GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All"}

var roleManagement = entity.Needs{
	Application: []string{"RoleManagement.ReadWrite.Directory"},
	Delegated:   []string{"RoleManagement.ReadWrite.Directory"}, DirectoryRoles: []string{"Privileged Role Administrator"},
}

// members lists those of one group. Service principals are not listed in v1.0, by a known issue that the page of
// group-list-members names.
var members = &graph.Listing{Beta: true, Path: "/groups/{}/members", Member: "/groups/{}/members/{}/$ref", Select: []string{"id"}}

func address(version string, object mapping.Value, below string) string {
	return "/" + version + "/groups/" + url.PathEscape(object.String("group_id")) + "/members" + below
}

func create(ctx context.Context, api *entity.Services, write *entity.Write[entra]) (entra, error) {
	member := write.Plan.String("member_id")
	err := api.Graph.Refer(ctx, address("v1.0", write.Plan, "/$ref"), entity.Reference(api, member))
	switch {
	case entity.AlreadyLinked(err):
		return nil, fmt.Errorf("%w: %w", entity.ErrExists, err)
	case err != nil:
		return nil, explained(ctx, api, write.Plan, err)
	}
	return newMembership(write.Plan.String("group_id"), member), nil
}

// read asks whether one object is a member, as others do (hashicorp/terraform-provider-azuread): there is no page of this request.
func read(ctx context.Context, api *entity.Services, query entity.Query) (entra, error) {
	member := query.String("member_id")
	_, err := api.Graph.Object(ctx, address("beta", query.Value, "/"+url.PathEscape(member)+"/$ref"), url.Values{"$select": {"id"}})
	if err != nil {
		return nil, err
	}
	return newMembership(query.String("group_id"), member), nil
}

// explained says why a group can't be given or lose members, where the group itself tells: nothing in Microsoft Graph's refusals
// does.
func explained(ctx context.Context, api *entity.Services, object mapping.Value, refusal error) error {
	answer, ok := graph.AsError(refusal)
	if !ok || answer.Status != http.StatusBadRequest && answer.Status != http.StatusForbidden {
		return refusal
	}
	id := object.String("group_id")
	of, err := group.Get(ctx, api, id)
	if err != nil {
		return refusal
	}
	var why string
	role, mail := graph.Truth("isAssignableToRole")(of), graph.Truth("mailEnabled")(of)
	switch {
	case slices.Contains(graph.Texts("groupTypes")(of), "DynamicMembership"):
		why = "Its members follow from a rule (dynamic membership), and none can be added or removed. Use a group with assigned members, or change the rule."
	case slices.Contains(graph.Texts("groupTypes")(of), "Unified"):
		why = "It is a Microsoft 365 group, of which only users can be members. Use a security group."
	case mail != nil && *mail:
		why = "It has mail: its members are changed in Exchange. Use a security group without mail."
	case role != nil && *role && answer.Status == http.StatusForbidden:
		why = "It can be given directory roles, so that changing its members takes RoleManagement.ReadWrite.Directory besides, and, on behalf of a person, the directory role Privileged Role Administrator."
	default:
		return refusal
	}
	name := id
	if known := graph.Text("displayName")(of); known != nil {
		name = fmt.Sprintf("%q (%s)", *known, id)
	}
	return fmt.Errorf("%w\n\nThis is about the group %s. %s", refusal, name, why)
}

// plan refuses the wrong one of a workload's ids before anything is changed. A principal that there is costs one request, once.
func plan(ctx context.Context, api *entity.Services, change *entity.Change) diag.Diagnostics {
	id := change.Planned.String("member_id")
	if api == nil || api.Graph == nil || api.TenantID == "" || id == "" || api.Knows(id) || mapping.SameGUID(id, change.State.String("member_id")) {
		return nil
	}
	if exists, err := serviceprincipal.Exists(ctx, api, id); exists || err != nil {
		return nil // who may not read it does without
	}
	if mistaken := hint(ctx, api, change.Planned); mistaken != "" {
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("member_id"), "Wrong id", mistaken)}
	}
	return nil
}

// hint recognises what is no id of a principal.
func hint(ctx context.Context, api *entity.Services, plan mapping.Value) string {
	return serviceprincipal.Mistaken(ctx, api, "member_id", plan.String("member_id"))
}
