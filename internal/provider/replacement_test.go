package provider_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

// TestReplacements_thatWouldOnlyDelete: Terraform deletes before the service refuses the new one, so that the plan must
// refuse the wrong one of an object's ids. An id that may be right costs lookups and no more, and one that is not known yet
// not even these. An id of nothing is refused, too.
func TestReplacements_thatWouldOnlyDelete(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	create := func(typeName string, config map[string]any) *acctest.Resource {
		resource := h.Resource(typeName)
		resource.Apply(t, config)
		return resource
	}
	app := create("workloadid_application", map[string]any{"display_name": "Shop"})
	other := create("workloadid_application", map[string]any{"display_name": "Orders"})
	principal := create("workloadid_service_principal", map[string]any{"client_id": app.String("client_id")})
	appID, clientID, principalID := app.String("id"), app.String("client_id"), principal.String("id")
	isClientID := clientID + " is the client id of an application, and application_id takes its object id: " + appID
	isApplication := appID + " is the object id of an application, and "
	certificate := map[string]any{"certificate": samples.Resources["workloadid_application_certificate"][0].Config["certificate"]}
	for _, test := range []struct {
		typeName, reference, right, wrong, want string
		config                                  map[string]any
	}{
		{"workloadid_service_principal", "client_id", other.String("client_id"), other.String("id"), "client_id takes its client id: " + other.String("client_id"), nil},
		{"workloadid_federated_identity_credential", "application_id", appID, clientID, isClientID, map[string]any{"name": "main", "issuer": "https://issuer.example", "subject": "anybody"}},
		{"workloadid_application_password", "application_id", appID, clientID, isClientID, map[string]any{"display_name": "legacy", "expires_after": "30d"}},
		{"workloadid_service_principal_password", "service_principal_id", principalID, appID, isApplication, map[string]any{"display_name": "legacy", "expires_after": "30d"}},
		{"workloadid_application_certificate", "application_id", appID, clientID, isClientID, certificate},
		{"workloadid_service_principal_certificate", "service_principal_id", principalID, appID, isApplication, certificate},
		{"workloadid_api_access", "service_principal_id", principalID, appID, isApplication, map[string]any{"api": "Microsoft Graph", "app_roles": []any{"User.Read.All"}}},
		{"workloadid_app_role_assignment", "principal_id", principalID, appID, isApplication, map[string]any{"api": "Microsoft Graph", "app_role": "Group.Read.All"}},
		{"workloadid_delegated_permission_grant", "service_principal_id", principalID, clientID, "is a client id, and", map[string]any{"api": "Microsoft Graph", "scopes": []any{"User.Read"}}},
		{"workloadid_directory_role_assignment", "principal_id", principalID, clientID, "is a client id, and", map[string]any{"role_name": "Global Reader"}},
		{"workloadid_azure_role_assignment", "principal_id", principalID, appID, isApplication, map[string]any{"scope": "/subscriptions/" + emulator.SubscriptionID, "role_name": "Reader"}},
	} {
		t.Run(test.typeName, func(t *testing.T) {
			with := func(id any) map[string]any {
				config := map[string]any{test.reference: id}
				maps.Copy(config, test.config)
				return config
			}
			resource := create(test.typeName, with(test.right))
			if value, ok := resource.State()["value"].(string); ok {
				h.Secret(value, test.typeName+".value")
			}
			refused := resource.PlanFails(t, with(test.wrong)).String()
			for _, want := range []string{test.want, "Another " + test.reference + " replaces the", test.reference} {
				if !strings.Contains(refused, want) {
					t.Errorf("the error does not say %q:\n%s", want, refused)
				}
			}
			if plan := resource.Plan(t, with(acctest.Unknown)); plan.Action != protocol.Replace {
				t.Errorf("an id that is not known yet: %s", plan.Action)
			}
			h.ResetRequests()
			nothing := uuid.NewString()
			if refused := resource.PlanFails(t, with(nothing)).String(); !strings.Contains(refused, "There is no ") || !strings.Contains(refused, nothing) || !strings.Contains(refused, "Another "+test.reference+" replaces the") {
				t.Errorf("an id of nothing:\n%s", refused)
			}
			for _, request := range h.Requests() {
				if request.Method != http.MethodGet {
					t.Errorf("a plan sent %s %s", request.Method, request.Path)
				}
			}
			resource.ExpectNoChanges(t, with(test.right))
		})
	}
}

// TestReplacements_ofAllThatIsReferredTo: of each attribute of which another id replaces the object, the plan refuses an id of
// nothing. One that exists is looked up once, one that does not change not at all, and one that may not be read is let pass.
func TestReplacements_ofAllThatIsReferredTo(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	create := func(typeName string, config map[string]any) *acctest.Resource {
		resource := h.Resource(typeName)
		resource.Apply(t, config)
		return resource
	}
	app := create("workloadid_application", map[string]any{"display_name": "Shop"})
	principal := create("workloadid_service_principal", map[string]any{"client_id": app.String("client_id")})
	identity := create("workloadid_user_assigned_identity", map[string]any{"name": "shop", "resource_group_name": emulator.ResourceGroup, "location": "westeurope"})
	// Made by somebody else, so that this process does not know them.
	theirs := h.Graph(t, "POST", "/applications", map[string]any{"displayName": "Theirs"})
	theirPrincipal := h.Graph(t, "POST", "/servicePrincipals", map[string]any{"appId": theirs["appId"]})
	users := h.Tenant.Objects("users")
	group := h.Tenant.Objects("groups")[0]
	scope := "/subscriptions/" + emulator.SubscriptionID
	ofGroup := scope + "/resourceGroups/" + emulator.ResourceGroup
	nothing := uuid.NewString()
	for name, test := range map[string]struct {
		typeName, attribute string
		config              map[string]any
		value, other, none  any
	}{
		"an identity's credential": {
			"workloadid_federated_identity_credential", "user_assigned_identity_id",
			map[string]any{"name": "main", "issuer": "https://issuer.example", "subject": "anybody"},
			identity.String("id"), nil, strings.Replace(identity.String("id"), "shop", "shopp", 1),
		},
		"a user that consents": {
			"workloadid_delegated_permission_grant", "user_id",
			map[string]any{"service_principal_id": principal.String("id"), "api": "Microsoft Graph", "scopes": []any{"User.Read"}},
			users[0]["id"], users[1]["id"], nothing,
		},
		"a role": {
			"workloadid_directory_role_assignment", "role_definition_id",
			map[string]any{"principal_id": principal.String("id")},
			"88d8e3e3-8f55-4a1e-953a-9b9898b8876b", nil, nothing,
		},
		"an administrative unit": {
			"workloadid_directory_role_assignment", "administrative_unit_id",
			map[string]any{"principal_id": principal.String("id"), "role_name": "Groups Administrator"},
			h.Graph(t, "POST", "/directory/administrativeUnits", map[string]any{"displayName": "One"})["id"], h.Graph(t, "POST", "/directory/administrativeUnits", map[string]any{"displayName": "Two"})["id"], nothing,
		},
		"an application to which a role is limited": {
			"workloadid_directory_role_assignment", "application_id",
			map[string]any{"principal_id": principal.String("id"), "role_name": "Application Administrator"},
			app.String("id"), theirs["id"], nothing,
		},
		"an API": {
			"workloadid_app_role_assignment", "resource_id",
			map[string]any{"principal_id": principal.String("id"), "app_role": "User.Read.All"},
			h.Graph(t, "GET", "/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')", nil)["id"], nil, nothing,
		},
		"who has an app role": {
			"workloadid_app_role_assignment", "principal_id",
			map[string]any{"api": "Microsoft Graph", "app_role": "Group.Read.All"},
			principal.String("id"), theirPrincipal["id"], nothing,
		},
		"who has an Azure role": {
			"workloadid_azure_role_assignment", "principal_id",
			map[string]any{"scope": scope, "role_name": "Reader"},
			principal.String("id"), theirPrincipal["id"], nothing,
		},
		"a user with an Azure role": {
			"workloadid_azure_role_assignment", "principal_id",
			map[string]any{"scope": scope, "role_name": "Reader", "principal_type": "User"},
			users[0]["id"], users[1]["id"], group["id"],
		},
		"an Azure role": {
			"workloadid_azure_role_assignment", "role_definition_id",
			map[string]any{"scope": scope, "principal_id": principal.String("id")},
			"b24988ac-6180-42a0-ab88-20f7382dd24c", nil, nothing,
		},
		"a scope": {
			"workloadid_azure_role_assignment", "scope",
			map[string]any{"role_definition_id": "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", "principal_id": principal.String("id")},
			scope, ofGroup, ofGroup + "s",
		},
		"a subscription": {
			"workloadid_user_assigned_identity", "subscription_id",
			map[string]any{"name": "another", "location": "westeurope", "resource_group_name": emulator.ResourceGroup},
			emulator.SubscriptionID, nil, nothing,
		},
	} {
		t.Run(name, func(t *testing.T) {
			with := func(value any) map[string]any {
				config := map[string]any{test.attribute: value}
				maps.Copy(config, test.config)
				return config
			}
			resource := create(test.typeName, with(test.value))
			h.ResetRequests()
			resource.Plan(t, with(test.value))
			h.ExpectRequestCount(t, 0)
			refused := resource.PlanFails(t, with(test.none)).String()
			if !strings.Contains(refused, test.attribute) || !strings.Contains(refused, fmt.Sprint(test.none)) && !strings.Contains(refused, "wrong") {
				t.Errorf("an id of nothing:\n%s", refused)
			}
			if test.other != nil {
				if plan := resource.Plan(t, with(test.other)); plan.Action != protocol.Replace {
					t.Errorf("another one gives %s", plan.Action)
				}
			}
			if plan := resource.Plan(t, with(acctest.Unknown)); plan.Action != protocol.Replace {
				t.Errorf("one that is not known yet: %s", plan.Action)
			}
		})
	}
}

// TestReplacements_named: a resource group may be made in the same run, and its name is known before. The plan warns.
func TestReplacements_named(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	identity := h.Resource("workloadid_user_assigned_identity")
	config := map[string]any{"name": "shop", "location": "westeurope", "resource_group_name": emulator.ResourceGroup}
	identity.Apply(t, config)
	config["resource_group_name"] = emulator.ResourceGroup + "s"
	if warnings := identity.PlanWarns(t, config).String(); !strings.Contains(warnings, "There is no resource group "+emulator.ResourceGroup+"s") || !strings.Contains(warnings, "unless this run makes it before") {
		t.Errorf("got %s", warnings)
	}
}

// TestReplacements_unreadable: who may not read what is referred to is not kept from anything.
func TestReplacements_unreadable(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Graph(t, "POST", "/applications", map[string]any{"displayName": "Shop"})
	one := h.Graph(t, "POST", "/servicePrincipals", map[string]any{"appId": app["appId"]})
	assignment := h.Resource("workloadid_azure_role_assignment")
	config := map[string]any{"scope": "/subscriptions/" + emulator.SubscriptionID, "role_name": "Reader", "principal_id": one["id"]}
	assignment.Apply(t, config)
	h.Tenant.Faults().Set(fault.MustParse("GET /v1.0/servicePrincipals/* 403")...)
	config["principal_id"] = uuid.NewString()
	if plan := assignment.Plan(t, config); plan.Action != protocol.Replace {
		t.Errorf("got %s", plan.Action)
	}
}

// TestReplacements_everyID: whatever has an id of another object, of which another value replaces it, refuses an id of nothing in
// the plan.
func TestReplacements_everyID(t *testing.T) {
	t.Parallel()
	// Microsoft Graph takes any for these: a client may be an application of another tenant, and the id of a template is chosen
	// freely (https://learn.microsoft.com/graph/api/resources/unifiedroledefinition).
	taken := []string{"known_client_id", "authorized_client_id", "template_id"}
	forEachSample(t, func(t *testing.T, h *acctest.Harness, typeName string, sample samples.Sample) {
		config, _ := life(t, h, sample)
		resource := apply(t, h, typeName, sample, config)
		for attribute, value := range config {
			if text, ok := value.(string); !ok || uuid.Validate(text) != nil || slices.Contains(taken, attribute) {
				continue
			}
			another := maps.Clone(config)
			another[attribute] = uuid.NewString()
			plan, diags := resource.TryPlan(t, another)
			switch text := diags.String(); {
			case diags.HasError() && (!strings.Contains(text, another[attribute].(string)) || !strings.Contains(text, attribute)):
				t.Errorf("the error does not name %s and its value:\n%s", attribute, text)
			case !diags.HasError() && plan.Action == protocol.Replace:
				t.Errorf("an id of nothing as %s replaces it, which only deletes", attribute)
			}
		}
	})
}
