package graph

import (
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/access"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// Directory roles are the built-in roles that were activated, each an object of this tenant; their members are those who
// have the role in the whole tenant, which is kept as role assignments alone. See
// learn.microsoft.com/graph/api/resources/directoryrole.

var directoryRoleType = entitytype.DirectoryRole

// directoryRoleIDs is the namespace of the object ids of directory roles, which are the same in every run.
var directoryRoleIDs = uuid.MustParse("c0ffee00-0000-4000-8000-00000000401e")

// ActivatedRole is the directory role that an activated built-in role is.
func ActivatedRole(definition *directory.Object) *directory.Object {
	id := uuid.NewSHA1(directoryRoleIDs, []byte(definition.ID)).String()
	return &directory.Object{ID: id, Type: directoryRoleType.Name, Properties: directoryRoleType.New(map[string]any{
		"id": id, "roleTemplateId": definition.ID,
		"displayName": definition.Properties["displayName"], "description": definition.Properties["description"],
	})}
}

// activeRole finds the directory role of a template.
func activeRole(view *directory.View, templateID string) (*directory.Object, bool) {
	return view.First(directoryRoleType.Name, "roleTemplateId", "", templateID)
}

// activateRole answers POST /directoryRoles; see learn.microsoft.com/graph/api/directoryrole-post-directoryroles.
func activateRole(r *request) error {
	body, err := r.decode(directoryRoleType, true)
	if err != nil {
		return err
	}
	template, _ := body.Properties["roleTemplateId"].(string)
	var role *directory.Object
	err = r.change(func(txn *directory.Txn) error {
		found, ok := txn.Get(strings.ToLower(template))
		if !ok || found.Type != definitionType.Name || !found.Bool("isBuiltIn") {
			return notFound(template)
		}
		if _, active := activeRole(&txn.View, found.ID); active {
			return conflictingObject()
		}
		role = ActivatedRole(found)
		txn.Put(role)
		return nil
	})
	if err != nil {
		return err
	}
	return r.created(directoryRoleType, directoryRoleType.Set, role, r.base()+"/"+directoryRoleType.Set+"/"+role.ID)
}

func readDirectoryRole(r *request) error {
	query, err := r.parseEntity(directoryRoleType)
	if err != nil {
		return err
	}
	role, err := r.directoryRole()
	if err != nil {
		return err
	}
	return r.show(http.StatusOK, directoryRoleType.Set, role, query)
}

// directoryRole finds the directory role of the path, which names it by its id, or by that of its template in any of the
// ways that learn.microsoft.com/graph/api/directoryrole-post-members has.
func (r *request) directoryRole() (*directory.Object, error) {
	key := r.keys["directoryRole"].text
	key, _ = strings.CutPrefix(key, "roleTemplateId=")
	if !entitytype.IsGUID(key) {
		return nil, badRequest("Invalid object identifier '%s'.", key)
	}
	return r.known(func(view *directory.View) (*directory.Object, error) {
		if role, active := activeRole(view, key); active {
			return role, nil
		}
		role, found := view.Get(strings.ToLower(key))
		if !found || role.Type != directoryRoleType.Name {
			return nil, notFound(key)
		}
		return role, nil
	})
}

// roleMembers are those who have a directory role in the whole tenant.
func (r *request) roleMembers(role *directory.Object) []odata.Object {
	var members []odata.Object
	for assignment := range r.view.Lookup(roleAssignmentType.Name, "roleDefinitionId", "", role.String("roleTemplateId")) {
		if member, found := r.view.Get(assignment.String("principalId")); found && assignment.String("directoryScopeId") == tenantScope {
			members = append(members, r.typed(member))
		}
	}
	return members
}

// addRoleMember answers POST …/members/$ref; see learn.microsoft.com/graph/api/directoryrole-post-members.
func addRoleMember(r *request) error {
	address, err := r.referenceBody()
	if err != nil {
		return err
	}
	return r.apply(func(txn *directory.Txn) error {
		role, err := r.directoryRole()
		if err != nil {
			return err
		}
		member, err := r.reference(address)
		if err != nil {
			return err
		}
		template := role.String("roleTemplateId")
		if _, exists := txn.Get(access.RoleAssignmentID(template, member.ID, "")); exists {
			return alreadyReferenced("members")
		}
		of, found := txn.Get(template)
		if !found {
			return notFound(template)
		}
		_, err = r.assign(txn, of, member, nil)
		return err
	})
}

// removeRoleMember answers DELETE …/members/{id}/$ref; see learn.microsoft.com/graph/api/directoryrole-delete-member.
func removeRoleMember(r *request) error {
	id, err := r.referencedKey("member")
	if err != nil {
		return err
	}
	return r.apply(func(txn *directory.Txn) error {
		role, err := r.directoryRole()
		if err != nil {
			return err
		}
		assignment, err := r.known(func(view *directory.View) (*directory.Object, error) {
			found, ok := view.Get(access.RoleAssignmentID(role.String("roleTemplateId"), id, ""))
			if !ok {
				return nil, notFound(id)
			}
			return found, nil
		})
		if err != nil {
			return err
		}
		return r.unassign(txn, assignment)
	})
}

// listRoleTemplates answers GET /directoryRoleTemplates, which there is one of for each built-in role.
func listRoleTemplates(r *request) error {
	query, err := odata.Parse(entitytype.DirectoryRoleTemplate.OData(r.version), r.URL.Query(), r.Header)
	if err != nil {
		return err
	}
	var templates []odata.Object
	for _, definition := range builtInRoles(r.view) {
		templates = append(templates, template(definition).Properties)
	}
	return r.page(entitytype.DirectoryRoleTemplate.Set, query, templates)
}

func readRoleTemplate(r *request) error {
	query, err := r.parseEntity(entitytype.DirectoryRoleTemplate)
	if err != nil {
		return err
	}
	definition, err := r.resolve(definitionType, "template", "")
	if err != nil {
		return err
	}
	if !definition.Bool("isBuiltIn") {
		return notFound(definition.ID)
	}
	return r.show(http.StatusOK, entitytype.DirectoryRoleTemplate.Set, template(definition), query)
}

// template is the directory role template of a built-in role.
func template(definition *directory.Object) *directory.Object {
	t := entitytype.DirectoryRoleTemplate
	return &directory.Object{ID: definition.ID, Type: t.Name, Properties: t.New(map[string]any{
		"id": definition.ID, "displayName": definition.Properties["displayName"], "description": definition.Properties["description"],
	})}
}
