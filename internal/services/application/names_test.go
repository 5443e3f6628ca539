package application_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
)

const (
	graphClientID = "00000003-0000-0000-c000-000000000000"
	readUsers     = "df021288-bdef-4463-88db-98f22de89214" // the app role User.Read.All
	readUser      = "e1fe6dd8-ba31-4d61-89e7-88639da4683d" // the scope User.Read
	byClientID    = "GET /v1.0/servicePrincipals(appId='{id}')"
)

// asked is what the tenant holds of what an application asks for.
func asked(t *testing.T, h *acctest.Harness, id string) string {
	t.Helper()
	return fmt.Sprint(h.Graph(t, http.MethodGet, "/applications/"+id, nil)["requiredResourceAccess"])
}

func TestApplication_requiredAPIAccess(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	names := map[string]any{"Microsoft Graph": map[string]any{"app_roles": []any{"User.Read.All"}, "scopes": []any{"User.Read"}}}
	config := map[string]any{"display_name": "Orders", "required_api_access": names}
	app.Apply(t, config)
	h.ExpectRequests(t, byClientID, "POST /v1.0/applications")
	if got := asked(t, h, app.String("id")); !strings.Contains(got, graphClientID) || !strings.Contains(got, readUsers) || !strings.Contains(got, readUser) {
		t.Errorf("the tenant holds %s", got)
	}
	app.ExpectNoChanges(t, config)
	h.ExpectRequests(t, "GET /v1.0/applications/{id}") // no names are looked up

	h.Restart(t)
	app = app.In(h)
	names["Microsoft Graph"] = map[string]any{"scopes": []any{"User.Read", "Mail.Read"}}
	h.ResetRequests()
	app.Apply(t, config)
	h.ExpectRequests(t, byClientID, "PATCH /v1.0/applications/{id}")
	app.ExpectNoChanges(t, config)

	// Drift is shown by names.
	h.Graph(t, http.MethodPatch, "/applications/"+app.String("id"), map[string]any{"requiredResourceAccess": []any{
		map[string]any{"resourceAppId": graphClientID, "resourceAccess": []any{map[string]any{"id": readUsers, "type": "Role"}}},
		map[string]any{"resourceAppId": "cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "resourceAccess": []any{map[string]any{"id": "f53da476-18e3-4152-8e01-aec403e6edc0", "type": "Scope"}}},
	}})
	app.Refresh(t)
	if got := fmt.Sprint(app.State()["required_api_access"]); got != "map[Azure Key Vault:map[app_roles:<nil> scopes:[user_impersonation]] Microsoft Graph:map[app_roles:[User.Read.All] scopes:[]]]" {
		t.Errorf("the state has %s", got)
	}
	if plan := app.Plan(t, config); plan.Action != protocol.Update {
		t.Errorf("%s is planned", plan.Action)
	}
	app.Apply(t, config)
	app.ExpectNoChanges(t, config)
	if got := asked(t, h, app.String("id")); strings.Contains(got, readUsers) || !strings.Contains(got, readUser) {
		t.Errorf("the tenant holds %s", got)
	}

	// Without it, what is asked for is left alone.
	delete(config, "required_api_access")
	app.Apply(t, config)
	app.ExpectNoChanges(t, config)
	if got := asked(t, h, app.String("id")); !strings.Contains(got, readUser) {
		t.Errorf("the tenant holds %s", got)
	}
}

func TestApplication_requiredAPIAccess_invalid(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	access := func(api string, roles ...any) map[string]any {
		return map[string]any{api: map[string]any{"app_roles": roles}}
	}
	app.ValidateFails(t, map[string]any{
		"display_name": "Orders", "required_api_access": access("Microsoft Graph", "User.Read.All"),
		"required_resource_access": map[string]any{graphClientID: map[string]any{"app_role_ids": []any{readUsers}}},
	})
	twice := access("Microsoft Graph", "User.Read.All")
	twice[graphClientID] = map[string]any{"scopes": []any{"User.Read"}}
	for name, test := range map[string]struct {
		access map[string]any
		want   []string
	}{
		"misspelled":  {access("Microsoft Graph", "User.Raed.All"), []string{`required_api_access`, `"Microsoft Graph"`, "app_roles", `Did you mean "User.Read.All"`}},
		"unknown API": {access("Microsoft Grahp", "User.Read.All"), []string{"cannot be looked up", "Microsoft Grahp"}},
		"twice":       {twice, []string{"named twice"}},
	} {
		t.Run(name, func(t *testing.T) {
			text := app.PlanFails(t, map[string]any{"display_name": "Orders", "required_api_access": test.access}).String()
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("%s lacks %q", text, want)
				}
			}
		})
	}
	// What is not known yet is looked up by the apply.
	plan := app.Plan(t, map[string]any{"display_name": "Orders", "required_api_access": access("Microsoft Graph", acctest.Unknown)})
	if plan.After["required_resource_access"] != acctest.Unknown {
		t.Errorf("planned %v", plan.After["required_resource_access"])
	}
}
