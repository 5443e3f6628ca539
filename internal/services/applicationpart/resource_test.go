package applicationpart_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

func list(values ...any) []any { return append([]any{}, values...) } // empty, not null

const (
	get   = "GET /v1.0/applications/{id}"
	patch = "PATCH /v1.0/applications/{id}"

	graphAppID = "00000003-0000-0000-c000-000000000000"
	azureCLI   = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
	somebody   = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
)

// theirs makes an application that somebody else has given one of everything.
func theirs(t testing.TB, h *acctest.Harness) string {
	t.Helper()
	id := h.Graph(t, "POST", "/applications", object{
		"displayName": "Orders", "identifierUris": list("api://theirs.entralocal.onmicrosoft.com"), "isFallbackPublicClient": false,
		"appRoles": list(object{"id": "11111111-1111-4111-8111-111111111111", "value": "Theirs", "displayName": "Theirs", "description": "Theirs.", "allowedMemberTypes": list("User")}),
		"api": object{
			"knownClientApplications": list(somebody),
			"oauth2PermissionScopes":  list(object{"id": "22222222-2222-4222-8222-222222222222", "value": "Their.Scope", "adminConsentDisplayName": "Theirs", "adminConsentDescription": "Theirs."}),
		},
		"requiredResourceAccess": list(object{"resourceAppId": "00000002-0000-0000-c000-000000000000", "resourceAccess": list(object{"id": "311a71cc-e848-46a1-bdf8-97ff7156d8e6", "type": "Scope"})}),
		"optionalClaims": object{
			"idToken":     list(object{"name": "email", "essential": true}, object{"name": "extension_a", "source": "user"}),
			"accessToken": list(object{"name": "groups", "additionalProperties": list("sam_account_name")}),
		},
		"web": object{"redirectUris": list("https://theirs.contoso.com/web"), "homePageUrl": "https://theirs.contoso.com"},
		"spa": object{"redirectUris": list("https://theirs.contoso.com/spa")}, "publicClient": object{"redirectUris": list("http://localhost")},
		"owners@odata.bind": list(h.URL + "/v1.0/directoryObjects/" + h.Tenant.Objects("users")[0]["id"].(string)),
	})["id"].(string)
	h.Graph(t, "PATCH", "/applications/"+id, object{"api": object{"preAuthorizedApplications": list(object{"appId": somebody, "delegatedPermissionIds": list("22222222-2222-4222-8222-222222222222")})}})
	return id
}

// held is what the tenant holds of an application.
func held(t testing.TB, h *acctest.Harness, id string) object {
	t.Helper()
	application := h.Graph(t, "GET", "/applications/"+id+"?$expand=owners($select=id)", nil)
	delete(application, "@odata.context")
	return application
}

// part is a way to use a resource: how it is made and changed, and what the import id has after the application's id.
type part struct {
	noun            string
	config, changed func(h *acctest.Harness) object
	key             string
	// requests are those of a create, an update and a destroy.
	create, update, destroy []string
}

func fixed(config object) func(*acctest.Harness) object {
	return func(*acctest.Harness) object { return maps.Clone(config) }
}

var writes = []string{get, patch}

var parts = []part{
	{
		noun: "app_role", key: "1b2e9d6e-7e29-5a67-9c6b-4a8a0e7c2c10",
		config:  fixed(object{"app_role_id": "1b2e9d6e-7e29-5a67-9c6b-4a8a0e7c2c10", "value": "Process", "allowed_member_types": list("Application"), "display_name": "Process", "description": "Processes."}),
		changed: fixed(object{"app_role_id": "1b2e9d6e-7e29-5a67-9c6b-4a8a0e7c2c10", "value": "Process", "allowed_member_types": list("Application", "User"), "display_name": "Process all", "description": "Processes."}),
		create:  writes, update: writes, destroy: []string{get, patch, get, patch},
	},
	{
		noun: "permission_scope", key: "1b2e9d6e-7e29-5a67-9c6b-4a8a0e7c2c11",
		config:  fixed(object{"scope_id": "1b2e9d6e-7e29-5a67-9c6b-4a8a0e7c2c11", "value": "Read", "admin_consent_display_name": "Read", "admin_consent_description": "Reads."}),
		changed: fixed(object{"scope_id": "1b2e9d6e-7e29-5a67-9c6b-4a8a0e7c2c11", "value": "Read", "admin_consent_display_name": "Read all", "admin_consent_description": "Reads.", "enabled": false}),
		create:  writes, update: writes, destroy: []string{get, get, patch},
	},
	{
		noun: "identifier_uri", key: "api://orders.entralocal.onmicrosoft.com/v1",
		config: fixed(object{"identifier_uri": "api://orders.entralocal.onmicrosoft.com/v1"}),
		create: writes, destroy: writes,
	},
	{
		noun: "redirect_uris", key: "web",
		config:  fixed(object{"platform": "web", "redirect_uris": list("https://orders.contoso.com/a", "https://orders.contoso.com/b")}),
		changed: fixed(object{"platform": "web", "redirect_uris": list("https://orders.contoso.com/b", "https://orders.contoso.com/c")}),
		create:  writes, update: writes, destroy: writes,
	},
	{
		noun: "known_client", key: azureCLI, config: fixed(object{"known_client_id": azureCLI}), create: writes, destroy: writes,
	},
	{
		noun: "pre_authorized_client", key: azureCLI,
		config:  fixed(object{"authorized_client_id": azureCLI, "scopes": list("Their.Scope")}),
		changed: fixed(object{"authorized_client_id": azureCLI, "scopes": list("22222222-2222-4222-8222-222222222222")}),
		create:  writes, update: writes, destroy: writes,
	},
	{
		noun: "required_api_access", key: graphAppID,
		config:  fixed(object{"api": "Microsoft Graph", "app_roles": list("User.Read.All")}),
		changed: fixed(object{"api": "Microsoft Graph", "app_roles": list("User.Read.All"), "scopes": list("User.Read")}),
	},
	{
		noun: "optional_claims", key: "",
		config:  fixed(object{"id_token": object{"upn": object{"essential": true}}}),
		changed: fixed(object{"id_token": object{"upn": object{}}, "access_token": object{"idtyp": object{}}}),
		create:  writes, update: writes, destroy: writes,
	},
	{
		noun: "fallback_public_client", key: "", config: fixed(object{"enabled": true}), changed: fixed(object{"enabled": false}),
		create: writes, update: writes, destroy: writes,
	},
	{
		noun: "owner", config: func(h *acctest.Harness) object { return object{"owner_id": h.Tenant.Objects("users")[1]["id"]} },
		create: []string{"POST /v1.0/applications/{id}/owners/$ref"}, destroy: []string{"DELETE /v1.0/applications/{id}/owners/{id}/$ref"},
	},
}

// importID is that of a part.
func (p part) importID(h *acctest.Harness, id string) string {
	if p.noun == "owner" {
		return id + "/" + p.config(h)["owner_id"].(string)
	}
	if p.key == "" {
		return id
	}
	return id + "/" + p.key
}

// TestParts_lifecycle takes each part through its life in an application of which somebody else has the same: what is theirs
// stays as it is, and in the end the application is as it was.
func TestParts_lifecycle(t *testing.T) {
	t.Parallel()
	for _, p := range parts {
		t.Run(p.noun, func(t *testing.T) {
			t.Parallel()
			h := acctest.New(t)
			id := theirs(t, h)
			before := held(t, h, id)
			resource := h.Resource("workloadid_application_" + p.noun)
			with := func(config object) object { config["application_id"] = id; return config }
			expect := func(requests []string) {
				t.Helper()
				if requests != nil {
					h.ExpectRequests(t, requests...)
				}
				contains(t, "the application", held(t, h, id), before)
				h.ResetRequests()
			}
			h.ResetRequests()
			resource.Apply(t, with(p.config(h)))
			expect(p.create)
			resource.ExpectNoChanges(t, with(p.config(h)))
			h.ExpectRequests(t, get)
			if p.changed != nil {
				resource.Apply(t, with(p.changed(h)))
				expect(p.update)
				resource.ExpectNoChanges(t, with(p.changed(h)))
				h.ResetRequests()
			}
			resource.Destroy(t)
			expect(p.destroy)
			if after := held(t, h, id); !reflect.DeepEqual(after, before) {
				t.Errorf("after the destroy\n%v\nwant\n%v", after, before)
			}
		})
	}
}

// contains fails the test unless everything wanted is there; objects and collections may have more.
func contains(t *testing.T, what string, got, want any) {
	t.Helper()
	switch want := want.(type) {
	case object:
		members, _ := got.(object)
		for name, value := range want {
			contains(t, what+"."+name, members[name], value)
		}
	case []any:
		items, _ := got.([]any)
		for _, value := range want {
			if !slices.ContainsFunc(items, func(item any) bool { return reflect.DeepEqual(item, value) }) {
				t.Errorf("%s has lost %v, and has %v", what, value, items)
			}
		}
	case bool, nil: // what a part may set
	default:
		if got != want {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
}

// TestParts_import imports each part, by its text and by its identity, and finds nothing to change.
func TestParts_import(t *testing.T) {
	t.Parallel()
	for _, p := range parts {
		t.Run(p.noun, func(t *testing.T) {
			t.Parallel()
			h := acctest.New(t)
			id := h.Graph(t, "POST", "/applications", object{"displayName": "Orders", "api": object{"oauth2PermissionScopes": list(
				object{"id": "22222222-2222-4222-8222-222222222222", "value": "Their.Scope", "adminConsentDisplayName": "Theirs", "adminConsentDescription": "Theirs."},
			)}})["id"].(string)
			config := p.config(h)
			config["application_id"] = id
			made := h.Resource("workloadid_application_" + p.noun)
			made.Apply(t, config)
			text := p.importID(h, id)
			for name, do := range map[string]func(*acctest.Resource){
				"text":     func(r *acctest.Resource) { r.Import(t, text) },
				"capitals": func(r *acctest.Resource) { r.Import(t, strings.ToUpper(id)+strings.TrimPrefix(text, id)) },
				"identity": func(r *acctest.Resource) { r.ImportIdentity(t, made.Identity()) },
			} {
				h.Restart(t)
				imported := h.Resource("workloadid_application_" + p.noun)
				do(imported)
				imported.ExpectNoChanges(t, config)
				if imported.String("id") != made.String("id") {
					t.Errorf("by its %s it is %q, and was %q", name, imported.String("id"), made.String("id"))
				}
			}
			h.Resource("workloadid_application_"+p.noun).ImportFails(t, "x/"+text)
		})
	}
}

// TestParts_existing: what is there already is refused with its import id, and stays as it is.
func TestParts_existing(t *testing.T) {
	t.Parallel()
	for _, p := range parts {
		t.Run(p.noun, func(t *testing.T) {
			t.Parallel()
			h := acctest.New(t)
			id := theirs(t, h)
			config := p.config(h)
			config["application_id"] = id
			h.Resource("workloadid_application_"+p.noun).Apply(t, config)
			before := held(t, h, id)
			second := h.Resource("workloadid_application_" + p.noun)
			second.ApplyFails(t, config) // in one configuration
			h.Restart(t)
			second = h.Resource("workloadid_application_" + p.noun)
			refused := second.ApplyFails(t, config).String()
			for _, want := range []string{"exists already", p.importID(h, id)} {
				if !strings.Contains(refused, want) {
					t.Errorf("the error does not say %q:\n%s", want, refused)
				}
			}
			if second.State() != nil {
				t.Errorf("it is in the state: %v", second.State())
			}
			if after := held(t, h, id); !reflect.DeepEqual(after, before) {
				t.Errorf("the application was changed:\n%v\nwas\n%v", after, before)
			}
		})
	}
}
