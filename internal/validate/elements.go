package validate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Elements refuses what no collection of a configuration may have, at any depth: an element that is null, which the services
// leave out or refuse, and one id under two spellings as keys of a map. Values may be unknown.
func Elements(config types.Object) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if suspicious(config) { // as hardly any is, and paths take time
		checkAttributes(path.Empty(), config, &diagnostics)
	}
	return diagnostics
}

// ElementsOf is Elements for one value, such as an argument of a function.
func ElementsOf(at path.Path, value attr.Value) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	checkElements(at, value, &diagnostics)
	return diagnostics
}

// suspicious reports whether a value has a collection with a null, or with a UUID as a key.
func suspicious(value attr.Value) bool {
	of := func(elements []attr.Value) bool {
		return slices.ContainsFunc(elements, func(element attr.Value) bool { return element.IsNull() || suspicious(element) })
	}
	switch value := value.(type) {
	case types.Object:
		for _, attribute := range value.Attributes() {
			if suspicious(attribute) {
				return true
			}
		}
	case types.Map:
		for key, element := range value.Elements() {
			if element.IsNull() || CheckUUID(key) == nil || suspicious(element) {
				return true
			}
		}
	case types.Set:
		return of(value.Elements())
	case types.List:
		return of(value.Elements())
	}
	return false
}

func checkAttributes(at path.Path, object types.Object, diagnostics *diag.Diagnostics) {
	attributes := object.Attributes()
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		checkElements(at.AtName(name), attributes[name], diagnostics)
	}
}

func checkElements(at path.Path, value attr.Value, diagnostics *diag.Diagnostics) {
	switch value := value.(type) {
	case types.Object:
		checkAttributes(at, value, diagnostics)
	case types.Map:
		elements := value.Elements()
		spellings := map[string]string{}
		for _, key := range slices.Sorted(maps.Keys(elements)) {
			element := elements[key]
			if element.IsNull() {
				isNull(at.AtMapKey(key), fmt.Sprintf("%s has the key %q with null as its value", at, key), "{ for key, value in … : key => value if value != null }", diagnostics)
				continue
			}
			if CheckUUID(key) == nil {
				if other, twice := spellings[strings.ToLower(key)]; twice {
					diagnostics.AddAttributeError(at, "One id twice", fmt.Sprintf("%s has %q and %q as keys. They are one id, for which letter case does not matter: have it once.", at, other, key))
				}
				spellings[strings.ToLower(key)] = key
			}
			checkElements(at.AtMapKey(key), element, diagnostics)
		}
	case types.Set:
		for _, element := range value.Elements() {
			if element.IsNull() {
				isNull(at, fmt.Sprintf("%s has null among its elements", at), "[ for value in … : value if value != null ]", diagnostics)
				continue
			}
			checkElements(at.AtSetValue(element), element, diagnostics)
		}
	case types.List:
		for i, element := range value.Elements() {
			if element.IsNull() {
				isNull(at.AtListIndex(i), fmt.Sprintf("%s has null as its element %d", at, i), "[ for value in … : value if value != null ]", diagnostics)
				continue
			}
			checkElements(at.AtListIndex(i), element, diagnostics)
		}
	}
}

func isNull(at path.Path, what, remedy string, diagnostics *diag.Diagnostics) {
	diagnostics.AddAttributeError(at, "Null element", fmt.Sprintf("%s. Null says nothing here. Leave it out, as %s does.", what, remedy))
}
