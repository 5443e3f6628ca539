package user_test

import (
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

func TestUser_lookup(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	const id, guest = "aaaaaaaa-0000-4000-8000-00000000000a", "eve_contoso.com#EXT#@entralocal.onmicrosoft.com"
	if err := h.Tenant.AddSeed(emulator.Seed{Users: []map[string]any{
		{"id": id, "displayName": "Eve O'Neil", "userPrincipalName": guest, "mail": "eve@contoso.com", "givenName": "Eve", "surname": "O'Neil"},
		{"id": "aaaaaaaa-0000-4000-8000-00000000000b", "displayName": "Ada Lovelace", "userPrincipalName": "ada2@entralocal.onmicrosoft.com"},
	}}); err != nil {
		t.Fatal(err)
	}
	for _, key := range []object{{"id": id}, {"user_principal_name": guest}, {"mail": "eve@contoso.com"}, {"display_name": "Eve O'Neil"}} {
		found := h.ReadDataSource(t, "workloadid_user", key)
		if found["id"] != id || found["user_principal_name"] != guest || found["mail"] != "eve@contoso.com" || found["display_name"] != "Eve O'Neil" || found["given_name"] != "Eve" || found["surname"] != "O'Neil" {
			t.Errorf("by %v: %v", key, found)
		}
	}
	for _, test := range []struct {
		config object
		want   string
	}{
		{object{"display_name": "Ada Lovelace"}, "2 objects match"},
		{object{"user_principal_name": "eve@contoso.com"}, `there is no user with the user principal name "eve@contoso.com"`},
		{object{"id": "eve@contoso.com"}, "must be a UUID"},
		{object{}, "Set exactly one of id, user_principal_name, mail, display_name"},
	} {
		if text := h.ReadDataSourceFails(t, "workloadid_user", test.config).String(); !strings.Contains(text, test.want) {
			t.Errorf("%v: the error does not say %q:\n%s", test.config, test.want, text)
		}
	}
}

func TestUsers(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	h.ResetRequests()
	for _, test := range []struct {
		config object
		want   int
	}{
		{object{}, 3},
		{object{"user_principal_names": []any{"ada@entralocal.onmicrosoft.com", "alan@entralocal.onmicrosoft.com"}}, 2},
		{object{"display_names": []any{"Grace Hopper"}}, 1},
		{object{"filter": "surname eq 'Turing'"}, 1},
		{object{"ids": []any{h.Tenant.Objects("users")[0]["id"]}}, 1},
	} {
		if found := h.ReadDataSource(t, "workloadid_users", test.config)["users"].([]any); len(found) != test.want {
			t.Errorf("%v: %d found", test.config, len(found))
		}
	}
}
