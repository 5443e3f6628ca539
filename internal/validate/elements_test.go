package validate_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

func TestElements(t *testing.T) {
	t.Parallel()
	text, null := types.StringValue("a"), types.StringNull()
	texts := func(values ...attr.Value) attr.Value { return types.SetValueMust(types.StringType, values) }
	const id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
	for name, test := range map[string]struct {
		value attr.Value
		want  []string // nothing: it is accepted
	}{
		"null itself":         {types.SetNull(types.StringType), nil},
		"unknown":             {types.SetUnknown(types.StringType), nil},
		"an unknown element":  {texts(types.StringUnknown()), nil},
		"an empty text":       {texts(types.StringValue("")), nil},
		"in a set":            {texts(text, null), []string{"x has null among its elements"}},
		"in a list":           {types.ListValueMust(types.StringType, []attr.Value{text, null}), []string{"x has null as its element 1"}},
		"in a map":            {types.MapValueMust(types.StringType, map[string]attr.Value{"team": null, "cost": text}), []string{`x has the key "team" with null as its value`}},
		"in a set in a map":   {types.MapValueMust(types.SetType{ElemType: types.StringType}, map[string]attr.Value{"team": texts(null)}), []string{`x["team"] has null among its elements`}},
		"a null set in a map": {types.MapValueMust(types.SetType{ElemType: types.StringType}, map[string]attr.Value{"team": types.SetNull(types.StringType)}), []string{`x has the key "team"`}},
		"an attribute":        {types.ObjectValueMust(map[string]attr.Type{"a": types.StringType}, map[string]attr.Value{"a": null}), nil},
		"in an attribute":     {types.ObjectValueMust(map[string]attr.Type{"a": types.SetType{ElemType: types.StringType}}, map[string]attr.Value{"a": texts(null)}), []string{"x.a has null among its elements"}},
		"two":                 {types.MapValueMust(types.StringType, map[string]attr.Value{"a": null, "b": null}), []string{`"a"`, `"b"`}},
		"one id twice":        {types.MapValueMust(types.StringType, map[string]attr.Value{id: text, strings.ToUpper(id): text}), []string{"They are one id"}},
	} {
		found := validate.ElementsOf(path.Root("x"), test.value)
		if len(found) != len(test.want) {
			t.Errorf("%s: %v", name, found)
			continue
		}
		for i, want := range test.want {
			if detail := found[i].Detail(); !strings.Contains(detail, want) {
				t.Errorf("%s: %q does not say %q", name, detail, want)
			}
		}
	}
}
