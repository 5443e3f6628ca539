package entity

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// TestUniqueKey_words: what must be unique is the key that the object has, and of several attributes their combination.
func TestUniqueKey_words(t *testing.T) {
	for _, test := range []struct {
		keys         []UniqueKey
		unique, that string
	}{
		{[]UniqueKey{{"name"}}, "name must be unique", "name"},
		{[]UniqueKey{{"group_id", "name"}}, "the combination of group_id and name must be unique", "group_id or name"},
		{[]UniqueKey{{"absent", "name"}, {"group_id", "absent?", "name"}}, "the combination of group_id, absent and name must be unique", "group_id, absent or name"},
		{[]UniqueKey{{"unknown", "name"}}, "the combination of unknown and name must be unique", "unknown or name"},
		{nil, "what tells it from others must be unique", "what tells it from others"},
	} {
		object := mapping.NewValue(types.ObjectValueMust(
			map[string]attr.Type{"name": types.StringType, "group_id": types.StringType, "absent": types.StringType, "unknown": types.StringType},
			map[string]attr.Value{"name": types.StringValue("a"), "group_id": types.StringValue("b"), "absent": types.StringNull(), "unknown": types.StringUnknown()},
		))
		r := &managed{Resource: Resource[any]{Keys: test.keys}}
		if got := r.uniqueness(object); got != test.unique {
			t.Errorf("%v: %s", test.keys, got)
		}
		if got := r.keyAttributes(object); got != test.that {
			t.Errorf("%v: change %s", test.keys, got)
		}
	}
}
