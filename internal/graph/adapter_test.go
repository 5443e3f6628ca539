package graph

import (
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

// sentBody returns the JSON that a PATCH of an application carries.
func sentBody(t *testing.T, application models.Applicationable) map[string]any {
	t.Helper()
	var raw []byte
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		raw, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusNoContent)
	})
	if _, err := builder(client).ByApplicationId("1").Patch(t.Context(), application, nil); err != nil {
		t.Fatal(err)
	}
	var body map[string]any
	if err := json.Unmarshal(raw, &body); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	delete(body, "@odata.type")
	return body
}

func TestAdapter_patchSaysNullForWhatIsCleared(t *testing.T) {
	t.Parallel()
	role := models.NewAppRole()
	role.SetDescription(nil)
	role.SetDisplayName(new("r"))
	web := models.NewWebApplication()
	web.SetHomePageUrl(nil)
	tests := map[string]struct {
		set  func(models.Applicationable)
		want map[string]any
	}{
		"untouched":            {func(models.Applicationable) {}, map[string]any{}},
		"string":               {func(a models.Applicationable) { a.SetDescription(new("d")) }, map[string]any{"description": "d"}},
		"empty string":         {func(a models.Applicationable) { a.SetDescription(new("")) }, map[string]any{"description": ""}},
		"string to null":       {func(a models.Applicationable) { a.SetDescription(nil) }, map[string]any{"description": nil}},
		"bool to null":         {func(a models.Applicationable) { a.SetIsFallbackPublicClient(nil) }, map[string]any{"isFallbackPublicClient": nil}},
		"object to null":       {func(a models.Applicationable) { a.SetApi(nil) }, map[string]any{"api": nil}},
		"uuid to null":         {func(a models.Applicationable) { a.SetTokenEncryptionKeyId(nil) }, map[string]any{"tokenEncryptionKeyId": nil}},
		"nil slice left out":   {func(a models.Applicationable) { a.SetTags(nil); a.SetAppRoles(nil) }, map[string]any{}},
		"empty slice":          {func(a models.Applicationable) { a.SetTags([]string{}) }, map[string]any{"tags": []any{}}},
		"empty object slice":   {func(a models.Applicationable) { a.SetAppRoles([]models.AppRoleable{}) }, map[string]any{"appRoles": []any{}}},
		"nested object's null": {func(a models.Applicationable) { a.SetWeb(web) }, map[string]any{"web": map[string]any{"homePageUrl": nil}}},
		"null inside a slice":  {func(a models.Applicationable) { a.SetAppRoles([]models.AppRoleable{role}) }, map[string]any{"appRoles": []any{map[string]any{"description": nil, "displayName": "r"}}}},
		"additional data null": {func(a models.Applicationable) { a.SetAdditionalData(map[string]any{"claimsMatchingExpression": nil}) }, map[string]any{"claimsMatchingExpression": nil}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			application := models.NewApplication()
			test.set(application)
			if got := sentBody(t, application); !reflect.DeepEqual(got, test.want) {
				t.Errorf("sent %v, want %v", got, test.want)
			}
		})
	}
}

// What was read from Graph and is sent back as part of a collection must be whole: a role without its id is another role.
func TestAdapter_objectsReadKeepTheirProperties(t *testing.T) {
	t.Parallel()
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":"1","appId":"a","appRoles":[{"id":"5ab67d3c-3a75-4a34-b5ce-0c6e1ea5b0a1","value":"a","isEnabled":true,"allowedMemberTypes":["User"]}]}`)
	})
	read, err := builder(client).ByApplicationId("1").Get(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	roles := read.GetAppRoles()
	roles[0].SetIsEnabled(new(false))
	body := models.NewApplication()
	body.SetAppRoles(roles)
	want := map[string]any{"appRoles": []any{map[string]any{
		"id": "5ab67d3c-3a75-4a34-b5ce-0c6e1ea5b0a1", "value": "a", "isEnabled": false, "allowedMemberTypes": []any{"User"},
	}}}
	if got := sentBody(t, body); !reflect.DeepEqual(got, want) {
		t.Errorf("sent %v, want %v", got, want)
	}
}

func TestAdapter_addressesAndHeaders(t *testing.T) {
	t.Parallel()
	var got *http.Request
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"value":[]}`)
	})
	for endpoint, adapter := range map[string]abstractions.RequestAdapter{"v1.0": client.V1(), "beta": client.Beta()} {
		root := applications.NewApplicationsRequestBuilderInternal(nil, adapter)
		configuration := &applications.ApplicationsRequestBuilderGetRequestConfiguration{
			Headers:         abstractions.NewRequestHeaders(),
			QueryParameters: &applications.ApplicationsRequestBuilderGetQueryParameters{Select: []string{"id", "appId"}, Filter: new("displayName eq 'a&b'")},
		}
		configuration.Headers.Add("ConsistencyLevel", "eventual")
		page, err := root.Get(t.Context(), configuration)
		if err != nil || page == nil || len(page.GetValue()) > 0 {
			t.Fatalf("got %v, %v for an empty page", page, err)
		}
		if got.URL.Path != "/"+endpoint+"/applications" {
			t.Errorf("path is %s", got.URL.Path)
		}
		if query := got.URL.Query(); query.Get("$select") != "id,appId" || query.Get("$filter") != "displayName eq 'a&b'" {
			t.Errorf("query is %s", got.URL.RawQuery)
		}
		if got.Header.Get("Consistencylevel") != "eventual" || got.Header.Get("Authorization") != "Bearer token-1" {
			t.Errorf("header is %v", got.Header)
		}
		if len(got.Header.Get("client-request-id")) != 36 {
			t.Errorf("client-request-id is %q", got.Header.Get("client-request-id"))
		}
	}
}

func TestAdapter_bodiesAreSentPlainAndWithTheirLength(t *testing.T) {
	t.Parallel()
	var got *http.Request
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		w.WriteHeader(http.StatusNoContent)
	})
	application := models.NewApplication()
	application.SetDisplayName(new(strings.Repeat("x", 5000)))
	if _, err := builder(client).ByApplicationId("1").Patch(t.Context(), application, nil); err != nil {
		t.Fatal(err)
	}
	if got.Header.Get("Content-Encoding") != "" || got.ContentLength < 5000 {
		t.Errorf("Content-Encoding %q, Content-Length %d", got.Header.Get("Content-Encoding"), got.ContentLength)
	}
}

func TestAdapter_answersOfAnotherShapeAreErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ contentType, body string }{
		{"application/json", ``},
		{"application/json", `null`},
		{"application/json", `[]`},
		{"application/json", `"text"`},
		{"application/json", `17`},
		{"application/json", `{"value": 3}`},
		{"application/json", `{"value": [{"displayName": {"a": 1}, "appRoles": {"b": 2}}]}`},
		{"application/json", `{"value": [{"id":"1","appId":"a"}`},
		{"text/html", `<html>welcome</html>`},
		{"", `{}`},
	} {
		t.Run(test.body, func(t *testing.T) {
			t.Parallel()
			client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = []string{test.contentType}
				_, _ = io.WriteString(w, test.body)
			})
			page, err := builder(client).Get(t.Context(), nil)
			if err == nil {
				t.Errorf("got %v and no error", page)
			} else if !strings.Contains(err.Error(), "reading the answer of Microsoft Graph") && !strings.Contains(err.Error(), "answered with a page") && !strings.Contains(err.Error(), "answered wrongly") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAdapter_unknownPropertiesAreRead(t *testing.T) {
	t.Parallel()
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = io.WriteString(w, `{"id":"1","appId":"a","newProperty":{"a":[1,{"b":null}]},"signInAudience":"AudienceOfTheFuture"}`)
	})
	application, err := builder(client).ByApplicationId("1").Get(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if *application.GetId() != "1" || application.GetAdditionalData()["newProperty"] == nil {
		t.Errorf("got %v, %v", application.GetId(), application.GetAdditionalData())
	}
}
