package group_test

import (
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

func TestGroup_lookup(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	const id = "aaaaaaaa-0000-4000-8000-00000000000a"
	if err := h.Tenant.AddSeed(emulator.Seed{Groups: []map[string]any{
		{"id": id, "displayName": "It's a group", "mailNickname": "own", "mail": "own@example.com", "description": "d", "mailEnabled": true, "securityEnabled": true, "isAssignableToRole": true, "groupTypes": []any{"Unified"}},
		{"id": "aaaaaaaa-0000-4000-8000-00000000000b", "displayName": "Platform team", "groupTypes": []any{}},
	}}); err != nil {
		t.Fatal(err)
	}
	for _, key := range []object{{"id": id}, {"id": strings.ToUpper(id)}, {"display_name": "It's a group"}, {"display_name": "it's a GROUP"}, {"mail_nickname": "own"}, {"mail": "own@example.com"}} {
		found := h.ReadDataSource(t, "workloadid_group", key)
		if !strings.EqualFold(found["id"].(string), id) || !strings.EqualFold(found["display_name"].(string), "It's a group") || found["mail_nickname"] != "own" || found["mail"] != "own@example.com" || found["description"] != "d" ||
			found["mail_enabled"] != true || found["security_enabled"] != true || found["assignable_to_role_enabled"] != true || found["group_types"].([]any)[0] != "Unified" {
			t.Errorf("by %v: %v", key, found)
		}
	}
	for name, test := range map[string]struct {
		config object
		want   string
	}{
		"two of a name":  {object{"display_name": "Platform team"}, "2 objects match"},
		"none of a name": {object{"display_name": "Plaform team"}, `there is no group with the display name "Plaform team"`},
		"no such id":     {object{"id": "aaaaaaaa-0000-4000-8000-0000000000ff"}, "404"},
		"no id":          {object{"id": "Platform team"}, "must be a UUID"},
		"no key":         {object{}, "Set exactly one of id, display_name, mail_nickname, mail"},
		"two keys":       {object{"id": id, "mail": "own@example.com"}, "2 are set"},
	} {
		if text := h.ReadDataSourceFails(t, "workloadid_group", test.config).String(); !strings.Contains(text, test.want) {
			t.Errorf("%s: the error does not say %q:\n%s", name, test.want, text)
		}
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	for _, test := range []struct {
		config object
		want   int
	}{
		{object{}, 2},
		{object{"display_names": []any{"Platform team", "nobody"}}, 1},
		{object{"mail_nicknames": []any{"platform-team", "workload-owners"}}, 2},
		{object{"filter": "startswith(displayName, 'Work')"}, 1},
		{object{"mails": []any{"a@example.com"}}, 0},
	} {
		if found := h.ReadDataSource(t, "workloadid_groups", test.config)["groups"].([]any); len(found) != test.want {
			t.Errorf("%v: %d found", test.config, len(found))
		}
	}
	if text := h.ReadDataSourceFails(t, "workloadid_groups", object{"display_names": []any{"a"}, "filter": "x"}).String(); !strings.Contains(text, "display_names") {
		t.Errorf("the error does not say what excludes what:\n%s", text)
	}
}
