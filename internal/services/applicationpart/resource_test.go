package applicationpart_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
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

// TestParts_declaredTwice: an application that sets a collection, and a part of that collection, contradict each other. The
// plan says so of whichever comes second, however often it is made.
func TestParts_declaredTwice(t *testing.T) {
	t.Parallel()
	wholes := map[string]object{
		"app_role":         {"app_roles": object{}},
		"permission_scope": {"api": object{"oauth2_permission_scopes": object{}}},
		"identifier_uri":   {"identifier_uris": list(acctest.Unknown)},
		"redirect_uris":    {"web": object{"redirect_uris": list("https://orders.contoso.com/d")}},
		"known_client":     {"api": object{"known_client_applications": list(azureCLI)}},
		"pre_authorized_client": {"api": object{
			"oauth2_permission_scopes":    object{"Their.Scope": object{"id": "22222222-2222-4222-8222-222222222222"}},
			"pre_authorized_applications": object{},
		}},
		"required_api_access":    {"required_resource_access": object{}},
		"optional_claims":        {"optional_claims": object{"id_token": object{"email": object{}}}},
		"fallback_public_client": {"fallback_public_client_enabled": false},
		"owner":                  {"owners": list(somebody)},
	}
	scope := object{"admin_consent_display_name": "Theirs", "admin_consent_description": "Theirs.", "id": "22222222-2222-4222-8222-222222222222"}
	for _, p := range parts {
		t.Run(p.noun, func(t *testing.T) {
			t.Parallel()
			h := acctest.New(t)
			plain := object{"display_name": "Orders"}
			if p.noun == "pre_authorized_client" {
				plain["api"] = object{"oauth2_permission_scopes": object{"Their.Scope": scope}}
			}
			whole := object{"display_name": "Orders"}
			maps.Copy(whole, wholes[p.noun])
			application := h.Resource("workloadid_application")
			application.Apply(t, plain)
			config := p.config(h)
			config["application_id"] = application.String("id")
			typeName := "workloadid_application_" + p.noun

			h.Restart(t) // the application first
			application = application.In(h)
			application.Plan(t, whole)
			for range 2 {
				refused := h.Resource(typeName).PlanFails(t, config).String()
				for _, want := range []string{"declares it too", `AttributeName("application_id")`, application.String("id")} {
					if !strings.Contains(refused, want) {
						t.Errorf("the error does not say %q:\n%s", want, refused)
					}
				}
			}

			h.Restart(t) // the part first
			application = application.In(h)
			part := h.Resource(typeName)
			part.Apply(t, config)
			part.Plan(t, config)
			for range 2 {
				refused := application.PlanFails(t, whole).String()
				if !strings.Contains(refused, "is declared by itself") {
					t.Errorf("got %s", refused)
				}
			}
			application.Apply(t, plain)

			// What is destroyed contradicts nobody, and what is unset nothing.
			h.Restart(t)
			part, application = part.In(h), application.In(h)
			application.ExpectNoChanges(t, plain)
			part.ExpectNoChanges(t, config)
			part.Destroy(t)
			application.Plan(t, whole)
		})
	}
}

// TestParts_atOnce makes many parts of one application at the same time, of several kinds, and removes them again: none is
// lost.
func TestParts_atOnce(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithConsistencyWindow(10*time.Second))
	id := theirs(t, h)
	if err := h.Tenant.SetReplication(emulator.Replication{Replicas: 3, Lag: emulator.Lag{Min: 50 * time.Millisecond, Max: 200 * time.Millisecond}}); err != nil {
		t.Fatal(err)
	}
	before := held(t, h, id)
	var resources []*acctest.Resource
	var configs []object
	for i := range 4 {
		for noun, config := range map[string]object{
			"app_role":         {"value": fmt.Sprint("Role", i), "display_name": "Role", "description": "Role.", "allowed_member_types": list("User")},
			"permission_scope": {"value": fmt.Sprint("Scope", i), "admin_consent_display_name": "Scope", "admin_consent_description": "Scope."},
			"known_client":     {"known_client_id": uuid.NewString()},
			"redirect_uris":    {"platform": "web", "redirect_uris": list(fmt.Sprintf("https://orders.contoso.com/%d", i))},
			"identifier_uri":   {"identifier_uri": fmt.Sprintf("api://orders.entralocal.onmicrosoft.com/%d", i)},
		} {
			config["application_id"] = id
			resources, configs = append(resources, h.Resource("workloadid_application_"+noun)), append(configs, config)
		}
	}
	var together sync.WaitGroup
	for i, resource := range resources {
		together.Go(func() { resource.Apply(t, configs[i]) })
	}
	together.Wait()
	if err := h.Tenant.SetReplication(emulator.Replication{}); err != nil {
		t.Fatal(err)
	}
	for i, resource := range resources {
		resource.ExpectNoChanges(t, configs[i])
	}
	contains(t, "the application", held(t, h, id), before)
	for _, resource := range resources {
		together.Go(func() { resource.Destroy(t) })
	}
	together.Wait()
	if after := held(t, h, id); !reflect.DeepEqual(after, before) {
		t.Errorf("after the destroys\n%v\nwant\n%v", after, before)
	}
}

// TestParts_withoutAnAnswer: a request that is carried out and gets no answer is not taken for somebody else's.
func TestParts_withoutAnAnswer(t *testing.T) {
	t.Parallel()
	for _, p := range parts {
		t.Run(p.noun, func(t *testing.T) {
			t.Parallel()
			h := acctest.New(t)
			id := theirs(t, h)
			before := held(t, h, id)
			resource := h.Resource("workloadid_application_" + p.noun)
			with := func(config object) object { config["application_id"] = id; return config }
			lose := func(times int) {
				h.Tenant.Faults().Set(fault.Rule{Methods: []string{"POST", "PATCH", "DELETE"}, Path: "/applications/**", Effect: fault.Reset, After: true, Count: times})
			}
			lose(1)
			resource.Apply(t, with(p.config(h)))
			resource.ExpectNoChanges(t, with(p.config(h)))
			if p.changed != nil {
				lose(9) // until it is given up
				resource.Apply(t, with(p.changed(h)))
				h.Tenant.Faults().Set()
				resource.ExpectNoChanges(t, with(p.changed(h)))
			}
			h.Restart(t) // what has found an object after a lost answer does not delete it: it may replace what was there before
			resource = resource.In(h)
			lose(1)
			resource.Destroy(t)
			if after := held(t, h, id); !reflect.DeepEqual(after, before) {
				t.Errorf("after the destroy\n%v\nwant\n%v", after, before)
			}
		})
	}
}

// TestParts_generatedIDs are those that the application's own attributes have.
func TestParts_generatedIDs(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	whole, empty := h.Resource("workloadid_application"), h.Resource("workloadid_application")
	whole.Apply(t, object{
		"display_name": "Orders", "app_roles": object{"Read": object{"display_name": "Read", "description": "Reads.", "allowed_member_types": list("User")}},
		"api": object{"oauth2_permission_scopes": object{"Write": object{"admin_consent_display_name": "Write", "admin_consent_description": "Writes."}}},
	})
	empty.Apply(t, object{"display_name": "Shop"})
	role, scope := h.Resource("workloadid_application_app_role"), h.Resource("workloadid_application_permission_scope")
	role.Apply(t, object{"application_id": empty.String("id"), "value": "Read", "display_name": "Read", "description": "Reads.", "allowed_member_types": list("User")})
	scope.Apply(t, object{"application_id": empty.String("id"), "value": "Write", "admin_consent_display_name": "Write", "admin_consent_description": "Writes."})
	state := whole.State()
	if want := state["app_roles"].(object)["Read"].(object)["id"]; role.String("app_role_id") != want {
		t.Errorf("the role's id is %s, want %s", role.String("app_role_id"), want)
	}
	if want := state["api"].(object)["oauth2_permission_scopes"].(object)["Write"].(object)["id"]; scope.String("scope_id") != want {
		t.Errorf("the scope's id is %s, want %s", scope.String("scope_id"), want)
	}
}

// TestParts_invalid: what is wrong is said in the plan, at the attribute.
func TestParts_invalid(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	for _, test := range []struct {
		noun   string
		config object
		want   string
	}{
		{"app_role", object{"value": "a b", "allowed_member_types": list("User")}, `AttributeName("value")`},
		{"app_role", object{"allowed_member_types": list("User")}, "app_role_id"},
		{"app_role", object{"value": "a", "allowed_member_types": list()}, "allowed_member_types"},
		{"permission_scope", object{"value": "a", "type": "Everyone"}, `AttributeName("type")`},
		{"identifier_uri", object{"identifier_uri": "api://{client_id}"}, "workloadid_application.NAME.client_id"},
		{"identifier_uri", object{"identifier_uri": "https://*.contoso.com"}, "wildcard"},
		{"identifier_uri", object{"identifier_uri": "orders"}, "scheme"},
		{"redirect_uris", object{"platform": "web", "redirect_uris": list("http://contoso.com")}, "redirect_uris"},
		{"redirect_uris", object{"platform": "ios", "redirect_uris": list("https://contoso.com")}, "public_client"},
		{"redirect_uris", object{"platform": "web", "redirect_uris": list()}, "redirect_uris"},
		{"known_client", object{"known_client_id": "Shop"}, "known_client_id"},
		{"pre_authorized_client", object{"authorized_client_id": azureCLI, "scopes": list()}, "scopes"},
		{"required_api_access", object{"api": "Microsoft Graph"}, "app_roles"},
		{"required_api_access", object{"api": "Microsoft Graph", "app_roles": list("User.Raed.All")}, "User.Read.All"},
		{"required_api_access", object{"api": "Mikrosoft Graph", "app_roles": list("User.Read.All")}, `AttributeName("api")`},
		{"optional_claims", object{}, "access_token"},
		{"owner", object{"owner_id": "me@contoso.com"}, "owner_id"},
	} {
		test.config["application_id"] = somebody
		if text := h.Resource("workloadid_application_"+test.noun).PlanFails(t, test.config).String(); !strings.Contains(text, test.want) {
			t.Errorf("%s %v: the error does not say %q:\n%s", test.noun, test.config, test.want, text)
		}
	}
}

// TestParts_areListed: many parts are read from the listing of applications.
func TestParts_areListed(t *testing.T) {
	t.Parallel()
	const count = 40
	h := acctest.New(t)
	id := h.Graph(t, "POST", "/applications", object{"displayName": "Orders"})["id"]
	var resources []*acctest.Resource
	for i := range count {
		resource := h.Resource("workloadid_application_known_client")
		config := object{"application_id": id, "known_client_id": uuid.NewString()}
		if i%2 == 0 {
			resource = h.Resource("workloadid_application_redirect_uris")
			config = object{"application_id": id, "platform": "spa", "redirect_uris": list(fmt.Sprintf("https://orders.contoso.com/%d", i))}
		}
		resource.Apply(t, config)
		resources = append(resources, resource)
	}
	time.Sleep(acctest.ConsistencyWindow)
	h.Restart(t)
	h.ResetRequests()
	for _, resource := range resources {
		resource.In(h).Refresh(t)
	}
	if requests := h.Requests(); len(requests) > 10+3*3 { // ten single ones, then a count and a page of each of the listings that are made
		t.Errorf("%d requests: %v", len(requests), requests)
	}
}

// TestParts_update: what an update adds must not be there, and what others have changed is seen.
func TestParts_update(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := theirs(t, h)
	resource := h.Resource("workloadid_application_redirect_uris")
	config := object{"application_id": id, "platform": "web", "redirect_uris": list("https://orders.contoso.com/a")}
	resource.Apply(t, config)
	taken := object{"application_id": id, "platform": "web", "redirect_uris": list("https://orders.contoso.com/a", "https://theirs.contoso.com/web")}
	if refused := resource.ApplyFails(t, taken).String(); !strings.Contains(refused, "https://theirs.contoso.com/web") || !strings.Contains(refused, "exists already") {
		t.Errorf("got %s", refused)
	}
	resource.ExpectNoChanges(t, config)
	h.Graph(t, "PATCH", "/applications/"+id, object{"web": object{"redirectUris": list("https://theirs.contoso.com/web")}})
	time.Sleep(acctest.ConsistencyWindow)
	resource.Refresh(t)
	if resource.State() != nil {
		t.Errorf("somebody has removed it, and the state has %v", resource.State())
	}
}
