package graph

import (
	"iter"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/access"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// read answers GET of one object.
func read(t *entitytype.Type) func(*request) error { return readAs(t, t.Name) }

// readAs is read of an object whose key the path has under that name.
func readAs(t *entitytype.Type, parameter string) func(*request) error {
	return func(r *request) error {
		query, err := r.parseEntity(t)
		if err != nil {
			return err
		}
		object, err := r.resolve(t, parameter, "")
		if err != nil {
			return err
		}
		return r.show(http.StatusOK, t.Set, object, query)
	}
}

// show answers with one object of an entity set.
func (r *request) show(status int, set string, object *directory.Object, query *odata.Query) error {
	entity := query.Project(r.entity(object), r.related)
	return r.answerWithContext(status, set+query.Context()+"/$entity", entity)
}

// created answers a create with the object in full.
func (r *request) created(t *entitytype.Type, set string, object *directory.Object, location string) error {
	query, err := odata.ParseEntity(t.OData(r.version), nil, r.Header)
	if err != nil {
		return err
	}
	r.w.Header().Set("Location", location)
	return r.show(http.StatusCreated, set, object, query)
}

// answerWithContext writes an object, which it may change, with @odata.context in front.
func (r *request) answerWithContext(status int, context string, entity map[string]any) error {
	entity["@odata.context"] = r.metadata() + context
	return r.answer(status, entity)
}

// list answers GET of an entity set.
func list(t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		query, err := odata.Parse(t.OData(r.version), r.URL.Query(), r.Header)
		if err != nil {
			return err
		}
		return r.answerPage(t.Set, query, query.PageOf(r.candidates(t, query), r.related))
	}
}

// contained answers GET of a navigation property that leads to what an object contains.
func contained(parent *entitytype.Type, navigation string, t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		query, err := odata.Parse(t.OData(r.version), r.URL.Query(), r.Header)
		if err != nil {
			return err
		}
		object, err := r.resolve(parent, parent.Name, "")
		if err != nil {
			return err
		}
		return r.page(parent.Set+"('"+object.ID+"')/"+navigation, query, r.related(object.Properties, navigation))
	}
}

// countContained answers GET of the $count segment of what contained lists.
func countContained(parent *entitytype.Type, navigation string, t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		query, err := odata.ParseCount(t.OData(r.version), r.URL.Query(), r.Header)
		if err != nil {
			return err
		}
		object, err := r.resolve(parent, parent.Name, "")
		if err != nil {
			return err
		}
		return r.number(query.Count(slices.Values(r.related(object.Properties, navigation)), r.related))
	}
}

// candidates returns the objects of a type that may match and that the page may have, in the order of their ids: where
// the query names the value of an indexed property, only those that have it.
func (r *request) candidates(t *entitytype.Type, query *odata.Query) iter.Seq[odata.Object] {
	objects := r.view.AllAfter(t.Name, directory.Live, query.After())
	if id, ok := query.Equality("id"); ok {
		objects = r.one(t, id)
	} else {
		for _, property := range Indexed[t.Name] {
			if value, ok := query.Equality(property); ok && value != "" {
				objects = r.view.Lookup(t.Name, property, "", value)
			}
		}
	}
	return func(yield func(odata.Object) bool) {
		for object := range objects {
			if !yield(r.entity(object)) {
				return
			}
		}
	}
}

// one is the object of a type with that id, if there is one.
func (r *request) one(t *entitytype.Type, id string) iter.Seq[*directory.Object] {
	return func(yield func(*directory.Object) bool) {
		if entitytype.IsGUID(id) {
			id = strings.ToLower(id)
		}
		if object, found := r.view.Get(id); found && object.Type == t.Name {
			yield(object)
		}
	}
}

// page answers with a page of a collection.
func (r *request) page(set string, query *odata.Query, objects []odata.Object) error {
	return r.answerPage(set, query, query.Page(objects, r.related))
}

func (r *request) answerPage(set string, query *odata.Query, page odata.Page) error {
	answer := r.collection(set+query.Context(), page.Value)
	if page.Count != nil {
		answer["@odata.count"] = *page.Count
	}
	if page.SkipToken != "" {
		answer["@odata.nextLink"] = query.NextLink(r.service.Origin(r.Request)+r.URL.EscapedPath(), page.SkipToken)
	}
	return r.answer(http.StatusOK, answer)
}

// collection is a collection as an answer has it.
func (r *request) collection(context string, values []odata.Object) map[string]any {
	return map[string]any{"@odata.context": r.metadata() + context, "value": values}
}

// count answers GET of the $count segment of an entity set.
func count(t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		query, err := odata.ParseCount(t.OData(r.version), r.URL.Query(), r.Header)
		if err != nil {
			return err
		}
		if query.Chooses() {
			return r.number(query.Count(r.candidates(t, query), r.related))
		}
		all := 0
		for range r.view.All(t.Name, directory.Live) {
			all++
		}
		return r.number(all)
	}
}

func (r *request) number(n int) error {
	r.w.Header().Set("Content-Type", "text/plain")
	r.w.WriteHeader(http.StatusOK)
	_, _ = r.w.Write([]byte(strconv.Itoa(n))) // a client that went away
	return nil
}

// related follows a navigation property.
func (r *request) related(entity odata.Object, navigation string) []odata.Object {
	id, _ := entity["id"].(string)
	object, ok := r.view.Get(id)
	if !ok {
		return nil
	}
	var objects []odata.Object
	switch navigation {
	case "owners":
		return r.linkedBy(object.Owners)
	case "ownedObjects":
		for owned := range r.view.OwnedBy(id) {
			objects = append(objects, r.typed(owned))
		}
	case "extensionProperties":
		for extension := range r.view.Children(id, entitytype.ExtensionProperty.Name) {
			objects = append(objects, r.entity(extension))
		}
	case "appRoleAssignments":
		for assignment := range r.view.Lookup(entitytype.AppRoleAssignment.Name, "principalId", "", id) {
			objects = append(objects, r.entity(assignment))
		}
	case "appRoleAssignedTo":
		for assignment := range r.view.Lookup(entitytype.AppRoleAssignment.Name, "resourceId", "", id) {
			objects = append(objects, r.entity(assignment))
		}
	case "oauth2PermissionGrants":
		for grant := range r.view.Lookup(grantType.Name, grantHolder[object.Type], "", id) {
			objects = append(objects, r.entity(grant))
		}
	case "appManagementPolicies":
		return r.policies(object)
	case "appliesTo":
		return r.linkedBy(object.Private[appliesTo])
	case "inheritsPermissionsFrom":
		return r.inherited(object)
	case "directoryScope", "principal", "roleDefinition":
		return r.assigned(object, navigation)
	case "memberOf", "transitiveMemberOf":
		return r.memberships(object, navigation == "transitiveMemberOf")
	case "members":
		if object.Type == directoryRoleType.Name {
			return r.roleMembers(object)
		}
		return r.linkedBy(object.Private[access.Members])
	case "federatedIdentityCredentials":
		for credential := range r.view.Children(id, entitytype.FederatedIdentityCredential.Name) {
			objects = append(objects, r.entity(credential))
		}
	}
	return objects
}

// entity is an object as this version of Microsoft Graph has it. It is not to be changed.
func (r *request) entity(object *directory.Object) odata.Object {
	entity := entitytype.All[object.Type].Show(object.Properties, r.version)
	if object.Type == assignmentType.Name {
		return r.named(entity)
	}
	return entity
}

// typed is an object with its type, as it is shown in a collection of a base type.
func (r *request) typed(object *directory.Object) odata.Object {
	entity := maps.Clone(r.entity(object))
	entity["@odata.type"] = "#microsoft.graph." + object.Type
	return entity
}

// owns reports whether the caller is an owner of the object.
func (r *request) owns(object *directory.Object) bool {
	return slices.Contains(object.Owners, r.caller.ObjectID)
}
