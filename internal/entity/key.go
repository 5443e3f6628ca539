package entity

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// UniqueKey names attributes whose values no two objects share, because the service sees to it. A name that ends in a question
// mark may be null, as a value of its own. One that ends in an asterisk is a set or a map, of which each element makes a key.
type UniqueKey []string

// values are the keys that an object has, in one spelling: none where a value is not known.
func (k UniqueKey) values(object mapping.Value) []string {
	keys := []string{""}
	for _, attribute := range k {
		name := strings.TrimRight(attribute, "?*")
		var parts []string
		switch {
		case object.Unknown(name):
			return nil
		case strings.HasSuffix(attribute, "*"):
			parts = elementsOf(object, name)
		case object.Has(name):
			parts = []string{object.String(name)}
		case strings.HasSuffix(attribute, "?"):
			parts = []string{""}
		}
		var longer []string
		for _, key := range keys {
			for _, part := range parts {
				longer = append(longer, key+name+"="+oneSpelling(part)+"\n")
			}
		}
		keys = longer
	}
	return keys
}

// elementsOf are the elements of a set, or the keys of a map.
func elementsOf(object mapping.Value, name string) []string {
	if elements, ok := object.Get(name).(types.Map); ok {
		return slices.Sorted(maps.Keys(elements.Elements()))
	}
	return object.Strings(name)
}

// roleDefinition is the id of a role in Azure, which is written in full or by its last part.
var roleDefinition = regexp.MustCompile(`^/.*/roledefinitions/([^/]+)$`)

// oneSpelling writes a value in one way, as services compare them that have no letter case.
func oneSpelling(value string) string {
	value = strings.ToLower(strings.TrimSuffix(value, "/"))
	return roleDefinition.ReplaceAllString(value, "$1")
}

// keys are those of an object, each with the noun that it is of.
func (r *managed) keys(object mapping.Value) []string {
	var keys []string
	for _, key := range r.Keys {
		for _, value := range key.values(object) {
			keys = append(keys, r.Noun+"\n"+value)
		}
	}
	return keys
}

// places are what another object must leave before this one can be made: its keys; or what it is identified by, where others
// may have a part of the same.
func (r *managed) places(object mapping.Value) []string {
	if keys := r.keys(object); len(keys) > 0 {
		return keys
	}
	place := []string{r.Noun}
	for _, name := range r.Identity {
		if !object.Has(name) {
			return nil
		}
		place = append(place, oneSpelling(object.String(name)))
	}
	return []string{strings.Join(place, "\n")}
}

// natural reports whether the service itself keeps the object from being made twice.
func (r *managed) natural(object mapping.Value) bool { return len(r.keys(object)) > 0 }

// sameObject tells an object from all others of this process: by its identity, and by what else tells parts of one object
// apart, which is in the id or in the import id.
func (r *managed) sameObject(object mapping.Value) string {
	parts := []string{r.Noun, oneSpelling(idOf(object))}
	for _, name := range r.Identity {
		parts = append(parts, oneSpelling(object.String(name)))
	}
	for _, form := range r.ImportIDs {
		for _, name := range namesIn(form) {
			if !slices.Contains(r.Identity, name) {
				parts = append(parts, slices.Sorted(slices.Values(object.Strings(name)))...)
			}
		}
	}
	return strings.Join(parts, "\n")
}

// key is the one of the unique keys that an object has; the first where all of it is not known yet.
func (r *managed) key(object mapping.Value) []string {
	for _, key := range r.Keys {
		if len(key.values(object)) > 0 {
			return key.attributes()
		}
	}
	if len(r.Keys) > 0 {
		return r.Keys[0].attributes()
	}
	return []string{"what tells it from others"}
}

func (k UniqueKey) attributes() []string {
	names := make([]string, len(k))
	for i, name := range k {
		names[i] = strings.TrimRight(name, "?*")
	}
	return names
}

// keyAttributes are how people call what can be changed of a key, one of which is enough: "group_id or member_id".
func (r *managed) keyAttributes(object mapping.Value) string { return enumerate(r.key(object), "or") }

// uniqueness is what the service demands of a key.
func (r *managed) uniqueness(object mapping.Value) string {
	names := r.key(object)
	if len(names) == 1 {
		return names[0] + " must be unique"
	}
	return "the combination of " + enumerate(names, "and") + " must be unique"
}

func enumerate(names []string, conjunction string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return fmt.Sprintf("%s %s %s", strings.Join(names[:last], ", "), conjunction, names[last])
}
