package directoryrole_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

const (
	typeName                 = "workloadid_directory_role"
	applicationAdministrator = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
)

func TestDirectoryRole_lookup(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	for _, config := range []object{{"display_name": "Application Administrator"}, {"display_name": "application administrator"}, {"id": applicationAdministrator}, {"id": strings.ToUpper(applicationAdministrator)}} {
		found := h.ReadDataSource(t, typeName, config)
		if !strings.EqualFold(found["id"].(string), applicationAdministrator) || !strings.EqualFold(found["display_name"].(string), "Application Administrator") || found["built_in"] != true || found["enabled"] != true || found["description"] == "" {
			t.Errorf("%v: found %v", config, found)
		}
		actions := found["permissions"].([]any)
		if len(actions) < 5 || !strings.HasPrefix(actions[0].(string), "microsoft.") {
			t.Errorf("%v: actions %v", config, actions)
		}
	}
	made := h.Graph(t, "POST", "/roleManagement/directory/roleDefinitions", object{
		"displayName": "Support", "isEnabled": false, "version": "7", "rolePermissions": []any{object{"allowedResourceActions": []any{"microsoft.directory/applications/create"}}},
	})
	h.Restart(t)
	found := h.ReadDataSource(t, typeName, object{"display_name": "Support"})
	if found["id"] != made["id"] || found["built_in"] != false || found["enabled"] != false || found["version"] != "7" || found["template_id"] != made["templateId"] {
		t.Errorf("found %v", found)
	}
}

func TestDirectoryRole_notFound(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	for name, test := range map[string]struct {
		config object
		want   string
	}{
		"no key":     {object{}, "Set exactly one of"},
		"two keys":   {object{"id": applicationAdministrator, "display_name": "Application Administrator"}, "Set exactly one of"},
		"misspelled": {object{"display_name": "Applicatio Administrator"}, `Did you mean "Application Administrator"`},
		"a quote":    {object{"display_name": "x' or displayName eq 'Global Reader"}, "No directory role has the name"},
		"no such id": {object{"id": uuid.NewString()}, "404 Request_ResourceNotFound"},
		"no id":      {object{"id": "Reader"}, "must be a UUID"},
	} {
		t.Run(name, func(t *testing.T) {
			if diagnostics := h.ReadDataSourceFails(t, typeName, test.config); !strings.Contains(diagnostics.String(), test.want) {
				t.Errorf("got %s", diagnostics)
			}
		})
	}
}
