package directory

import (
	"maps"
	"slices"
)

// State is where an object stands between creation and oblivion.
type State string

// The states of an object.
const (
	Live    State = "live"
	Deleted State = "deleted" // in /directory/deletedItems, restorable
	Purged  State = "purged"  // only its id is left, for delta queries
)

// Object is one entity. An object that is in the store is never changed: to change it, [Object.Clone] it, replace
// values (never alter a map or slice in place) and put the clone.
type Object struct {
	ID         string
	Type       string // "application", as Microsoft Graph names the entity type, without the namespace
	State      State
	Parent     string         `json:",omitempty"` // id of the object that contains this one
	Properties map[string]any // as encoding/json decodes them; "id" among them

	Owners    []string          `json:",omitempty"` // ids, in order of arrival
	Passwords map[string]string `json:",omitempty"` // secretText by keyId of passwordCredentials
	Logo      *Media            `json:",omitempty"`

	// Private is what the service must remember of the object and shows nobody.
	Private map[string][]string `json:",omitempty"`

	// Version is the number of the change that last touched the object; the store sets it.
	Version uint64
}

// Media is the content of a stream property.
type Media struct {
	ContentType string
	Content     []byte
}

// Clone returns a copy whose own fields can be replaced; the values in Properties are shared.
func (o *Object) Clone() *Object {
	clone := *o
	clone.Properties = maps.Clone(o.Properties)
	clone.Owners = slices.Clone(o.Owners)
	clone.Passwords = maps.Clone(o.Passwords)
	return &clone
}

// String returns a property that is a string, and the empty string where it is missing, null or something else.
func (o *Object) String(property string) string {
	text, _ := o.Properties[property].(string)
	return text
}

// Bool returns a property that is a boolean, and false where it is missing, null or something else.
func (o *Object) Bool(property string) bool {
	value, _ := o.Properties[property].(bool)
	return value
}

// Strings returns the strings of a collection.
func (o *Object) Strings(property string) []string {
	items, _ := o.Properties[property].([]any)
	texts := make([]string, 0, len(items))
	for _, item := range items {
		if text, ok := item.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// Items returns the complex values of a collection.
func (o *Object) Items(property string) []map[string]any {
	return Items(o.Properties[property])
}

// Items returns the complex values of a collection.
func Items(collection any) []map[string]any {
	items, _ := collection.([]any)
	values := make([]map[string]any, 0, len(items))
	for _, item := range items {
		if value, ok := item.(map[string]any); ok {
			values = append(values, value)
		}
	}
	return values
}
