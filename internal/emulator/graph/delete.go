package graph

import (
	"net/http"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/access"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// remover answers DELETE of an object of that type.
func remover(t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		return r.remove(func() (*directory.Object, error) { return r.resolve(t, t.Name, "") })
	}
}

func deleteDirectoryObject(r *request) error {
	return r.remove(func() (*directory.Object, error) {
		object, err := r.directoryObject()
		if err == nil && !r.reaches(object) {
			return nil, denied()
		}
		return object, err
	})
}

func (r *request) remove(find func() (*directory.Object, error)) error {
	return r.apply(func(txn *directory.Txn) error {
		object, err := find()
		if err != nil {
			return err
		}
		return r.delete(txn, object)
	})
}

// delete moves an object to the deleted items, from where it can be restored for 30 days. The service principal of a
// deleted application goes with it; see learn.microsoft.com/graph/api/application-delete.
func (r *request) delete(txn *directory.Txn, object *directory.Object) error {
	switch object.Type {
	case applicationType.Name:
		for principal := range txn.Lookup(principalType.Name, "appId", "", object.String("appId")) {
			r.softDelete(txn, principal)
		}
	case principalType.Name:
		if isManagedIdentity(object) {
			return denied()
		}
		if isFirstParty(object) {
			return failure(http.StatusForbidden, "Authorization_RequestDenied", "Specified App Principal ID is a Microsoft internal app and cannot be deleted.")
		}
	default:
		return denied()
	}
	r.softDelete(txn, object)
	return nil
}

func (r *request) softDelete(txn *directory.Txn, object *directory.Object) {
	forgetScope(txn, object)
	deleted := object.Clone()
	deleted.State = directory.Deleted
	deleted.Properties["deletedDateTime"] = entitytype.FormatTime(r.service.Now().Truncate(timeUnit))
	txn.Put(deleted)
	access.Hide(txn, object.ID)
}

// directoryObject finds the object of the path, of whatever type.
func (r *request) directoryObject() (*directory.Object, error) {
	id := r.keys["directoryObject"].text
	if !entitytype.IsGUID(id) {
		return nil, badRequest("Invalid object identifier '%s'.", id)
	}
	return r.known(func(view *directory.View) (*directory.Object, error) {
		object, found := view.Get(strings.ToLower(id))
		if !found || object.Parent != "" || !isDirectoryObject(object) {
			return nil, notFound(id)
		}
		return object, nil
	})
}

// isDirectoryObject reports whether an object is of a type that derives from directoryObject, as those do that can be
// deleted: role definitions and assignments do not.
func isDirectoryObject(object *directory.Object) bool {
	t := entitytype.All[object.Type]
	if t == nil {
		return false
	}
	_, deletable := t.Property("deletedDateTime", entitytype.V1)
	return deletable
}
