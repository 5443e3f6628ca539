package application_test

import (
	"encoding/base64"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

func list(values ...any) []any { return append([]any{}, values...) } // empty, not null

const (
	graphAppID = "00000003-0000-0000-c000-000000000000"
	readAllID  = "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30" // Application.Read.All
	userReadID = "e1fe6dd8-ba31-4d61-89e7-88639da4683d" // User.Read, delegated
	azureCLI   = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
)

// everything sets what a person can configure.
func everything() object {
	return object{
		"display_name": "Orders", "description": "Takes orders.", "notes": "Ask the shop team.", "service_management_reference": "CMDB-17",
		"unique_name": "orders", "identifier_uris": list("api://{client_id}", "api://orders.entralocal.onmicrosoft.com/v1"), "tags": list("shop", "HideApp"),
		"group_membership_claims": list("SecurityGroup", "DirectoryRole"), "fallback_public_client_enabled": true, "device_only_auth_enabled": false,
		"oauth2_post_response_required": true, "native_authentication_apis": "all", "default_redirect_uri": "https://orders.contoso.com/callback",
		"saml_metadata_url": "https://orders.contoso.com/metadata",
		"api": object{
			"requested_access_token_version": 2, "mapped_claims_enabled": true, "known_client_applications": list("3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
			"oauth2_permission_scopes": object{
				"orders.read":  object{"admin_consent_display_name": "Read orders", "admin_consent_description": "Reads all orders.", "user_consent_display_name": "Read your orders", "user_consent_description": "Reads the orders you made."},
				"orders.write": object{"id": "5d6e7f80-1111-4222-8333-444455556666", "type": "Admin", "enabled": false, "admin_consent_display_name": "Write orders", "admin_consent_description": "Writes orders."},
			},
			"pre_authorized_applications": object{azureCLI: list("orders.read")},
		},
		"app_roles": object{
			"Orders.Process":                       object{"allowed_member_types": list("Application"), "display_name": "Process", "description": "Processes orders."},
			"7c9e6679-7425-40de-944b-e07fc1f90ae7": object{"allowed_member_types": list("User", "Application"), "display_name": "Member", "description": "Has no value."},
		},
		"required_resource_access": object{graphAppID: object{"app_role_ids": list(readAllID), "scope_ids": list(userReadID)}},
		"optional_claims": object{
			"access_token": object{"idtyp": object{}},
			"id_token":     object{"upn": object{"essential": true, "additional_properties": list("include_externally_authenticated_upn")}},
		},
		"web":                                  object{"homepage_url": "https://orders.contoso.com", "logout_url": "https://orders.contoso.com/logout", "redirect_uris": list("https://orders.contoso.com/callback"), "implicit_grant": object{"id_token_issuance_enabled": true}},
		"spa":                                  object{"redirect_uris": list("http://localhost:3000/", "brk-multihub://localhost:3000")},
		"public_client":                        object{"redirect_uris": list("http://localhost")},
		"info":                                 object{"marketing_url": "https://contoso.com", "privacy_statement_url": "https://contoso.com/privacy", "support_url": "https://contoso.com/support", "terms_of_service_url": "https://contoso.com/terms"},
		"service_principal_lock_configuration": object{"enabled": true, "all_properties": true},
		"request_signature_verification":       object{"signed_request_required": true, "allowed_weak_algorithms": "rsaSha1"},
		"parental_control_settings":            object{"countries_blocked_for_minors": list("DE"), "legal_age_group_rule": "BlockMinors"},
		"authentication_behaviors":             object{"remove_unverified_email_claim": true},
		"add_ins":                              object{"968a844d-7a47-430c-9163-07ae7c31d407": object{"type": "FileHandler", "properties": object{"version": "2"}}},
		"logo":                                 base64.StdEncoding.EncodeToString(png),
	}
}

// png is the smallest image of its kind.
var png = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82")

func TestApplication_lifecycle(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")

	config := object{"display_name": "Deployer"}
	app.Apply(t, config)
	h.ExpectRequests(t, "POST /v1.0/applications")
	app.ExpectNoChanges(t, config)
	h.ExpectRequests(t, "GET /v1.0/applications/{id}")

	config["description"], config["tags"] = "Deploys.", list("ci")
	app.Apply(t, config)
	h.ExpectRequests(t, "PATCH /v1.0/applications/{id}")
	app.ExpectNoChanges(t, config)
	held := h.Graph(t, "GET", "/applications/"+app.String("id"), nil)
	if held["description"] != "Deploys." || fmt.Sprint(held["tags"]) != "[ci]" || held["displayName"] != "Deployer" {
		t.Errorf("the tenant holds %v", held)
	}
	h.ResetRequests()

	id := app.String("id")
	app.Destroy(t)
	h.ExpectRequests(t, "DELETE /v1.0/applications/{id}")
	if status := h.GraphStatus(t, "/applications/"+id); status != 404 {
		t.Errorf("after destroy the application answers %d", status)
	}
}

func TestApplication_everything(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	config := everything()
	app.Apply(t, config)
	// The URI with the own client id and the logo need the application to exist.
	h.ExpectRequests(t, "POST /v1.0/applications", "PATCH /v1.0/applications/{id}", "PUT /v1.0/applications/{id}/logo")
	app.ExpectNoChanges(t, config)
	held := h.Graph(t, "GET", "/applications/"+app.String("id")+"?$select=id,appId,identifierUris,groupMembershipClaims,api,appRoles,requiredResourceAccess,optionalClaims,authenticationBehaviors,requestSignatureVerification,isFallbackPublicClient,uniqueName", nil)
	for path, want := range map[string]string{
		"uniqueName":                   "orders",
		"isFallbackPublicClient":       "true",
		"groupMembershipClaims":        "DirectoryRole,SecurityGroup",
		"identifierUris":               "[api://orders.entralocal.onmicrosoft.com/v1 api://" + app.String("client_id") + "]",
		"authenticationBehaviors":      "map[blockAzureADGraphAccess:<nil> removeUnverifiedEmailClaim:true requireClientServicePrincipal:<nil>]",
		"requestSignatureVerification": "map[allowedWeakAlgorithms:rsaSha1 isSignedRequestRequired:true]",
	} {
		if got := fmt.Sprint(held[path]); got != want {
			t.Errorf("%s: the tenant holds %s, want %s", path, got, want)
		}
	}
	api := held["api"].(object)
	client := api["preAuthorizedApplications"].([]any)[0].(object)
	scopes := app.State()["api"].(object)["oauth2_permission_scopes"].(object)
	if id := scopes["orders.read"].(object)["id"]; fmt.Sprint(client["delegatedPermissionIds"]) != fmt.Sprintf("[%s]", id) {
		t.Errorf("the client may use %v, want the scope's id %s", client["delegatedPermissionIds"], id)
	}
	h.ResetRequests()

	// Every collection can be cleared, and each clearing is what the next plan finds.
	cleared := object{
		"display_name": "Orders", "unique_name": "orders", "identifier_uris": list(), "tags": list(), "group_membership_claims": list(), "app_roles": object{}, "required_resource_access": object{}, "add_ins": object{},
		"api": object{"known_client_applications": list(), "oauth2_permission_scopes": object{}, "pre_authorized_applications": object{}},
		"web": object{"redirect_uris": list()}, "spa": object{"redirect_uris": list()}, "public_client": object{"redirect_uris": list()}, "optional_claims": object{"access_token": object{}, "id_token": object{}},
		"info": object{},
	}
	app.Apply(t, cleared)
	h.ExpectRequests(t, "PATCH /v1.0/applications/{id}", "PATCH /v1.0/applications/{id}", "DELETE /v1.0/applications/{id}/logo")
	app.ExpectNoChanges(t, cleared)
	held = h.Graph(t, "GET", "/applications/"+app.String("id"), nil)
	for _, property := range []string{"identifierUris", "tags", "appRoles", "requiredResourceAccess", "addIns"} {
		if values := held[property].([]any); len(values) != 0 {
			t.Errorf("%s: the tenant still holds %v", property, values)
		}
	}
	for _, property := range []string{"description", "notes", "samlMetadataUrl", "defaultRedirectUri", "groupMembershipClaims"} {
		if held[property] != nil {
			t.Errorf("%s: the tenant still holds %v", property, held[property])
		}
	}
}

func TestApplication_unsetIsUnmanaged(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	config := object{"display_name": "Plain"}
	app.Apply(t, config)
	h.Graph(t, "PATCH", "/applications/"+app.String("id"), object{
		"tags": list("someone", "else's"), "web": object{"redirectUris": list("https://contoso.com/theirs")},
		"appRoles": list(object{"id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "allowedMemberTypes": list("Application"), "displayName": "r", "description": "r", "value": "Theirs", "isEnabled": true}),
	})
	h.ResetRequests()
	app.ExpectNoChanges(t, config)
	config["description"] = "A change of something else"
	app.Apply(t, config)
	held := h.Graph(t, "GET", "/applications/"+app.String("id"), nil)
	if len(held["tags"].([]any)) != 2 || len(held["appRoles"].([]any)) != 1 || len(held["web"].(object)["redirectUris"].([]any)) != 1 {
		t.Errorf("what was not configured is gone: %v", held)
	}
}

func TestApplication_drift(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	config := object{"display_name": "Mine", "tags": list("a"), "web": object{"redirect_uris": list("https://contoso.com/a")}}
	app.Apply(t, config)
	h.Graph(t, "PATCH", "/applications/"+app.String("id"), object{"displayName": "Theirs", "description": "x", "tags": list("b"), "web": object{"redirectUris": list()}})
	h.ResetRequests()
	app.Refresh(t)
	plan := app.Plan(t, config)
	want := `[AttributeName("description") AttributeName("display_name") AttributeName("tags") AttributeName("web").AttributeName("redirect_uris")]`
	if plan.Action != protocol.Update || fmt.Sprint(plan.Changes) != want {
		t.Errorf("got %s of %v, want an update of %v", plan.Action, plan.Changes, want)
	}
	app.Apply(t, config)
	h.ExpectRequests(t, "GET /v1.0/applications/{id}", "PATCH /v1.0/applications/{id}")
	app.ExpectNoChanges(t, config)

	id := app.String("id")
	h.Graph(t, "DELETE", "/applications/"+id, nil)
	app.Refresh(t)
	if app.State() != nil {
		t.Error("an application that was deleted outside is still in the state")
	}
	app.Apply(t, config)
	if app.String("id") == id {
		t.Error("no new application was made")
	}
}

func TestApplication_replace(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	app.Apply(t, object{"display_name": "A", "unique_name": "one"})
	first := app.String("id")
	plan := app.Plan(t, object{"display_name": "A", "unique_name": "two"})
	if plan.Action != protocol.Replace || !strings.Contains(fmt.Sprint(plan.Replace), "unique_name") {
		t.Errorf("got %s because of %v", plan.Action, plan.Replace)
	}
	app.Apply(t, object{"display_name": "A", "unique_name": "two"})
	if app.String("id") == first || h.GraphStatus(t, "/applications/"+first) != 404 {
		t.Error("the application was not replaced")
	}
	app.ExpectNoChanges(t, object{"display_name": "A"}) // no longer mentioned: left as it is
}

func TestApplication_import(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	config := everything()
	delete(config, "logo") // is not read back
	owner := h.Tenant.Objects("users")[0]["id"]
	config["owners"] = list(owner)
	original := h.Resource("workloadid_application")
	original.Apply(t, config)
	id := original.String("id")
	h.ResetRequests()

	byID := h.Resource("workloadid_application")
	byID.Import(t, id)
	h.ExpectRequests(t, "GET /v1.0/applications/{id}")
	byID.ExpectNoChanges(t, config)
	if got := byID.Identity(); fmt.Sprint(got) != fmt.Sprintf("map[id:%s]", id) {
		t.Errorf("identity %v", got)
	}
	byIdentity := h.Resource("workloadid_application")
	byIdentity.ImportIdentity(t, object{"id": id})
	byIdentity.ExpectNoChanges(t, config)

	for name, wrong := range map[string]string{"no GUID": "orders", "too many parts": id + "/x", "nothing": "  "} {
		diagnostics := h.Resource("workloadid_application").ImportFails(t, wrong)
		if !strings.Contains(diagnostics.String(), "<id>") {
			t.Errorf("%s: the error does not say what the import id is: %s", name, diagnostics)
		}
	}
	h.Resource("workloadid_application").ImportFails(t, "3f2504e0-4f89-41d3-9a0c-0305e82c3301")
}

func TestApplication_owners(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	var ids []any
	for _, principal := range append(h.Tenant.Objects("users"), h.Tenant.Objects("servicePrincipals")...) {
		ids = append(ids, principal["id"])
	}
	if len(ids) < 24 {
		t.Fatalf("the tenant is seeded with %d principals only", len(ids))
	}
	app := h.Resource("workloadid_application")
	config := object{"display_name": "Owned", "owners": ids[:22]}
	app.Apply(t, config)
	h.ExpectRequests(t, "POST /v1.0/applications", "POST /v1.0/applications/{id}/owners/$ref", "POST /v1.0/applications/{id}/owners/$ref")
	app.ExpectNoChanges(t, config)
	// An expansion shows twenty, so more than that are listed.
	h.ExpectRequests(t, "GET /v1.0/applications/{id}", "GET /v1.0/applications/{id}/owners")

	config["owners"] = append(list(ids[23]), ids[:2]...)
	app.Apply(t, config)
	requests := h.Requests()
	if len(requests) != 21 || requests[0].Method != "POST" {
		t.Errorf("want one owner added and then twenty removed, got %d requests, first %v", len(requests), requests[0])
	}
	h.ResetRequests()
	app.ExpectNoChanges(t, config)
	h.ExpectRequests(t, "GET /v1.0/applications/{id}")

	// Taking over the owners of an application whose owners nobody managed.
	other := h.Resource("workloadid_application")
	other.Apply(t, object{"display_name": "Other"})
	h.Graph(t, "POST", "/applications/"+other.String("id")+"/owners/$ref", object{"@odata.id": h.URL + "/v1.0/directoryObjects/" + ids[0].(string)})
	h.ResetRequests()
	config = object{"display_name": "Other", "owners": list(ids[1])}
	other.Apply(t, config)
	h.ExpectRequests(t, "GET /v1.0/applications/{id}/owners", "POST /v1.0/applications/{id}/owners/$ref", "DELETE /v1.0/applications/{id}/owners/{id}/$ref")
	other.ExpectNoChanges(t, config)
}

func TestApplication_removingRolesDisablesThemFirst(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	role := object{"allowed_member_types": list("Application"), "display_name": "r", "description": "r"}
	scope := object{"admin_consent_display_name": "s", "admin_consent_description": "s"}
	config := object{"display_name": "Roles", "app_roles": object{"A": role, "B": role}, "api": object{"oauth2_permission_scopes": object{"s": scope, "t": scope}}}
	app.Apply(t, config)
	h.ResetRequests()

	config["app_roles"] = object{"B": role}
	config["api"] = object{"oauth2_permission_scopes": object{"t": scope}}
	app.Apply(t, config)
	h.ExpectRequests(t, "PATCH /v1.0/applications/{id}", "PATCH /v1.0/applications/{id}")
	app.ExpectNoChanges(t, config)
	h.ResetRequests()

	// What is disabled already needs no request before.
	disabled := object{"allowed_member_types": list("Application"), "display_name": "r", "description": "r", "enabled": false}
	config["app_roles"] = object{"B": disabled}
	app.Apply(t, config)
	config["app_roles"] = object{}
	app.Apply(t, config)
	h.ExpectRequests(t, "PATCH /v1.0/applications/{id}", "PATCH /v1.0/applications/{id}")
}

func TestApplication_generatedIDsAreStable(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	role := object{"allowed_member_types": list("Application"), "display_name": "r", "description": "r"}
	config := object{"display_name": "Ids", "app_roles": object{"Orders.Process": role}}
	planned := func() any {
		return h.Resource("workloadid_application").Plan(t, config).After["app_roles"].(object)["Orders.Process"].(object)["id"]
	}
	if first, second := planned(), planned(); first != second || first == acctest.Unknown {
		t.Errorf("the id is %v and then %v; it must be known at plan and stay", first, second)
	}
	const want = "cb1ba3e2-e5f5-56ba-a1e8-6e2a30ec90d5" // changing the derivation would replace every role that exists
	if id := planned().(string); id != want {
		t.Errorf("the id is derived as %s, which is another one than in earlier versions", id)
	}
}

func TestApplication_dataSources(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	app.Apply(t, everything())
	h.Resource("workloadid_application").Apply(t, object{"display_name": "O'Neill & Söhne"})
	h.ResetRequests()
	for _, key := range []string{"id", "client_id", "unique_name", "display_name"} {
		found := h.ReadDataSource(t, "workloadid_application", object{key: app.State()[key]})
		if found["id"] != app.String("id") || found["client_id"] != app.String("client_id") || fmt.Sprint(found["app_roles"]) != fmt.Sprint(app.State()["app_roles"]) {
			t.Errorf("by %s: found %v", key, found)
		}
	}
	if got := len(h.Requests()); got != 4 {
		t.Errorf("%d requests for four lookups", got)
	}
	if found := h.ReadDataSource(t, "workloadid_application", object{"display_name": "O'Neill & Söhne"}); found["display_name"] != "O'Neill & Söhne" {
		t.Errorf("found %v", found)
	}
	h.ReadDataSourceFails(t, "workloadid_application", object{"unique_name": "it's not there"})
	h.ReadDataSourceFails(t, "workloadid_application", object{})
	h.ReadDataSourceFails(t, "workloadid_application", object{"id": app.String("id"), "display_name": "x"})
	h.Resource("workloadid_application").Apply(t, object{"display_name": "Orders"})
	if text := h.ReadDataSourceFails(t, "workloadid_application", object{"display_name": "Orders"}).String(); !strings.Contains(text, app.String("id")) {
		t.Errorf("two applications have the name; the error does not list them: %s", text)
	}

	for name, test := range map[string]struct {
		arguments object
		want      int
	}{
		"by name":      {object{"display_names": list("Orders", "O'Neill & Söhne")}, 3},
		"by client id": {object{"client_ids": list(app.String("client_id"))}, 1},
		"by id":        {object{"ids": list(app.String("id"))}, 1},
		"by filter":    {object{"filter": "startswith(displayName,'Ord')"}, 2},
		"none":         {object{"display_names": list("nobody")}, 0},
	} {
		if got := h.ReadDataSource(t, "workloadid_applications", test.arguments)["applications"].([]any); len(got) != test.want {
			t.Errorf("%s: %d applications, want %d", name, len(got), test.want)
		}
	}
	h.ReadDataSourceFails(t, "workloadid_applications", object{"filter": "nonsense eq 'x'"})
	h.ReadDataSourceFails(t, "workloadid_applications", object{"filter": "id eq 'x'", "ids": list(app.String("id"))})
}

func TestApplication_invalid(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	role := func(change object) object {
		r := object{"allowed_member_types": list("Application"), "display_name": "r", "description": "r"}
		maps.Copy(r, change)
		return r
	}
	many := func(count int, form string) []any {
		var values []any
		for i := range count {
			values = append(values, fmt.Sprintf(form, i))
		}
		return values
	}
	for name, test := range map[string]struct {
		change object
		want   string // the attribute at fault
	}{
		"a name that is too long":           {object{"display_name": strings.Repeat("x", 257)}, "display_name"},
		"a name too long for consumers":     {object{"display_name": strings.Repeat("x", 91), "sign_in_audience": "PersonalMicrosoftAccount"}, "display_name"},
		"a description that is too long":    {object{"description": strings.Repeat("x", 1025)}, "description"},
		"an unknown audience":               {object{"sign_in_audience": "Everybody"}, "sign_in_audience"},
		"a tag with a space":                {object{"tags": list("a b")}, "tags"},
		"a wildcard identifier URI":         {object{"identifier_uris": list("https://*.contoso.com")}, "identifier_uris"},
		"a redirect by http":                {object{"web": object{"redirect_uris": list("http://contoso.com")}}, "redirect_uris"},
		"a broker's redirect with a path":   {object{"spa": object{"redirect_uris": list("brk-multihub://contoso.com/go")}}, "redirect_uris"},
		"too many redirects":                {object{"web": object{"redirect_uris": many(257, "https://contoso.com/%d")}}, "web"},
		"too many redirects for consumers":  {object{"sign_in_audience": "AzureADandPersonalMicrosoftAccount", "web": object{"redirect_uris": many(101, "https://contoso.com/%d")}}, "web"},
		"a role value with a space":         {object{"app_roles": object{"a b": role(nil)}}, "app_roles"},
		"a role nobody can have":            {object{"app_roles": object{"a": role(object{"allowed_member_types": list()})}}, "allowed_member_types"},
		"two roles with one id":             {object{"app_roles": object{"a": role(object{"id": readAllID}), "b": role(object{"id": readAllID})}}, "app_roles"},
		"a client with an unknown scope":    {object{"api": object{"oauth2_permission_scopes": object{"s": object{}}, "pre_authorized_applications": object{azureCLI: list("t")}}}, "pre_authorized_applications"},
		"a client with an unknown scope id": {object{"api": object{"oauth2_permission_scopes": object{"s": object{}}, "pre_authorized_applications": object{azureCLI: list(readAllID)}}}, "pre_authorized_applications"},
		"a token version for consumers":     {object{"sign_in_audience": "PersonalMicrosoftAccount", "api": object{"requested_access_token_version": 1}}, "requested_access_token_version"},
		"an owner that is no id":            {object{"owners": list("me@contoso.com")}, "owners"},
		"a default redirect of nobody":      {object{"default_redirect_uri": "https://contoso.com/x", "web": object{"redirect_uris": list()}, "spa": object{"redirect_uris": list()}, "public_client": object{"redirect_uris": list()}}, "default_redirect_uri"},
		"a logo that is no image":           {object{"logo": "aGVsbG8="}, "logo"},
		"too many entries":                  {object{"tags": many(1201, "t%d")}, "1200"},
	} {
		t.Run(name, func(t *testing.T) {
			config := object{"display_name": "x"}
			maps.Copy(config, test.change)
			if text := app.PlanFails(t, config).String(); !strings.Contains(text, test.want) {
				t.Errorf("the error does not name %s:\n%s", test.want, text)
			}
		})
	}
	if got := h.Requests(); len(got) != 0 {
		t.Errorf("refused plans made %d requests", len(got))
	}
}

// preAuthorizing is an application with scopes, of which a client may use some without consent.
func preAuthorizing(scopes []string, used ...any) object {
	offered, clients := object{}, object{}
	for _, scope := range scopes {
		offered[scope] = object{"admin_consent_display_name": scope, "admin_consent_description": "For orders."}
	}
	if len(used) > 0 {
		clients[azureCLI] = list(used...)
	}
	return object{"display_name": "Orders", "api": object{"oauth2_permission_scopes": offered, "pre_authorized_applications": clients}}
}

// TestApplication_preAuthorized: Microsoft Graph wants scopes to be there before a client is pre-authorized for them, and to be
// disabled before they go, which takes as many requests.
func TestApplication_preAuthorized(t *testing.T) {
	t.Parallel()
	const patch = "PATCH /v1.0/applications/{id}"
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	config := object{}
	// expect compares the scopes of the application, and those of its client, with what the requests should have made of them.
	expect := func(scopes, used int, requests ...string) {
		t.Helper()
		h.ExpectRequests(t, requests...)
		app.ExpectNoChanges(t, config)
		h.ResetRequests()
		api := h.Graph(t, "GET", "/applications/"+app.String("id"), nil)["api"].(object)
		ids := map[any]bool{}
		for _, scope := range api["oauth2PermissionScopes"].([]any) {
			ids[scope.(object)["id"]] = true
		}
		var authorized []any
		for _, client := range api["preAuthorizedApplications"].([]any) {
			authorized = append(authorized, client.(object)["delegatedPermissionIds"].([]any)...)
		}
		for _, id := range authorized {
			if !ids[id] {
				t.Errorf("a client may use %v, which is no scope of %v", id, api)
			}
		}
		if len(ids) != scopes || len(authorized) != used {
			t.Errorf("%d scopes, of which %d may be used, want %d and %d: %v", len(ids), len(authorized), scopes, used, api)
		}
	}
	config = preAuthorizing([]string{"read"}, "read")
	app.Apply(t, config)
	expect(1, 1, "POST /v1.0/applications", patch)
	config = preAuthorizing([]string{"read", "write"}, "read", "write")
	app.Apply(t, config)
	expect(2, 2, patch, patch) // the new scope, and what uses it
	config = preAuthorizing([]string{"read", "write"}, "write")
	app.Apply(t, config)
	expect(2, 1, patch)
	config = preAuthorizing([]string{"read"})
	app.Apply(t, config)
	expect(1, 0, patch, patch) // disabled and used by nobody, then gone
	config = preAuthorizing([]string{"read"}, "read")
	app.Apply(t, config)
	expect(1, 1, patch)
	// One goes and another one comes, of the same value even.
	config = preAuthorizing([]string{"write"}, "write")
	app.Apply(t, config)
	expect(1, 1, patch, patch, patch)
	config["api"].(object)["oauth2_permission_scopes"].(object)["write"].(object)["id"] = readAllID
	app.Apply(t, config)
	expect(1, 1, patch, patch, patch)

	// Of what is unmanaged nothing is said, and nothing sent.
	config = preAuthorizing(nil)
	delete(config["api"].(object), "pre_authorized_applications")
	app.Apply(t, config)
	h.ExpectRequests(t, patch, patch)
}

// TestApplication_preAuthorizedLater: the request for the clients meets a replica that does not know the scopes yet.
func TestApplication_preAuthorizedLater(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithConsistencyWindow(10*time.Second))
	if err := h.Tenant.SetReplication(emulator.Replication{Replicas: 3, Lag: emulator.Lag{Min: 300 * time.Millisecond, Max: 300 * time.Millisecond}}); err != nil {
		t.Fatal(err)
	}
	app := h.Resource("workloadid_application")
	app.Apply(t, preAuthorizing([]string{"read"}, "read"))
	config := preAuthorizing([]string{"read", "write"}, "read", "write")
	app.Apply(t, config)
	app.ExpectNoChanges(t, config)
}

func TestApplication_conflictIsExplained(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	h.Resource("workloadid_application").Apply(t, object{"display_name": "A", "unique_name": "taken"})
	h.Restart(t) // what one run has made itself is declared twice
	other := h.Resource("workloadid_application")
	text := other.ApplyFails(t, object{"display_name": "B", "unique_name": "taken"}).String()
	for _, want := range []string{"creating application", "import", "request-id"} {
		if !strings.Contains(text, want) {
			t.Errorf("the error does not say %q:\n%s", want, text)
		}
	}
	if other.State() != nil {
		t.Errorf("nothing was made, and the state has %v", other.State())
	}
}

// A create that fails after the POST keeps what was made.
func TestApplication_failureAfterCreateLosesNothing(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	config := object{"display_name": "Half", "identifier_uris": list("api://{client_id}", "https://not-a-verified-domain.example/x")}
	text := app.ApplyFails(t, config).String()
	if !strings.Contains(text, "identifier") {
		t.Errorf("the error does not name the attribute:\n%s", text)
	}
	if id := app.String("id"); id == "" || h.GraphStatus(t, "/applications/"+id) != 200 {
		t.Error("the application that was made is not in the state")
	}
}

func TestApplication_timeouts(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	config := object{"display_name": "Timed", "timeouts": object{"create": "2m", "read": "1m", "update": "3m", "delete": "30s"}}
	app.Apply(t, config)
	app.ExpectNoChanges(t, config)
	app.PlanFails(t, object{"display_name": "Timed", "timeouts": object{"create": "soon"}})
	delete(config, "timeouts")
	h.ResetRequests()
	app.Apply(t, config)
	h.ExpectRequests(t) // a change of timeouts is Terraform's own affair
}

// What is wrong with one of several URIs is said of that one: in the plan where the plan can know, and where the service
// refuses one without saying which.
func TestApplication_whichURI(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	words := func(diagnostics fmt.Stringer) string { return strings.Join(strings.Fields(diagnostics.String()), " ") }
	seven := func(wrong string) map[string]any {
		return map[string]any{
			"display_name":  "Shop",
			"web":           map[string]any{"redirect_uris": []any{"https://a.example/1", "https://a.example/2", "https://a.example/3", wrong}},
			"spa":           map[string]any{"redirect_uris": []any{"https://a.example/4"}},
			"public_client": map[string]any{"redirect_uris": []any{"shop://a", "http://localhost"}},
		}
	}
	for uri, want := range map[string]string{
		"http://[::1]:8080/a": `"http://[::1]:8080/a" in web.redirect_uris must not have the IPv6 loopback address [::1]`,
		"http://a.example":    `"http://a.example" in web.redirect_uris must start with https://`,
		"a.example":           `"a.example" in web.redirect_uris must be an absolute URI`,
	} {
		if got := words(h.Resource("workloadid_application").ValidateFails(t, seven(uri))); !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q", got, want)
		}
	}
	got := words(h.Resource("workloadid_application").ApplyFails(t, seven("https://a.example/#x")))
	for _, want := range []string{"Invalid value specified for property 'redirectUris'", `"https://a.example/#x" in web.redirect_uris has a fragment`, `AttributeName("web").AttributeName("redirect_uris").ElementKeyValue(tftypes.String<"https://a.example/#x">)`} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q", got, want)
		}
	}
	got = words(h.Resource("workloadid_application").PlanFails(t, map[string]any{"display_name": "Shop", "identifier_uris": []any{"api://shop", "orders"}}))
	if want := `"orders" in identifier_uris must have a scheme, as api://{client_id}, api://orders`; !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant %q", got, want)
	}
	got = words(h.Resource("workloadid_application").ApplyFails(t, map[string]any{"display_name": "Shop", "identifier_uris": []any{"api://shop", "https://elsewhere.example/shop"}}))
	if want := `AttributeName("identifier_uris").ElementKeyValue(tftypes.String<"https://elsewhere.example/shop">)`; !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant %q", got, want)
	}
}
