package conformance

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// An objectType is a schema and all it is composed of.
type objectType struct {
	name       string
	isObject   bool
	properties openapi3.Schemas
	required   []string
	additional *openapi3.SchemaRef // of properties with any name
	anything   bool                // a schema without properties
}

// typeOf has the type of an object: the one it names itself, or the documented one.
// It says false for a type of which the documents have no more than the name.
func (c *checker) typeOf(object map[string]any, ref *openapi3.SchemaRef) (*objectType, bool) {
	name := schemaName(ref)
	if named, ok := object["@odata.type"].(string); ok {
		name = strings.TrimPrefix(named, "#")
		if ref = c.version.schemas[name]; ref == nil {
			return nil, false // microsoft.graph.user, for one
		}
	} else if name == "microsoft.graph.directoryObject" && c.ownType != "" {
		name = c.ownType
		ref = c.version.schemas[name]
	}
	o := &objectType{name: name, properties: openapi3.Schemas{}}
	o.add(ref.Value)
	o.anything = o.isObject && len(o.properties) == 0 && o.additional == nil
	return o, true
}

func (o *objectType) add(s *openapi3.Schema) {
	for _, part := range s.AllOf {
		o.add(part.Value)
	}
	o.isObject = o.isObject || s.Type == nil || s.Type.Is("object")
	maps.Copy(o.properties, s.Properties)
	o.required = append(o.required, s.Required...)
	if s.AdditionalProperties.Schema != nil {
		o.additional = s.AdditionalProperties.Schema
	}
}

func nullable(s *openapi3.Schema) bool {
	return s.Nullable || isEmpty(s) || s.Extensions["x-nullability"] == "unknown" || slices.ContainsFunc(s.AnyOf, func(r *openapi3.SchemaRef) bool { return r.Value.Nullable })
}

func isEmpty(s *openapi3.Schema) bool {
	return s.Type == nil && len(s.AnyOf) == 0 && len(s.AllOf) == 0 && len(s.Properties) == 0
}

// flag reads x-graph, which holds what the descriptions of properties say.
func flag(s *openapi3.Schema, name string) bool {
	flags, _ := s.Extensions["x-graph"].(map[string]any)
	set, _ := flags[name].(bool)
	return set
}

func typeName(s *openapi3.Schema) string {
	if s.Type == nil {
		return "an object"
	}
	return strings.Join(s.Type.Slice(), " or ")
}

func schemaName(ref *openapi3.SchemaRef) string {
	if ref.Ref == "" {
		return "this object"
	}
	return ref.Ref[strings.LastIndex(ref.Ref, "/")+1:]
}
