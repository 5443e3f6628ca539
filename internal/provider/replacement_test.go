package provider_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// TestReplacements_thatWouldOnlyDelete: Terraform deletes before the service refuses the new one, so that the plan must
// refuse the wrong one of an object's ids. An id that may be right costs lookups and no more, and one that is not known yet
// not even these.
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
			if plan := resource.Plan(t, with(uuid.NewString())); plan.Action != protocol.Replace {
				t.Errorf("an id that may be that of a young object: %s", plan.Action)
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
