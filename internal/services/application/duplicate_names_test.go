package application_test

import (
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
)

func TestApplication_preventDuplicateNames(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	there := h.Graph(t, "POST", "/applications", object{"displayName": "Orders"})["id"].(string)
	app := h.Resource("workloadid_application")
	prevented := func(name string) object { return object{"display_name": name, "prevent_duplicate_names": true} }
	refused := func(config object) {
		t.Helper()
		text := app.PlanFails(t, config).String()
		for _, want := range []string{"display_name", there, "import id", "prevent_duplicate_names"} {
			if !strings.Contains(text, want) {
				t.Errorf("the error does not say %s:\n%s", want, text)
			}
		}
	}
	refused(prevented("ORDERS"))
	app.Apply(t, prevented("Invoices"))
	app.ExpectNoChanges(t, prevented("Invoices"))
	refused(prevented("Orders"))
	h.ResetRequests()
	app.Apply(t, object{"display_name": "Invoices", "prevent_duplicate_names": true, "notes": "x"})
	h.ExpectRequests(t, patch) // nothing is looked up where the name stays
	app.Apply(t, object{"display_name": "Orders"})
	app.ExpectNoChanges(t, object{"display_name": "Orders"})

	// Nothing comes of the name of an application that is gone.
	h.Graph(t, "DELETE", "/applications/"+there, nil)
	app.Destroy(t)
	app.Apply(t, prevented("Orders"))
}

// TestApplication_preventDuplicateNamesAtOnce: of two that are made at the same time, whose plans know nothing of one another, one
// is made.
func TestApplication_preventDuplicateNamesAtOnce(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	config := object{"display_name": "Orders", "prevent_duplicate_names": true}
	var wait sync.WaitGroup
	texts := make([]string, 2)
	for i := range texts {
		target := h.Resource("workloadid_application")
		wait.Go(func() { texts[i] = target.Try(t, config).String() })
	}
	wait.Wait()
	made := 0
	for _, application := range h.Tenant.Objects("applications") {
		if application["displayName"] == "Orders" {
			made++
		}
	}
	if text := strings.Join(texts, ""); made != 1 || !strings.Contains(text, "the name is taken") && !strings.Contains(text, "The name is taken") {
		t.Errorf("%d were made:\n%s", made, text)
	}
}

// TestApplication_preventDuplicateNamesCLI: a replacement has the name of what it replaces, and both are refused a name that somebody
// else has.
func TestApplication_preventDuplicateNamesCLI(t *testing.T) {
	configuration := func(trigger, name string) string {
		return `
			resource "terraform_data" "trigger" { input = "` + trigger + `" }
			resource "workloadid_application" "orders" {
			  display_name            = "` + name + `"
			  prevent_duplicate_names = true
			  lifecycle { replace_triggered_by = [terraform_data.trigger] }
			}`
	}
	acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
		if h.Tenant != nil {
			h.Graph(t, "POST", "/applications", object{"displayName": "Taken by somebody"})
		}
		return resource.TestCase{Steps: []resource.TestStep{
			{Config: configuration("a", "Orders")},
			{Config: configuration("b", "Orders")},
			{Config: configuration("b", "Taken by somebody"), ExpectError: regexp.MustCompile(`The name is taken`)},
		}}
	})
}
