package api_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

const (
	typeName      = "workloadid_api"
	graphClientID = "00000003-0000-0000-c000-000000000000"
)

func TestAPI_lookup(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	found := h.ReadDataSource(t, typeName, object{"display_name": "microsoft graph"})
	h.ExpectRequests(t, "GET /v1.0/servicePrincipals(appId='{id}')")
	if found["client_id"] != graphClientID || found["display_name"] != "microsoft graph" {
		t.Errorf("found %v", found)
	}
	roles, scopes := found["app_roles"].(object), found["delegated_scopes"].(object)
	role, scope := roles["User.Read.All"].(object), scopes["User.Read.All"].(object)
	if role["id"] != "df021288-bdef-4463-88db-98f22de89214" || role["enabled"] != true || role["allowed_member_types"].([]any)[0] != "Application" || role["display_name"] == "" {
		t.Errorf("found %v", role)
	}
	if scope["id"] != "a154be20-db9c-4678-8ab7-66f6cc099a59" || scope["admin_consent_required"] != true || scope["display_name"] == "" {
		t.Errorf("found %v", scope)
	}
	if scopes["User.Read"].(object)["admin_consent_required"] != false {
		t.Errorf("found %v", scopes["User.Read"])
	}
	for _, same := range []object{{"client_id": graphClientID}, {"id": found["id"]}} {
		if again := h.ReadDataSource(t, typeName, same); again["display_name"] != "Microsoft Graph" || again["id"] != found["id"] || len(again["app_roles"].(object)) != len(roles) {
			t.Errorf("%v: found %v", same, again)
		}
	}
}

// TestAPI_ofOnesOwn is found by its display name, unless others have it too. What has no value is called by its id.
func TestAPI_ofOnesOwn(t *testing.T) {
	t.Parallel()
	nameless := uuid.NewString()
	own := func(name string) object {
		return object{
			"id": uuid.NewString(), "appId": uuid.NewString(), "displayName": name, "servicePrincipalType": "Application",
			"appRoles": []any{
				object{"id": nameless, "isEnabled": false, "displayName": "Old", "description": "Old.", "allowedMemberTypes": []any{"User"}},
			},
		}
	}
	orders, first, second, impostor := own("Orders' API"), own("Twins"), own("Twins"), own("Microsoft Graph")
	h := acctest.New(t, acctest.WithSeed(emulator.Seed{ServicePrincipals: []map[string]any{orders, first, second, impostor}}))
	found := h.ReadDataSource(t, typeName, object{"display_name": "Orders' API"})
	if found["id"] != orders["id"] || found["app_roles"].(object)[nameless].(object)["enabled"] != false {
		t.Errorf("found %v", found)
	}
	text := h.ReadDataSourceFails(t, typeName, object{"display_name": "Twins"}).String()
	if !strings.Contains(text, first["id"].(string)) || !strings.Contains(text, second["id"].(string)) {
		t.Errorf("the error does not list the ids: %s", text)
	}
	if found := h.ReadDataSource(t, typeName, object{"display_name": "Microsoft Graph"}); found["client_id"] != graphClientID {
		t.Errorf("found %v", found)
	}
}

func TestAPI_notFound(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	for name, test := range map[string]struct {
		config object
		want   string
	}{
		"no key":             {object{}, "Set exactly one of"},
		"a slip":             {object{"display_name": "Microsoft Grahp"}, "Did you mean \"Microsoft Graph\"?"},
		"no such name":       {object{"display_name": "x' or displayName eq 'Microsoft Graph"}, "there is no API with the display name"},
		"no such id":         {object{"id": uuid.NewString()}, "404 Request_ResourceNotFound"},
		"not in this tenant": {object{"display_name": "Azure Data Lake"}, "e9f49c6b-5ce5-44c8-925d-015017e9f7ad. A workloadid_service_principal"},
	} {
		t.Run(name, func(t *testing.T) {
			if diagnostics := h.ReadDataSourceFails(t, typeName, test.config); !strings.Contains(diagnostics.String(), test.want) {
				t.Errorf("got %s", diagnostics)
			}
		})
	}
}

func TestAPI_isReadOnce(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	var parallel sync.WaitGroup
	for range 50 {
		parallel.Go(func() { h.ReadDataSource(t, typeName, object{"display_name": "Microsoft Graph"}) })
	}
	parallel.Wait()
	h.ExpectRequestCount(t, 1)
}
