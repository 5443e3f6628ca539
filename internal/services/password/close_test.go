package password_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

// longestClose is how long closing may take. OpenTofu allows ten seconds, and crashes after them.
const longestClose = 8 * time.Second

// A password whose application went is gone with it, whoever deleted the application.
func TestApplicationPassword_closedAfterApplication(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]func(t *testing.T, h *acctest.Harness, app *acctest.Resource){
		"in the same run": func(t *testing.T, _ *acctest.Harness, app *acctest.Resource) { app.Destroy(t) },
		"by somebody else": func(t *testing.T, h *acctest.Harness, app *acctest.Resource) {
			h.Graph(t, http.MethodDelete, "/applications/"+app.String("id"), nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := acctest.New(t, acctest.WithConsistencyWindow(2*time.Minute))
			app := h.Resource("workloadid_application")
			app.Apply(t, object{"display_name": "Orders"})
			if name != "in the same run" {
				h.Restart(t) // another process knows nothing of the application's age
			}
			password := h.Open(t, applicationType, object{"application_id": app.String("id")})
			h.Secret(password.String("value"), "ephemeral."+applicationType+".value")
			remove(t, h, app)
			h.ResetRequests()
			began := time.Now()
			password.Close(t)
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("closing took %s", took)
			}
			h.ExpectRequests(t, "POST /v1.0/applications/{id}/removePassword")
		})
	}
}

// Whatever happens, closing ends in time and says what is left.
func TestApplicationPassword_closedInTime(t *testing.T) {
	t.Parallel()
	const path = "POST /applications/*/removePassword "
	for name, rule := range map[string]string{
		"throttled for long":         path + "429 retry-after=60",
		"throttled again and again":  path + "429 retry-after=1",
		"throttled without a time":   path + "429",
		"no answer":                  path + "lost",
		"slow":                       path + "latency=1m",
		"connections break":          path + "reset",
		"not available":              path + "503 retry-after=30",
		"fails":                      path + "500",
		"a replica that lags behind": path + `404 code=Request_ResourceNotFound message="Resource 'x' does not exist or one of its queried reference-property objects are not present."`,
		"other writes":               path + `409 code=Directory_ConcurrencyViolation`,
		"refused":                    path + "403",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := acctest.New(t, acctest.WithConsistencyWindow(2*time.Minute))
			app := h.Resource("workloadid_application")
			app.Apply(t, object{"display_name": "Orders"})
			password := h.Open(t, applicationType, object{"application_id": app.String("id")})
			h.Secret(password.String("value"), "ephemeral."+applicationType+".value")
			h.Tenant.Faults().Set(fault.MustParse(rule)...)
			began := time.Now()
			got := strings.Join(strings.Fields(password.CloseFails(t).String()), " ")
			if took := time.Since(began); took > longestClose {
				t.Errorf("closing took %s", took)
			}
			for _, want := range []string{
				"closing application password",
				fmt.Sprintf("The password with the key id %s of the application %s may be left. It ends by itself at %s.", password.String("key_id"), app.String("id"), password.String("end")),
				fmt.Sprintf("az ad app credential delete --id %s --key-id %s", app.String("id"), password.String("key_id")),
			} {
				if !strings.Contains(got, want) {
					t.Errorf("got\n%s\nwant %q", got, want)
				}
			}
			if strings.Contains(got, "timeouts attribute") {
				t.Errorf("closing has no timeouts that could be raised:\n%s", got)
			}
		})
	}
}

// TestApplicationPassword_closedInTimeCLI destroys the application for which a password is open, and has the removal of
// another be throttled.
func TestApplicationPassword_closedInTimeCLI(t *testing.T) {
	acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
		if h.Tenant == nil {
			t.Skip("a real tenant has no faults")
		}
		h.SecretsOf("addPassword", "ephemeral."+applicationType+".value")
		const application = `
resource "workloadid_application" "orders" {
  display_name = "Orders"
}
`
		// What depends on the application is destroyed before it, and that takes as long as it takes to open the password.
		declared := func(count int) string {
			return fmt.Sprintf(`
resource "workloadid_application" "orders" {
  count        = %d
  display_name = "Orders"
}

resource "terraform_data" "gate" {
  count      = %[1]d
  depends_on = [workloadid_application.orders]

  provisioner "local-exec" {
    when    = destroy
    command = "sleep 1"
  }
}
`, count)
		}
		var began time.Time
		return resource.TestCase{
			TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_11_0)},
			Steps: []resource.TestStep{
				{Config: declared(1)},
				{
					// The application is destroyed while the password is in use.
					PreConfig: func() {
						h.ResetRequests()
					},
					Config: declared(0) + `
data "workloadid_applications" "orders" {
  filter = "displayName eq 'Orders'"
}

ephemeral "workloadid_application_password" "run" {
  count = length(data.workloadid_applications.orders.applications)

  application_id = data.workloadid_applications.orders.applications[count.index].id
}

resource "terraform_data" "job" {
  provisioner "local-exec" {
    command     = "sleep 3"
    environment = { HINT = one(ephemeral.workloadid_application_password.run[*].hint) }
  }
}
`,
				},
				{
					PreConfig: func() {
						removals := 0
						deleted := false
						for _, request := range h.Requests() {
							deleted = deleted || request.Method == http.MethodDelete
							if deleted && strings.HasSuffix(request.Path, "/removePassword") {
								removals++
							}
						}
						if !deleted || removals != 1 {
							t.Errorf("after the application went (%v) its password was removed %d times", deleted, removals)
						}
					},
					Config: application,
				},
				{
					PreConfig: func() {
						h.Tenant.Faults().Set(fault.MustParse("POST /applications/*/removePassword 429 retry-after=60")...)
						began = time.Now()
					},
					Config: application + `
ephemeral "workloadid_application_password" "run" {
  application_id = workloadid_application.orders.id
}
`,
					ExpectError: regexp.MustCompile(`(?s)may be left.*az ad app\s+credential\s+delete`),
				},
				{
					PreConfig: func() {
						h.Tenant.Faults().Clear()
						if took := time.Since(began); took > 2*longestClose {
							t.Errorf("the run took %s", took)
						}
					},
					Config: application,
				},
			},
		}
	}, acctest.WithConsistencyWindow(2*time.Minute))
}
