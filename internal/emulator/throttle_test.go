package emulator_test

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/throttle"
)

func TestThrottle(t *testing.T) {
	t.Parallel()
	c := start(t)
	scope := "/" + emulator.CallerClientID + "/" + c.tenant.TenantID()
	c.do("PUT", "/_local/throttle", `{"size":"S/1000"}`).want(204) // 3 units in 10 s, 3 writes in 150 s
	first := c.get("/v1.0/applications?$select=id").want(200)
	if first.header.Get("x-ms-resource-unit") != "1" || first.header.Get("x-ms-throttle-limit-percentage") != "" {
		t.Errorf("%v", first.header)
	}
	second := c.get("/v1.0/applications").want(200)
	if second.header.Get("x-ms-resource-unit") != "2" || second.header.Get("x-ms-throttle-limit-percentage") != "1.00" {
		t.Errorf("%v", second.header)
	}
	refused := c.post("/v1.0/applications", `{"displayName":"a"}`)
	refused.fails(429, "TooManyRequests", "Please retry again later.")
	wait, err := strconv.ParseFloat(refused.header.Get("Retry-After"), 64)
	if err != nil || wait <= 5 || wait > 10 || refused.header.Get("x-ms-throttle-scope") != "Tenant_Application/ReadWrite"+scope ||
		refused.header.Get("x-ms-throttle-information") != "ResourceUnitLimitExceeded" {
		t.Errorf("%v", refused.header)
	}
	log := c.tenant.Requests()
	if last := log[len(log)-1]; last.Note != "throttled: units" || last.Status != 429 {
		t.Errorf("the log says %+v", last)
	}
	c.post("/_local/clock", `{"advance":"10s"}`).want(204)
	for range 3 {
		c.application(`{"displayName":"a"}`)
	}
	c.post("/_local/clock", `{"advance":"10s"}`).want(204)
	refused = c.post("/v1.0/applications", `{"displayName":"a"}`).want(429)
	if refused.header.Get("x-ms-throttle-information") != "WriteLimitExceeded" || refused.header.Get("x-ms-throttle-scope") != "Tenant_Application/Write"+scope {
		t.Errorf("%v", refused.header)
	}
	c.get("/v1.0/applications").want(200)
	c.delete("/_local/throttle").want(204)
	for range 10 {
		c.application(`{"displayName":"a"}`)
	}
}

func TestThrottle_batch(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.tenant.Throttle().Set(throttle.Limits{Units: throttle.Limit{Count: 3, Per: 10 * time.Second}})
	inner := `{"id":"%","method":"GET","url":"/applications/00000000-0000-4000-8000-000000000000"}`
	requests := []string{}
	for i := range 5 {
		requests = append(requests, strings.ReplaceAll(inner, "%", strconv.Itoa(i)))
	}
	batch := c.post("/v1.0/$batch", `{"requests":[`+strings.Join(requests, ",")+`]}`).want(200)
	if _, counted := batch.header["X-Ms-Resource-Unit"]; counted {
		t.Error("the batch itself has a cost")
	}
	statuses := map[float64]int{}
	for i := range 5 {
		status := batch.at("responses", i, "status").(float64)
		statuses[status]++
		headers := batch.at("responses", i, "headers").(map[string]any)
		if (headers["Retry-After"] != nil) != (status == 429) || headers["X-Ms-Resource-Unit"] != "1" {
			t.Errorf("%v: %v", status, headers)
		}
		if code := batch.at("responses", i, "body", "error", "code"); (code == "TooManyRequests") != (status == 429) {
			t.Errorf("%v: %v", status, code)
		}
	}
	if statuses[404] != 3 || statuses[429] != 2 {
		t.Errorf("%v", statuses)
	}
}

func TestThrottle_personalApplications(t *testing.T) {
	t.Parallel()
	c := start(t)
	personal := c.application(`{"displayName":"a","signInAudience":"AzureADandPersonalMicrosoftAccount","api":{"requestedAccessTokenVersion":2}}`)
	work := c.application(`{"displayName":"a"}`)
	for _, path := range []string{"/v1.0/applications/" + personal["id"].(string), "/v1.0/applications(appId='" + personal["appId"].(string) + "')"} {
		c.tenant.Throttle().Set(throttle.Limits{PersonalWrites: throttle.Limit{Count: 1, Per: time.Minute}})
		c.patch(path, `{"displayName":"b"}`).want(204)
		c.patch(path, `{"displayName":"c"}`).want(429)
		c.patch("/v1.0/applications/"+work["id"].(string), `{"displayName":"b"}`).want(204)
		c.patch("/v1.0/applications(uniqueName='nobody')", `{"displayName":"b"}`).want(404)
	}
}

// TestThrottle_unknownCallers are refused for what they are, however often they ask.
func TestThrottle_unknownCallers(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.tenant.Throttle().Set(throttle.Limits{Units: throttle.Limit{Count: 1, Per: time.Minute}})
	stranger := *c
	stranger.token = "a.b.c"
	for range 3 {
		stranger.get("/v1.0/applications").want(401)
	}
	c.get("/v1.0/applications").want(200)
	c.get("/v1.0/applications").want(429)
}

// TestThrottle_inBubble waits as long as asked, which takes no time there.
func TestThrottle_inBubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := inProcess(t)
		c.tenant.Throttle().Set(throttle.Limits{Units: throttle.Limit{Count: 10, Per: 10 * time.Second}})
		begin := time.Now()
		for range 200 {
			response, content, err := c.do(t.Context(), "GET", "/v1.0/applications?$select=id", "")
			if err != nil {
				t.Fatal(err)
			}
			if response.StatusCode != http.StatusTooManyRequests {
				continue
			}
			if !bytes.Contains(content, []byte("TooManyRequests")) {
				t.Errorf("%s", content)
			}
			wait, err := strconv.ParseFloat(response.Header.Get("Retry-After"), 64)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(wait * float64(time.Second)))
		}
		if took := time.Since(begin); took < 150*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

func TestLocal_throttle(t *testing.T) {
	t.Parallel()
	c := start(t)
	same(t, "at first", c.get("/_local/throttle").want(200).body, `{"limits":{}}`)
	c.do("PUT", "/_local/throttle", `{"size":"M"}`).want(204)
	same(t, "limits", c.get("/_local/throttle").want(200).body, `{"limits":{
		"units":{"count":5000,"per":"10s"},"appUnits":{"count":150000,"per":"20s"},
		"writes":{"count":3000,"per":"2m30s"},"appWrites":{"count":70000,"per":"5m0s"},"tenantWrites":{"count":18000,"per":"5m0s"},
		"personalWrites":{"count":60,"per":"1m0s"},"keys":{"count":150,"per":"1m0s"},
		"protection":{"count":1,"per":"1s"},"reports":{"count":5,"per":"10s"},
		"managerReads":{"count":250,"per":"10s"},"managerWrites":{"count":200,"per":"20s"},"managerDeletes":{"count":200,"per":"20s"},
		"identityPuts":{"count":10,"per":"1s"},"identityPutsInSubscription":{"count":2,"per":"1s"},"identityPutsOfResource":{"count":1,"per":"4s"},
		"identityGets":{"count":30,"per":"1s"},"identityGetsInSubscription":{"count":10,"per":"1s"},"identityGetsOfResource":{"count":1,"per":"2s"},
		"identityLists":{"count":15,"per":"1s"},"identityListsInSubscription":{"count":5,"per":"1s"},"identityListsOfResource":{"count":1,"per":"4s"},
		"identityDeletes":{"count":10,"per":"1s"},"identityDeletesInSubscription":{"count":2,"per":"1s"},"identityDeletesOfResource":{"count":1,"per":"4s"}}}`)
	for _, wrong := range []string{`{"size":"XL"}`, `{}`, `{"units":5}`, `nonsense`} {
		c.do("PUT", "/_local/throttle", wrong).want(400)
	}
	if c.tenant.Throttle().Limits() != throttle.Medium {
		t.Error("wrong limits are taken")
	}
	c.do("PUT", "/_local/throttle", `{"size":"off"}`).want(204)
	same(t, "off", c.get("/_local/throttle").want(200).body, `{"limits":{}}`)
}
