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
		"an object":                   {http.MethodGet, "/v1.0/applications/x", 200, `{"id":"x","appId":"y"}`, ""},
		"some properties":             {http.MethodGet, "/v1.0/applications/x?$select=notes", 200, `{"@odata.context":"c","notes":"n"}`, ""},
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
		"null for an id":              {http.MethodGet, "/v1.0/applications/x", 200, `{"id": null, "appId":"x"}`, "has no id"},
		"a password":                  {http.MethodPost, "/v1.0/applications/x/addPassword", 200, `{"keyId":"k","secretText":"s"}`, ""},
		"a password without a secret": {http.MethodPost, "/v1.0/applications/x/addPassword", 200, `{"keyId":"k","secretText":null}`, "has no secret"},
		"a password without a key id": {http.MethodPost, "/v1.0/applications/x/addPassword", 200, `{"secretText":"s"}`, "has no secret"},
		"a null among objects":        {http.MethodGet, "/v1.0/applications", 200, `{"value":[{"id":"x","appId":"y"},null]}`, "a null in a list"},
		"a null id among objects":     {http.MethodGet, "/v1.0/applications", 200, `{"value":[{"id":null}]}`, "has no id"},
		"a null far back":             {http.MethodGet, "/v1.0/applications", 200, `{"value":[{"id":"x"},` + long + `{"id": null}]}`, "has no"},
		"a null of its own":           {http.MethodGet, "/v1.0/applications", 200, `{"value":[{"id":"x","appId":"y","notes":null}]}`, ""},
		"without what tells it":       {http.MethodGet, "/v1.0/servicePrincipals(appId='y')", 200, `{"id":"x","tags":[]}`, "has no appId"},
		"without what is not asked":   {http.MethodGet, "/v1.0/applications/x?$select=id", 200, `{"id":"x"}`, ""},
		"a null among texts":          {http.MethodGet, "/v1.0/applications/x", 200, `{"id":"x","appId":"y","tags":["a",null]}`, "a null in a list"},
		"a number for an id":          {http.MethodGet, "/v1.0/groups/x", 200, `{"id":7}`, "no text: 7"},
		"a key without an id":         {http.MethodGet, "/v1.0/applications/x", 200, `{"id":"x","appId":"y","keyCredentials":[{"usage":"Verify","endDateTime":"2030-01-01T00:00:00Z"}]}`, "one of keyCredentials that has no keyId"},
		"a text among keys":           {http.MethodGet, "/v1.0/applications/x", 200, `{"id":"x","appId":"y","keyCredentials":["k"]}`, "else than an object among keyCredentials"},
		"an assignment in Azure":      {http.MethodGet, "/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/x", 200, `{"id":"/x","name":"x"}`, "has no scope"},
		"one of Microsoft Entra":      {http.MethodGet, "/v1.0/roleManagement/directory/roleAssignments/x", 200, `{"id":"x","principalId":"p","roleDefinitionId":"r"}`, ""},
		"without a list":              {http.MethodGet, "/v1.0/applications/x?$select=id,passwordCredentials", 200, `{"id":"x"}`, "no list of passwordCredentials"},
		"without a list in it":        {http.MethodGet, "/v1.0/applications/x?$select=id,web", 200, `{"id":"x","web":{"redirectUris":null}}`, "no list of redirectUris"},
		"with an empty one":           {http.MethodGet, "/v1.0/applications/x?$select=id,spa,tags", 200, `{"id":"x","spa":{"redirectUris":[]},"tags":[]}`, ""},
		"tags in Azure":               {http.MethodGet, "/subscriptions/s/providers/x?$select=tags", 200, `{"id":"/x"}`, ""},
		"a change":                    {http.MethodPatch, "/v1.0/applications/x", 200, `{}`, ""},
		"a refusal":                   {http.MethodGet, "/v1.0/applications/x", 404, `{}`, ""},
		"a page": {http.MethodGet, "/v1.0/applications/x", 200, `<html><title>Welcome to
			our Wi-Fi</title>`, "answered with a page (\"Welcome to our Wi-Fi\")"},
		"no JSON":   {http.MethodGet, "/v1.0/applications/x", 200, `{"id":"x"`, "no JSON object"},
		"null":      {http.MethodPut, "/subscriptions/x", 201, `null`, "no JSON object"},
		"no object": {http.MethodGet, "/v1.0/applications/x", 200, `[{"id":"x","appId":"y"}]`, "no JSON object"},
		"no text":   {http.MethodPost, "/v1.0/groups/x/members/$ref", 200, ``, ""},
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
