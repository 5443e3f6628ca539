package directory

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/hashicorp/go-memdb"
)

// View is the directory as it was at one moment. It is safe for concurrent use and never changes.
type View struct {
	txn     *memdb.Txn
	version uint64
}

// Version is the number of the last change the view has.
func (v *View) Version() uint64 { return v.version }

// Get returns the object with that id (lower case) and one of those states; without any, a live one.
func (v *View) Get(id string, states ...State) (*Object, bool) {
	found, err := v.txn.First(table, byID, []byte(id))
	if err != nil || found == nil {
		return nil, false
	}
	object := found.(*Object)
	if len(states) == 0 {
		return object, object.State == Live
	}
	if slices.Contains(states, object.State) {
		return object, true
	}
	return nil, false
}

// Lookup returns the live objects of a type that have the value in an [Indexed] property, whatever its letter case.
// Contained objects are sought among those of their parent, by any property; parent is empty for others.
func (v *View) Lookup(objectType, property, parent, value string) iter.Seq[*Object] {
	if parent == "" {
		return v.get(byKey, lookupKey(objectType, property, value))
	}
	return func(yield func(*Object) bool) {
		for object := range v.Children(parent, objectType) {
			has := func(text string) bool { return strings.EqualFold(text, value) }
			if slices.ContainsFunc(object.texts(property), has) && !yield(object) {
				return
			}
		}
	}
}

// First is the first of Lookup.
func (v *View) First(objectType, property, parent, value string) (*Object, bool) {
	for object := range v.Lookup(objectType, property, parent, value) {
		return object, true
	}
	return nil, false
}

// All returns the objects of a type in that state, ordered by id. Those that others contain are not among them.
func (v *View) All(objectType string, state State) iter.Seq[*Object] {
	return v.get(byTypePrefix, join(string(state), objectType, ""))
}

// AllAfter is All from the first id that follows the given one.
func (v *View) AllAfter(objectType string, state State, id string) iter.Seq[*Object] {
	return func(yield func(*Object) bool) {
		found, err := v.txn.LowerBound(table, byType, join(string(state), objectType, id))
		if err != nil {
			panic(err) // as in get
		}
		for next := found.Next(); next != nil; next = found.Next() {
			object := next.(*Object)
			if object.State != state || object.Type != objectType {
				return
			}
			if object.ID != id && !yield(object) {
				return
			}
		}
	}
}

// Children returns the objects of a type that an object contains, ordered by id.
func (v *View) Children(parent, objectType string) iter.Seq[*Object] {
	return v.get(byParent, join(parent, objectType, ""))
}

// OwnedBy returns the live objects that have the object among their owners, ordered by id.
func (v *View) OwnedBy(owner string) iter.Seq[*Object] {
	return v.get(byOwner, join(owner, ""))
}

// Changes returns the objects of a type, in whatever state, that were last touched after the given version, in order
// of change. It looks at all of them: few ask, and an index would cost each change something.
func (v *View) Changes(objectType string, after uint64) []*Object {
	var changed []*Object
	for _, state := range []State{Live, Deleted, Purged} {
		for object := range v.All(objectType, state) {
			if object.Version > after {
				changed = append(changed, object)
			}
		}
	}
	slices.SortFunc(changed, func(a, b *Object) int { return cmp.Compare(a.Version, b.Version) })
	return changed
}

// Objects returns everything, whatever its type and state, ordered by id.
func (v *View) Objects() iter.Seq[*Object] { return v.get(byIDPrefix, nil) }

func (v *View) get(index string, key []byte) iter.Seq[*Object] {
	return func(yield func(*Object) bool) {
		// An error here is a mistake in this package: an index or argument that the schema does not have.
		found, err := v.txn.Get(table, index, key)
		if err != nil {
			panic(err)
		}
		for next := found.Next(); next != nil; next = found.Next() {
			if !yield(next.(*Object)) {
				return
			}
		}
	}
}
