package protocol

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// nestings is a schema with the same element in each nesting: a name that is
// configured, a mark that is optional and computed, and a seal that is computed.
func nestings() *object {
	element := []*tfprotov6.SchemaAttribute{
		{Name: "name", Type: tftypes.String, Optional: true},
		{Name: "mark", Type: tftypes.String, Optional: true, Computed: true},
		{Name: "seal", Type: tftypes.String, Computed: true},
	}
	nested := func(name string, mode tfprotov6.SchemaObjectNestingMode, computed bool) *tfprotov6.SchemaAttribute {
		return &tfprotov6.SchemaAttribute{Name: name, Optional: true, Computed: computed, NestedType: &tfprotov6.SchemaObject{Nesting: mode, Attributes: element}}
	}
	return newSchema(&tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{
		Attributes: []*tfprotov6.SchemaAttribute{
			nested("single", tfprotov6.SchemaObjectNestingModeSingle, false),
			nested("list", tfprotov6.SchemaObjectNestingModeList, false),
			nested("set", tfprotov6.SchemaObjectNestingModeSet, false),
			nested("map", tfprotov6.SchemaObjectNestingModeMap, false),
			{Name: "deep", Optional: true, NestedType: &tfprotov6.SchemaObject{
				Nesting: tfprotov6.SchemaObjectNestingModeSet,
				Attributes: []*tfprotov6.SchemaAttribute{
					nested("single", tfprotov6.SchemaObjectNestingModeSingle, false),
					nested("list", tfprotov6.SchemaObjectNestingModeList, false),
					nested("set", tfprotov6.SchemaObjectNestingModeSet, false),
					nested("map", tfprotov6.SchemaObjectNestingModeMap, false),
					nested("computed", tfprotov6.SchemaObjectNestingModeSet, true),
				},
			}},
			nested("computed", tfprotov6.SchemaObjectNestingModeSingle, true),
			{Name: "plain", Type: tftypes.String, Optional: true},
			{Name: "both", Type: tftypes.String, Optional: true, Computed: true},
			{Name: "secret", Type: tftypes.String, Optional: true, WriteOnly: true},
			{Name: "strings", Type: tftypes.Set{ElementType: tftypes.String}, Optional: true},
		},
		BlockTypes: []*tfprotov6.SchemaNestedBlock{
			{TypeName: "block", Nesting: tfprotov6.SchemaNestedBlockNestingModeSet, Block: &tfprotov6.SchemaBlock{Attributes: element}},
		},
	}}).root
}

type m = map[string]any

func (o *object) value(t *testing.T, from map[string]any) tftypes.Value {
	t.Helper()
	if from == nil {
		return tftypes.NewValue(o.valueType, nil)
	}
	value, err := o.encode(from)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestPropose(t *testing.T) {
	t.Parallel()
	o := nestings()
	for name, test := range map[string]struct{ prior, config, want m }{
		"new": {nil, m{"both": "x", "single": m{"name": "a"}}, m{"both": "x", "single": m{"name": "a"}}},
		"computed is kept, configured is taken": {
			m{"both": "old", "plain": "old"}, m{"plain": "new"}, m{"both": "old", "plain": "new"},
		},
		"not configured any more": {m{"plain": "old"}, m{}, m{}},
		"unknown":                 {m{"plain": "old", "both": "old"}, m{"plain": Unknown, "both": Unknown}, m{"plain": Unknown, "both": Unknown}},
		"single": {
			m{"single": m{"name": "a", "mark": "m", "seal": "s"}},
			m{"single": m{"name": "b"}},
			m{"single": m{"name": "b", "mark": "m", "seal": "s"}},
		},
		"list, by position": {
			m{"list": []any{m{"name": "a", "seal": "1"}, m{"name": "b", "seal": "2"}}},
			m{"list": []any{m{"name": "b"}, m{"name": "a"}, m{"name": "c"}}},
			m{"list": []any{m{"name": "b", "seal": "1"}, m{"name": "a", "seal": "2"}, m{"name": "c"}}},
		},
		"map, by key": {
			m{"map": m{"x": m{"name": "a", "seal": "1"}, "y": m{"name": "b", "seal": "2"}}},
			m{"map": m{"y": m{"name": "c"}, "z": m{"name": "d"}}},
			m{"map": m{"y": m{"name": "c", "seal": "2"}, "z": m{"name": "d"}}},
		},
		"set, by what is configured": {
			m{"set": []any{m{"name": "a", "mark": "1", "seal": "1"}, m{"name": "b", "mark": "2", "seal": "2"}}},
			m{"set": []any{m{"name": "b"}, m{"name": "a", "mark": "9"}, m{"name": "c"}}},
			m{"set": []any{m{"name": "b", "mark": "2", "seal": "2"}, m{"name": "a", "mark": "9"}, m{"name": "c"}}},
		},
		"set, by an object inside": {
			m{"deep": []any{m{"single": m{"name": "a", "seal": "1"}}, m{"single": m{"name": "b", "seal": "2"}}}},
			m{"deep": []any{m{"single": m{"name": "b"}}}},
			m{"deep": []any{m{"single": m{"name": "b", "seal": "2"}}}},
		},
		"set, by a list inside": {
			m{"deep": []any{m{"list": []any{m{"name": "a", "seal": "1"}}}, m{"list": []any{m{"name": "b", "seal": "2"}}}}},
			m{"deep": []any{m{"list": []any{m{"name": "b"}}}, m{"list": []any{m{"name": "b"}, m{"name": "a"}}}}},
			m{"deep": []any{m{"list": []any{m{"name": "b", "seal": "2"}}}, m{"list": []any{m{"name": "b"}, m{"name": "a"}}}}},
		},
		"set, by a map inside": {
			m{"deep": []any{m{"map": m{"x": m{"name": "a", "seal": "1"}}}, m{"map": m{"y": m{"name": "a", "seal": "2"}}}}},
			m{"deep": []any{m{"map": m{"y": m{"name": "a"}}}, m{"map": m{"z": m{"name": "a"}}}}},
			m{"deep": []any{m{"map": m{"y": m{"name": "a", "seal": "2"}}}, m{"map": m{"z": m{"name": "a"}}}}},
		},
		"set, not by a set inside": {
			m{"deep": []any{m{"set": []any{m{"name": "a", "seal": "1"}}}}},
			m{"deep": []any{m{"set": []any{m{"name": "a"}}}}},
			m{"deep": []any{m{"set": []any{m{"name": "a"}}}}},
		},
		"set, with a computed set inside": {
			m{"deep": []any{m{"single": m{"name": "a"}, "computed": []any{m{"seal": "1"}}}}},
			m{"deep": []any{m{"single": m{"name": "a"}}}},
			m{"deep": []any{m{"single": m{"name": "a"}, "computed": []any{m{"seal": "1"}}}}},
		},
		"set of blocks": {
			m{"block": []any{m{"name": "a", "seal": "1"}}}, m{"block": []any{m{"name": "a"}}}, m{"block": []any{m{"name": "a", "seal": "1"}}},
		},
		"an optional and computed object that was configured": {m{"computed": m{"name": "a", "seal": "1"}}, m{}, m{}},
		"an optional and computed object that was computed":   {m{"computed": m{"mark": "1", "seal": "1"}}, m{}, m{"computed": m{"mark": "1", "seal": "1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := canonical(o.propose(o.value(t, test.prior), o.value(t, test.config)))
			same(t, name, toMap(got), toMap(o.value(t, test.want)))
		})
	}
}

func TestValidPlan(t *testing.T) {
	t.Parallel()
	o := nestings()
	for name, test := range map[string]struct {
		prior, config, planned m
		want                   string // "path: part of the message"; empty: valid
	}{
		"as configured":                {nil, m{"plain": "a"}, m{"plain": "a"}, ""},
		"computed":                     {nil, m{}, m{"both": "x"}, ""},
		"computed later":               {nil, m{}, m{"both": Unknown}, ""},
		"configured otherwise":         {nil, m{"both": "a"}, m{"both": "b"}, `AttributeName("both"): does not match`},
		"configured but left open":     {nil, m{"both": "a"}, m{"both": Unknown}, `AttributeName("both"): does not match`},
		"same as before":               {m{"plain": "A"}, m{"plain": "a"}, m{"plain": "A"}, ""},
		"neither":                      {m{"plain": "A"}, m{"plain": "a"}, m{"plain": "b"}, `AttributeName("plain"): matches neither`},
		"not computed":                 {nil, m{}, m{"plain": "b"}, `AttributeName("plain"): neither configured nor computed`},
		"kept without being computed":  {m{"plain": "b"}, m{}, m{"plain": "b"}, `AttributeName("plain"): neither configured nor computed`},
		"write-only":                   {nil, m{"secret": "s"}, m{}, ""},
		"write-only, planned":          {nil, m{"secret": "s"}, m{"secret": "s"}, `AttributeName("secret"): must be null`},
		"gone":                         {m{"plain": "b"}, nil, nil, ""},
		"absent":                       {nil, m{}, nil, "planned for absence"},
		"present":                      {m{}, nil, m{}, "planned for existence"},
		"inside an object":             {nil, m{"single": m{"name": "a"}}, m{"single": m{"name": "b"}}, `AttributeName("single").AttributeName("name"): does not match`},
		"computed inside an object":    {nil, m{"single": m{"name": "a"}}, m{"single": m{"name": "a", "seal": Unknown}}, ""},
		"object left open":             {nil, m{"single": m{"name": "a"}}, m{"single": Unknown}, `AttributeName("single"): configured`},
		"list":                         {nil, m{"list": []any{m{"name": "a"}}}, m{"list": []any{m{"name": "a", "seal": Unknown}}}, ""},
		"list of another length":       {nil, m{"list": []any{m{"name": "a"}}}, m{"list": []any{}}, `AttributeName("list"): 0 elements planned`},
		"map":                          {nil, m{"map": m{"x": m{"name": "a"}}}, m{"map": m{"x": m{"name": "a", "mark": "1"}}}, ""},
		"map without an entry":         {nil, m{"map": m{"x": m{"name": "a"}}}, m{"map": m{}}, `AttributeName("map").ElementKeyString("x"): not planned`},
		"map with an entry of its own": {nil, m{"map": m{}}, m{"map": m{"x": m{"name": "a"}}}, `AttributeName("map").ElementKeyString("x"): not configured`},
		"set":                          {nil, m{"set": []any{m{"name": "a"}, m{"name": "b"}}}, m{"set": []any{m{"name": "b", "seal": "1"}, m{"name": "a", "seal": Unknown}}}, ""},
		"set with another element":     {nil, m{"set": []any{m{"name": "a"}}}, m{"set": []any{m{"name": "b"}}}, `AttributeName("set"): not configured`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := validPlan(o, o.value(t, test.prior), o.value(t, test.config), o.value(t, test.planned))
			expectViolation(t, found, test.want)
		})
	}
}

func TestConsistent(t *testing.T) {
	t.Parallel()
	o := nestings()
	for name, test := range map[string]struct {
		planned, actual m
		want            string
	}{
		"as planned":             {m{"plain": "a", "strings": []any{"x"}}, m{"plain": "a", "strings": []any{"x"}}, ""},
		"left open":              {m{"both": Unknown, "single": Unknown}, m{"both": "x", "single": m{"name": "a"}}, ""},
		"vanished":               {m{}, nil, "was map"},
		"appeared":               {nil, m{}, "was absent"},
		"another value":          {m{"plain": "a"}, m{"plain": "b"}, `AttributeName("plain"): was "a", but is now "b"`},
		"a value from nowhere":   {m{}, m{"both": "b"}, `AttributeName("both"): was absent, but is now "b"`},
		"unknown after apply":    {m{"both": "b"}, m{"both": Unknown}, `AttributeName("both"): now unknown`},
		"inside a map":           {m{"map": m{"x": m{"name": "a"}}}, m{"map": m{"x": m{"name": "b"}}}, `AttributeName("map").ElementKeyString("x").AttributeName("name"): was "a"`},
		"another entry":          {m{"map": m{}}, m{"map": m{"x": m{"name": "b"}}}, `AttributeName("map").ElementKeyString("x"): was absent`},
		"an entry less":          {m{"map": m{"x": m{"name": "b"}}}, m{"map": m{}}, `AttributeName("map").ElementKeyString("x"): now absent`},
		"a longer list":          {m{"list": []any{}}, m{"list": []any{m{"name": "a"}}}, `AttributeName("list"): had 0 elements`},
		"a set left open inside": {m{"set": []any{m{"name": "a", "seal": Unknown}}}, m{"set": []any{m{"name": "a", "seal": "1"}}}, ""},
		"another set":            {m{"strings": []any{"x"}}, m{"strings": []any{"y"}}, `AttributeName("strings"): there now, but not planned`},
		"a set with an unknown":  {m{"strings": []any{"x", Unknown}}, m{"strings": []any{"x", "y", "z"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expectViolation(t, consistent(tftypes.NewAttributePath(), o.value(t, test.planned), o.value(t, test.actual)), test.want)
		})
	}
}

func expectViolation(t *testing.T, found []violation, want string) {
	t.Helper()
	if want == "" {
		if len(found) > 0 {
			t.Errorf("got %v", found)
		}
		return
	}
	path, part, onPath := strings.Cut(want, ": ")
	if !onPath {
		path, part = "", want
	}
	if len(found) == 0 || found[0].path.String() != path || !strings.Contains(found[0].message, part) {
		t.Errorf("got %v, want %s", found, want)
	}
}
