package directory

import (
	"fmt"
	"strings"

	"github.com/hashicorp/go-memdb"
)

// The one table and its indexes, each of which costs some 400 bytes an object. Composite keys are joined by a zero byte,
// which no id, type or property holds.
const (
	table        = "objects"
	byID         = "id" // id
	byIDPrefix   = "id_prefix"
	byType       = "type" // state, type, id
	byTypePrefix = "type_prefix"
	byParent     = "parent" // parent, type
	byKey        = "key"    // type, property, parent, lower-case value: of live objects, for each Indexed property
	byOwner      = "owner"  // owner's id
)

// Indexed names, for each type, the string properties (or collections of strings) that Lookup finds objects by.
type Indexed map[string][]string

func schema(indexed Indexed) *memdb.DBSchema {
	one := func(name string, unique, missing bool, of single) *memdb.IndexSchema {
		return &memdb.IndexSchema{Name: name, Unique: unique, AllowMissing: missing, Indexer: of}
	}
	return &memdb.DBSchema{Tables: map[string]*memdb.TableSchema{table: {Name: table, Indexes: map[string]*memdb.IndexSchema{
		byID: one(byID, true, false, func(o *Object) []byte { return []byte(o.ID) }),
		byType: one(byType, true, true, func(o *Object) []byte {
			if o.Parent != "" {
				return nil
			}
			return join(string(o.State), o.Type, o.ID)
		}),
		byParent: one(byParent, false, true, func(o *Object) []byte {
			if o.Parent == "" {
				return nil
			}
			return join(o.Parent, o.Type, "")
		}),
		byKey: {Name: byKey, AllowMissing: true, Indexer: multiple(func(o *Object) [][]byte {
			if o.State != Live || o.Parent != "" {
				return nil
			}
			var keys [][]byte
			for _, property := range indexed[o.Type] {
				for _, value := range o.texts(property) {
					keys = append(keys, lookupKey(o.Type, property, value))
				}
			}
			return keys
		})},
		byOwner: {Name: byOwner, AllowMissing: true, Indexer: multiple(func(o *Object) [][]byte {
			if o.State != Live {
				return nil
			}
			keys := make([][]byte, len(o.Owners))
			for i, owner := range o.Owners {
				keys[i] = join(owner, "")
			}
			return keys
		})},
	}}}}
}

// join makes a composite key. One that several objects may have ends in an empty part, and has room for the id that
// memdb adds to it.
func join(parts ...string) []byte {
	size := len(parts) - 1
	for _, part := range parts {
		size += len(part)
	}
	if parts[len(parts)-1] == "" {
		size += len("00000000-0000-0000-0000-000000000000") + 1
	}
	key := append(make([]byte, 0, size), parts[0]...)
	for _, part := range parts[1:] {
		key = append(append(key, 0), part...)
	}
	return key
}

func lookupKey(objectType, property, value string) []byte {
	return join(objectType, property, strings.ToLower(value), "")
}

// texts are the string that a property has, or the strings of a collection.
func (o *Object) texts(property string) []string {
	if value := o.String(property); value != "" {
		return []string{value}
	}
	return o.Strings(property)
}

// single is a memdb index whose keys are made by a function instead of by reflection.
type single func(*Object) []byte

func (f single) FromObject(object any) (bool, []byte, error) {
	key := f(object.(*Object))
	return len(key) > 0, key, nil
}

func (f single) FromArgs(args ...any) ([]byte, error)       { return key(args) }
func (f single) PrefixFromArgs(args ...any) ([]byte, error) { return key(args) }

// multiple is single for objects that have several keys, or none.
type multiple func(*Object) [][]byte

func (f multiple) FromObject(object any) (bool, [][]byte, error) {
	keys := f(object.(*Object))
	return len(keys) > 0, keys, nil
}

func (f multiple) FromArgs(args ...any) ([]byte, error) { return key(args) }

func key(args []any) ([]byte, error) {
	if len(args) == 1 {
		if key, ok := args[0].([]byte); ok {
			return key, nil
		}
	}
	return nil, fmt.Errorf("an index of the directory takes one key, not %v", args)
}
