package graph

import (
	"net/http"
	"slices"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/access"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// membership is what has members that are chosen one by one: administrative units, and groups.
type membership struct {
	of *entitytype.Type
	// parameter is the segment of the path that names it.
	parameter string
	// admits are the types of what can be a member.
	admits []*entitytype.Type
}

var (
	// learn.microsoft.com/graph/api/administrativeunit-post-members. Devices are not in this directory.
	unitMembers = membership{unitType, "unit", []*entitytype.Type{entitytype.User, entitytype.Group}}
	// learn.microsoft.com/graph/api/group-post-members.
	groupMembers = membership{entitytype.Group, "group", []*entitytype.Type{entitytype.User, entitytype.Group, entitytype.ServicePrincipal}}
)

// Permissions for members of groups, after group-list-members, group-post-members and group-delete-members below
// learn.microsoft.com/graph/api. Members of a group that can have directory roles ask for more; see mayChangeMembers.
const groupMemberReadWrite = "GroupMember.ReadWrite.All"

var (
	readGroupMembers  = permissions{anyOf: append([]string{groupMemberReadWrite}, readGroups.anyOf...)}
	writeGroupMembers = permissions{anyOf: []string{groupMemberReadWrite, groupReadWriteAll, directoryReadWriteAll}}
)

// add answers POST …/members/$ref.
func (m membership) add(r *request) error {
	address, err := r.referenceBody()
	if err != nil {
		return err
	}
	return m.change(r, func(whole *directory.Object) ([]string, error) {
		member, err := r.reference(address)
		if err != nil {
			return nil, err
		}
		members, memberType := whole.Private[access.Members], entitytype.All[member.Type]
		switch {
		case !slices.Contains(m.admits, memberType),
			// learn.microsoft.com/entra/identity/role-based-access-control/groups-concept: such a group has no groups in it.
			whole.Bool("isAssignableToRole") && memberType == entitytype.Group,
			// learn.microsoft.com/graph/api/group-post-members: a Microsoft 365 group has users alone.
			slices.Contains(whole.Strings("groupTypes"), "Unified") && memberType != entitytype.User:
			return nil, badRequest("The reference target '%s_%s' of type '%s' is invalid for the 'members' reference.",
				memberType.Resource, member.ID, memberType.Resource)
		case slices.Contains(members, member.ID) && m.of == entitytype.Group:
			return nil, alreadyReferenced("members")
		case slices.Contains(members, member.ID):
			return nil, conflictingObject()
		}
		return append(slices.Clone(members), member.ID), nil
	})
}

// remove answers DELETE …/members/{id}/$ref.
func (m membership) remove(r *request) error {
	id, err := r.referencedKey("member")
	if err != nil {
		return err
	}
	return m.change(r, func(whole *directory.Object) ([]string, error) {
		members := whole.Private[access.Members]
		if !slices.Contains(members, id) || !slices.Contains(r.seen(whole).Private[access.Members], id) {
			return nil, notFound(id)
		}
		return slices.DeleteFunc(slices.Clone(members), func(member string) bool { return member == id }), nil
	})
}

// read answers GET …/members/{id}/$ref, whether something is a member: no page has it, and clients use it
// (github.com/manicminer/hamilton, GroupsClient.GetMember).
func (m membership) read(r *request) error {
	id, err := r.referencedKey("member")
	if err != nil {
		return err
	}
	whole, err := r.resolve(m.of, m.parameter, "")
	if err != nil {
		return err
	}
	if !slices.Contains(whole.Private[access.Members], id) {
		return notFound(id)
	}
	return r.answer(http.StatusOK, map[string]any{"@odata.context": r.base() + "/$metadata#$ref", "@odata.id": r.base() + "/directoryObjects/" + id})
}

// keepsItsMembers is the refusal of a change to the members of a group that are not chosen one by one here, nil of others. Of a group
// with a rule (learn.microsoft.com/entra/identity/users/groups-create-rule) neither code nor text is documented: clients are said to
// see those of missing privileges. Mail-enabled groups are Exchange's
// (learn.microsoft.com/graph/api/resources/groups-overview, "Group types in Microsoft Entra ID").
func keepsItsMembers(whole *directory.Object) error {
	types := whole.Strings("groupTypes")
	switch {
	case slices.Contains(types, "DynamicMembership"):
		return denied()
	case whole.Bool("mailEnabled") && !slices.Contains(types, "Unified"):
		return badRequest("Cannot Update a mail-enabled security groups and or distribution list.")
	}
	return nil
}

func (m membership) change(r *request, change func(whole *directory.Object) ([]string, error)) error {
	return r.apply(func(txn *directory.Txn) error {
		whole, err := r.resolve(m.of, m.parameter, "")
		if err != nil {
			return err
		}
		if !r.mayChangeMembers(whole) {
			return denied()
		}
		if err := keepsItsMembers(whole); err != nil {
			return err
		}
		members, err := change(whole)
		if err != nil {
			return err
		}
		changed := whole.Clone()
		changed.Private = map[string][]string{access.Members: members}
		txn.Put(changed)
		return nil
	})
}

// mayChangeMembers reports whether the caller may also change members of a group that can have directory roles, which takes a
// permission and, on behalf of a user, one of two directory roles; see the permissions of group-post-members.
func (r *request) mayChangeMembers(whole *directory.Object) bool {
	if !whole.Bool("isAssignableToRole") {
		return whole.Type != entitytype.Group.Name || !r.roleOnly || r.mayTake(changeMembers)
	}
	permitted := r.permitted(roleManagementReadWrite)
	administrator := slices.ContainsFunc([]string{GlobalAdministrator, privilegedRoleAdministrator}, r.holds)
	if r.caller.Delegated {
		return permitted && administrator
	}
	return permitted || r.roleOnly && administrator
}

// memberships are what a principal belongs to: groups, and the directory roles that it, or one of these groups where they
// are followed, has in the whole tenant. See learn.microsoft.com/graph/api/serviceprincipal-list-memberof and
// serviceprincipal-list-transitivememberof. That administrative units may be among them is said nowhere of service
// principals, which can't be in one.
func (r *request) memberships(principal *directory.Object, transitive bool) []odata.Object {
	assignments := r.view.Lookup(roleAssignmentType.Name, "principalId", "", principal.ID)
	if transitive {
		assignments = access.Given(r.view, roleAssignmentType.Name, principal.ID)
	}
	var found []odata.Object
	for _, group := range access.Groups(r.view, principal.ID, transitive) {
		found = append(found, r.visible(group))
	}
	for assignment := range assignments {
		role, active := activeRole(r.view, assignment.String("roleDefinitionId"))
		known := active && slices.ContainsFunc(found, func(other odata.Object) bool { return other["id"] == role.ID })
		if active && !known && assignment.String("directoryScopeId") == tenantScope {
			found = append(found, r.typed(role))
		}
	}
	return found
}

// visible is a group as a member of something shows it: whoever may not read groups learns that there is one, and no more;
// see "Limited information returned for inaccessible member objects" on learn.microsoft.com/graph/permissions-overview.
func (r *request) visible(group *directory.Object) odata.Object {
	shown := r.typed(group)
	if slices.ContainsFunc(readGroups.of(r.caller), func(permission string) bool { return r.permitted(permission) }) {
		return shown
	}
	for name := range shown {
		if name != "id" && name != "@odata.type" {
			shown[name] = nil
		}
	}
	return shown
}
