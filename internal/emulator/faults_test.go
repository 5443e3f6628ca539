package emulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

// caller speaks to a tenant through any transport, and takes errors as they come.
type caller struct {
	http   *http.Client
	url    string
	tenant *emulator.Tenant
	token  string
}

func (c caller) do(ctx context.Context, method, path, body string) (*http.Response, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.url+path, strings.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Accept-Encoding", "identity") // so that the client shows the answer's length
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	return response, content, err
}

// applications is how many there are besides the seeded one.
func (c caller) applications() int { return len(c.tenant.Objects("applications")) - 1 }

const permission = "Application.ReadWrite.All"

// inProcess is a caller without a network; in a bubble of synctest it has to be made there.
func inProcess(t *testing.T) caller {
	t.Helper()
	tenant, err := emulator.New(emulator.Options{Hosts: []string{"tenant.example"}})
	if err != nil {
		t.Fatal(err)
	}
	return caller{&http.Client{Transport: emulator.RoundTripper{Tenant: tenant}}, "https://tenant.example", tenant, tenant.Token(permission)}
}

// overHTTP is a caller over a connection of that version of HTTP.
func overHTTP(t *testing.T, version2 bool) caller {
	t.Helper()
	tenant, err := emulator.New(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(tenant)
	server.Config.ConnContext = emulator.ConnContext
	server.EnableHTTP2 = version2
	server.StartTLS()
	t.Cleanup(server.Close)
	return caller{server.Client(), server.URL, tenant, tenant.Token(permission)}
}

// broken are what happens to connections, in each way to reach a tenant, and how often the request is carried out.
var broken = []struct {
	rule    string
	applied int
	status  int // of the log
	is      error
}{
	{"POST /applications reset", 0, 0, syscall.ECONNRESET},
	{"POST /applications reset after", 1, 0, syscall.ECONNRESET},
	{"POST /applications lost=10ms", 1, 0, syscall.ECONNRESET},
	{"POST /applications truncated", 1, 201, io.ErrUnexpectedEOF},
}

func TestFaults_broken(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(*testing.T) caller{
		"in process": inProcess,
		"HTTP/1.1":   func(t *testing.T) caller { return overHTTP(t, false) },
		"HTTP/2":     func(t *testing.T) caller { return overHTTP(t, true) },
	} {
		for _, test := range broken {
			t.Run(name+" "+test.rule, func(t *testing.T) {
				t.Parallel()
				c := make(t)
				c.tenant.Faults().Set(fault.MustParse(test.rule + " count=1")...)
				response, content, err := c.do(t.Context(), "POST", "/v1.0/applications", `{"displayName":"a"}`)
				if err == nil || name == "in process" && !errors.Is(err, test.is) {
					t.Errorf("the error is %v", err)
				}
				if truncated := response != nil; truncated != (test.status != 0) {
					t.Errorf("the answer is %v", response)
				} else if truncated && (response.StatusCode != test.status || len(content) == 0 || response.ContentLength <= int64(len(content))) {
					t.Errorf("%d, %d of %d bytes", response.StatusCode, len(content), response.ContentLength)
				}
				if got := c.applications(); got != test.applied {
					t.Errorf("%d applications, want %d", got, test.applied)
				}
				response, _, err = c.do(t.Context(), "POST", "/v1.0/applications", `{"displayName":"b"}`)
				if err != nil || response.StatusCode != http.StatusCreated {
					t.Errorf("afterwards: %v %v", response, err)
				}
				first := c.tenant.Requests()[0]
				if first.Status != test.status || first.Note != "fault: "+test.rule+" count=1" {
					t.Errorf("the log says %+v", first)
				}
			})
		}
	}
}

// slow are answers that come late, which a bubble's clock shows without waiting for them.
func TestFaults_slow(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rule     string
		deadline time.Duration
		takes    time.Duration
		status   int // 0: no answer in time
		applied  int
	}{
		{"* /** delayed=10m", time.Minute, time.Minute, 0, 1},
		{"* /** delayed=10m", time.Hour, 10 * time.Minute, 201, 1},
		{"* /** lost", time.Minute, time.Minute, 0, 1},
		{"* /** lost=20s", time.Minute, 20 * time.Second, 0, 1},
		{"* /** lost", time.Hour, 4 * time.Minute, 0, 1},
		{"* /** latency=30s", time.Minute, 30 * time.Second, 201, 1},
		{"* /** latency=2m", time.Minute, time.Minute, 0, 0},
		{"* /** latency=10s\n* /applications latency=5s\n* /** reset after", time.Minute, 15 * time.Second, 0, 1},
	} {
		t.Run(test.rule, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := inProcess(t)
				c.tenant.Faults().Set(fault.MustParse(test.rule)...)
				ctx, cancel := context.WithTimeout(t.Context(), test.deadline)
				defer cancel()
				start := time.Now()
				response, _, err := c.do(ctx, "POST", "/v1.0/applications", `{"displayName":"a"}`)
				took := time.Since(start)
				late := test.takes == test.deadline
				if took != test.takes || (err == nil) != (test.status != 0) || errors.Is(err, context.DeadlineExceeded) != late {
					t.Errorf("after %s: %v", took, err)
				}
				if err == nil && response.StatusCode != test.status {
					t.Errorf("status %d", response.StatusCode)
				}
				synctest.Wait()
				if got := c.applications(); got != test.applied {
					t.Errorf("%d applications, want %d", got, test.applied)
				}
				if log := c.tenant.Requests(); len(log) != 1 || log[0].Note == "" || log[0].Status != test.status {
					t.Errorf("the log says %+v", log)
				}
			})
		})
	}
}

func TestFaults_latencyIsDistributed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := inProcess(t)
		c.tenant.Faults().Set(fault.MustParse("* /** latency=50ms..200ms seed=3")...)
		seen := map[time.Duration]bool{}
		for range 200 {
			start := time.Now()
			if _, _, err := c.do(t.Context(), "GET", "/v1.0/applications", ""); err != nil {
				t.Fatal(err)
			}
			took := time.Since(start)
			if took < 50*time.Millisecond || took > 200*time.Millisecond {
				t.Fatalf("took %s", took)
			}
			seen[took.Truncate(50*time.Millisecond)] = true
		}
		if len(seen) < 3 {
			t.Errorf("only %v", seen)
		}
	})
}

// TestFaults_clientGivesUp has the tenant notice on a real connection that nobody waits any more.
func TestFaults_clientGivesUp(t *testing.T) {
	t.Parallel()
	for name, version2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := overHTTP(t, version2)
			if _, _, err := c.do(t.Context(), "GET", "/v1.0/applications", ""); err != nil { // which connects
				t.Fatal(err)
			}
			c.tenant.ResetRequests()
			c.tenant.Faults().Set(fault.MustParse("POST /** lost")...)
			ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
			defer cancel()
			if _, _, err := c.do(ctx, "POST", "/v1.0/applications", `{"displayName":"a"}`); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the error is %v", err)
			}
			for len(c.tenant.Requests()) == 0 {
				time.Sleep(5 * time.Millisecond) // the test's timeout ends this
			}
			if got := c.applications(); got != 1 {
				t.Errorf("%d applications", got)
			}
		})
	}
}

func TestFaults_status(t *testing.T) {
	t.Parallel()
	c := start(t)
	application := c.application(`{"displayName":"a"}`)
	path := "/v1.0/applications/" + application["id"].(string)
	set := func(rules ...string) { c.tenant.Faults().Set(fault.MustParse(rules...)...) }

	set("PATCH /applications/* 409")
	c.patch(path, `{"displayName":"b"}`).fails(409, "Directory_ConcurrencyViolation", "Error due to concurrent requests being made to the tenant. Please wait briefly and retry.")
	set("* /applications/* 404")
	c.get(path).fails(404, "Request_ResourceNotFound", strings.ReplaceAll(missing, "%s", application["id"].(string)))
	set("* /** 503")
	c.get(path).fails(503, "serviceNotAvailable", "Service unavailable")
	set("* /** 504")
	c.get(path).fails(504, "UnknownError", "")
	set("* /** 403 code=Directory_QuotaExceeded message=\"No room.\"")
	c.get(path).fails(403, "Directory_QuotaExceeded", "No room.")
	set("* /** 401")
	if got := c.get(path).want(401).header.Get("WWW-Authenticate"); !strings.HasPrefix(got, "Bearer ") {
		t.Errorf("WWW-Authenticate %q", got)
	}

	set("* /** 429")
	throttled := c.get(path)
	throttled.fails(429, "TooManyRequests", "Please retry again later.")
	if _, given := throttled.header["Retry-After"]; given {
		t.Error("Retry-After, which was not asked for")
	}
	inner, _ := throttled.at("error", "innerError").(map[string]any)
	if inner["code"] != "429" || inner["status"] != "429" || inner["message"] != "Please retry after" {
		t.Errorf("innerError %v", inner)
	}
	set("* /** 429 retry-after=2.128")
	if got := c.get(path).want(429).header.Get("Retry-After"); got != "2.128" {
		t.Errorf("Retry-After %q", got)
	}

	set("PATCH /** 504 after count=1")
	c.patch(path, `{"displayName":"done"}`).want(504)
	if got := c.get(path).want(200).body["displayName"]; got != "done" {
		t.Errorf("displayName %v", got)
	}
	set("PATCH /** 504 count=1")
	c.patch(path, `{"displayName":"not done"}`).want(504)
	if got := c.get(path).want(200).body["displayName"]; got != "done" {
		t.Errorf("displayName %v", got)
	}
}

// TestFaults_otherServices has the errors in the form of those.
func TestFaults_otherServices(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.tenant.Faults().Set(fault.MustParse("POST /*/oauth2/v2.0/token 503 retry-after=1", "* /subscriptions 429 retry-after=5", "* /subscriptions/** expired")...)
	token := c.post("/"+c.tenant.TenantID()+"/oauth2/v2.0/token", "grant_type=client_credentials").want(503)
	if token.at("error") != "temporarily_unavailable" || !strings.HasPrefix(token.at("error_description").(string), "AADSTS90033: ") || token.header.Get("Retry-After") != "1" {
		t.Errorf("%s", token.raw)
	}
	if manager := c.get("/subscriptions?api-version=2022-12-01").want(429); manager.at("error", "code") != "TooManyRequests" || manager.header.Get("Retry-After") != "5" {
		t.Errorf("%s", manager.raw)
	}
	if manager := c.get("/subscriptions/x?api-version=2022-12-01").want(401); manager.at("error", "code") != "ExpiredAuthenticationToken" {
		t.Errorf("%s", manager.raw)
	}
}

// TestFaults_which counts which of the matching requests fail.
func TestFaults_which(t *testing.T) {
	t.Parallel()
	c := start(t)
	ask := func(n int) string {
		var pattern strings.Builder
		for range n {
			if c.get("/v1.0/applications?$select=id").status == 200 {
				pattern.WriteByte('.')
			} else {
				pattern.WriteByte('x')
			}
		}
		return pattern.String()
	}
	for rules, want := range map[string]string{
		"GET /applications 503":                 "xxxxxx",
		"GET /applications 503 count=2":         "xx....",
		"GET /applications 503 skip=2":          "..xxxx",
		"GET /applications 503 skip=1 count=2":  ".xx...",
		"POST /applications 503":                "......",
		"* /** 503 count=1\n* /** 504 skip=2":   "x..xxx",
		"* /** latency=0s\n* /** reset skip=10": "......",
	} {
		c.tenant.Faults().Set(fault.MustParse(rules)...)
		if got := ask(6); got != want {
			t.Errorf("%s: %s, want %s", rules, got, want)
		}
	}
	first := ""
	for _, seed := range []string{"1", "1", "2"} {
		c.tenant.Faults().Set(fault.MustParse("GET /applications 503 p=0.3 seed=" + seed)...)
		got := ask(200)
		if failed := strings.Count(got, "x"); failed < 30 || failed > 90 {
			t.Errorf("seed %s: %d of 200 failed", seed, failed)
		}
		switch {
		case first == "":
			first = got
		case (got == first) != (seed == "1"):
			t.Errorf("seed %s: the same as by seed 1 is %t", seed, got == first)
		}
	}
	c.tenant.Faults().Clear()
	if got := ask(3); got != "..." {
		t.Errorf("without rules %s", got)
	}
}

func TestFaults_expired(t *testing.T) {
	t.Parallel()
	c := start(t)
	fresh := c.as(permission)
	c.get("/v1.0/applications").want(200)
	c.tenant.Faults().Set(fault.MustParse("GET /applications/* expired count=1")...)
	c.get("/v1.0/applications").want(200)
	c.get("/v1.0/applications/x").fails(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
	// Asking again with the same token is of no use, whatever for.
	c.get("/v1.0/applications").fails(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
	c.post("/v1.0/$batch", `{"requests":[{"id":"1","method":"GET","url":"/applications"}]}`).want(401)
	fresh.get("/v1.0/applications").want(200)
	c.tenant.Faults().Clear()
	c.get("/v1.0/applications").want(200)
}

func TestFaults_batch(t *testing.T) {
	t.Parallel()
	c := start(t)
	const both = `{"requests":[
		{"id":"1","method":"GET","url":"/applications?$select=id"},
		{"id":"2","method":"POST","url":"/applications","headers":{"Content-Type":"application/json"},"body":{"displayName":"a"}}]}`
	statuses := func(a answer) [2]float64 {
		return [2]float64{a.want(200).at("responses", 0, "status").(float64), a.at("responses", 1, "status").(float64)}
	}
	c.tenant.Faults().Set(fault.MustParse("POST /applications 429 retry-after=0.5 count=1")...)
	refused := c.post("/v1.0/$batch", both)
	if got := statuses(refused); got != [2]float64{200, 429} || refused.at("responses", 1, "headers", "Retry-After") != "0.5" {
		t.Errorf("%s", refused.raw)
	}
	if got := statuses(c.post("/v1.0/$batch", both)); got != [2]float64{200, 201} {
		t.Errorf("%v", got)
	}
	log := c.tenant.Requests()
	if got := log[len(log)-2]; got.Status != 200 || got.Note != "fault: POST /applications 429 retry-after=0.5 count=1" {
		t.Errorf("the log says %+v", got)
	}

	c.tenant.Faults().Set(fault.MustParse("POST /$batch 503")...)
	c.post("/v1.0/$batch", both).fails(503, "serviceNotAvailable", "Service unavailable")

	// A connection is of the whole batch.
	before := len(c.tenant.Objects("applications"))
	c.tenant.Faults().Set(fault.MustParse("POST /applications reset after")...)
	if response, err := c.server.Client().Do(batchRequest(c, both)); err == nil {
		_ = response.Body.Close()
		t.Errorf("an answer, %s", response.Status)
	}
	if got := len(c.tenant.Objects("applications")); got != before+1 {
		t.Errorf("%d applications, want %d", got, before+1)
	}
}

func batchRequest(c *client, body string) *http.Request {
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.server.URL+"/v1.0/$batch", strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Content-Type", "application/json")
	return request
}

func TestFaults_batchLatencyOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := inProcess(t)
		c.tenant.Faults().Set(fault.MustParse("* /** latency=1s")...)
		start := time.Now()
		_, content, err := c.do(t.Context(), "POST", "/v1.0/$batch", `{"requests":[{"id":"1","method":"GET","url":"/applications"}]}`)
		if took := time.Since(start); took != time.Second || err != nil || !bytes.Contains(content, []byte(`"status":200`)) {
			t.Errorf("after %s: %s %v", took, content, err)
		}
	})
}

// TestFaults_wholeRequest keeps the body of a request that waits or is refused half way.
func TestFaults_wholeRequest(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.tenant.Faults().Set(fault.MustParse("* /** latency=1ms", "* /** delayed=1ms")...)
	name := strings.Repeat("x", 200)
	if got := c.application(`{"displayName":"` + name + `"}`)["displayName"]; got != name {
		t.Errorf("displayName %v", got)
	}
	c.tenant.Faults().Set(fault.MustParse("GET /** delayed=1ms")...)
	whole := c.get("/v1.0/applications", "Accept-Encoding", "identity").want(200)
	if !json.Valid(whole.raw) || whole.header.Get("request-id") == "" {
		t.Errorf("%v %s", whole.header, whole.raw)
	}
}

func TestLocal_faults(t *testing.T) {
	t.Parallel()
	c := start(t)
	same(t, "at first", c.get("/_local/faults").want(200).body, `{"rules":[]}`)
	c.do("PUT", "/_local/faults", `{"rules":["get /applications 503 count=1","* /** latency=1ms"]}`).want(204)
	c.get("/v1.0/applications").want(503)
	c.get("/v1.0/applications").want(200)
	same(t, "rules", c.get("/_local/faults").want(200).body, `{"rules":[
		{"rule":"GET /applications 503 count=1","matched":2,"applied":1},{"rule":"* /** latency=1ms","matched":1,"applied":1}]}`)
	for _, wrong := range []string{`{"rules":["GET /applications nothing"]}`, `{"rules":"GET / 503"}`, `{"rule":[]}`, `nonsense`} {
		c.do("PUT", "/_local/faults", wrong).want(400)
	}
	if got := len(c.tenant.Faults().Report()); got != 2 {
		t.Errorf("%d rules after wrong ones", got)
	}
	c.delete("/_local/faults").want(204)
	same(t, "at last", c.get("/_local/faults").want(200).body, `{"rules":[]}`)
	c.get("/v1.0/applications").want(200)
}
