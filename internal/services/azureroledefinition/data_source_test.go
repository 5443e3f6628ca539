package azureroledefinition_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

const (
	typeName     = "workloadid_azure_role_definition"
	subscription = "/subscriptions/" + emulator.SubscriptionID
	blobReader   = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
	token        = "POST /{id}/oauth2/v2.0/token"
)

func TestAzureRoleDefinition_lookup(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	for _, test := range []struct {
		config object
		id     string
	}{
		{object{"role_name": "storage blob data reader"}, subscription},
		{object{"role_name": "Storage Blob Data Reader", "scope": subscription + "/resourceGroups/anything"}, subscription},
		{object{"role_name": "Storage Blob Data Reader", "scope": "/"}, ""},
		{object{"role_definition_id": strings.ToUpper(blobReader)}, subscription},
		{object{"role_definition_id": blobReader, "scope": "/"}, ""},
	} {
		found := h.ReadDataSource(t, typeName, test.config)
		if found["id"] != test.id+"/providers/Microsoft.Authorization/roleDefinitions/"+blobReader || !strings.EqualFold(found["role_definition_id"].(string), blobReader) ||
			!strings.EqualFold(found["role_name"].(string), "Storage Blob Data Reader") || found["role_type"] != "BuiltInRole" || found["description"] == "" {
			t.Errorf("%v: found %v", test.config, found)
		}
		permissions := found["permissions"].([]any)[0].(object)
		if len(permissions["data_actions"].([]any)) != 1 || len(permissions["not_actions"].([]any)) != 0 || found["assignable_scopes"].([]any)[0] != "/" {
			t.Errorf("%v: found %v", test.config, found)
		}
	}
	// Asked once, whatever the letter case and however deep the scope.
	h.Restart(t)
	h.ResetRequests()
	for _, scope := range []string{subscription, subscription + "/resourceGroups/a", subscription + "/resourceGroups/b"} {
		h.ReadDataSource(t, typeName, object{"role_name": "Reader", "scope": scope})
		h.ReadDataSource(t, typeName, object{"role_name": "READER", "scope": scope})
	}
	h.ExpectRequests(t, token, "GET /subscriptions/{id}/providers/Microsoft.Authorization/roleDefinitions")
}

func TestAzureRoleDefinition_notFound(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	for name, test := range map[string]struct {
		config object
		want   string
	}{
		"no key":         {object{"scope": "/"}, "Set exactly one of"},
		"two keys":       {object{"role_name": "Reader", "role_definition_id": blobReader}, "Set exactly one of"},
		"misspelled":     {object{"role_name": "Contributr"}, `Did you mean "Contributor"`},
		"a quote":        {object{"role_name": "x' or roleName eq 'Reader"}, "has the name"},
		"no such id":     {object{"role_definition_id": uuid.NewString()}, "RoleDefinitionDoesNotExist"},
		"no id":          {object{"role_definition_id": "Reader"}, "must be a UUID"},
		"not a scope":    {object{"role_name": "Reader", "scope": "shop"}, "must be a scope"},
		"no such parent": {object{"role_name": "Reader", "scope": "/subscriptions/" + uuid.NewString()}, "404 SubscriptionNotFound"},
	} {
		t.Run(name, func(t *testing.T) {
			if diagnostics := h.ReadDataSourceFails(t, typeName, test.config); !strings.Contains(diagnostics.String(), test.want) {
				t.Errorf("got %s", diagnostics)
			}
		})
	}
}

func TestAzureRoleDefinitions(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	all := h.ReadDataSource(t, "workloadid_azure_role_definitions", object{})["azure_role_definitions"].([]any)
	if len(all) < 50 {
		t.Errorf("found %d", len(all))
	}
	h.ExpectRequests(t, token, "GET /subscriptions/{id}/providers/Microsoft.Authorization/roleDefinitions")
	if builtIn := h.ReadDataSource(t, "workloadid_azure_role_definitions", object{"scope": "/", "role_type": "BuiltInRole"})["azure_role_definitions"].([]any); len(builtIn) != len(all) {
		t.Errorf("found %d of %d", len(builtIn), len(all))
	}
	if custom := h.ReadDataSource(t, "workloadid_azure_role_definitions", object{"role_type": "CustomRole"})["azure_role_definitions"].([]any); len(custom) != 0 {
		t.Errorf("found %v", custom)
	}
	h.ReadDataSourceFails(t, "workloadid_azure_role_definitions", object{"role_type": "custom"})
}
