package conformance

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// A checker holds one exchange against one operation.
type checker struct {
	version *version
	method  string
	ownType string // of what /directory/deletedItems/{type} and the like contain; see ownType
	report  func(part, at, message string)
}

func (c *checker) query(operation *openapi3.Operation, item *openapi3.PathItem, query url.Values) {
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if !strings.HasPrefix(name, "$") || undocumentedQuery[name] != "" {
			continue
		}
		documented := func(p *openapi3.ParameterRef) bool { return p.Value.In == "query" && p.Value.Name == name }
		if !slices.ContainsFunc(operation.Parameters, documented) && !slices.ContainsFunc(item.Parameters, documented) {
			c.report("request", "", "the query option "+name+" is not documented for it")
		}
	}
}

func (c *checker) request(operation *openapi3.Operation, e Exchange) {
	if len(e.RequestBody) == 0 {
		return
	}
	if operation.RequestBody == nil {
		c.report("request", "", "a body is not documented for it")
		return
	}
	c.body("request", e.RequestHeader, e.RequestBody, operation.RequestBody.Value.Content)
}

func (c *checker) answer(operation *openapi3.Operation, e Exchange) {
	if e.Status < 200 || e.Status >= 300 {
		if len(e.ResponseBody) == 0 {
			return // $batch and throttling can have none
		}
		c.body("answer", e.ResponseHeader, e.ResponseBody, operation.Responses.Default().Value.Content)
		return
	}
	documented := operation.Responses.Status(e.Status)
	if documented == nil {
		documented = operation.Responses.Value("2XX")
	}
	switch {
	case documented == nil:
		c.report("answer", "", "the status is not documented for it")
	case len(documented.Value.Content) == 0:
		if len(e.ResponseBody) > 0 {
			c.report("answer", "", "there is a body, but none is documented")
		}
	case len(e.ResponseBody) == 0:
		if e.Method == http.MethodGet && e.Status == http.StatusOK {
			c.report("answer", "", "a body is documented, but there is none")
		}
	default:
		c.body("answer", e.ResponseHeader, e.ResponseBody, documented.Value.Content)
	}
}

func (c *checker) body(part string, header http.Header, body []byte, content openapi3.Content) {
	mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		c.report(part, "", fmt.Sprintf("the content type %q cannot be read: %v", header.Get("Content-Type"), err))
		return
	}
	documented := content.Get(mediaType)
	switch {
	case documented == nil && content.Get("application/octet-stream") != nil && strings.HasPrefix(mediaType, "image/"):
		return // a stream has the media type of what is in it
	case documented == nil:
		c.report(part, "", "the content type "+mediaType+" is not documented for it")
		return
	case mediaType != "application/json":
		return
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		c.report(part, "", "the body is not JSON: "+err.Error())
		return
	}
	c.value(part, "", value, documented.Schema)
}

func (c *checker) value(part, at string, value any, ref *openapi3.SchemaRef) {
	s := ref.Value
	if value == nil {
		if !nullable(s) {
			c.report(part, at, "null is not documented for it")
		}
		return
	}
	if isEmpty(s) {
		return // anything
	}
	// anyOf is how the documents write "this type, or null".
	if len(s.AnyOf) > 0 {
		c.value(part, at, value, s.AnyOf[0])
		return
	}
	if object, ok := value.(map[string]any); ok {
		c.object(part, at, object, ref)
		return
	}
	wrong := func() { c.report(part, at, fmt.Sprintf("%s is documented, and it has %s", typeName(s), brief(value))) }
	switch v := value.(type) {
	case []any:
		if !s.Type.Is("array") {
			wrong()
			return
		}
		for i, element := range v {
			c.value(part, fmt.Sprintf("%s[%d]", at, i), element, s.Items)
		}
	case string:
		switch {
		case !s.Type.Is("string"):
			wrong()
		case !hasFormat(s.Format, v):
			c.report(part, at, fmt.Sprintf("the format %s is documented, and it has %q", s.Format, v))
		case len(s.Enum) > 0 && !slices.Contains(s.Enum, any(v)):
			c.report(part, at, fmt.Sprintf("%v are documented, and it has %q", s.Enum, v))
		}
	case json.Number:
		_, err := v.Int64()
		if !s.Type.Is("number") && (!s.Type.Is("integer") || err != nil) {
			wrong()
		}
	case bool:
		if !s.Type.Is("boolean") {
			wrong()
		}
	}
}

func (c *checker) object(part, at string, object map[string]any, ref *openapi3.SchemaRef) {
	o, known := c.typeOf(object, ref)
	if !known {
		return
	}
	if !o.isObject {
		c.report(part, at, fmt.Sprintf("%s is documented, and it has an object", typeName(ref.Value)))
		return
	}
	for _, name := range o.required {
		if _, ok := object[name]; !ok {
			c.report(part, join(at, name), "it is documented as required, and missing")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		documented, ok := o.properties[name]
		switch {
		case ok:
			c.property(part, join(at, name), o.name, name, object[name], documented)
		case isAnnotation(part, name):
		case o.additional != nil:
			c.value(part, join(at, name), object[name], o.additional)
		case o.anything, extension.MatchString(name):
		case exceptionFor(o.name, name, undocumented):
		case part == "answer" && undocumentedIn[join(at, name)] != "":
		default:
			c.report(part, join(at, name), "the property is not documented for "+o.name)
		}
	}
}

func (c *checker) property(part, at, typeName, name string, value any, documented *openapi3.SchemaRef) {
	if part == "request" && documented.Value.ReadOnly && !exceptionFor(typeName, name, writable) {
		c.report(part, at, "it is documented as read-only for "+typeName)
		return
	}
	if part == "request" && c.method == http.MethodPatch && flag(documented.Value, "immutable") && !exceptionFor(typeName, name, writable) {
		c.report(part, at, "it is documented as not to be changed for "+typeName)
		return
	}
	if value == nil && exceptionFor(typeName, name, canBeNull) {
		return
	}
	c.value(part, at, value, documented)
}

var (
	uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	// A property an application has added to directory objects.
	extension = regexp.MustCompile(`^extension_[0-9a-f]{32}_`)
)

func hasFormat(format, value string) bool {
	switch format {
	case "uuid":
		return uuid.MatchString(value)
	case "date-time":
		_, err := time.Parse(time.RFC3339, value)
		return err == nil
	case "date":
		_, err := time.Parse(time.DateOnly, value)
		return err == nil
	case "base64url":
		// Microsoft Graph writes Edm.Binary in either alphabet.
		value = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(value), "=")
		_, err := base64.RawStdEncoding.DecodeString(value)
		return err == nil
	default:
		return true
	}
}

func brief(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	if len(text) > 60 {
		text = append(text[:57], "..."...)
	}
	return string(text)
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

func isError(body []byte) bool {
	var e struct{ Error struct{ Code string } }
	return json.Unmarshal(body, &e) == nil && e.Error.Code != ""
}
