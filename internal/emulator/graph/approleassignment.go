package graph

import (
	"maps"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/access"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// App role assignments are reached from both of the objects that they join: as appRoleAssignments of the principal, and as
// appRoleAssignedTo of the service principal that has the role. See learn.microsoft.com/graph/api/resources/approleassignment.

const (
	// defaultRole is the app role of principals that are assigned to a resource without any of its roles.
	defaultRole = "00000000-0000-0000-0000-000000000000"
	// maximumAssignments is how many app role assignments a user, group or service principal may have: learn.microsoft.com/entra/identity/users/directory-service-limits-restrictions.
	maximumAssignments = 1500

	microsoftGraph = "00000003-0000-0000-c000-000000000000"
	azureADGraph   = "00000002-0000-0000-c000-000000000000"

	privilegedRoleAdministrator = "e8611ab8-c189-46e8-94e1-60213ab1f814"
)

var assignmentType = entitytype.AppRoleAssignment

// assignmentEnd is the property that has the id of the object of which assignments are a navigation property.
var assignmentEnd = map[string]string{"appRoleAssignments": "principalId", "appRoleAssignedTo": "resourceId"}

// memberTypes are the types of principals, and what allowedMemberTypes of an app role calls them: members of groups are users.
var memberTypes = map[*entitytype.Type]string{
	entitytype.User: "User", entitytype.Group: "User", entitytype.ServicePrincipal: "Application",
}

func assignmentSet(holder *directory.Object, navigation string) string {
	return entitytype.All[holder.Type].Set + "('" + holder.ID + "')/" + navigation
}

// named is an assignment with the names that the objects it joins have now, and the type of the principal.
func (r *request) named(assignment odata.Object) odata.Object {
	named := maps.Clone(assignment)
	for property, end := range map[string]string{"principalDisplayName": "principalId", "resourceDisplayName": "resourceId"} {
		id, _ := assignment[end].(string)
		if object, found := r.view.Get(id); found {
			named[property] = object.Properties["displayName"]
			if end == "principalId" {
				named["principalType"] = entitytype.All[object.Type].Resource
			}
		}
	}
	return named
}

func readAssignment(holder *entitytype.Type, navigation string) func(*request) error {
	return func(r *request) error {
		query, err := r.parseEntity(assignmentType)
		if err != nil {
			return err
		}
		object, assignment, err := r.assignment(holder, navigation)
		if err != nil {
			return err
		}
		return r.show(http.StatusOK, assignmentSet(object, navigation), assignment, query)
	}
}

// assignment resolves the assignment of the path and the object that the path comes from.
func (r *request) assignment(holder *entitytype.Type, navigation string) (object, assignment *directory.Object, err error) {
	if object, err = r.resolve(holder, holder.Name, ""); err != nil {
		return nil, nil, err
	}
	id := r.keys["assignment"].text
	if !access.IsAssignmentID(id) { // github.com/microsoftgraph/microsoft-graph-docs/issues/5869
		return nil, nil, badRequest("Invalid resource identifier for EntitlementGrant.")
	}
	assignment, err = r.known(func(view *directory.View) (*directory.Object, error) {
		found, ok := view.Get(id)
		if !ok || found.Type != assignmentType.Name || found.String(assignmentEnd[navigation]) != object.ID {
			return nil, notFound(id)
		}
		return found, nil
	})
	return object, assignment, err
}

func createAssignment(holder *entitytype.Type, navigation string) func(*request) error {
	return func(r *request) error {
		body, err := r.decode(assignmentType, true)
		if err != nil {
			return err
		}
		var object, assignment *directory.Object
		err = r.change(func(txn *directory.Txn) error {
			if object, err = r.resolve(holder, holder.Name, ""); err != nil {
				return err
			}
			assignment, err = r.addAssignment(txn, object, body.Properties)
			return err
		})
		if err != nil {
			return err
		}
		set := assignmentSet(object, navigation)
		return r.created(assignmentType, set, assignment, r.base()+"/"+set+"/"+assignment.ID)
	}
}

// addAssignment puts a new assignment. The object that the path comes from must be one of the two that are joined:
// which one the service does not mind, see github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/8669, and what
// it says of another one is in …/microsoft-graph-docs/issues/9738.
func (r *request) addAssignment(txn *directory.Txn, holder *directory.Object, given map[string]any) (*directory.Object, error) {
	assignment := &directory.Object{Type: assignmentType.Name, Properties: assignmentType.New(given)}
	principalID, resourceID, roleID := assignment.String("principalId"), assignment.String("resourceId"), assignment.String("appRoleId")
	if holder.ID != principalID && holder.ID != resourceID {
		return nil, badRequest("Not a valid reference update.")
	}
	resource, err := r.known(func(view *directory.View) (*directory.Object, error) {
		return resourceOf(view, resourceID)
	})
	if err != nil {
		return nil, err
	}
	if err := r.mayAssign(resource); err != nil {
		return nil, err
	}
	principal, err := r.known(func(view *directory.View) (*directory.Object, error) {
		object, found := view.Get(principalID)
		if !found || memberTypes[entitytype.All[object.Type]] == "" {
			return nil, badRequest("Not a valid reference update.")
		}
		return object, nil
	})
	if err != nil {
		return nil, err
	}
	t := entitytype.All[principal.Type]
	if !offersRole(resource, roleID, memberTypes[t]) || !offersRole(r.seen(resource), roleID, memberTypes[t]) {
		return nil, badRequest("Permission being assigned was not found on application '%s'.", resource.String("appId"))
	}
	existing := 0
	for other := range txn.Lookup(assignmentType.Name, "principalId", "", principalID) {
		if other.String("resourceId") == resourceID && other.String("appRoleId") == roleID {
			return nil, r.assignedAlready(other)
		}
		existing++
	}
	if existing >= maximumAssignments {
		return nil, failure(http.StatusForbidden, "Directory_QuotaExceeded", "The directory object quota limit for the Principal has been exceeded. A principal can have at most %d app role assignments.", maximumAssignments)
	}
	assignment.ID = access.AssignmentID(principalID, uuid.New())
	maps.Copy(assignment.Properties, map[string]any{
		"id": assignment.ID, "createdDateTime": entitytype.FormatTime(r.service.Now()),
	})
	txn.Put(assignment)
	return assignment, nil
}

// mayAssign refuses who may not give, or take away, roles of that resource: where a directory role is what counts, those
// of Microsoft Graph take more than those of other resources do; see the note on the pages about appRoleAssignments.
func (r *request) mayAssign(resource *directory.Object) error {
	appID := resource.String("appId")
	guarded := appID == microsoftGraph || appID == azureADGraph
	if !r.reaches(resource) || r.roleOnly && guarded && !slices.ContainsFunc([]string{GlobalAdministrator, privilegedRoleAdministrator}, r.holds) {
		return denied()
	}
	return nil
}

// holds reports whether the caller has a directory role in the whole tenant.
func (r *request) holds(template string) bool {
	return slices.Contains(r.caller.DirectoryRoles, template)
}

// assignedAlready refuses a second assignment of the same role. What does not know of the first one finds out when it
// writes, and says so in other words: those are what clients have met who made both at once. Their status is nowhere
// documented.
func (r *request) assignedAlready(first *directory.Object) error {
	if r.replica != nil {
		if _, known := r.replica.Get(first.ID); !known {
			return conflict("EntitlementGrant entry already exists.")
		}
	}
	return badRequest("Permission being assigned already exists on the object")
}

// resourceOf finds the service principal that a body names as resourceId.
func resourceOf(view *directory.View, id string) (*directory.Object, error) {
	object, found := view.Get(id)
	if !found || object.Type != principalType.Name {
		return nil, badRequest("Specified resourceId was not found.")
	}
	return object, nil
}

// offersRole reports whether a resource has the app role, enabled, for principals of that kind. The default role stands in
// where it has none for them.
func offersRole(resource *directory.Object, roleID, member string) bool {
	offersAny := false
	for _, role := range resource.Items("appRoles") {
		members, _ := role["allowedMemberTypes"].([]any)
		if !slices.Contains(members, any(member)) || role["isEnabled"] != true {
			continue
		}
		if role["id"] == roleID {
			return true
		}
		offersAny = true
	}
	return roleID == defaultRole && !offersAny
}

func deleteAssignment(holder *entitytype.Type, navigation string) func(*request) error {
	return func(r *request) error {
		return r.apply(func(txn *directory.Txn) error {
			_, assignment, err := r.assignment(holder, navigation)
			if err != nil {
				return err
			}
			if resource, found := txn.Get(assignment.String("resourceId")); found {
				if err := r.mayAssign(resource); err != nil {
					return err
				}
			}
			access.RemoveGrant(txn, assignment)
			return nil
		})
	}
}
