package application_test

import (
	"errors"
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
)

const patch = "PATCH /v1.0/applications/{id}"

// pair is an application with a role and a scope of one value.
func pair(role, scope object) object {
	ofRole := object{"allowed_member_types": list("Application"), "display_name": "Read orders", "description": "Reads orders."}
	ofScope := object{"admin_consent_display_name": "Read orders", "admin_consent_description": "Reads orders."}
	config := object{"display_name": "Orders", "app_roles": object{}, "api": object{"oauth2_permission_scopes": object{}}}
	if role != nil {
		maps.Copy(ofRole, role)
		config["app_roles"] = object{"Orders.Read": ofRole}
	}
	if scope != nil {
		maps.Copy(ofScope, scope)
		config["api"] = object{"oauth2_permission_scopes": object{"Orders.Read": ofScope}}
	}
	return config
}

// ids are those that the tenant has for the role and the scope.
func ids(t *testing.T, h *acctest.Harness, app *acctest.Resource) (role, scope any) {
	t.Helper()
	held := h.Graph(t, "GET", "/applications/"+app.String("id"), nil)
	if roles := held["appRoles"].([]any); len(roles) == 1 {
		role = roles[0].(object)["id"]
	}
	if scopes := held["api"].(object)["oauth2PermissionScopes"].([]any); len(scopes) == 1 {
		scope = scopes[0].(object)["id"]
	}
	return role, scope
}

// TestApplication_sharedValue: a role and a scope with one value have one id, whichever of them comes first, and each can go without
// the other.
func TestApplication_sharedValue(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]object{"together": pair(object{}, object{}), "the role first": pair(object{}, nil), "the scope first": pair(nil, object{})} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := acctest.New(t)
			app := h.Resource("workloadid_application")
			app.Apply(t, first)
			role, scope := ids(t, h, app)
			before := role
			if before == nil {
				before = scope
			}
			both := pair(object{}, object{})
			app.Apply(t, both)
			app.ExpectNoChanges(t, both)
			if role, scope = ids(t, h, app); role != scope || role != before {
				t.Errorf("the role has the id %v, the scope %v; the first of them had %v", role, scope, before)
			}
			described := pair(object{"description": "Reads all."}, object{"admin_consent_description": "Reads all."})
			app.Apply(t, described)
			app.ExpectNoChanges(t, described)

			// What stays of the two is disabled for a moment, and enabled again.
			h.ResetRequests()
			rest := pair(nil, object{"admin_consent_description": "Reads all."})
			if name == "the scope first" {
				rest = pair(object{"description": "Reads all."}, nil)
			}
			app.Apply(t, rest)
			h.ExpectRequests(t, patch, patch)
			app.Refresh(t)
			app.ExpectNoChanges(t, rest)
			app.Apply(t, pair(nil, nil))
			app.ExpectNoChanges(t, pair(nil, nil))
		})
	}
}

// TestApplication_sharedValueGivenID: an id that one of the two is given is the other's too.
func TestApplication_sharedValueGivenID(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]object{"the role's": pair(object{"id": readAllID}, object{}), "the scope's": pair(object{}, object{"id": readAllID})} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := acctest.New(t)
			app := h.Resource("workloadid_application")
			app.Apply(t, config)
			app.ExpectNoChanges(t, config)
			if role, scope := ids(t, h, app); role != readAllID || scope != readAllID {
				t.Errorf("the role has the id %v, the scope %v", role, scope)
			}
		})
	}
}

func TestApplication_sharedValueDiffers(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	for name, test := range map[string]struct {
		config object
		want   []string
	}{
		"descriptions":  {pair(object{"description": "a"}, object{"admin_consent_description": "b"}), []string{"admin_consent_description", `"Orders.Read"`, `"a" and "b"`, "another value"}},
		"display names": {pair(object{}, object{"admin_consent_display_name": "b"}), []string{"admin_consent_display_name", "display_name of the role"}},
		"one disabled":  {pair(object{"enabled": false}, object{}), []string{"enabled of the role", "false and true"}},
		"two ids":       {pair(object{"id": readAllID}, object{"id": userReadID}), []string{"id of the role", readAllID, userReadID}},
		"one id for two values": {object{
			"display_name": "Orders", "app_roles": object{"Orders.Read": object{"id": readAllID, "allowed_member_types": list("Application")}},
			"api": object{"oauth2_permission_scopes": object{"Orders.Write": object{"id": readAllID}}},
		}, []string{"oauth2_permission_scopes", "Id used twice"}},
	} {
		t.Run(name, func(t *testing.T) {
			text := app.PlanFails(t, test.config).String()
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("the error does not say %s:\n%s", want, text)
				}
			}
		})
	}
	// The one that there is already, with an id of its own, is known to the plan alone.
	app.Apply(t, pair(object{}, nil))
	if text := app.PlanFails(t, pair(object{}, object{"id": userReadID})).String(); !strings.Contains(text, "id of the role and id of the scope") {
		t.Errorf("the error does not name the ids:\n%s", text)
	}
}

// TestApplication_sharedValueCLI: a role and a scope with one value by the CLI, where texts are known at apply only.
func TestApplication_sharedValueCLI(t *testing.T) {
	configuration := func(scope string) string {
		return `
			resource "terraform_data" "text" { input = "Read orders" }
			resource "workloadid_application" "orders" {
			  display_name = "Orders"
			  app_roles    = { "Orders.Read" = { allowed_member_types = ["Application"], display_name = terraform_data.text.output, description = "Reads orders." } }
			  api          = { oauth2_permission_scopes = { "Orders.Read" = { admin_consent_display_name = ` + scope + `, admin_consent_description = "Reads orders." } } }
			}`
	}
	acctest.RunCLI(t, func(_ *testing.T, _ *acctest.Harness) resource.TestCase {
		return resource.TestCase{Steps: []resource.TestStep{
			{Config: configuration("terraform_data.text.output"), Check: func(s *terraform.State) error {
				held := s.RootModule().Resources["workloadid_application.orders"].Primary.Attributes
				if id := held["app_roles.Orders.Read.id"]; id == "" || id != held["api.oauth2_permission_scopes.Orders.Read.id"] {
					return errors.New("the role and the scope have two ids")
				}
				return nil
			}},
			{Config: configuration(`"Write orders"`), ExpectError: regexp.MustCompile(`Role and scope differ`)},
		}}
	})
}
