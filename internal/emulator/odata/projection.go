package odata

import (
	"regexp"
	"slices"
	"strings"
)

// defaultExpandMax is how many related objects $expand returns.
const defaultExpandMax = 20

// selection is what an answer shows of an object: $select and $expand, or the same nested in an $expand.
type selection struct {
	of       *Type
	selects  bool        // there is a $select, of:
	names    []string    // what the type has, as it spells it
	shown    []*Property // what that is, or without a $select all there is to show, of the type itself
	extended []string    // directory extension properties
	expanded *expansion
	entity   bool // the request is for a single object
}

type expansion struct {
	navigation *Navigation
	nested     *selection
}

var extensionProperty = regexp.MustCompile(`^extension_[0-9A-Fa-f]{32}_[A-Za-z0-9_]+$`)

func (q *Query) parseSelection(entity bool) error {
	q.selection.entity = entity
	if written, ok := q.options["$select"]; ok {
		if err := q.selection.parseSelect(written); err != nil {
			return err
		}
	}
	q.selection.shown = q.selection.properties(q.of)
	if written, ok := q.options["$expand"]; ok {
		return q.selection.parseExpand(written)
	}
	return nil
}

func (s *selection) parseSelect(written string) error {
	s.selects = true
	for item := range strings.SplitSeq(written, ",") {
		item = strings.TrimSpace(item)
		switch canonical := s.of.selectable(item); {
		case item == "*":
			s.names = append(s.names, s.of.defaults()...)
		case canonical != "":
			s.names = append(s.names, canonical)
		case s.of.Open && extensionProperty.MatchString(item):
			s.extended = append(s.extended, item)
		case item == "" || strings.ContainsAny(item, " ()'/"):
			return badRequest(invalidSelect+"Term '%s' is not valid in a $select or $expand expression.", item)
		default:
			return badRequest(invalidSelect+unknownProperty, item, s.of.Name)
		}
	}
	return nil
}

// selectable returns the name, as the type spells it, of what $select may name, or nothing.
func (t *Type) selectable(name string) string {
	if p := t.property(name); p != nil {
		return p.Name
	}
	if n := t.navigation(name); n != nil {
		return n.Name
	}
	for _, derived := range t.Derived {
		if found := derived.selectable(name); found != "" {
			return found
		}
	}
	return ""
}

// defaults are the properties returned without $select.
func (t *Type) defaults() []string {
	var names []string
	for _, p := range t.Properties {
		if !p.SelectOnly {
			names = append(names, p.Name)
		}
	}
	return names
}

// parseExpand reads the one navigation property that may be expanded, with options of its own in parentheses.
func (s *selection) parseExpand(written string) error {
	items, ok := splitOutside(written, ',')
	if !ok {
		return badRequest(invalidSelect+"Found an unbalanced bracket expression in '%s'.", written)
	}
	if len(items) > 1 {
		return badRequest("The result of parsing $expand contained at least %d items, but the maximum allowed is 1.", len(items))
	}
	name, nested, hasNested := strings.Cut(items[0], "(")
	name = strings.TrimSpace(name)
	navigation := s.of.navigation(name)
	switch {
	case name == "" || strings.ContainsAny(name, " '/*"):
		return badRequest(invalidSelect+"Term '%s' is not valid in a $select or $expand expression.", items[0])
	case navigation == nil && s.of.property(name) != nil:
		return badRequest(invalidSelect+"Property '%s' on type '%s' is not a navigation property or complex property. Only navigation properties can be expanded.", name, s.of.Name)
	case navigation == nil:
		return badRequest(invalidSelect+unknownProperty, name, s.of.Name)
	case !navigation.Expand:
		return unsupported("Expanding the property '%s' of resource '%s' is not supported.", navigation.Name, s.of.resource())
	}
	inner := &selection{of: navigation.Target}
	s.expanded = &expansion{navigation, inner}
	defer func() { inner.shown = inner.properties(inner.of) }()
	if !hasNested {
		return nil
	}
	nested, ok = strings.CutSuffix(strings.TrimSpace(nested), ")")
	options, balanced := splitOutside(nested, ';')
	if !ok || !balanced {
		return badRequest(invalidSelect+"Found an unbalanced bracket expression in '%s'.", written)
	}
	for _, option := range options {
		key, value, _ := strings.Cut(option, "=")
		if key = strings.TrimSpace(key); key != "$select" {
			return badRequest(invalidSelect+"Term '%s' is not valid in a $select or $expand expression.", option)
		}
		if err := inner.parseSelect(value); err != nil {
			return err
		}
	}
	return nil
}

// splitOutside splits at a separator that is not in parentheses, and reports whether they are balanced.
func splitOutside(s string, separator rune) ([]string, bool) {
	depth := 0
	parts := strings.FieldsFunc(s, func(r rune) bool {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		}
		return r == separator && depth == 0
	})
	if len(parts) == 0 {
		parts = []string{""}
	}
	return parts, depth == 0
}

// Project returns what the query shows of one object: $select and $expand.
func (q *Query) Project(object Object, related Related) Object {
	return q.selection.project(object, related)
}

func (s *selection) project(object Object, related Related) Object {
	properties, named := s.shown, ""
	if name, ok := object["@odata.type"].(string); ok && name != "#"+s.of.Name {
		named, properties = name, s.properties(s.of.actual(strings.TrimPrefix(name, "#")))
	}
	out := make(Object, len(properties)+2)
	if named != "" {
		out["@odata.type"] = named
	}
	for _, p := range properties {
		out[p.Name] = s.value(p, object, s.selects)
	}
	s.addExtensions(out, object)
	if s.expanded != nil {
		out[s.expanded.navigation.Name] = s.expanded.value(object, related)
	}
	return out
}

// properties are those of a type that the selection shows.
func (s *selection) properties(of *Type) []*Property {
	var shown []*Property
	for i := range of.Properties {
		if p := &of.Properties[i]; s.selects && slices.Contains(s.names, p.Name) || !s.selects && !p.SelectOnly {
			shown = append(shown, p)
		}
	}
	return shown
}

func (t *Type) actual(name string) *Type {
	for _, derived := range t.Derived {
		if derived.Name == name {
			return derived
		}
	}
	return t
}

// addExtensions adds the directory extension properties that were selected, or, without $select, all that have a value.
func (s *selection) addExtensions(out, object Object) {
	for _, name := range s.extended {
		out[name] = object[name]
	}
	if s.selects || !s.of.Open {
		return
	}
	for name, value := range object {
		if value != nil && extensionProperty.MatchString(name) {
			out[name] = value
		}
	}
}

// value is a property as an answer has it: an empty collection rather than none, and without what a complex value
// keeps to itself.
func (s *selection) value(p *Property, object Object, selected bool) any {
	value := object[p.Name]
	if value == nil && p.Collection {
		return []any{}
	}
	if value == nil || p.Complex == nil || selected && s.entity || !p.Complex.guarded() {
		return value
	}
	if !p.Collection {
		return p.Complex.guard(value)
	}
	members := elements(value)
	out := make([]any, len(members))
	for i, member := range members {
		out[i] = p.Complex.guard(member)
	}
	return out
}

func (t *Type) guarded() bool {
	for _, p := range t.Properties {
		if p.SelectOnly {
			return true
		}
	}
	return false
}

// guard returns a complex value with null in the properties that only $select shows.
func (t *Type) guard(value any) any {
	object, ok := value.(Object)
	if !ok {
		return value
	}
	out := make(Object, len(object))
	for name, v := range object {
		if p := t.property(name); p != nil && p.SelectOnly {
			v = nil
		}
		out[name] = v
	}
	return out
}

// value is the expanded property: an object or null, or at most as many objects as are expanded.
func (e *expansion) value(object Object, related Related) any {
	var targets []Object
	if related != nil {
		targets = related(object, e.navigation.Name)
	}
	if !e.navigation.Collection {
		if len(targets) == 0 {
			return nil
		}
		return e.nested.project(targets[0], related)
	}
	limit := e.navigation.ExpandMax
	if limit == 0 {
		limit = defaultExpandMax
	}
	targets = targets[:min(limit, len(targets))]
	out := make([]Object, len(targets))
	for i, target := range targets {
		out[i] = e.nested.project(target, related)
	}
	return out
}

// Context returns what @odata.context has in parentheses after the entity set: "(id,appId,owners())", or nothing
// without $select and $expand.
func (q *Query) Context() string {
	if inner := q.selection.context(); inner != "" {
		return "(" + inner + ")"
	}
	return ""
}

func (s *selection) context() string {
	parts := slices.Concat(s.names, s.extended)
	if s.expanded != nil {
		parts = append(parts, s.expanded.navigation.Name+"("+s.expanded.nested.context()+")")
	}
	return strings.Join(parts, ",")
}
