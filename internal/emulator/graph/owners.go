package graph

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

const (
	maximumOwners         = 100 // of an application or service principal
	maximumOwnersAtCreate = 20  // references in one request
)

// whoseOwned finds the service principal of which the owned objects are asked for. A caller may always see what it owns
// itself, so this is not judged by the ownership of the service principal.
func whoseOwned(r *request) (*directory.Object, error) {
	self := *r
	self.ownedOnly = false
	principal, err := self.resolve(principalType, principalType.Name, "")
	if err == nil && r.ownedOnly && principal.ID != r.caller.ObjectID {
		err = denied()
	}
	return principal, err
}

func addOwner(t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		address, err := r.referenceBody()
		if err != nil {
			return err
		}
		return r.apply(func(txn *directory.Txn) error {
			object, err := r.changeable(t)
			if err != nil {
				return err
			}
			owner, err := r.reference(address)
			if err != nil {
				return err
			}
			if err := checkOwner(owner); err != nil {
				return err
			}
			switch {
			case slices.Contains(object.Owners, owner.ID):
				return alreadyReferenced("owners")
			case len(object.Owners) >= maximumOwners:
				return failure(http.StatusForbidden, "Directory_QuotaExceeded", "The directory object quota limit for the %s has been exceeded. An object can have at most %d owners.", t.Resource, maximumOwners)
			}
			changed := object.Clone()
			changed.Owners = append(changed.Owners, owner.ID)
			txn.Put(changed)
			return nil
		})
	}
}

func removeOwner(t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		id, err := r.referencedKey("owner")
		if err != nil {
			return err
		}
		return r.apply(func(txn *directory.Txn) error {
			object, err := r.changeable(t)
			if err != nil {
				return err
			}
			if !slices.Contains(object.Owners, id) || !slices.Contains(r.seen(object).Owners, id) {
				return notFound(id)
			}
			changed := object.Clone()
			changed.Owners = slices.DeleteFunc(changed.Owners, func(owner string) bool { return owner == id })
			txn.Put(changed)
			return nil
		})
	}
}

// references answers with the addresses of objects.
func (r *request) references(objects []odata.Object) error {
	references := []map[string]any{}
	for _, object := range objects {
		references = append(references, map[string]any{"@odata.id": fmt.Sprintf("%s/directoryObjects/%s/%s", r.base(), object["id"], strings.TrimPrefix(object["@odata.type"].(string), "#"))})
	}
	return r.answer(http.StatusOK, r.collection("Collection($ref)", references))
}

// referenceBody reads the address in a body that adds a reference.
func (r *request) referenceBody() (string, error) {
	body, err := r.object()
	if err != nil {
		return "", err
	}
	address, _ := body["@odata.id"].(string)
	if address == "" {
		return "", badRequest("A value is required for property '@odata.id' of resource 'DirectoryObject'.")
	}
	return address, nil
}

// referencedKey is the id of the object a reference to which is to be removed: a key of the path, or in @id.
func (r *request) referencedKey(parameter string) (string, error) {
	id := strings.ToLower(r.keys[parameter].text)
	if address := r.URL.Query().Get("@id"); id == "" && address != "" {
		id = referencedID(address)
	}
	if !entitytype.IsGUID(id) {
		return "", badRequest("Invalid object identifier '%s'.", id)
	}
	return id, nil
}

func alreadyReferenced(property string) error {
	return badRequest("One or more added object references already exist for the following modified properties: '%s'.", property)
}

// reference finds the object that an @odata.id or @odata.bind refers to: the last element of its path is the id, or a
// key in parentheses.
func (r *request) reference(address string) (*directory.Object, error) {
	id := referencedID(address)
	if !entitytype.IsGUID(id) {
		return nil, badRequest("Invalid URL format specified in @odata.id for reference: '%s'.", address)
	}
	return r.known(func(view *directory.View) (*directory.Object, error) {
		object, found := view.Get(id)
		if !found || !isDirectoryObject(object) {
			return nil, notFound(id)
		}
		return object, nil
	})
}

func referencedID(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	last := path.Base(parsed.Path)
	if _, key, found := strings.Cut(last, "("); found {
		last = strings.Trim(key, "')")
	}
	return strings.ToLower(last)
}

// checkOwner says whether an object may own others: users and service principals may.
func checkOwner(object *directory.Object) error {
	if t := entitytype.All[object.Type]; t != entitytype.User && t != entitytype.ServicePrincipal {
		return badRequest("The reference target '%s_%s' of type '%s' is invalid for the 'owners' reference.", t.Resource, object.ID, t.Resource)
	}
	return nil
}

// referencesInUpdate refuses @odata.bind in an update: references are changed through owners/$ref.
func referencesInUpdate() error {
	return badRequest("A change set cannot include changes to more than '1' source resources.")
}
