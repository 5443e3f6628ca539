package graph

import (
	"net/http"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/access"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// What is deleted stays restorable under /directory/deletedItems; see learn.microsoft.com/graph/api/resources/directory.

// listDeletedUncast refuses to list deleted items of all types at once, as the service does.
func listDeletedUncast(*request) error {
	return failure(http.StatusBadRequest, "Request_UnsupportedQuery", "The request is not supported: specify the type of the deleted items, as in /directory/deletedItems/microsoft.graph.application.")
}

func listDeleted(t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		query, err := odata.Parse(t.OData(r.version), r.URL.Query(), r.Header)
		if err != nil {
			return err
		}
		return r.page(t.Set, query, r.deleted(t))
	}
}

func countDeleted(t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		query, err := odata.ParseCount(t.OData(r.version), r.URL.Query(), r.Header)
		if err != nil {
			return err
		}
		return r.number(query.Count(slices.Values(r.deleted(t)), r.related))
	}
}

// deleted returns the deleted objects of a type that the caller may see.
func (r *request) deleted(t *entitytype.Type) []odata.Object {
	var objects []odata.Object
	for object := range r.view.All(t.Name, directory.Deleted) {
		if r.reaches(object) {
			objects = append(objects, r.entity(object))
		}
	}
	return objects
}

// deletedItem finds the deleted object of the path.
func (r *request) deletedItem() (*directory.Object, error) {
	id := r.keys["item"].text
	if !entitytype.IsGUID(id) {
		return nil, badRequest("Invalid object identifier '%s'.", id)
	}
	return r.known(func(view *directory.View) (*directory.Object, error) {
		object, found := view.Get(strings.ToLower(id), directory.Deleted)
		switch {
		case !found:
			return nil, notFound(id)
		case !r.reaches(object):
			return nil, denied()
		}
		return object, nil
	})
}

func readDeleted(r *request) error {
	object, err := r.deletedItem()
	if err != nil {
		return err
	}
	return r.showDirectoryObject(http.StatusOK, object)
}

// readDeletedAs is readDeleted with the type named in the path.
func readDeletedAs(t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		query, err := r.parseEntity(t)
		if err != nil {
			return err
		}
		object, err := r.deletedItem()
		if err != nil {
			return err
		}
		if object.Type != t.Name {
			return notFound(object.ID)
		}
		return r.show(http.StatusOK, t.Set, object, query)
	}
}

// showDirectoryObject answers with an object whose type the path does not say.
func (r *request) showDirectoryObject(status int, object *directory.Object) error {
	query, err := r.parseEntity(entitytype.DirectoryObject)
	if err != nil {
		return err
	}
	entity := query.Project(r.typed(object), r.related)
	return r.answerWithContext(status, entitytype.DirectoryObject.Set+query.Context()+"/$entity", entity)
}

// restoreDeleted answers POST …/restore. Restoring an application restores its service principal with it.
func restoreDeleted(r *request) error {
	var restored *directory.Object
	err := r.change(func(txn *directory.Txn) error {
		object, err := r.deletedItem()
		if err != nil {
			return err
		}
		if restored, err = r.restore(txn, object); err != nil || object.Type != applicationType.Name {
			return err
		}
		for principal := range txn.All(principalType.Name, directory.Deleted) {
			if principal.String("appId") == object.String("appId") && principal.Properties["deletedDateTime"] == object.Properties["deletedDateTime"] {
				if _, err := r.restore(txn, principal); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.showDirectoryObject(http.StatusOK, restored)
}

func (r *request) restore(txn *directory.Txn, object *directory.Object) (*directory.Object, error) {
	restored := object.Clone()
	restored.State = directory.Live
	restored.Properties["deletedDateTime"] = nil
	switch object.Type {
	case applicationType.Name:
		if err := r.checkApplication(&txn.View, object, restored); err != nil {
			return nil, err
		}
	case principalType.Name:
		appID := object.String("appId")
		if _, taken := txn.First(principalType.Name, "appId", "", appID); taken {
			return nil, nameInUse(appID)
		}
		application, found := txn.First(applicationType.Name, "appId", "", appID)
		if found {
			if err := follow(txn, application, restored); err != nil {
				return nil, err
			}
		}
	}
	txn.Put(restored)
	access.Restore(txn, restored.ID)
	return restored, nil
}

// purgeDeleted answers DELETE of a deleted item, after which it cannot be restored.
func purgeDeleted(r *request) error {
	return r.apply(func(txn *directory.Txn) error {
		object, err := r.deletedItem()
		if err != nil {
			return err
		}
		for credential := range txn.Children(object.ID, credentialType.Name) {
			txn.Remove(credential)
		}
		access.Remove(txn, object.ID)
		txn.Purge(object)
		return nil
	})
}
