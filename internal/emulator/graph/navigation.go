package graph

import (
	"slices"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// finder finds an object that the path of a request names.
type finder func(*request) (*directory.Object, error)

// byKey finds an object of a type by the key that stands for it in the path.
func byKey(t *entitytype.Type, parameter string) finder {
	return func(r *request) (*directory.Object, error) { return r.resolve(t, parameter, "") }
}

// linked answers GET of a navigation property that leads to directory objects, which are in collections of their own.
func linked(from finder, navigation string) func(*request) error {
	return func(r *request) error {
		query, err := odata.Parse(entitytype.DirectoryObject.OData(r.version), r.URL.Query(), r.Header)
		if err != nil {
			return err
		}
		object, err := from(r)
		if err != nil {
			return err
		}
		return r.page(entitytype.DirectoryObject.Set, query, r.related(object.Properties, navigation))
	}
}

// countLinked answers GET of the $count segment of what linked lists.
func countLinked(from finder, navigation string) func(*request) error {
	return func(r *request) error {
		query, err := odata.ParseCount(entitytype.DirectoryObject.OData(r.version), r.URL.Query(), r.Header)
		if err != nil {
			return err
		}
		object, err := from(r)
		if err != nil {
			return err
		}
		return r.number(query.Count(slices.Values(r.related(object.Properties, navigation)), r.related))
	}
}

// referenced answers GET of the $ref segment of such a navigation property, which has the addresses of the objects.
func referenced(from finder, navigation string) func(*request) error {
	return func(r *request) error {
		object, err := from(r)
		if err != nil {
			return err
		}
		return r.references(r.related(object.Properties, navigation))
	}
}

// linkedBy are those of some ids that there are, each with its type.
func (r *request) linkedBy(ids []string) []odata.Object {
	var objects []odata.Object
	for _, id := range ids {
		if object, found := r.view.Get(id); found {
			objects = append(objects, r.typed(object))
		}
	}
	return objects
}
