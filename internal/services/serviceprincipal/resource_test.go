package serviceprincipal_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

func list(values ...any) []any { return append([]any{}, values...) } // empty, not null

const (
	graphAppID    = "00000003-0000-0000-c000-000000000000"
	readAllRoleID = "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30" // Application.Read.All
)

// application makes an application for a service principal to belong to.
func application(t *testing.T, h *acctest.Harness, config object) *acctest.Resource {
	t.Helper()
	app := h.Resource("workloadid_application")
	app.Apply(t, config)
	h.ResetRequests()
	return app
}

func TestServicePrincipal_lifecycle(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := application(t, h, object{"display_name": "Deployer"})
	sp := h.Resource("workloadid_service_principal")
	config := object{"client_id": app.State()["client_id"]}
	sp.Apply(t, config)
	h.ExpectRequests(t, "POST /v1.0/servicePrincipals")
	sp.ExpectNoChanges(t, config)
	h.ExpectRequests(t, "GET /v1.0/servicePrincipals/{id}")
	if sp.String("display_name") != "Deployer" || sp.String("service_principal_type") != "Application" {
		t.Errorf("state %v", sp.State())
	}

	owner := h.Tenant.Objects("users")[0]["id"]
	full := object{
		"client_id": app.State()["client_id"], "account_enabled": false, "app_role_assignment_required": true, "alternative_names": list("deployer"),
		"description": "Deploys.", "notes": "Ask ops.", "login_url": "https://contoso.com/login", "notification_email_addresses": list("ops@contoso.com"),
		"preferred_single_sign_on_mode": "saml", "saml_single_sign_on_settings": object{"relay_state": "https://contoso.com/start"}, "tags": list("HideApp"), "owners": list(owner),
	}
	sp.Apply(t, full)
	h.ExpectRequests(t, "PATCH /v1.0/servicePrincipals/{id}", "GET /v1.0/servicePrincipals/{id}/owners", "POST /v1.0/servicePrincipals/{id}/owners/$ref")
	sp.ExpectNoChanges(t, full)
	held := h.Graph(t, "GET", "/servicePrincipals/"+sp.String("id"), nil)
	for property, want := range map[string]string{
		"accountEnabled": "false", "appRoleAssignmentRequired": "true", "alternativeNames": "[deployer]", "description": "Deploys.", "notes": "Ask ops.",
		"loginUrl": "https://contoso.com/login", "notificationEmailAddresses": "[ops@contoso.com]", "preferredSingleSignOnMode": "saml", "tags": "[HideApp]",
	} {
		if got := fmt.Sprint(held[property]); got != want {
			t.Errorf("%s: the tenant holds %s, want %s", property, got, want)
		}
	}
	h.ResetRequests()

	// Unset leaves everything as it is; empty clears.
	sp.Apply(t, config)
	h.ExpectRequests(t)
	cleared := object{"client_id": app.State()["client_id"], "description": "", "notes": "", "login_url": "", "alternative_names": list(), "tags": list(), "notification_email_addresses": list(), "preferred_single_sign_on_mode": ""}
	sp.Apply(t, cleared)
	h.ExpectRequests(t, "PATCH /v1.0/servicePrincipals/{id}")
	sp.ExpectNoChanges(t, cleared)
	held = h.Graph(t, "GET", "/servicePrincipals/"+sp.String("id"), nil)
	if held["description"] != nil || held["notes"] != nil || held["loginUrl"] != nil || held["preferredSingleSignOnMode"] != nil || len(held["tags"].([]any)) != 0 {
		t.Errorf("the tenant still holds %v", held)
	}
	h.ResetRequests()

	id := sp.String("id")
	sp.Destroy(t)
	h.ExpectRequests(t, "DELETE /v1.0/servicePrincipals/{id}")
	if status := h.GraphStatus(t, "/servicePrincipals/"+id); status != 404 {
		t.Errorf("after destroy the service principal answers %d", status)
	}
}

func TestServicePrincipal_rolesAndScopesByValue(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := application(t, h, object{
		"display_name": "API",
		"app_roles":    object{"Orders.Process": object{"allowed_member_types": list("Application"), "display_name": "r", "description": "r"}},
		"api":          object{"oauth2_permission_scopes": object{"orders.read": object{"admin_consent_display_name": "s", "admin_consent_description": "s"}}},
	})
	sp := h.Resource("workloadid_service_principal")
	sp.Apply(t, object{"client_id": app.State()["client_id"]})
	role := app.State()["app_roles"].(object)["Orders.Process"].(object)["id"]
	scope := app.State()["api"].(object)["oauth2_permission_scopes"].(object)["orders.read"].(object)["id"]
	if got := fmt.Sprint(sp.State()["app_role_ids"]); got != fmt.Sprintf("map[Orders.Process:%s]", role) {
		t.Errorf("app_role_ids %s", got)
	}
	if got := fmt.Sprint(sp.State()["oauth2_permission_scope_ids"]); got != fmt.Sprintf("map[orders.read:%s]", scope) {
		t.Errorf("oauth2_permission_scope_ids %s", got)
	}
}

func TestServicePrincipal_drift(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := application(t, h, object{"display_name": "Deployer"})
	sp := h.Resource("workloadid_service_principal")
	config := object{"client_id": app.State()["client_id"], "account_enabled": true, "tags": list("a")}
	sp.Apply(t, config)
	h.Graph(t, "PATCH", "/servicePrincipals/"+sp.String("id"), object{"accountEnabled": false, "tags": list("b"), "notes": "theirs"})
	sp.Refresh(t)
	if plan := sp.Plan(t, config); plan.Action != protocol.Update || fmt.Sprint(plan.Changes) != `[AttributeName("account_enabled") AttributeName("tags")]` {
		t.Errorf("got %s of %v", plan.Action, plan.Changes)
	}
	sp.Apply(t, config)
	sp.ExpectNoChanges(t, config)
	h.Graph(t, "DELETE", "/servicePrincipals/"+sp.String("id"), nil)
	sp.Refresh(t)
	if sp.State() != nil {
		t.Error("a service principal that was deleted outside is still in the state")
	}
}

func TestServicePrincipal_replace(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	one, two := application(t, h, object{"display_name": "One"}), application(t, h, object{"display_name": "Two"})
	sp := h.Resource("workloadid_service_principal")
	sp.Apply(t, object{"client_id": one.State()["client_id"]})
	first := sp.String("id")
	if plan := sp.Plan(t, object{"client_id": two.State()["client_id"]}); plan.Action != protocol.Replace {
		t.Errorf("got %s", plan.Action)
	}
	sp.Apply(t, object{"client_id": two.State()["client_id"]})
	if h.GraphStatus(t, "/servicePrincipals/"+first) != 404 || sp.String("display_name") != "Two" {
		t.Error("the service principal was not replaced")
	}
}

func TestServicePrincipal_import(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := application(t, h, object{"display_name": "Deployer"})
	config := object{"client_id": app.State()["client_id"], "owners": list(h.Tenant.Objects("users")[0]["id"]), "notes": "n"}
	original := h.Resource("workloadid_service_principal")
	original.Apply(t, config)
	h.ResetRequests()
	byID := h.Resource("workloadid_service_principal")
	byID.Import(t, original.String("id"))
	h.ExpectRequests(t, "GET /v1.0/servicePrincipals/{id}")
	byID.ExpectNoChanges(t, config)
	byIdentity := h.Resource("workloadid_service_principal")
	byIdentity.ImportIdentity(t, object{"id": original.String("id")})
	byIdentity.ExpectNoChanges(t, config)
	h.Resource("workloadid_service_principal").ImportFails(t, "Deployer")
	byIdentity.Destroy(t)
	if h.GraphStatus(t, "/servicePrincipals/"+original.String("id")) != 404 {
		t.Error("an imported service principal is managed like any other: destroy deletes it")
	}
}

func TestServicePrincipal_adoptExisting(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := application(t, h, object{"display_name": "Deployer"})
	clientID := app.State()["client_id"]
	existing := h.Graph(t, "POST", "/servicePrincipals", object{"appId": clientID, "notes": "kept", "tags": list("changed")})
	id := existing["id"].(string)
	h.ResetRequests()

	// Not asked for, it is refused, and the error says what can be done.
	text := h.Resource("workloadid_service_principal").ApplyFails(t, object{"client_id": clientID}).String()
	for _, want := range []string{"adopt_existing", "import id is " + id} {
		if !strings.Contains(text, want) {
			t.Errorf("the error does not mention %s:\n%s", want, text)
		}
	}
	h.ResetRequests()

	sp := h.Resource("workloadid_service_principal")
	config := object{"client_id": clientID, "adopt_existing": true, "tags": list("mine"), "owners": list(h.Tenant.Objects("users")[0]["id"])}
	sp.Apply(t, config)
	h.ExpectRequests(t, "GET /v1.0/servicePrincipals(appId='{id}')", "PATCH /v1.0/servicePrincipals/{id}", "GET /v1.0/servicePrincipals/{id}/owners", "POST /v1.0/servicePrincipals/{id}/owners/$ref")
	sp.ExpectNoChanges(t, config)
	if sp.String("id") != id || sp.String("notes") != "kept" {
		t.Errorf("adopted %v", sp.State())
	}
	sp.Destroy(t)
	if h.GraphStatus(t, "/servicePrincipals/"+id) != 200 {
		t.Error("an adopted service principal was deleted")
	}

	// What was not there is made, and goes again.
	other := application(t, h, object{"display_name": "Other"})
	config = object{"client_id": other.State()["client_id"], "adopt_existing": true}
	sp.Apply(t, config)
	id = sp.String("id")
	sp.ExpectNoChanges(t, config)
	sp.Destroy(t)
	if h.GraphStatus(t, "/servicePrincipals/"+id) != 404 {
		t.Error("a service principal that was made here is left behind")
	}
}

func TestServicePrincipal_microsoftsOwnAreNeverDeleted(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	sp := h.Resource("workloadid_service_principal")
	config := object{"client_id": graphAppID, "adopt_existing": true}
	sp.Apply(t, config)
	if got := sp.State()["app_role_ids"].(object)["Application.Read.All"]; got != readAllRoleID {
		t.Errorf("Application.Read.All has the id %v", got)
	}
	sp.ExpectNoChanges(t, config)
	id := sp.String("id")
	imported := h.Resource("workloadid_service_principal")
	imported.Import(t, id)
	h.ResetRequests()
	sp.Destroy(t)
	imported.Destroy(t)
	h.ExpectRequests(t)
	if h.GraphStatus(t, "/servicePrincipals/"+id) != 200 {
		t.Error("the service principal of Microsoft Graph was deleted")
	}
}

func TestServicePrincipal_dataSources(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	for _, key := range []object{{"client_id": graphAppID}, {"display_name": "Microsoft Graph"}} {
		found := h.ReadDataSource(t, "workloadid_service_principal", key)
		if found["client_id"] != graphAppID || found["app_role_ids"].(object)["Application.Read.All"] != readAllRoleID {
			t.Errorf("by %v: found %v", key, found["display_name"])
		}
		h.ExpectRequestCount(t, 1)
		found = h.ReadDataSource(t, "workloadid_service_principal", object{"id": found["id"]})
		if found["display_name"] != "Microsoft Graph" {
			t.Errorf("found %v", found["display_name"])
		}
		h.ResetRequests()
	}
	h.ReadDataSourceFails(t, "workloadid_service_principal", object{"client_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301"})
	h.ReadDataSourceFails(t, "workloadid_service_principal", object{"display_name": "nobody"})
	h.ReadDataSourceFails(t, "workloadid_service_principal", object{})

	all := h.ReadDataSource(t, "workloadid_service_principals", object{})["service_principals"].([]any)
	if want := len(h.Tenant.Objects("servicePrincipals")); len(all) != want {
		t.Errorf("%d listed, the tenant has %d", len(all), want)
	}
	some := h.ReadDataSource(t, "workloadid_service_principals", object{"client_ids": list(graphAppID, "3f2504e0-4f89-41d3-9a0c-0305e82c3301")})["service_principals"].([]any)
	if len(some) != 1 {
		t.Errorf("%d listed", len(some))
	}
}

func TestServicePrincipal_invalid(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	sp := h.Resource("workloadid_service_principal")
	const clientID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
	for name, test := range map[string]struct {
		config object
		want   string
	}{
		"a name for a client id":  {object{"client_id": "Deployer"}, "client_id"},
		"a long description":      {object{"client_id": clientID, "description": strings.Repeat("x", 1025)}, "description"},
		"an unknown sign-on mode": {object{"client_id": clientID, "preferred_single_sign_on_mode": "magic"}, "preferred_single_sign_on_mode"},
		"no address":              {object{"client_id": clientID, "notification_email_addresses": list("ops")}, "notification_email_addresses"},
		"a tag with a space":      {object{"client_id": clientID, "tags": list("a b")}, "tags"},
		"no URL":                  {object{"client_id": clientID, "login_url": "login"}, "login_url"},
	} {
		t.Run(name, func(t *testing.T) {
			if text := sp.PlanFails(t, test.config).String(); !strings.Contains(text, test.want) {
				t.Errorf("the error does not name %s:\n%s", test.want, text)
			}
		})
	}
	h.ExpectRequests(t)
	text := sp.ApplyFails(t, object{"client_id": clientID}).String()
	if !strings.Contains(text, "creating service principal") || sp.State() != nil {
		t.Errorf("for an application that does not exist:\n%s", text)
	}
}
