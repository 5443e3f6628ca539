package resourcemanager

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// maximumBody is the largest request that Resource Manager takes, in bytes; see
// learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits.
const maximumBody = 4 << 20

// What tags may be: learn.microsoft.com/azure/azure-resource-manager/management/tag-resources.
const (
	maximumTags     = 50
	maximumTagName  = 512
	maximumTagValue = 256
)

// content reads a request's body.
func (r *request) content() (map[string]any, *failure) {
	content, err := io.ReadAll(http.MaxBytesReader(r.w, r.Body, maximumBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, fail(http.StatusRequestEntityTooLarge, "RequestContentTooLarge", "The request content size exceeds the maximum size of %d bytes.", maximumBody)
	}
	if err != nil {
		return nil, invalidContent(err.Error())
	}
	if len(bytes.TrimSpace(content)) == 0 {
		return nil, fail(http.StatusBadRequest, "InvalidRequestContent", "The request content is empty: a JSON object is expected.")
	}
	var object map[string]any
	if err := json.Unmarshal(content, &object); err != nil {
		return nil, invalidContent(err.Error())
	}
	if object == nil {
		return nil, invalidContent("null is not an object")
	}
	return object, nil
}

func invalidContent(reason string) *failure {
	return fail(http.StatusBadRequest, "InvalidRequestContent", "The request content was invalid and could not be deserialized: '%s'.", strings.TrimSuffix(reason, "."))
}

func unknownMember(path, of string) *failure {
	name := path[strings.LastIndex(path, ".")+1:]
	return invalidContent("Could not find member '" + name + "' on object of type '" + of + "'. Path '" + path + "'")
}

// decode reads a resource from a request's body: what it says of the properties that may be written, side by side. Before
// is the resource as it is, nil where it is to be created; a property that is read-only must be as it is, if it is given.
func (r *request) decode(t *entitytype.Type, before *directory.Object) (map[string]any, *failure) {
	content, f := r.content()
	if f != nil {
		return nil, f
	}
	inner := map[string]any{}
	if given := content["properties"]; given != nil {
		var ok bool
		if inner, ok = given.(map[string]any); !ok {
			return nil, invalidContent("'properties' is not an object. Path 'properties'")
		}
	}
	given := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(content)) {
		if name == "properties" || name == "type" || name == "systemData" || name == "id" || name == "name" {
			continue // what the path says counts
		}
		if _, known := t.Property(name, entitytype.V1); !known || !outside[name] {
			return nil, unknownMember(name, "ResourceDefinition")
		}
		given[name] = content[name]
	}
	for _, name := range slices.Sorted(maps.Keys(inner)) {
		if _, known := t.Property(name, entitytype.V1); !known || outside[name] || r.version < since[name] {
			return nil, unknownMember("properties."+name, t.Resource+"Properties")
		}
		given[name] = inner[name]
	}
	if err := t.Shape(given); err != nil {
		return nil, invalidContent(err.Error())
	}
	for name, value := range given {
		p, _ := t.Property(name, entitytype.V1)
		if f := r.checkValue(p, value, before); f != nil {
			return nil, f
		}
		if value == nil || p.ReadOnly {
			delete(given, name)
		}
	}
	return given, nil
}

func (r *request) checkValue(p *entitytype.Property, value any, before *directory.Object) *failure {
	switch {
	case value == nil:
		return nil
	case p.ReadOnly:
		if before == nil || !reflect.DeepEqual(before.Properties[p.Name], value) {
			return fail(http.StatusConflict, "PropertyChangeNotAllowed", "Changing property '%s' is not allowed.", p.Name)
		}
	case p.Name == "location":
		return checkLocation(value.(string))
	case p.Complex == tags:
		return checkTags(value.(map[string]any))
	case p.Values != nil && !slices.Contains(p.Values, value.(string)):
		return invalidContent("Error converting value \"" + value.(string) + "\" to one of " + strings.Join(p.Values, ", ") + ". Path 'properties." + p.Name + "'")
	}
	return nil
}

func checkTags(given map[string]any) *failure {
	if len(given) > maximumTags {
		return fail(http.StatusBadRequest, "InvalidTags", "The number of tags '%d' exceeds the maximum of '%d'.", len(given), maximumTags)
	}
	for name, value := range given {
		text, ok := value.(string)
		switch {
		case !ok:
			return invalidContent("The value of the tag '" + name + "' is not a string. Path 'tags." + name + "'")
		case name == "" || utf8.RuneCountInString(name) > maximumTagName || strings.ContainsAny(name, `<>%&\?/`):
			return fail(http.StatusBadRequest, "InvalidTagNameCharacters", "The tag name '%s' is longer than '%d' characters, or has some that are not allowed: <,>,%%,&,\\,?,/.", name, maximumTagName)
		case utf8.RuneCountInString(text) > maximumTagValue:
			return fail(http.StatusBadRequest, "InvalidTagValueLength", "The value of the tag '%s' is longer than '%d' characters.", name, maximumTagValue)
		}
	}
	return nil
}
