package graph

import (
	"net/http"
	"strings"
	"testing"
)

func TestSound(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(" ", small)
	for name, c := range map[string]struct {
		method, path string
		status       int
		body, says   string
	}{
		"an object":                   {http.MethodGet, "/v1.0/applications/x", 200, `{"id":"x"}`, ""},
		"some properties":             {http.MethodGet, "/v1.0/applications/x", 200, `{"@odata.context":"c","tags":[]}`, ""},
		"a reference":                 {http.MethodGet, "/v1.0/groups/x/members/y/$ref", 200, `{"@odata.context":"c","@odata.id":"y"}`, ""},
		"an empty list":               {http.MethodGet, "/v1.0/applications", 200, `{"value":[]}`, ""},
		"texts":                       {http.MethodPost, "/v1.0/users/x/getMemberGroups", 200, `{"value":["a"]}`, ""},
		"a text":                      {http.MethodGet, "/v1.0/x", 200, `{"value":"a"}`, ""},
		"nothing in it":               {http.MethodGet, "/v1.0/applications/x", 200, `{}`, "has nothing in it"},
		"a context alone":             {http.MethodGet, "/v1.0/applications/x", 200, `{"@odata.context":"c"}`, "has nothing in it"},
		"made, with nothing":          {http.MethodPost, "/v1.0/applications", 201, `{}`, "has nothing in it"},
		"made, without an id":         {http.MethodPost, "/v1.0/applications", 201, `{"displayName":"x"}`, "has no id"},
		"made, with null":             {http.MethodPost, "/v1.0/applications", 201, `{"id":null}`, "has no id"},
		"made, with a number":         {http.MethodPut, "/subscriptions/x", 201, `{"id":7}`, "has no id"},
		"null for an id":              {http.MethodGet, "/v1.0/applications/x", 200, `{"id": null, "appId":"x"}`, "null for an id"},
		"a password":                  {http.MethodPost, "/v1.0/applications/x/addPassword", 200, `{"keyId":"k","secretText":"s"}`, ""},
		"a password without a secret": {http.MethodPost, "/v1.0/applications/x/addPassword", 200, `{"keyId":"k","secretText":null}`, "has no secret"},
		"a password without a key id": {http.MethodPost, "/v1.0/applications/x/addPassword", 200, `{"secretText":"s"}`, "has no secret"},
		"a null among objects":        {http.MethodGet, "/v1.0/applications", 200, `{"value":[{"id":"x"},null]}`, "without an id"},
		"a null id among objects":     {http.MethodGet, "/v1.0/applications", 200, `{"value":[{"id":null}]}`, "without an id"},
		"a null far back":             {http.MethodGet, "/v1.0/applications", 200, `{"value":[{"id":"x"},` + long + `{"id": null}]}`, "without an id"},
		"a null of its own":           {http.MethodGet, "/v1.0/applications", 200, `{"value":[{"id":"x","notes":null}]}`, ""},
		"a change":                    {http.MethodPatch, "/v1.0/applications/x", 200, `{}`, ""},
		"a refusal":                   {http.MethodGet, "/v1.0/applications/x", 404, `{}`, ""},
		"a page": {http.MethodGet, "/v1.0/applications/x", 200, `<html><title>Welcome to
			our Wi-Fi</title>`, "answered with a page (\"Welcome to our Wi-Fi\")"},
		"no JSON": {http.MethodGet, "/v1.0/applications/x", 200, `<html>`, ""}, // whoever reads it says so
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			contentType := "application/json; charset=utf-8"
			request, err := http.NewRequestWithContext(t.Context(), c.method, "https://graph.example"+c.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if name == "a page" {
				contentType = "text/html"
			}
			response := &http.Response{StatusCode: c.status, Header: http.Header{"Content-Type": {contentType}}}
			err = sound(request, response, []byte(c.body))
			if (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v, want %q", c.body, err, c.says)
			}
		})
	}
}

func TestSeen(t *testing.T) {
	t.Parallel()
	seen := Seen{}
	for _, next := range []string{"a", "b"} {
		if err := seen.Add(next); err != nil {
			t.Error(err)
		}
	}
	if err := seen.Add("a"); err == nil || !strings.Contains(err.Error(), "round in a circle") {
		t.Error(err)
	}
}
