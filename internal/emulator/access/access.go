// Package access knows what the directory's grants hang on: app role assignments, delegated permission grants and
// assignments of directory roles join objects, and share the fate of those.
package access

import (
	"encoding/base64"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// Ends are, by type of grant, the properties that hold the ids of the objects it joins.
var Ends = map[string][]string{
	entitytype.AppRoleAssignment.Name:     {"principalId", "resourceId"},
	entitytype.OAuth2PermissionGrant.Name: {"clientId", "resourceId", "principalId"},
	entitytype.RoleAssignment.Name:        {"principalId", "roleDefinitionId"},
}

// types are those of Ends, in an order that is always the same, as that of changes is to be.
var types = slices.Sorted(maps.Keys(Ends))

// AssignmentID is the id of an app role assignment, in which Microsoft Entra ID has the principal's id; the rest is
// opaque. See the examples of learn.microsoft.com/graph/api/approleassignment-get.
func AssignmentID(principalID string, rest uuid.UUID) string {
	return base64.RawURLEncoding.EncodeToString(append(mixedEndian(principalID), rest[:]...))
}

// IsAssignmentID reports whether a text has the form of an app role assignment's id.
func IsAssignmentID(text string) bool {
	content, err := base64.RawURLEncoding.DecodeString(text)
	return err == nil && len(content) == 2*len(uuid.UUID{})
}

// GrantID is the id of a delegated permission grant, which is made of those of the objects it joins; the principal's is
// empty in a grant for all users. See the examples of learn.microsoft.com/graph/api/oauth2permissiongrant-list.
func GrantID(clientID, resourceID, principalID string) string {
	content := append(mixedEndian(clientID), mixedEndian(resourceID)...)
	if principalID != "" {
		content = append(content, mixedEndian(principalID)...)
	}
	return base64.RawURLEncoding.EncodeToString(content)
}

// RoleAssignmentID is the id of the assignment of a directory role, which is made of those of the role, of the principal
// and, unless it holds in the whole tenant, of the scope's object. See the examples of
// learn.microsoft.com/graph/api/rbacapplication-post-roleassignments.
func RoleAssignmentID(roleID, principalID, scopeID string) string {
	content := append(mixedEndian(roleID), mixedEndian(principalID)...)
	if scopeID != "" {
		content = append(content, mixedEndian(scopeID)...)
	}
	return base64.RawURLEncoding.EncodeToString(content) + "-1"
}

// mixedEndian is a GUID in the order of bytes that Windows gives it.
func mixedEndian(id string) []byte {
	guid := uuid.MustParse(id)
	slices.Reverse(guid[0:4])
	slices.Reverse(guid[4:6])
	slices.Reverse(guid[6:8])
	return guid[:]
}

// Hide takes away what an object that is being deleted has been given, and what others have been given of it, until the
// object is restored: learn.microsoft.com/entra/identity/enterprise-apps/restore-application has its previous
// configuration come back with a service principal.
func Hide(txn *directory.Txn, id string) {
	for _, grant := range slices.Collect(live(&txn.View, id)) {
		hidden := grant.Clone()
		hidden.State = directory.Deleted
		txn.Put(hidden)
	}
}

// Restore brings back what Hide has taken, unless another of the objects that a grant joins is deleted too.
func Restore(txn *directory.Txn, id string) {
	for _, grant := range slices.Collect(hidden(&txn.View, id)) {
		complete := true
		for _, end := range Ends[grant.Type] {
			if other := grant.String(end); other != "" {
				_, found := txn.Get(other)
				complete = complete && found
			}
		}
		if complete {
			restored := grant.Clone()
			restored.State = directory.Live
			txn.Put(restored)
		}
	}
}

// Remove leaves nothing of the grants of an object that is gone for good.
func Remove(txn *directory.Txn, id string) {
	for _, grant := range slices.AppendSeq(slices.Collect(live(&txn.View, id)), hidden(&txn.View, id)) {
		RemoveGrant(txn, grant)
	}
}

// RemoveGrant leaves nothing of a grant, but the mark by which delta queries learn of it where there are any.
func RemoveGrant(txn *directory.Txn, grant *directory.Object) {
	if grant.Type == entitytype.OAuth2PermissionGrant.Name {
		txn.Purge(grant)
		return
	}
	txn.Remove(grant)
}

// live are the grants that join the object with others.
func live(view *directory.View, id string) iter.Seq[*directory.Object] {
	return func(yield func(*directory.Object) bool) {
		seen := map[string]bool{} // an object may be at both ends
		for _, of := range types {
			for _, end := range Ends[of] {
				for grant := range view.Lookup(of, end, "", id) {
					if !seen[grant.ID] && !yield(grant) {
						return
					}
					seen[grant.ID] = true
				}
			}
		}
	}
}

func hidden(view *directory.View, id string) iter.Seq[*directory.Object] {
	return func(yield func(*directory.Object) bool) {
		for _, of := range types {
			for grant := range view.All(of, directory.Deleted) {
				joins := slices.ContainsFunc(Ends[of], func(end string) bool { return strings.EqualFold(grant.String(end), id) })
				if joins && !yield(grant) {
					return
				}
			}
		}
	}
}

// Members is where a group or an administrative unit remembers its members.
const Members = "members"

// Groups are the groups that an object is a member of, by itself or, where transitive, through other groups.
func Groups(view *directory.View, id string, transitive bool) []*directory.Object {
	var found []*directory.Object
	for members := []string{id}; len(members) > 0; members = members[1:] {
		for group := range view.All(entitytype.Group.Name, directory.Live) {
			if slices.Contains(group.Private[Members], members[0]) && !slices.Contains(found, group) {
				found = append(found, group)
				if transitive {
					members = append(members, group.ID)
				}
			}
		}
	}
	return found
}

// Given are the role assignments of a type that a principal has, by itself or as a member of groups.
func Given(view *directory.View, assignmentType, principalID string) iter.Seq[*directory.Object] {
	return func(yield func(*directory.Object) bool) {
		principals := []string{principalID}
		for _, group := range Groups(view, principalID, true) {
			principals = append(principals, group.ID)
		}
		for _, principal := range principals {
			for assignment := range view.Lookup(assignmentType, "principalId", "", principal) {
				if !yield(assignment) {
					return
				}
			}
		}
	}
}
