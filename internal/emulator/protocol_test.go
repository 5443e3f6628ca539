package emulator_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func TestHeaders(t *testing.T) {
	t.Parallel()
	c := start(t)
	got := c.get("/v1.0/applications", "client-request-id", "11111111-2222-4333-8444-555555555555")
	for name, want := range map[string]string{
		"client-request-id": "11111111-2222-4333-8444-555555555555", "OData-Version": "4.0",
		"Content-Type": "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
	} {
		if got.header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.header.Get(name), want)
		}
	}
	for _, name := range []string{"request-id", "Date", "x-ms-ags-diagnostic"} {
		if got.header.Get(name) == "" {
			t.Errorf("no header %s", name)
		}
	}
	refused := c.get("/v1.0/applications/x", "client-request-id", "11111111-2222-4333-8444-555555555555")
	if id := refused.at("error", "innerError", "client-request-id"); id != "11111111-2222-4333-8444-555555555555" {
		t.Errorf("client-request-id in the error is %v", id)
	}
	if refused.header.Get("Content-Type") != "application/json" {
		t.Errorf("Content-Type of an error is %s", refused.header.Get("Content-Type"))
	}
}

func TestBody_unreadable(t *testing.T) {
	t.Parallel()
	c := start(t)
	const path = "/v1.0/applications"
	const unreadable = "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."
	c.post(path, "").fails(400, "BadRequest", "Empty Payload. JSON content expected.")
	c.post(path, `{"displayName":`).fails(400, "BadRequest", unreadable)
	c.post(path, `[]`).fails(400, "BadRequest", unreadable)
	c.post(path, `null`).fails(400, "BadRequest", unreadable)
	c.post(path, `{"displayName":"a"}`, "Content-Type", "").fails(400, "BadRequest", "Write requests (excluding DELETE) must contain the Content-Type header declaration.")
	c.post(path, `{"displayName":"a"}`, "Content-Type", "text/plain").want(415)
	c.post(path, `{"displayName":"a"}`, "Content-Encoding", "gzip").fails(400, "BadRequest", unreadable)
	c.post(path, `{"displayName":"`+strings.Repeat("x", 5<<20)+`"}`).want(413)
	c.post(path, `{"displayName":"a"}`, "Content-Type", "application/json; charset=utf-8").want(201)
}

func TestGzip(t *testing.T) {
	t.Parallel()
	c := start(t)
	var compressed bytes.Buffer
	w := gzip.NewWriter(&compressed)
	_, _ = w.Write([]byte(`{"displayName":"compressed"}`))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	// Setting the header by hand keeps net/http from unpacking the answer unseen.
	answer := c.post("/v1.0/applications", compressed.String(), "Content-Encoding", "gzip", "Accept-Encoding", "gzip").want(201)
	if answer.header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("the answer is not compressed: %v", answer.header)
	}
	r, err := gzip.NewReader(bytes.NewReader(answer.raw))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil || !bytes.Contains(content, []byte(`"displayName":"compressed"`)) {
		t.Errorf("%v in %s", err, content)
	}
	plain := c.get("/v1.0/applications", "Accept-Encoding", "identity").want(200)
	if plain.header.Get("Content-Encoding") != "" || plain.body == nil {
		t.Errorf("plain answer: %v", plain.header)
	}
}

// lines collects what is logged.
type lines struct {
	mutex sync.Mutex
	text  strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

func TestUnknownOperation(t *testing.T) {
	t.Parallel()
	var log lines
	c := start(t, func(o *emulator.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	id := c.application(`{"displayName":"a"}`)["id"].(string)
	const notAllowed = "Specified HTTP method is not allowed for the request target."
	for _, test := range []struct {
		method, path  string
		status        int
		code, message string
	}{
		{"GET", "/v1.0/nonsense", 400, "BadRequest", "Resource not found for the segment 'nonsense'."},
		{"GET", "/beta/nonsense/x", 400, "BadRequest", "Resource not found for the segment 'nonsense'."},
		{"GET", "/v1.0/applications/" + id + "/nonsense", 400, "BadRequest", "Resource not found for the segment 'nonsense'."},
		{"GET", "/v1.0/applications/" + id + "/synchronization", 400, "BadRequest", "Resource not found for the segment 'synchronization'."},
		{"PUT", "/v1.0/applications/" + id, 405, "Request_BadRequest", notAllowed},
		{"DELETE", "/v1.0/applications", 405, "Request_BadRequest", notAllowed},
		{"POST", "/v1.0/users", 405, "Request_BadRequest", notAllowed},
		{"GET", "/v1.0/applications/" + id + "/addPassword", 405, "Request_BadRequest", notAllowed},
	} {
		before := strings.Count(log.String(), "not implemented here")
		c.do(test.method, test.path, "").fails(test.status, test.code, test.message)
		if after := strings.Count(log.String(), "not implemented here"); after != before+1 {
			t.Errorf("%s %s is not in the log", test.method, test.path)
		}
	}
	c.get("/nonsense").want(http.StatusNotFound)
	if !strings.Contains(log.String(), "path=/nonsense") {
		t.Error("a path outside Microsoft Graph is not in the log")
	}
}

func TestBatch(t *testing.T) {
	t.Parallel()
	c := start(t)
	answer := c.post("/v1.0/$batch", `{"requests":[
		{"id":"1","method":"POST","url":"/applications","headers":{"Content-Type":"application/json"},"body":{"displayName":"a"}},
		{"id":"2","method":"GET","url":"/applications?$filter=displayName eq 'a'","dependsOn":["1"]},
		{"id":"3","method":"GET","url":"/applications/x","dependsOn":["2"]},
		{"id":"4","method":"GET","url":"/applications","dependsOn":["3"]}]}`).want(200)
	statuses := map[any]any{}
	for i, id := range func() []any { return responses(answer, "id") }() {
		statuses[id] = responses(answer, "status")[i]
	}
	if statuses["1"] != 201.0 || statuses["2"] != 200.0 || statuses["3"] != 400.0 || statuses["4"] != 424.0 {
		t.Errorf("statuses %v", statuses)
	}
	if len(c.tenant.Objects("applications")) != 2 { // the caller's, and the new one
		t.Errorf("applications %v", c.tenant.Objects("applications"))
	}
}

func responses(a answer, member string) []any {
	var values []any
	for _, item := range a.body["responses"].([]any) {
		values = append(values, item.(map[string]any)[member])
	}
	return values
}

func TestParallelClients(t *testing.T) {
	t.Parallel()
	c := start(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 10 {
				app := c.post("/v1.0/applications", `{"displayName":"a"}`)
				path := "/v1.0/applications/" + app.body["id"].(string)
				c.post("/v1.0/servicePrincipals", `{"appId":"`+app.body["appId"].(string)+`"}`)
				c.post(path+"/federatedIdentityCredentials", credential("main", "s"))
				c.patch(path, `{"tags":["t"]}`)
				c.get("/v1.0/applications?$expand=owners")
				c.get("/beta/servicePrincipals?$top=5")
				c.delete(path)
			}
		})
	}
	group.Wait()
	for _, r := range c.tenant.Requests() {
		if r.Status >= 400 {
			t.Errorf("%s %s: %d", r.Method, r.Path, r.Status)
		}
	}
	if left := c.tenant.Objects("applications"); len(left) != 1 {
		t.Errorf("left %d applications", len(left))
	}
	if deleted := c.tenant.Objects("deletedItems"); len(deleted) != 160 {
		t.Errorf("%d deleted items", len(deleted))
	}
}
