package emulator_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func TestClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		clock := emulator.NewClock(nil)
		expect := func(what string, want time.Time) {
			t.Helper()
			if got := clock.Now(); !got.Equal(want) {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
		}
		expect("at first", begin)
		clock.Advance(time.Hour)
		expect("advanced", begin.Add(time.Hour))
		time.Sleep(time.Minute)
		expect("a minute later", begin.Add(time.Hour+time.Minute))
		clock.Advance(-2 * time.Hour)
		expect("put back", begin.Add(time.Minute-time.Hour))
		there := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
		clock.Set(there)
		expect("set", there)
		if got := clock.Offset(); got != there.Sub(begin.Add(time.Minute)) {
			t.Errorf("%s ahead", got)
		}
		clock.Reset()
		expect("reset", begin.Add(time.Minute))
	})
}

func TestClock_ofTheTenant(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	c := start(t, func(o *emulator.Options) { o.Now = func() time.Time { return now } })
	clock := c.tenant.Clock()
	if !clock.Now().Equal(now) {
		t.Errorf("%s, not that of the options", clock.Now())
	}
	// What is made has the clock's time, and tokens end by it.
	clock.Advance(30 * time.Minute)
	application, _ := c.principal(`{"displayName":"a"}`)
	if got := application["createdDateTime"]; got != "2026-05-01T12:30:00Z" {
		t.Errorf("createdDateTime %v", got)
	}
	path := "/v1.0/applications/" + application["id"].(string)
	secret := c.post(path+"/addPassword", `{"passwordCredential":{"displayName":"a"}}`).want(200)
	if got := secret.at("endDateTime"); got != "2028-05-01T12:30:00Z" {
		t.Errorf("endDateTime %v", got)
	}
	signIn := func() answer {
		return c.post("/"+c.tenant.TenantID()+"/oauth2/v2.0/token", "grant_type=client_credentials&client_id="+application["appId"].(string)+
			"&client_secret="+secret.at("secretText").(string)+"&scope=https://graph.microsoft.com/.default", "Content-Type", "application/x-www-form-urlencoded")
	}
	signIn().want(200)
	clock.Advance(time.Hour)
	c.get(path).fails(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
	clock.Set(time.Date(2028, 5, 2, 0, 0, 0, 0, time.UTC))
	if got := signIn().want(401).at("error_codes", 0); got != 7000222.0 {
		t.Errorf("signing in with an expired secret: %v", got)
	}
	clock.Reset()
	c.get(path).want(200)
}

func TestLocal_clock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	c := start(t, func(o *emulator.Options) { o.Now = func() time.Time { return now } })
	shows := func(want string) {
		t.Helper()
		same(t, "clock", c.get("/_local/clock").want(200).body, want)
	}
	shows(`{"now":"2026-05-01T12:00:00Z","ahead":"0s"}`)
	c.post("/_local/clock", `{"advance":"90m"}`).want(204)
	if got := c.get("/v1.0/applications").want(401).at("error", "innerError", "date"); got != "2026-05-01T13:30:00" {
		t.Errorf("date %v", got)
	}
	if got := c.post("/v1.0/$batch", "{}").want(400).at("error", "innerError", "date"); got != "2026-05-01T13:30:00" {
		t.Errorf("date %v in a batch", got)
	}
	shows(`{"now":"2026-05-01T13:30:00Z","ahead":"1h30m0s"}`)
	c.post("/_local/clock", `{"set":"2026-05-01T11:00:00+02:00"}`).want(204)
	shows(`{"now":"2026-05-01T09:00:00Z","ahead":"-3h0m0s"}`)
	for _, wrong := range []string{`{}`, `{"advance":"soon"}`, `{"set":"today"}`, `{"advance":"1h","set":"2026-05-01T11:00:00Z"}`, `{"forward":"1h"}`} {
		c.post("/_local/clock", wrong).want(400)
	}
	shows(`{"now":"2026-05-01T09:00:00Z","ahead":"-3h0m0s"}`)
	c.delete("/_local/clock").want(204)
	shows(`{"now":"2026-05-01T12:00:00Z","ahead":"0s"}`)
	c.get("/v1.0/applications").want(200)
}
