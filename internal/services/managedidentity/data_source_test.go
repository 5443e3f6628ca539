package managedidentity_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

const (
	typeName = "workloadid_managed_identity"
	group    = "/subscriptions/" + emulator.SubscriptionID + "/resourceGroups/" + emulator.ResourceGroup
	machine  = group + "/providers/Microsoft.Compute/virtualMachines/builder"
	explicit = group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop"
)

func TestManagedIdentity_kinds(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithSeed(emulator.Seed{SystemAssignedIdentities: []object{{"resourceId": machine}}}))
	made := h.Azure(t, http.MethodPut, explicit, "2024-11-30", object{"location": emulator.Location})["properties"].(object)
	system := h.Azure(t, http.MethodGet, machine+"/providers/Microsoft.ManagedIdentity/identities/default", "2024-11-30", nil)["properties"].(object)
	for resourceID, want := range map[string]object{
		machine:  {"id": system["principalId"], "client_id": system["clientId"], "display_name": "builder", "kind": "system-assigned"},
		explicit: {"id": made["principalId"], "client_id": made["clientId"], "display_name": "shop", "kind": "user-assigned"},
	} {
		maps.Copy(want, object{"resource_id": resourceID, "tenant_id": h.Tenant.TenantID(), "account_enabled": true})
		for _, key := range []string{"resource_id", "client_id", "display_name"} {
			h.Restart(t)
			h.ResetRequests()
			found := h.ReadDataSource(t, typeName, object{key: want[key]})
			h.ExpectRequests(t, "GET /v1.0/servicePrincipals")
			for name, value := range want {
				if text, ok := value.(string); found[name] != value && (!ok || !strings.EqualFold(text, found[name].(string))) {
					t.Errorf("%s by %s: %s is %v, want %v", resourceID, key, name, found[name], value)
				}
			}
		}
		upper := strings.ToUpper(resourceID)
		if found := h.ReadDataSource(t, typeName, object{"resource_id": upper}); found["id"] != want["id"] || found["resource_id"] != upper {
			t.Errorf("by %s: found %v", upper, found)
		}
	}

	// In one step from a resource's identity to a role.
	found := h.ReadDataSource(t, typeName, object{"resource_id": machine})
	assignment := h.Resource("workloadid_azure_role_assignment")
	config := object{"scope": group, "role_name": "Reader", "principal_id": found["id"]}
	assignment.Apply(t, config)
	assignment.ExpectNoChanges(t, config)
}

func TestManagedIdentity_notFound(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithSeed(emulator.Seed{SystemAssignedIdentities: []object{{"resourceId": machine}, {"resourceId": machine + "s/builder"}}}))
	app := h.Graph(t, "POST", "/applications", object{"displayName": "Deployer"})
	h.Graph(t, "POST", "/servicePrincipals", object{"appId": app["appId"]})
	for name, test := range map[string]struct {
		config object
		want   string
	}{
		"no key":              {object{}, "Set exactly one of"},
		"two keys":            {object{"client_id": app["appId"], "display_name": "builder"}, "Set exactly one of"},
		"none":                {object{"display_name": "it's"}, `no managed identity with the display name "it's"`},
		"no such resource":    {object{"resource_id": group}, "no managed identity of the resource"},
		"not a resource":      {object{"resource_id": "isExplicit=True"}, "must be"},
		"an application":      {object{"client_id": app["appId"]}, "workloadid_service_principal finds it"},
		"by name, likewise":   {object{"display_name": "Deployer"}, "workloadid_service_principal finds it"},
		"several of the name": {object{"display_name": "builder"}, "2 objects match"},
	} {
		t.Run(name, func(t *testing.T) {
			if diagnostics := h.ReadDataSourceFails(t, typeName, test.config); !strings.Contains(diagnostics.String(), test.want) {
				t.Errorf("got %s", diagnostics)
			}
		})
	}
}
