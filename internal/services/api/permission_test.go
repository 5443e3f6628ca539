package api

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

func TestPermissions(t *testing.T) {
	t.Parallel()
	const readID, oldID, userID, scopeID = "df021288-bdef-4463-88db-98f22de89214", "df021288-bdef-4463-88db-98f22de89215", "df021288-bdef-4463-88db-98f22de89216", "df021288-bdef-4463-88db-98f22de89217"
	role := func(id, value string, enabled bool, members ...string) AppRole {
		role := models.NewAppRole()
		role.SetId(new(uuid.MustParse(id)))
		if value != "" {
			role.SetValue(&value)
		}
		role.SetIsEnabled(&enabled)
		role.SetAllowedMemberTypes(members)
		return role
	}
	scope := models.NewPermissionScope()
	scope.SetId(new(uuid.MustParse(scopeID)))
	scope.SetValue(new("Orders.Read"))
	scope.SetIsEnabled(new(true))
	api := &API{
		DisplayName: "Orders",
		AppRoles:    []AppRole{role(readID, "Orders.Read.All", true, Application), role(oldID, "Old", false, Application), role(userID, "", true, User)},
		Scopes:      []Scope{scope},
	}
	for name, test := range map[string]struct {
		value, member string
		id            string
		wrong         []string
	}{
		"by value":            {"Orders.Read.All", Application, readID, nil},
		"by id":               {strings.ToUpper(readID), Application, readID, nil},
		"for anybody":         {userID, "", userID, nil},
		"default access":      {DefaultAccess, Application, DefaultAccess, nil},
		"in another case":     {"orders.read.all", Application, "", []string{"no app role", `Did you mean "Orders.Read.All"`}},
		"misspelled":          {"Orders.Raed.All", Application, "", []string{"Orders offers no app role", `Did you mean "Orders.Read.All"`}},
		"disabled":            {"Old", Application, "", []string{"disabled"}},
		"for users":           {userID, Application, "", []string{"not for such principals", "User, and not Application"}},
		"a scope":             {"Orders.Read", Application, "", []string{"It is a delegated scope"}},
		"nothing like a role": {"Zebra", Application, "", []string{`no app role "Zebra".`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id, err := api.AppRoleID(test.value, test.member)
			if id != test.id || (err != nil) != (test.wrong != nil) {
				t.Fatalf("got %q, %v", id, err)
			}
			for _, want := range test.wrong {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v lacks %q", err, want)
				}
			}
		})
	}
	if id, err := api.ScopeID("Orders.Read"); id != scopeID || err != nil {
		t.Errorf("got %q, %v", id, err)
	}
	if _, err := api.ScopeID("Orders.Read.All"); err == nil || !strings.Contains(err.Error(), "It is an app role") {
		t.Errorf("got %v", err)
	}
	for id, want := range map[string]string{readID: "Orders.Read.All", strings.ToUpper(readID): "Orders.Read.All", userID: userID, scopeID: scopeID, DefaultAccess: DefaultAccess} {
		value, known := api.AppRoleValue(id)
		if value != want || known == (id == scopeID) {
			t.Errorf("%s: got %q, %t", id, value, known)
		}
	}
	if value, known := api.ScopeValue(scopeID); value != "Orders.Read" || !known {
		t.Errorf("got %q", value)
	}
}
