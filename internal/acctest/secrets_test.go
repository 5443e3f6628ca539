package acctest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/secrets"
)

// planted is a secret that a test puts where there may be none.
const planted = "planted-8Q~s3cret"

func TestSecrets_failTheTest(t *testing.T) {
	t.Parallel()
	var fake *fakeTest
	t.Run("a test", func(t *testing.T) {
		fake = &fakeTest{TB: t}
		h := New(fake)
		h.Secret(planted)
		app := h.Resource("workloadid_application")
		app.Apply(t, map[string]any{"display_name": planted})
		app.ImportFails(t, planted)
		for _, want := range []string{"/oauth2/v2.0/token", "request_body", `"@module":"provider.graph"`, `"@module":"sdk.framework"`} {
			if !strings.Contains(h.watch.Log(), want) {
				t.Errorf("not logged at TRACE: %s", want)
			}
		}
	})
	for _, want := range []string{
		"secrets_test.go:", "is in the log, request_body of \"POST /v1.0/applications: 201\": ", "is in PlannedState of PlanResourceChange workloadid_application, workloadid_application.display_name: ",
		"is in NewState of ApplyResourceChange workloadid_application, workloadid_application.display_name: ", "is in Detail of ImportResourceState",
	} {
		if !strings.Contains(fake.failure, want) {
			t.Errorf("the failure lacks %q:\n%s", want, fake.failure)
		}
	}
	if strings.Contains(fake.failure, planted) {
		t.Errorf("the failure has the secret:\n%s", fake.failure)
	}
}

// An exception holds for the attribute, not for the log; and the attribute has to be sensitive.
func TestSecrets_exceptions(t *testing.T) {
	t.Parallel()
	h := New(t)
	h.watch = secrets.New()
	h.Restart(t)
	h.Secret(planted, "workloadid_application.display_name")
	h.Resource("workloadid_application").Apply(t, map[string]any{"display_name": planted})
	found := fmt.Sprint(h.watch.Findings())
	if !strings.Contains(found, "is in the log") || !strings.Contains(found, "display_name, which is not sensitive") {
		t.Errorf("found %s", found)
	}
	defer func() {
		if recover() == nil {
			t.Error("a secret that is part of any word is taken")
		}
	}()
	h.Secret("word")
}

// With a CLI, what it writes and prints is looked at too, also what is gone when the test ends.
func TestSecrets_ofCLI(t *testing.T) {
	watches := map[string]*secrets.Watch{}
	RunCLI(t, func(t *testing.T, h *Harness) resource.TestCase {
		h.watch = secrets.New()
		h.Secret(planted)
		watches[t.Name()] = h.watch
		const text = `
			variable "name" {
			  type = string
			  validation {
			    condition     = length(var.name) < 100
			    error_message = "${var.name} is too long."
			  }
			}
			resource "workloadid_application" "test" { display_name = var.name }`
		named := func(name string) config.Variables { return config.Variables{"name": config.StringVariable(name)} }
		return resource.TestCase{Steps: []resource.TestStep{
			{Config: text, ConfigVariables: named("innocent")},
			{Config: text, ConfigVariables: named(planted + strings.Repeat("x", 100)), ExpectError: regexp.MustCompile("too long")},
			{
				Config: text, ConfigVariables: named(planted),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction("workloadid_application.test", plancheck.ResourceActionUpdate),
				}},
			},
			{Config: text, ConfigVariables: named("innocent")},
		}}
	})
	for name, watch := range watches {
		var places []string
		for _, finding := range watch.Findings() {
			if strings.Contains(finding.String(), planted) {
				t.Errorf("the finding has the secret: %s", finding)
			}
			// A folder for each command.
			places = append(places, regexp.MustCompile(`^(\w+)\.\w+/`).ReplaceAllString(finding.Place, "$1/"))
		}
		for _, want := range []string{
			"log", "apply/terraform.tfstate, workloadid_application.display_name", "apply/terraform.tfstate.backup, workloadid_application.display_name",
			"plan/stdout", "plan/stderr", "plan/tfplan/tfplan", "plan/tfplan/tfstate, workloadid_application.display_name", "show/stdout, workloadid_application.display_name",
			"NewState of ApplyResourceChange workloadid_application, workloadid_application.display_name",
		} {
			if !slices.Contains(places, want) {
				t.Errorf("%s: not found in %s, but in\n%s", name, want, strings.Join(places, "\n"))
			}
		}
	}
}
