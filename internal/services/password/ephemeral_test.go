package password_test

import (
	"strings"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

func TestApplicationPassword_ephemeral(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	app.Apply(t, object{"display_name": "Orders"})
	principal := h.Resource("workloadid_service_principal")
	principal.Apply(t, object{"client_id": app.String("client_id")})
	id, path := app.String("id"), "/applications/"+app.String("id")
	h.ResetRequests()

	began := h.Tenant.Clock().Now()
	password := h.Open(t, applicationType, object{"application_id": id, "display_name": "Deployment"})
	h.ExpectRequests(t, "POST /v1.0/applications/{id}/addPassword")
	secret := password.String("value")
	h.Secret(secret, "ephemeral."+applicationType+".value")
	end, err := time.Parse(time.RFC3339, password.String("end"))
	if err != nil || end.Before(began.Add(59*time.Minute)) || end.After(began.Add(61*time.Minute)) {
		t.Errorf("it ends at %q", password.String("end"))
	}
	there := held(t, h, path)
	if credential := there[password.String("key_id")]; len(there) != 1 || credential["displayName"] != "Deployment" || password.String("hint") != secret[:3] {
		t.Errorf("the tenant has %v, and %v was opened", there, password.Result())
	}
	if !signsIn(t, h, app.String("client_id"), secret) {
		t.Error("the password is not valid")
	}
	h.ResetRequests()
	password.Close(t)
	h.ExpectRequests(t, "POST /v1.0/applications/{id}/removePassword")
	expectKeys(t, h, path)
	if signsIn(t, h, app.String("client_id"), secret) {
		t.Error("the password is still valid")
	}
	password.Close(t) // somebody else was quicker

	// Made once, whatever becomes of the answer.
	h.Tenant.Faults().Set(fault.MustParse("POST /applications/*/addPassword reset after count=1")...)
	again := h.Open(t, applicationType, object{"application_id": id, "expires_after": "10m"})
	h.Secret(again.String("value"), "ephemeral."+applicationType+".value")
	h.Tenant.Faults().Clear()
	expectKeys(t, h, path, again.String("key_id"))

	// Not removed: it is said, and ends by itself.
	h.Tenant.Faults().Set(fault.MustParse("POST /applications/*/removePassword 403")...)
	if got := again.CloseFails(t).String(); !strings.Contains(got, "closing application password") || !strings.Contains(got, "Application.ReadWrite.OwnedBy") {
		t.Error(got)
	}
	h.Tenant.Faults().Clear()
	h.Tenant.Clock().Advance(11 * time.Minute)
	if signsIn(t, h, app.String("client_id"), again.String("value")) {
		t.Error("the password is valid after its end")
	}
	again.Close(t)
	expectKeys(t, h, path)

	for want, config := range map[string]object{
		"application_id must be a UUID":      {"application_id": "Orders"},
		"expires_after must be a duration":   {"application_id": id, "expires_after": "soon"},
		"takes its object id: " + id:         {"application_id": app.String("client_id")},
		"opening application password \"x\"": {"application_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "display_name": "x"},
	} {
		if got := strings.Join(strings.Fields(h.OpenFails(t, applicationType, config).String()), " "); !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q", got, want)
		}
	}
}
