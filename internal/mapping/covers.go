package mapping

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// canonical writes a value in one way. All that means nothing is written alike, for the service spells it as it likes.
func canonical(value attr.Value) string {
	if value == nil || meansNothing(value) {
		return "nothing"
	}
	var parts []string
	switch v := Fold(value).(type) {
	case types.Set:
		for _, element := range v.Elements() {
			parts = append(parts, canonical(element))
		}
		slices.Sort(parts)
	case types.List:
		for _, element := range v.Elements() {
			parts = append(parts, canonical(element))
		}
	case types.Map:
		parts = canonicalEntries(v.Elements())
	case types.Object:
		parts = canonicalEntries(v.Attributes())
	default:
		return v.String()
	}
	return "(" + strings.Join(parts, ",") + ")"
}

// Canonical writes a value so that all spellings of one value, of those that the service may answer with, are one text. It is
// empty for a value of which a part may be spelled in ways that only its row knows.
func (r Rows) Canonical(name string, value attr.Value) string {
	for _, row := range r {
		if row.name == name && row.same == nil && row.fold == nil && isPlain(value) {
			return strings.ToLower(canonical(value))
		}
	}
	return ""
}

// isPlain reports whether a value is a text, a number or a flag, or a collection of such.
func isPlain(value attr.Value) bool {
	if _, nested := value.(types.Object); nested || value == nil || value.IsUnknown() {
		return false
	}
	elements := elementsOf(value)
	if m, ok := value.(types.Map); ok {
		elements = slices.Collect(maps.Values(m.Elements()))
	}
	return !slices.ContainsFunc(elements, func(element attr.Value) bool { return !isPlain(element) })
}

func canonicalEntries(entries map[string]attr.Value) []string {
	parts := make([]string, 0, len(entries))
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		parts = append(parts, types.StringValue(key).String()+":"+canonical(entries[key]))
	}
	return parts
}

// coversAll reports whether everything that is in sent is in have too.
func coversAll(sent, have map[string]attr.Value) bool {
	for name, value := range sent {
		if !covers(value, have[name]) {
			return false
		}
	}
	return true
}

func covers(sent, have attr.Value) bool {
	if sent == nil || meansNothing(sent) {
		return true
	}
	if have == nil {
		return false
	}
	switch s := sent.(type) {
	case types.Object:
		h, ok := have.(types.Object)
		return ok && coversAll(s.Attributes(), h.Attributes())
	case types.Map:
		h, ok := have.(types.Map)
		return ok && len(s.Elements()) == len(h.Elements()) && coversAll(foldKeys(s.Elements()), foldKeys(h.Elements()))
	}
	return canonical(sent) == canonical(have)
}

func foldKeys(elements map[string]attr.Value) map[string]attr.Value {
	folded := make(map[string]attr.Value, len(elements))
	for key, element := range elements {
		folded[FoldID(key)] = element
	}
	return folded
}

// Exceeds reports whether an object has, in an attribute that can be set and that the plan leaves unset, something that
// somebody must have put there. Flags and numbers are not looked at, for the service chooses those that nobody sets.
func (r Rows) Exceeds(have, plan Value) bool {
	for name, attribute := range r.Attributes() {
		if attribute.IsOptional() && !plan.Has(name) && saysSomething(have.Get(name)) {
			return true
		}
	}
	return false
}

func saysSomething(value attr.Value) bool {
	if value == nil || meansNothing(value) {
		return false
	}
	switch v := value.(type) {
	case types.Bool, types.Int32, types.Int64:
		return false
	case types.Object:
		return slices.ContainsFunc(slices.Collect(maps.Values(v.Attributes())), saysSomething)
	}
	return true
}
