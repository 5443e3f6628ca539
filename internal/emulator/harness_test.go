package emulator_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/conformance"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// client speaks to a tenant over HTTP, as someone with certain permissions.
type client struct {
	t      *testing.T
	tenant *emulator.Tenant
	server *httptest.Server
	token  string
}

// start runs a new tenant and returns a client that may do everything with applications and read the directory.
func start(t *testing.T, options ...func(*emulator.Options)) *client {
	t.Helper()
	var o emulator.Options
	for _, option := range options {
		option(&o)
	}
	tenant, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(tenant)
	server.Config.ConnContext = emulator.ConnContext
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if err := tenant.Close(); err != nil {
			t.Error(err)
		}
	})
	c := &client{t: t, tenant: tenant, server: server}
	if documents := microsoftsOwn(); documents != nil {
		server.Client().Transport = documents.Transport(server.Client().Transport, func(v conformance.Violation) {
			// The requests of these tests are wrong on purpose. In the documents a collection of references is one of
			// strings, which OData has as objects (OData JSON Format 4.01, section 14).
			if v.Part == "answer" && !strings.HasSuffix(v.Target, "/$ref") {
				t.Error(v)
			}
		})
	}
	return c.as("Application.ReadWrite.All", "Directory.Read.All", "User.Read.All", "Group.Read.All", "Organization.Read.All")
}

// microsoftsOwn is Microsoft's description of Microsoft Graph, which every answer is held against where it is at hand.
var microsoftsOwn = sync.OnceValue(func() *conformance.Documents {
	folder := os.Getenv("GRAPH_OPENAPI_DIR")
	if folder == "" {
		return nil
	}
	documents, err := conformance.Load(folder)
	if err != nil {
		panic(err)
	}
	return documents
})

// as returns a client with other permissions.
func (c *client) as(roles ...string) *client {
	other := *c
	other.token = c.tenant.Token(roles...)
	return &other
}

// answer is a response that has been read.
type answer struct {
	t       *testing.T
	request string
	status  int
	header  http.Header
	raw     []byte
	body    map[string]any
}

func (c *client) do(method, path, body string, headers ...string) answer {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.server.URL+strings.ReplaceAll(path, " ", "%20"), strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := c.server.Client().Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	a := answer{t: c.t, request: method + " " + path, status: response.StatusCode, header: response.Header, raw: content}
	if bytes.HasPrefix(content, []byte("{")) {
		if err := json.Unmarshal(content, &a.body); err != nil {
			c.t.Fatalf("%s: %v in %s", a.request, err, content)
		}
	}
	return a
}

func (c *client) get(path string, headers ...string) answer {
	c.t.Helper()
	return c.do(http.MethodGet, path, "", headers...)
}

func (c *client) post(path, body string, headers ...string) answer {
	c.t.Helper()
	return c.do(http.MethodPost, path, body, headers...)
}

func (c *client) patch(path, body string, headers ...string) answer {
	c.t.Helper()
	return c.do(http.MethodPatch, path, body, headers...)
}

func (c *client) delete(path string) answer {
	c.t.Helper()
	return c.do(http.MethodDelete, path, "")
}

// application creates an application and returns it.
func (c *client) application(body string) map[string]any {
	c.t.Helper()
	return c.post("/v1.0/applications", body).want(http.StatusCreated).body
}

// principal creates an application and its service principal.
func (c *client) principal(body string) (application, principal map[string]any) {
	c.t.Helper()
	application = c.application(body)
	principal = c.post("/v1.0/servicePrincipals", `{"appId":"`+application["appId"].(string)+`"}`).want(http.StatusCreated).body
	return application, principal
}

// want fails the test unless the answer has the status.
func (a answer) want(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: status %d, want %d: %s", a.request, a.status, status, a.raw)
	}
	return a
}

// fails fails the test unless the answer is that error of Microsoft Graph's.
func (a answer) fails(status int, code, message string) {
	a.t.Helper()
	a.want(status)
	problem, _ := a.body["error"].(map[string]any)
	if problem["code"] != code || problem["message"] != message {
		a.t.Errorf("%s:\n got %v: %v\nwant %s: %s", a.request, problem["code"], problem["message"], code, message)
	}
	inner, _ := problem["innerError"].(map[string]any)
	if inner["request-id"] != a.header.Get("request-id") || inner["client-request-id"] == "" || inner["date"] == "" {
		a.t.Errorf("%s: innerError is %v", a.request, inner)
	}
}

// at returns what is at a path of member names and indexes in the body.
func (a answer) at(path ...any) any {
	a.t.Helper()
	return at(a.t, a.body, path...)
}

func at(t *testing.T, value any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, ok := value.(map[string]any)
			if !ok {
				t.Fatalf("no object to take %q from: %v", step, value)
			}
			value = object[step]
		case int:
			items, ok := value.([]any)
			if !ok || step >= len(items) {
				t.Fatalf("no item %d: %v", step, value)
			}
			value = items[step]
		}
	}
	return value
}

// values returns one member of each object of the answer's collection.
func (a answer) values(member string) []any {
	a.t.Helper()
	items, ok := a.body["value"].([]any)
	if !ok {
		a.t.Fatalf("%s: no collection: %s", a.request, a.raw)
	}
	values := make([]any, len(items))
	for i, item := range items {
		values[i] = item.(map[string]any)[member]
	}
	return values
}

func marshal(t *testing.T, value any) string {
	t.Helper()
	content, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func parse(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return value
}

// same fails the test unless the value is what the JSON text says.
func same(t *testing.T, what string, got any, want string) {
	t.Helper()
	if !reflect.DeepEqual(got, parse(t, want)) {
		content, _ := json.Marshal(got)
		t.Errorf("%s:\n got %s\nwant %s", what, content, want)
	}
}

const missing = "Resource '%s' does not exist or one of its queried reference-property objects are not present."
