package seed

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

const microsoftGraph = "00000003-0000-0000-c000-000000000000"

func load(t *testing.T) Content {
	t.Helper()
	content, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func text(t *testing.T, object any, name string) string {
	t.Helper()
	value, ok := object.(map[string]any)[name].(string)
	if !ok || value == "" {
		t.Errorf("%s of %v is not a text with something in it", name, object)
	}
	return value
}

func find(t *testing.T, content Content, appID string) map[string]any {
	t.Helper()
	for _, sp := range content.ServicePrincipals {
		if sp["appId"] == appID {
			return sp
		}
	}
	t.Fatalf("no service principal of %s", appID)
	return nil
}

func TestLoad_identifiers(t *testing.T) {
	t.Parallel()
	content := load(t)
	if len(content.ServicePrincipals) < 20 || len(content.Users) != 3 || len(content.Groups) != 2 {
		t.Errorf("%d service principals, %d users, %d groups", len(content.ServicePrincipals), len(content.Users), len(content.Groups))
	}
	seen := map[string]bool{}
	for _, object := range slices.Concat(content.ServicePrincipals, content.Users, content.Groups) {
		id := text(t, object, "id")
		if parsed, err := uuid.Parse(id); err != nil || parsed.Version() != 5 || parsed.String() != id {
			t.Errorf("id %q is not a version 5 UUID", id)
		}
		if seen[id] {
			t.Errorf("id %s is used twice", id)
		}
		seen[id] = true
	}
}

func TestLoad_servicePrincipals(t *testing.T) {
	t.Parallel()
	names := map[string]string{}
	for _, sp := range load(t).ServicePrincipals {
		appID := text(t, sp, "appId")
		if parsed, err := uuid.Parse(appID); err != nil || parsed.String() != appID {
			t.Errorf("appId %q is not a GUID in lower case", appID)
		}
		if sp["id"] != ObjectID(appID) || sp["appOwnerOrganizationId"] != "f8cdef31-a31e-4b4a-93e4-5f571e91255a" || sp["displayName"] != sp["appDisplayName"] {
			t.Errorf("%s: id %v, owner %v, names %v and %v", appID, sp["id"], sp["appOwnerOrganizationId"], sp["displayName"], sp["appDisplayName"])
		}
		text(t, sp, "displayName")
		if !slices.Contains(sp["servicePrincipalNames"].([]any), any(appID)) {
			t.Errorf("%s: servicePrincipalNames lack the appId", appID)
		}
		for _, name := range sp["servicePrincipalNames"].([]any) {
			if other, twice := names[name.(string)]; twice {
				t.Errorf("%s and %s are both called %s", appID, other, name)
			}
			names[name.(string)] = appID
		}
	}
}

func TestLoad_permissions(t *testing.T) {
	t.Parallel()
	for _, sp := range load(t).ServicePrincipals {
		for _, list := range []string{"appRoles", "oauth2PermissionScopes"} {
			if sp[list].([]any) == nil {
				t.Errorf("%s of %s is null", list, sp["displayName"])
			}
			seen := map[string]bool{}
			var values []string
			for _, permission := range sp[list].([]any) {
				id, value := text(t, permission, "id"), text(t, permission, "value")
				if parsed, err := uuid.Parse(id); err != nil || parsed.String() != id {
					t.Errorf("%s of %s: id %q is not a GUID in lower case", value, sp["displayName"], id)
				}
				if seen[id] || seen[value] {
					t.Errorf("%s: %s (%s) is there twice", sp["displayName"], value, id)
				}
				seen[id], seen[value] = true, true
				values = append(values, value)
				if list == "appRoles" {
					text(t, permission, "displayName")
					continue
				}
				text(t, permission, "adminConsentDisplayName")
				if consent := text(t, permission, "type"); consent != "Admin" && consent != "User" {
					t.Errorf("%s: %s is of type %s", sp["displayName"], value, consent)
				}
			}
			if !slices.IsSortedFunc(values, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }) {
				t.Errorf("%s: %s are not in alphabetical order: %v", sp["displayName"], list, values)
			}
		}
	}
}

// The identifiers that people write into configurations, from Microsoft's permissions reference.
func TestLoad_microsoftGraph(t *testing.T) {
	t.Parallel()
	graph := find(t, load(t), microsoftGraph)
	roles, scopes := graph["appRoles"].([]any), graph["oauth2PermissionScopes"].([]any)
	if len(roles) < 80 || len(scopes) < 60 {
		t.Errorf("%d roles, %d scopes", len(roles), len(scopes))
	}
	want := map[string]string{
		"Application.ReadWrite.All":       "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
		"Application.ReadWrite.OwnedBy":   "18a4783c-866b-4cc7-a460-3d5e5662c884",
		"AppRoleAssignment.ReadWrite.All": "06b708a9-e830-4db3-a914-8e69da51d44f",
		"Directory.Read.All":              "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
		"User.Read.All":                   "df021288-bdef-4463-88db-98f22de89214",
	}
	for _, role := range roles {
		value := text(t, role, "value")
		if id, ok := want[value]; ok && id != text(t, role, "id") {
			t.Errorf("%s has id %s, want %s", value, text(t, role, "id"), id)
		}
		delete(want, value)
	}
	if len(want) > 0 {
		t.Errorf("missing app roles: %v", want)
	}
	if !slices.ContainsFunc(scopes, func(s any) bool {
		return s.(map[string]any)["value"] == "User.Read" && s.(map[string]any)["id"] == "e1fe6dd8-ba31-4d61-89e7-88639da4683d"
	}) {
		t.Error("no User.Read with its id among the delegated permissions")
	}
}

func TestLoad_independentCopies(t *testing.T) {
	t.Parallel()
	first := load(t)
	before, err := json.Marshal(first)
	if err != nil {
		t.Fatal(err)
	}
	second := load(t)
	clear(second.Users[0])
	clear(find(t, second, microsoftGraph)["appRoles"].([]any)[0].(map[string]any))
	after, err := json.Marshal(first)
	if err != nil {
		t.Fatal(err)
	}
	if string(before) != string(after) {
		t.Error("a change to one load's objects shows in another's")
	}
}
