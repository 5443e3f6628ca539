package serviceprincipalaccess_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

const (
	typeName                 = "workloadid_service_principal_access"
	group                    = "/subscriptions/" + emulator.SubscriptionID + "/resourceGroups/" + emulator.ResourceGroup
	applicationAdministrator = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
	globalReader             = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
	userReadAll              = "df021288-bdef-4463-88db-98f22de89214"
	mailRead                 = "810c84a8-4a9e-49e6-bf7d-12d183f40d01"
)

// principal makes a service principal behind Terraform's back, with its application.
func principal(t *testing.T, h *acctest.Harness, name string) (id, clientID, applicationID string) {
	t.Helper()
	app := h.Graph(t, "POST", "/applications", object{"displayName": name})
	made := h.Graph(t, "POST", "/servicePrincipals", object{"appId": app["appId"]})
	return made["id"].(string), app["appId"].(string), app["id"].(string)
}

func apiOf(t *testing.T, h *acctest.Harness, name string) string {
	t.Helper()
	for _, principal := range h.Tenant.Objects("servicePrincipals") {
		if principal["displayName"] == name {
			return principal["id"].(string)
		}
	}
	t.Fatalf("the tenant has no %s", name)
	return ""
}

// items are the objects of an attribute, each as a line of some of its attributes.
func items(found object, attribute string, columns ...string) []string {
	lines := []string{}
	for _, item := range found[attribute].([]any) {
		var line []string
		for _, column := range columns {
			line = append(line, fmt.Sprint(item.(object)[column]))
		}
		lines = append(lines, strings.Join(line, " | "))
	}
	return lines
}

func expect(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestServicePrincipalAccess(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, clientID, applicationID := principal(t, h, "Deployer")
	other, _, _ := principal(t, h, "Somebody else")
	graphAPI, vault := apiOf(t, h, "Microsoft Graph"), apiOf(t, h, "Azure Key Vault")
	user := h.Tenant.Objects("users")[0]["id"].(string)
	for _, assigned := range []struct{ to, role string }{{id, userReadAll}, {id, mailRead}, {other, userReadAll}} {
		h.Graph(t, "POST", "/servicePrincipals/"+graphAPI+"/appRoleAssignedTo", object{"principalId": assigned.to, "resourceId": graphAPI, "appRoleId": assigned.role})
	}
	h.Graph(t, "POST", "/oauth2PermissionGrants", object{"clientId": id, "consentType": "AllPrincipals", "resourceId": vault, "scope": "user_impersonation"})
	h.Graph(t, "POST", "/oauth2PermissionGrants", object{"clientId": id, "consentType": "Principal", "principalId": user, "resourceId": graphAPI, "scope": "User.Read Mail.Read"})
	for role, scope := range map[string]string{globalReader: "/", applicationAdministrator: "/" + applicationID} {
		h.Graph(t, "POST", "/roleManagement/directory/roleAssignments", object{"principalId": id, "roleDefinitionId": role, "directoryScopeId": scope})
	}
	h.Graph(t, "POST", "/applications/"+applicationID+"/owners/$ref", object{"@odata.id": h.URL + "/v1.0/directoryObjects/" + id})
	if err := h.Tenant.AddSeed(emulator.Seed{RoleAssignments: []object{
		{"scope": group, "roleName": "Contributor", "principalId": id, "principalType": "ServicePrincipal"},
		{"scope": "/", "roleName": "Reader", "principalId": id, "principalType": "ServicePrincipal"},
		{"scope": group, "roleName": "Reader", "principalId": other, "principalType": "ServicePrincipal"},
	}}); err != nil {
		t.Fatal(err)
	}
	h.ResetRequests()
	found := h.ReadDataSource(t, typeName, object{"service_principal_id": id})
	var sent []string
	for _, request := range h.Requests() {
		sent = append(sent, request.Method+" "+request.Path)
	}
	// Itself; its five parts, and its groups; the two APIs and the directory's roles, once each; a sign-in to Azure and two
	// roles there.
	if len(sent) != 1+5+1+2+1+3 {
		t.Errorf("%d requests:\n%s", len(sent), strings.Join(sent, "\n"))
	}
	if found["client_id"] != clientID || found["display_name"] != "Deployer" || found["service_principal_type"] != "Application" || fmt.Sprint(found["owned_objects_count"]) != "1" {
		t.Errorf("found %v", found)
	}
	expect(t, "app roles", items(found, "app_roles", "api_name", "value", "app_role_id"), "Microsoft Graph | Mail.Read | "+mailRead, "Microsoft Graph | User.Read.All | "+userReadAll)
	expect(t, "delegated permissions", items(found, "delegated_permissions", "api_name", "scopes", "all_users", "user_id"),
		"Azure Key Vault | [user_impersonation] | true | <nil>", "Microsoft Graph | [Mail.Read User.Read] | false | "+user)
	expect(t, "directory roles", items(found, "directory_roles", "role_name", "role_definition_id", "directory_scope_id"),
		"Application Administrator | "+applicationAdministrator+" | /"+applicationID, "Global Reader | "+globalReader+" | /")
	expect(t, "roles in Azure", items(found, "azure_roles", "role_name", "scope", "principal_id"), "Contributor | "+group+" | "+id, "Reader | / | "+id)
	if found["azure_roles_note"] != nil {
		t.Errorf("note %v", found["azure_roles_note"])
	}

	byClientID := h.ReadDataSource(t, typeName, object{"client_id": strings.ToUpper(clientID), "subscription_ids": []any{emulator.SubscriptionID}})
	if byClientID["service_principal_id"] != id || len(byClientID["azure_roles"].([]any)) != 2 || len(byClientID["app_roles"].([]any)) != 2 {
		t.Errorf("found %v", byClientID)
	}

	// The one permission that it says it needs.
	h.SignIn(t, "Directory.Read.All")
	if again := h.ReadDataSource(t, typeName, object{"service_principal_id": id}); fmt.Sprint(again["app_roles"]) != fmt.Sprint(found["app_roles"]) || fmt.Sprint(again["directory_roles"]) != fmt.Sprint(found["directory_roles"]) {
		t.Errorf("found %v", again)
	}
}

// post is about groups, which the documents that the harness holds requests against do not have.
func post(t *testing.T, h *acctest.Harness, path, body string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, h.URL+"/v1.0"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+h.Tenant.Token(emulator.CallerRoles...))
	request.Header.Set("Content-Type", "application/json")
	response, err := emulator.RoundTripper{Tenant: h.Tenant}.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil || response.StatusCode >= http.StatusMultipleChoices {
		t.Fatalf("POST %s: status %d, %v", path, response.StatusCode, err)
	}
}

// TestServicePrincipalAccess_throughGroups: roles of the directory and of Azure count for members, app roles do not.
func TestServicePrincipalAccess_throughGroups(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h, "Deployer")
	groups := map[string]string{}
	for _, found := range h.Tenant.Objects("groups") {
		groups[found["displayName"].(string)] = found["id"].(string)
	}
	owners, team := groups["Workload owners"], groups["Platform team"]
	for _, in := range []string{owners, team} {
		post(t, h, "/groups/"+in+"/members/$ref", `{"@odata.id":"`+h.URL+`/v1.0/directoryObjects/`+id+`"}`)
	}
	graphAPI := apiOf(t, h, "Microsoft Graph")
	post(t, h, "/groups/"+team+"/appRoleAssignments", `{"principalId":"`+team+`","resourceId":"`+graphAPI+`","appRoleId":"`+uuid.Nil.String()+`"}`)
	h.Graph(t, "POST", "/roleManagement/directory/roleAssignments", object{"principalId": owners, "roleDefinitionId": globalReader, "directoryScopeId": "/"})
	if err := h.Tenant.AddSeed(emulator.Seed{RoleAssignments: []object{{"scope": group, "roleName": "Reader", "principalId": team, "principalType": "Group"}}}); err != nil {
		t.Fatal(err)
	}
	h.ResetRequests()
	found := h.ReadDataSource(t, typeName, object{"service_principal_id": id})
	expect(t, "groups", items(found, "groups", "id", "display_name"), team+" | Platform team", owners+" | Workload owners")
	expect(t, "directory roles", items(found, "directory_roles", "role_name", "principal_id"), "Global Reader | "+owners)
	expect(t, "roles in Azure", items(found, "azure_roles", "role_name", "principal_id"), "Reader | "+team)
	expect(t, "app roles", items(found, "app_roles", "value"))
	for _, request := range h.Requests() {
		if strings.Contains(request.Path, "roleAssignments") && strings.Contains(request.Path, team) {
			t.Errorf("a group that can have no directory role was asked for: %s", request.Path)
		}
	}

	// Whoever may not read groups learns their ids, and the roles all the same.
	h.SignIn(t, "Application.Read.All", "DelegatedPermissionGrant.Read.All", "RoleManagement.Read.Directory")
	found = h.ReadDataSource(t, typeName, object{"service_principal_id": id})
	if got := items(found, "groups", "display_name"); !slices.Equal(got, []string{"<nil>", "<nil>"}) {
		t.Errorf("groups %q", got)
	}
	expect(t, "directory roles", items(found, "directory_roles", "role_name", "principal_id"), "Global Reader | "+owners)
}

// TestServicePrincipalAccess_clientIDOfOwn: that the same run manages who has the client id is no reason not to say what it is.
func TestServicePrincipalAccess_clientIDOfOwn(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app, own := h.Resource("workloadid_application"), h.Resource("workloadid_service_principal")
	app.Apply(t, object{"display_name": "Deployer"})
	own.Apply(t, object{"client_id": app.String("client_id")})
	for id, want := range map[string]string{
		app.String("client_id"): "is a client id, and service_principal_id takes the object id of the service principal: " + own.String("id"),
		app.String("id"):        "is the object id of an application, and service_principal_id takes the one of its service principal: " + own.String("id"),
	} {
		if refused := h.ReadDataSourceFails(t, typeName, object{"service_principal_id": id}).String(); !strings.Contains(refused, want) {
			t.Errorf("got %s", refused)
		}
	}
}

// TestServicePrincipalAccess_withoutAzure says so, and finds all the rest; of somebody who has nothing, nothing.
func TestServicePrincipalAccess_withoutAzure(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithEnvironment(map[string]string{"ARM_SUBSCRIPTION_ID": ""}))
	id, _, _ := principal(t, h, "Nobody")
	found := h.ReadDataSource(t, typeName, object{"service_principal_id": id})
	if note, _ := found["azure_roles_note"].(string); found["azure_roles"] != nil || !strings.Contains(note, "neither subscription_ids nor the provider's subscription_id") {
		t.Errorf("found %v", found)
	}
	for _, attribute := range []string{"app_roles", "delegated_permissions", "groups", "directory_roles"} {
		if list, ok := found[attribute].([]any); !ok || len(list) != 0 {
			t.Errorf("%s: %v", attribute, found[attribute])
		}
	}
	found = h.ReadDataSource(t, typeName, object{"service_principal_id": id, "subscription_ids": []any{emulator.SubscriptionID}})
	if list, ok := found["azure_roles"].([]any); !ok || len(list) != 0 || found["azure_roles_note"] != nil {
		t.Errorf("found %v", found)
	}
}

func TestServicePrincipalAccess_managedIdentity(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	identity := h.Resource("workloadid_user_assigned_identity")
	identity.Apply(t, object{"name": "shop", "resource_group_name": emulator.ResourceGroup, "location": "westeurope"})
	h.Resource("workloadid_azure_role_assignment").Apply(t, object{"scope": group, "role_name": "Reader", "principal_id": identity.String("principal_id")})
	found := h.ReadDataSource(t, typeName, object{"client_id": identity.String("client_id")})
	if found["service_principal_type"] != "ManagedIdentity" || found["service_principal_id"] != identity.String("principal_id") {
		t.Errorf("found %v", found)
	}
	expect(t, "roles in Azure", items(found, "azure_roles", "role_name", "scope"), "Reader | "+group)
}

func TestServicePrincipalAccess_fails(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, clientID, _ := principal(t, h, "Deployer")
	for name, test := range map[string]struct {
		config object
		want   string
	}{
		"no key":          {object{}, "Set exactly one of"},
		"two keys":        {object{"service_principal_id": id, "client_id": clientID}, "Set exactly one of"},
		"nobody":          {object{"service_principal_id": uuid.NewString()}, "404 Request_ResourceNotFound"},
		"client id":       {object{"service_principal_id": clientID}, "is a client id, and service_principal_id takes the object id of the service principal: " + id},
		"no subscription": {object{"service_principal_id": id, "subscription_ids": []any{}}, "at least 1"},
		"a name for one":  {object{"service_principal_id": id, "subscription_ids": []any{"shop"}}, "must be a UUID"},
		"another one":     {object{"service_principal_id": id, "subscription_ids": []any{uuid.NewString()}}, "404 SubscriptionNotFound"},
	} {
		t.Run(name, func(t *testing.T) {
			if diagnostics := h.ReadDataSourceFails(t, typeName, test.config); !strings.Contains(diagnostics.String(), test.want) {
				t.Errorf("got %s", diagnostics)
			}
		})
	}
	h.SignIn(t, "Application.Read.All")
	refused := h.ReadDataSourceFails(t, typeName, object{"service_principal_id": id}).String()
	if !strings.Contains(refused, "403") || !strings.Contains(refused, "Directory.Read.All") {
		t.Errorf("got %s", refused)
	}
}
