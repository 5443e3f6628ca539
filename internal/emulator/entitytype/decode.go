package entitytype

import (
	"encoding/base64"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// Body is a request body that a type accepts.
type Body struct {
	Properties map[string]any      // normalised: GUIDs in lower case, times in UTC
	Bind       map[string][]string // by navigation property: what "name@odata.bind" refers to
}

// Decode judges the body of a create (where what is required must be present) or of an update (where what is immutable
// must be absent). Errors are *odata.Error with Microsoft Graph's status, code and text.
func (t *Type) Decode(body map[string]any, version Version, create bool) (Body, error) {
	decoded := Body{Properties: make(map[string]any, len(body))}
	for _, name := range sortedKeys(body) {
		value := body[name]
		if property, annotation, found := strings.Cut(name, "@"); found {
			if err := t.annotation(property, annotation, value, &decoded); err != nil {
				return Body{}, err
			}
			continue
		}
		p, known := t.Property(name, version)
		switch {
		case !known:
			if _, navigation := t.FindNavigation(name); navigation {
				return Body{}, badRequest("A change set cannot include changes to more than '1' source resources.")
			}
			return Body{}, badRequest("Invalid property '%s'.", name)
		case p.ReadOnly:
			return Body{}, badRequest("Property '%s' is read-only and cannot be set.", name)
		case p.Immutable && !create:
			return Body{}, badRequest("Property '%s' is read-only and cannot be set.", name)
		}
		normalised, err := t.value(p, value, version)
		if err != nil {
			return Body{}, err
		}
		decoded.Properties[p.stored()] = normalised
	}
	if create {
		for i := range t.Properties {
			p := &t.Properties[i]
			if value, given := decoded.Properties[p.stored()]; p.Required && p.In(version) && (!given || value == "") {
				return Body{}, t.missing(p.Name)
			}
		}
	}
	return decoded, nil
}

func (t *Type) annotation(property, annotation string, value any, decoded *Body) error {
	switch {
	case annotation == "odata.bind":
		navigation, ok := t.FindNavigation(property)
		if !ok {
			return badRequest("Invalid property '%s'.", property)
		}
		references, isList := value.([]any)
		if !isList {
			references = []any{value}
		}
		for _, reference := range references {
			address, ok := reference.(string)
			if !ok {
				return badRequest("Invalid value specified for property '%s' of resource '%s'.", property, t.Resource)
			}
			if decoded.Bind == nil {
				decoded.Bind = map[string][]string{}
			}
			decoded.Bind[navigation.Name] = append(decoded.Bind[navigation.Name], address)
		}
	case annotation == "odata.type" && property == "":
		if named, _ := value.(string); strings.TrimPrefix(named, "#") != "microsoft.graph."+t.Name {
			return badRequest("A resource with type name '%v' was found, but it is not assignable to the expected type 'microsoft.graph.%s'.", strings.TrimPrefix(fmt.Sprint(value), "#"), t.Name)
		}
	}
	return nil
}

func (t *Type) missing(property string) error {
	return badRequest("A value is required for property '%s' of resource '%s'.", property, t.Resource)
}

func (t *Type) invalid(p *Property) error {
	return badRequest("Invalid value specified for property '%s' of resource '%s'.", p.Name, t.Resource)
}

// value judges and normalises one value.
func (t *Type) value(p *Property, value any, version Version) (any, error) {
	if value == nil {
		if p.Required {
			return nil, t.missing(p.Name)
		}
		if p.NotNull {
			return nil, t.invalid(p)
		}
		if p.Collection {
			return []any{}, nil
		}
		return nil, nil
	}
	if !p.Collection {
		return t.single(p, value, version)
	}
	items, ok := value.([]any)
	if !ok {
		return nil, badRequest("An unexpected '%s' node was found when reading from the JSON reader. A 'StartArray' node was expected.", node(value))
	}
	normalised := make([]any, len(items))
	for i, item := range items {
		if item == nil {
			return nil, t.invalid(p)
		}
		var err error
		if normalised[i], err = t.single(p, item, version); err != nil {
			return nil, err
		}
	}
	return normalised, nil
}

func (t *Type) single(p *Property, value any, version Version) (any, error) {
	switch p.Kind {
	case KindComplex:
		return t.complexValue(p, value, version)
	case KindBoolean:
		if _, ok := value.(bool); !ok {
			return nil, unconvertible(p, value)
		}
		return value, nil
	case KindInt32:
		if number, ok := value.(float64); !ok || number != math.Trunc(number) || math.Abs(number) > math.MaxInt32 {
			return nil, unconvertible(p, value)
		}
		return value, nil
	}
	text, ok := value.(string)
	if !ok {
		return nil, unconvertible(p, value)
	}
	switch p.Kind {
	case KindGUID:
		if !guidPattern.MatchString(text) {
			return nil, unconvertible(p, value)
		}
		return strings.ToLower(text), nil
	case KindDateTimeOffset:
		moment, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return nil, unconvertible(p, value)
		}
		return FormatTime(moment), nil
	case KindDuration:
		if _, ok := ParseDuration(text); !ok {
			return nil, unconvertible(p, value)
		}
		return text, nil
	case KindBinary:
		content, err := decodeBinary(text)
		if err != nil {
			return nil, unconvertible(p, value)
		}
		return base64.StdEncoding.EncodeToString(content), nil
	}
	length := utf8.RuneCountInString(text)
	switch {
	case p.Required && text == "":
		return nil, t.missing(p.Name)
	case length < p.MinimumLength, p.MaximumLength > 0 && length > p.MaximumLength,
		p.Pattern != nil && !p.Pattern.MatchString(text),
		len(p.Values) > 0 && !slices.Contains(p.Values, text):
		return nil, t.invalid(p)
	}
	return text, nil
}

func (t *Type) complexValue(p *Property, value any, version Version) (any, error) {
	members, ok := value.(map[string]any)
	if !ok {
		return nil, badRequest("An unexpected '%s' node was found when reading from the JSON reader. A 'StartObject' node was expected.", node(value))
	}
	normalised := make(map[string]any, len(members))
	for _, name := range sortedKeys(members) {
		if strings.Contains(name, "@") {
			continue
		}
		member, known := p.Complex.Property(name, version)
		if !known {
			return nil, &odata.Error{Status: http.StatusBadRequest, Code: "BadRequest", Message: fmt.Sprintf(
				"The property '%s' does not exist on type 'microsoft.graph.%s'. Make sure to only use property names that are defined by the type or mark the type as open type.", name, p.Complex.Name)}
		}
		if member.ReadOnly {
			// Bodies made from an earlier answer carry these back; the service keeps its own value.
			continue
		}
		inner, err := p.Complex.value(member, members[name], version)
		if err != nil {
			return nil, err
		}
		normalised[member.stored()] = inner
	}
	if p.Collection {
		// An item stands for itself: what it does not say starts as it would on a new one.
		for i := range p.Complex.Properties {
			member := &p.Complex.Properties[i]
			if _, given := normalised[member.stored()]; member.Required && member.In(version) && !given {
				return nil, p.Complex.missing(member.Name)
			}
		}
		return p.Complex.New(normalised), nil
	}
	return normalised, nil
}

var guidPattern = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// IsGUID reports whether the text is a GUID in the form Microsoft Graph uses, in any letter case.
func IsGUID(text string) bool { return guidPattern.MatchString(text) }

// FormatTime formats a time as the directory shows it: in UTC, with up to seven digits of a second.
func FormatTime(moment time.Time) string {
	return moment.UTC().Format("2006-01-02T15:04:05.9999999Z")
}

// decodeBinary reads an Edm.Binary value, base64 in either alphabet, padded or not.
func decodeBinary(text string) ([]byte, error) {
	text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	return base64.RawStdEncoding.DecodeString(text)
}

func unconvertible(p *Property, value any) error {
	switch value.(type) {
	case map[string]any, []any:
		return badRequest("An unexpected '%s' node was found when reading from the JSON reader. A 'PrimitiveValue' node was expected.", node(value))
	}
	return badRequest("Cannot convert a primitive value to the expected type '%s'. See the inner exception for more details.", p.Kind)
}

func node(value any) string {
	switch value.(type) {
	case map[string]any:
		return "StartObject"
	case []any:
		return "StartArray"
	}
	return "PrimitiveValue"
}

func badRequest(format string, args ...any) error {
	return &odata.Error{Status: http.StatusBadRequest, Code: "Request_BadRequest", Message: fmt.Sprintf(format, args...)}
}
