package entity

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// UniqueKey names attributes whose values no two objects share, because the service sees to it. A name that ends in a question mark
// may be null, as a value of its own; one that ends in an asterisk is a set, of which each element makes a key.
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
			parts = object.Strings(name)
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

// keyAttributes are how people call what must differ.
func (r *managed) keyAttributes() string {
	if len(r.Keys) == 0 {
		return "what tells it from others"
	}
	names := make([]string, len(r.Keys[0]))
	for i, name := range r.Keys[0] {
		names[i] = strings.TrimRight(name, "?*")
	}
	if last := len(names) - 1; last > 0 {
		return fmt.Sprintf("%s or %s", strings.Join(names[:last], ", "), names[last])
	}
	return names[0]
}
