package provider_test

import (
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

// TestBound_ofListings: a data source that finds more than max_results says what narrows it, and asks for no page that it does
// not want.
func TestBound_ofListings(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	for range 3 {
		h.Resource("workloadid_application").Apply(t, map[string]any{"display_name": "shop"})
	}
	for typeName, narrowed := range map[string]string{
		"workloadid_applications":           "Narrow it by client_ids or display_names or filter or ids.",
		"workloadid_service_principals":     "Narrow it by",
		"workloadid_users":                  "Narrow it by",
		"workloadid_azure_role_definitions": "Narrow it by",
	} {
		text := h.ReadDataSourceFails(t, typeName, map[string]any{"max_results": 1}).String()
		if !strings.Contains(text, "There are more than 1 ") || !strings.Contains(text, narrowed) || !strings.Contains(text, "set max_results to a greater number") {
			t.Errorf("%s: %s", typeName, text)
		}
		if strings.Contains(text, "max_results or") || strings.Contains(text, "or max_results") {
			t.Errorf("%s is to be narrowed by what does not narrow it: %s", typeName, text)
		}
	}
	if found := h.ReadDataSource(t, "workloadid_applications", map[string]any{"max_results": 3, "filter": "displayName eq 'shop'"})["applications"].([]any); len(found) != 3 {
		t.Errorf("as many as there may be: %d", len(found))
	}
	for _, wrong := range []int{0, -1} {
		if text := h.ReadDataSourceFails(t, "workloadid_applications", map[string]any{"max_results": wrong}).String(); !strings.Contains(text, "must be at least 1") {
			t.Error(text)
		}
	}
}

// TestTimeLimit_saysHowToRaiseIt: what is said of a time limit helps for the operation that it is of.
func TestTimeLimit_saysHowToRaiseIt(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	limits := map[string]any{"create": "700ms", "read": "700ms", "update": "700ms", "delete": "700ms"}
	app.Apply(t, map[string]any{"display_name": "shop", "timeouts": map[string]any{"read": "700ms", "delete": "700ms"}})
	h.Tenant.Faults().Set(fault.MustParse("* /applications/** latency=3s", "* /applications latency=3s")...)
	for doing, c := range map[string]struct {
		text string
		want string
	}{
		"refresh": {app.RefreshFails(t).String(), "apply that once with -refresh=false"},
		"destroy": {app.DestroyFails(t).String(), "raise delete in the timeouts attribute and apply that before"},
		"create":  {h.Resource("workloadid_application").ApplyFails(t, map[string]any{"display_name": "shop", "timeouts": limits}).String(), "raise create in the timeouts attribute."},
		"lookup":  {h.ReadDataSourceFails(t, "workloadid_applications", map[string]any{"timeouts": map[string]any{"read": "700ms"}}).String(), "Have it find fewer objects"},
	} {
		if !strings.Contains(c.text, c.want) {
			t.Errorf("%s: %s", doing, c.text)
		}
	}
}
