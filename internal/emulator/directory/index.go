package directory

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/hashicorp/go-memdb"
)

// The one table and its indexes. Composite keys are joined by a zero byte, which no id, type or property holds.
const (
	table        = "objects"
	byID         = "id"   // id
	byType       = "type" // state, type, id
	byTypePrefix = "type_prefix"
	byParent     = "parent"  // parent, type
	byKey        = "key"     // type, property, parent, lower-case value: of live objects, for each Indexed property
	byOwner      = "owner"   // owner's id
	byVersion    = "version" // type, version
)

// Indexed names, for each type, the string properties (or collections of strings) that Lookup finds objects by.
type Indexed map[string][]string

func schema(indexed Indexed) *memdb.DBSchema {
	one := func(name string, unique, missing bool, of func(*Object) string) *memdb.IndexSchema {
		return &memdb.IndexSchema{Name: name, Unique: unique, AllowMissing: missing, Indexer: single(of)}
	}
	return &memdb.DBSchema{Tables: map[string]*memdb.TableSchema{table: {Name: table, Indexes: map[string]*memdb.IndexSchema{
		byID:      one(byID, true, false, func(o *Object) string { return o.ID }),
		byType:    one(byType, true, false, func(o *Object) string { return join(string(o.State), o.Type, o.ID) }),
		byVersion: one(byVersion, true, false, func(o *Object) string { return versionKey(o.Type, o.Version) }),
		byParent: one(byParent, false, true, func(o *Object) string {
			if o.Parent == "" {
				return ""
			}
			return join(o.Parent, o.Type, "")
		}),
		byKey: {Name: byKey, AllowMissing: true, Indexer: multiple(func(o *Object) []string {
			if o.State != Live {
				return nil
			}
			var keys []string
			for _, property := range indexed[o.Type] {
				values := o.Strings(property)
				if value := o.String(property); value != "" {
					values = append(values, value)
				}
				for _, value := range values {
					keys = append(keys, lookupKey(o.Type, property, o.Parent, value))
				}
			}
			return keys
		})},
		byOwner: {Name: byOwner, AllowMissing: true, Indexer: multiple(func(o *Object) []string {
			if o.State != Live {
				return nil
			}
			keys := make([]string, len(o.Owners))
			for i, owner := range o.Owners {
				keys[i] = join(owner, "")
			}
			return keys
		})},
	}}}}
}

func join(parts ...string) string { return strings.Join(parts, "\x00") }

func lookupKey(objectType, property, parent, value string) string {
	return join(objectType, property, parent, strings.ToLower(value), "")
}

func versionKey(objectType string, version uint64) string {
	return join(objectType, string(binary.BigEndian.AppendUint64(nil, version)))
}

// single is a memdb index whose keys are made by a function instead of by reflection.
type single func(*Object) string

func (f single) FromObject(object any) (bool, []byte, error) {
	key := f(object.(*Object))
	return key != "", []byte(key), nil
}

func (f single) FromArgs(args ...any) ([]byte, error)       { return key(args) }
func (f single) PrefixFromArgs(args ...any) ([]byte, error) { return key(args) }

// multiple is single for objects that have several keys, or none.
type multiple func(*Object) []string

func (f multiple) FromObject(object any) (bool, [][]byte, error) {
	keys := f(object.(*Object))
	values := make([][]byte, len(keys))
	for i, key := range keys {
		values[i] = []byte(key)
	}
	return len(values) > 0, values, nil
}

func (f multiple) FromArgs(args ...any) ([]byte, error) { return key(args) }

func key(args []any) ([]byte, error) {
	if len(args) == 1 {
		if text, ok := args[0].(string); ok {
			return []byte(text), nil
		}
	}
	return nil, fmt.Errorf("an index of the directory takes one string, not %v", args)
}
