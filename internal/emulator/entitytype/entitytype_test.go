package entitytype

import (
	"errors"
	"maps"
	"reflect"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

var inner = &Type{Name: "inner", Resource: "Inner", Properties: []Property{
	text("name").required().notNull(),
	boolean("enabled").notNull().startsAs(true),
	texts("words").nullable(),
}}

var outer = &Type{Name: "outer", Resource: "Outer", Properties: []Property{
	text("title").required().length(2, 5),
	text("fixed").immutable(),
	text("given").readOnly(),
	guid("key"),
	timestamp("when"),
	binary("data"),
	texts("tags"),
	complexValue("one", inner),
	complexValue("always", inner).notNull(),
	complexValues("many", inner),
	text("old").only(V1),
	text("new").betaNameOf("old"),
}}

type object = map[string]any

func TestDecode_normalises(t *testing.T) {
	body, err := outer.Decode(object{
		"@odata.type": "#microsoft.graph.outer", "tags@odata.type": "#Collection(String)", "title": "abc", "new": "x",
		"key": "ABCDEF00-0000-4000-8000-00000000000A", "when": "2024-05-06T07:08:09.1234567+02:00", "data": "_-8",
		"many": []any{object{"name": "n", "@odata.type": "#microsoft.graph.inner"}},
	}, Beta, true)
	if err != nil {
		t.Fatal(err)
	}
	want := object{
		"title": "abc", "old": "x", "key": "abcdef00-0000-4000-8000-00000000000a", "when": "2024-05-06T05:08:09.1234567Z", "data": "/+8=",
		"many": []any{object{"name": "n", "enabled": true, "words": []any{}}},
	}
	if !reflect.DeepEqual(body.Properties, want) {
		t.Errorf("got %v, want %v", body.Properties, want)
	}
}

func TestDecode_refuses(t *testing.T) {
	for name, test := range map[string]struct {
		body   object
		create bool
		want   string
	}{
		"missing":                   {object{}, true, "A value is required for property 'title' of resource 'Outer'."},
		"null for what is required": {object{"title": nil}, false, "A value is required for property 'title' of resource 'Outer'."},
		"empty":                     {object{"title": ""}, true, "A value is required for property 'title' of resource 'Outer'."},
		"short":                     {object{"title": "a"}, true, "Invalid value specified for property 'title' of resource 'Outer'."},
		"long":                      {object{"title": "abcdef"}, true, "Invalid value specified for property 'title' of resource 'Outer'."},
		"immutable":                 {object{"fixed": "x"}, false, "Property 'fixed' is read-only and cannot be set."},
		"read-only":                 {object{"title": "abc", "given": "x"}, true, "Property 'given' is read-only and cannot be set."},
		"name in another version":   {object{"new": "x"}, false, "Invalid property 'new'."},
		"unknown reference":         {object{"x@odata.bind": "y"}, false, "Invalid property 'x'."},
	} {
		_, err := outer.Decode(test.body, V1, test.create)
		problem, ok := errors.AsType[*odata.Error](err)
		if !ok || problem.Status != 400 || problem.Code != "Request_BadRequest" || problem.Message != test.want {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}

func TestDecode_references(t *testing.T) {
	body, err := Application.Decode(object{"displayName": "a", "owners@odata.bind": []any{"x", "y"}}, V1, true)
	if err != nil || !reflect.DeepEqual(body.Bind, map[string][]string{"owners": {"x", "y"}}) {
		t.Errorf("%v, %v", body.Bind, err)
	}
}

func TestNew_isComplete(t *testing.T) {
	empty := object{"name": nil, "enabled": true, "words": []any{}}
	want := object{
		"title": "abc", "fixed": nil, "given": nil, "key": nil, "when": nil, "data": nil, "tags": []any{}, "one": nil,
		"always": empty, "many": []any{}, "old": nil,
	}
	got := outer.New(object{"title": "abc"})
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestMerge_leavesItsArgumentsAlone(t *testing.T) {
	current := outer.New(object{"title": "abc", "always": object{"name": "n"}, "tags": []any{"a"}})
	changes := object{"always": object{"enabled": false}, "one": object{"name": "m"}, "tags": []any{}}
	before, given := maps.Clone(current), maps.Clone(changes)
	merged := outer.Merge(current, changes)
	if !reflect.DeepEqual(current, before) || !reflect.DeepEqual(changes, given) {
		t.Error("an argument was altered")
	}
	want := object{
		"title": "abc", "tags": []any{},
		"always": object{"name": "n", "enabled": false, "words": []any{}},
		"one":    object{"name": "m", "enabled": true, "words": []any{}},
	}
	for name, want := range want {
		if !reflect.DeepEqual(merged[name], want) {
			t.Errorf("%s: %v, want %v", name, merged[name], want)
		}
	}
	cleared := outer.Merge(merged, object{"one": nil, "always": nil})
	begun := object{"name": nil, "enabled": true, "words": []any{}}
	if cleared["one"] != nil || !reflect.DeepEqual(cleared["always"], begun) {
		t.Errorf("cleared: %v and %v", cleared["one"], cleared["always"])
	}
}

func TestShow_names(t *testing.T) {
	properties := outer.New(object{"title": "abc", "old": "x"})
	if shown := outer.Show(properties, V1); shown["old"] != "x" {
		t.Errorf("v1.0 shows %v", shown)
	}
	shown := outer.Show(properties, Beta)
	if _, old := shown["old"]; old || shown["new"] != "x" || properties["old"] != "x" {
		t.Errorf("beta shows %v of %v", shown, properties)
	}
}

func TestFormatTime(t *testing.T) {
	moment := time.Date(2024, 1, 2, 3, 4, 5, 123456789, time.FixedZone("", 3600))
	if got := FormatTime(moment); got != "2024-01-02T02:04:05.1234567Z" {
		t.Error(got)
	}
	if got := FormatTime(moment.Truncate(time.Second)); got != "2024-01-02T02:04:05Z" {
		t.Error(got)
	}
}

// Tables are complete enough for generic code to work on: no row twice, defaults of the right kind.
func TestTables_areSound(t *testing.T) {
	seen := map[*Type]bool{}
	var check func(table *Type)
	check = func(table *Type) {
		if seen[table] {
			return
		}
		seen[table] = true
		for _, version := range []Version{V1, Beta} {
			names := map[string]bool{}
			for i := range table.Properties {
				p := &table.Properties[i]
				if !p.In(version) {
					continue
				}
				if names[p.Name] {
					t.Errorf("%s has %s twice", table.Name, p.Name)
				}
				names[p.Name] = true
				if (p.Kind == KindComplex) != (p.Complex != nil) {
					t.Errorf("%s.%s: kind %s, complex type %v", table.Name, p.Name, p.Kind, p.Complex)
				}
				if p.Default != nil && !p.ReadOnly {
					if _, err := table.value(p, p.Default, version); err != nil {
						t.Errorf("%s.%s: the default is refused: %v", table.Name, p.Name, err)
					}
				}
				if p.Complex != nil {
					check(p.Complex)
				}
			}
		}
		if table.Resource == "" {
			t.Errorf("%s has no name for error messages", table.Name)
		}
	}
	for name, table := range All {
		if table.Name != name {
			t.Errorf("%s is listed as %s", table.Name, name)
		}
		check(table)
	}
}
