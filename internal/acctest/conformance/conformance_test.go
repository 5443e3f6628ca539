package conformance

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
)

func load(t *testing.T) *Documents {
	t.Helper()
	d, err := Load("testdata")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func jsonHeader() http.Header {
	return http.Header{"Content-Type": {"application/json;odata.metadata=minimal"}}
}

func expect(t *testing.T, found []Violation, want ...string) {
	t.Helper()
	if len(found) != len(want) {
		t.Fatalf("got %v, want %d: %q", found, len(want), want)
	}
	for i, v := range found {
		if text := v.Part + " " + v.At + ": " + v.Message; !strings.Contains(text, want[i]) {
			t.Errorf("got %q, want %q", text, want[i])
		}
	}
}

func TestCheck_answers(t *testing.T) {
	t.Parallel()
	d := load(t)
	for body, want := range map[string]string{
		`{"id": "1", "displayName": null, "tags": ["a"], "count": 1, "ratio": 1.5, "enabled": true}`: "",
		`{"@odata.context": "https://x", "owners@odata.context": "https://x"}`:                       "",
		`{"web": {"homePageUrl": "a"}}`:          "",
		`{"web": null, "count": null}`:           "",
		`{"free": [1, {"a": null}]}`:             "",
		`{"free": null}`:                         "",
		`{"attributes": {"a": "b"}}`:             "",
		`{"attributes": {"a": 1}}`:               "answer attributes.a: string is documented, and it has 1",
		`{"extension_` + hex32 + `_color": "x"}`: "",
		`{"keyId": "00000003-0000-0000-c000-000000000000", "when": "2026-01-02T03:04:05.123Z", "blob": "AA=="}`: "",
		`{"colour": "x"}`:                "answer colour: the property is not documented for microsoft.graph.application",
		`{"web": {"homepage": "a"}}`:     "answer web.homepage: the property is not documented for microsoft.graph.web",
		`{"web": {"homePageUrl": null}}`: "answer web.homePageUrl: null is not documented",
		`{"web": []}`:                    "answer web: object is documented, and it has []",
		`{"web": "x"}`:                   `answer web: object is documented, and it has "x"`,
		`{"tags": null}`:                 "answer tags: null is not documented",
		`{"tags": "a"}`:                  `answer tags: array is documented, and it has "a"`,
		`{"tags": ["a", 1]}`:             "answer tags[1]: string is documented, and it has 1",
		`{"tags": {}}`:                   "answer tags: array is documented, and it has an object",
		`{"count": 1.5}`:                 "answer count: integer is documented",
		`{"count": "1"}`:                 "answer count: integer is documented",
		`{"enabled": "true"}`:            "answer enabled: boolean is documented",
		`{"displayName": true}`:          "answer displayName: string is documented, and it has true",
		`{"displayName": ["x"]}`:         "answer displayName: string is documented",
		`{"keyId": "1"}`:                 "answer keyId: the format uuid",
		`{"when": "yesterday"}`:          "answer when: the format date-time",
		`{"blob": "?"}`:                  "answer blob: the format base64url",
		`{"audience": "two"}`:            "",
		`{"audience": "three"}`:          "answer audience: [one two] are documented",
		`[]`:                             "answer : an object is documented",
		`{`:                              "not JSON",
		`{"@odata.type": "#microsoft.graph.web", "displayName": "a"}`: "answer displayName: the property is not documented for microsoft.graph.web",
		`{"@odata.type": "#microsoft.graph.unheardOf", "any": "a"}`:   "",
	} {
		found := d.Check(Exchange{Method: "GET", Target: "/v1.0/applications(appId='x')", Status: 200, ResponseHeader: jsonHeader(), ResponseBody: []byte(body)})
		if want == "" {
			if len(found) > 0 {
				t.Errorf("%s: %v", body, found)
			}
			continue
		}
		expect(t, found, want)
	}
}

const hex32 = "0123456789abcdef0123456789abcdef"

func TestCheck_requests(t *testing.T) {
	t.Parallel()
	d := load(t)
	for _, test := range []struct {
		method, target, body string
		status               int
		want                 []string
	}{
		{"PATCH", "/v1.0/applications/1", `{"displayName": null, "owners@odata.bind": ["x"]}`, 204, nil},
		{"PATCH", "/v1.0/applications/1", `{"id": "1"}`, 204, []string{"request id: it is documented as read-only"}},
		{"PATCH", "/v1.0/applications/1", `{"name": "a"}`, 204, []string{"request name: it is documented as not to be changed"}},
		{"PATCH", "/v1.0/applications/1", `{"uniqueName": "a"}`, 204, nil},
		{"PATCH", "/v1.0/applications/1", `{"colour": "a"}`, 204, []string{"request colour: the property is not documented"}},
		{"PATCH", "/v1.0/applications/1", `{"colour": "a"}`, 400, nil},
		{"PATCH", "/v1.0/applications/1", `{"@odata.context": "a"}`, 204, []string{"request @odata.context: the property is not documented"}},
		{"DELETE", "/v1.0/applications/1", "", 204, nil},
		{"DELETE", "/v1.0/applications/1", "{}", 204, []string{"a body is not documented"}},
		{"PUT", "/v1.0/applications/1", "", 204, []string{"not with this method"}},
		{"PUT", "/v1.0/applications/1", "", 405, nil},
		{"GET", "/v1.0/applicants", "", 200, []string{"the path is not documented"}},
		{"GET", "/token", "", 200, nil},
		// The function, not an application of this id, which could not be read.
		{"GET", "/v1.0/applications/delta", "", 200, nil},
		{"DELETE", "/beta/applications/1/credentials", "", 204, nil},
		{"DELETE", "/beta/applications(uniqueName='a%2Fb')/credentials", "", 204, nil},
		{"DELETE", "/beta/applications/1", "", 204, nil},
		{"DELETE", "/v1.0/applications/1/credentials", "", 204, []string{"the path is not documented"}},
		{"DELETE", "/v1.0/applications/1?$top=1", "", 204, []string{"query option $top"}},
	} {
		t.Run(test.method+" "+test.target+" "+test.body, func(t *testing.T) {
			t.Parallel()
			found := d.Check(Exchange{Method: test.method, Target: test.target, RequestHeader: jsonHeader(), RequestBody: []byte(test.body), Status: test.status})
			expect(t, found, test.want...)
		})
	}
	page := `{"value": [{"id": "1"}], "@odata.nextLink": "https://x"}`
	expect(t, d.Check(Exchange{Method: "GET", Target: "/v1.0/applications?$top=1&$skiptoken=x", Status: 200, ResponseHeader: jsonHeader(), ResponseBody: []byte(page)}))
	expect(t, d.Check(Exchange{Method: "GET", Target: "/v1.0/applications?$filter=x", Status: 200, ResponseHeader: jsonHeader(), ResponseBody: []byte(page)}),
		"query option $filter is not documented")
}

func TestCheck_errors(t *testing.T) {
	t.Parallel()
	d := load(t)
	check := func(target, body string, status int) []Violation {
		return d.Check(Exchange{Method: "GET", Target: target, Status: status, ResponseHeader: jsonHeader(), ResponseBody: []byte(body)})
	}
	expect(t, check("/v1.0/applications", `{"error": {"code": "x"}}`, 400))
	expect(t, check("/v1.0/applications", `{"error": {}}`, 400), "answer error.code: it is documented as required")
	expect(t, check("/v1.0/applications", `{}`, 400), "answer error: it is documented as required")
	expect(t, check("/v1.0/applications", "", 429))
	expect(t, check("/v1.0/applicants", `{"error": {"code": "x"}}`, 404))
	expect(t, check("/v1.0/applicants", "not found", 404), "the path is not documented")
}

func TestCheck_typesOfDirectoryObjects(t *testing.T) {
	t.Parallel()
	d := load(t)
	body := []byte(`{"value": [{"id": "1", "displayName": "a", "colour": "b"}]}`)
	expect(t, d.Check(Exchange{Method: "GET", Target: "/v1.0/directory/deletedItems/microsoft.graph.application", Status: 200, ResponseHeader: jsonHeader(), ResponseBody: body}),
		"answer value[0].colour: the property is not documented for microsoft.graph.application")
	body = []byte(`{"value": [{"@odata.type": "#microsoft.graph.application", "displayName": "a", "colour": "b"}, {"@odata.type": "#microsoft.graph.user", "mail": "c"}]}`)
	expect(t, d.Check(Exchange{Method: "GET", Target: "/v1.0/applications(appId='a')/owners", Status: 200, ResponseHeader: jsonHeader(), ResponseBody: body}),
		"answer value[0].colour: the property is not documented for microsoft.graph.application")
}

func TestCheck_streams(t *testing.T) {
	t.Parallel()
	d := load(t)
	for contentType, want := range map[string][]string{
		"image/png":                nil,
		"application/octet-stream": nil,
		"text/html":                {"the content type text/html is not documented"},
		"":                         {"cannot be read"},
	} {
		expect(t, d.Check(Exchange{Method: "GET", Target: "/v1.0/applications/1/logo", Status: 200, ResponseHeader: http.Header{"Content-Type": {contentType}}, ResponseBody: []byte("x")}), want...)
	}
}

func TestCheck_batch(t *testing.T) {
	t.Parallel()
	d := load(t)
	expect(t, d.Check(Exchange{
		Method: "POST", Target: "/v1.0/$batch", RequestHeader: jsonHeader(), Status: 200, ResponseHeader: jsonHeader(),
		RequestBody: []byte(`{"requests": [
			{"id": "a", "method": "GET", "url": "/applications"},
			{"id": "b", "method": "PATCH", "url": "applications/1", "headers": {"content-type": "application/json"}, "body": {"id": "x"}},
			{"id": "c", "method": "DELETE", "url": "/applications/1"},
			{"id": "d", "method": "DELETE", "url": "/applications/2"}
		]}`),
		ResponseBody: []byte(`{"responses": [
			{"id": "B", "status": 204, "body": null},
			{"id": "a", "status": 200, "headers": {"content-type": "application/json"}, "body": {"values": []}},
			{"id": "c", "status": 424}
		]}`),
	}),
		"answer values: the property is not documented",
		"request id: it is documented as read-only",
		"the request d has no answer")
}

func TestTransport_seesThroughCompressionAndPassesOn(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != `{"colour":"red"}` {
			t.Errorf("the server got %q, %v", body, err)
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(http.StatusCreated)
		z := gzip.NewWriter(w)
		_, _ = z.Write([]byte(`{"shape":"round"}`))
		_ = z.Close()
	}))
	defer server.Close()
	for name, next := range map[string]*http.Transport{
		"decoded by net/http": {},
		"left as it is":       {DisableCompression: true},
	} {
		t.Run(name, func(t *testing.T) {
			var found []Violation
			client := &http.Client{Transport: load(t).Transport(next, func(v Violation) { found = append(found, v) })}
			defer client.CloseIdleConnections()
			answer, err := client.Post(server.URL+"/v1.0/applications", "application/json", strings.NewReader(`{"colour":"red"}`))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = answer.Body.Close() }()
			body, err := io.ReadAll(answer.Body)
			if body = plain(answer.Header, body); err != nil || answer.StatusCode != http.StatusCreated || string(body) != `{"shape":"round"}` {
				t.Errorf("got %d %q, %v", answer.StatusCode, body, err)
			}
			expect(t, found, "request colour", "answer shape")
		})
	}
}

func TestLoad_failures(t *testing.T) {
	t.Parallel()
	if _, err := Load(t.TempDir()); err == nil {
		t.Error("an empty folder was read")
	}
}

// Every path of Microsoft's documents is routed to its own operations.
func TestRoutes_ofTheRealDocuments(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("GRAPH_OPENAPI_DIR")
	if folder == "" {
		t.Skip("GRAPH_OPENAPI_DIR, the folder with the OpenAPI documents of Microsoft Graph, is not set")
	}
	d, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	parameter := regexp.MustCompile(`\{[^}]*\}`)
	for name, v := range d.versions {
		paths := 0
		for _, candidates := range v.routes {
			paths += len(candidates)
			for _, r := range candidates {
				var parts []string
				for _, s := range r.segments {
					switch {
					case s.literal != "":
						parts = append(parts, s.literal)
					case s.keyPrefix != "":
						parts = append(parts, s.keyPrefix+"0')")
					default:
						parts = append(parts, "00000000-0000-0000-0000-000000000000")
					}
				}
				path := parameter.ReplaceAllString(strings.Join(parts, "/"), "0")
				if item := v.routes.find(path); item != r.item {
					t.Errorf("%s: /%s is routed to something else", name, path)
				}
			}
		}
		if paths < 100 {
			t.Errorf("%s has %d paths", name, paths)
		}
	}
}

func TestTransport_passesOnWhatBreaksOff(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte(`{"shape":`))
	}))
	defer server.Close()
	next := &http.Transport{}
	defer next.CloseIdleConnections()
	client := &http.Client{Transport: load(t).Transport(next, func(v Violation) { t.Error(v) })}
	answer, err := client.Get(server.URL + "/v1.0/applications")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if body, err := io.ReadAll(answer.Body); !errors.Is(err, io.ErrUnexpectedEOF) || string(body) != `{"shape":` {
		t.Errorf("got %q, %v", body, err)
	}
}

func TestCheck_batchRefused(t *testing.T) {
	t.Parallel()
	found := load(t).Check(Exchange{
		Method: http.MethodPost, Target: "/v1.0/$batch", Status: http.StatusServiceUnavailable,
		RequestHeader:  http.Header{"Content-Type": {"application/json"}},
		ResponseHeader: http.Header{"Content-Type": {"application/json"}},
		RequestBody:    []byte(`{"requests":[{"id":"1","method":"GET","url":"/applications"}]}`),
		ResponseBody:   []byte(`{"error":{"code":"UnknownError"}}`),
	})
	if len(found) != 0 {
		t.Errorf("found %v", found)
	}
}
