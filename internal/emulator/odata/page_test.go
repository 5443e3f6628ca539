package odata

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// walk reads a collection page by page along the next links, as a client does.
func walk(t *testing.T, query string, header http.Header, objects func(page int) []Object) (all []Object, sizes []int, counts []int) {
	t.Helper()
	link := "https://graph.example/v1.0/applications?" + values(t, query).Encode()
	for page := 0; ; page++ {
		address, err := url.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		q, err := Parse(application, address.Query(), header)
		if err != nil {
			t.Fatalf("page %d, %s: %v", page, link, err)
		}
		answer := q.Page(objects(page), relatives)
		all = append(all, answer.Value...)
		sizes = append(sizes, len(answer.Value))
		count := -1
		if answer.Count != nil {
			count = *answer.Count
		}
		counts = append(counts, count)
		if answer.SkipToken == "" {
			return all, sizes, counts
		}
		link = q.NextLink("https://graph.example/v1.0/applications", answer.SkipToken)
	}
}

func many(n int) []Object {
	objects := make([]Object, n)
	for i := range objects {
		objects[i] = Object{"id": fmt.Sprintf("%08d-0000-0000-0000-000000000000", i*7%n), "displayName": fmt.Sprintf("Name %d", i%5), "isDisabled": i%2 == 0}
	}
	return objects
}

func TestPage_walk(t *testing.T) {
	t.Parallel()
	objects := many(250)
	for _, test := range []struct {
		name, query string
		header      http.Header
		sizes       []int
		counts      []int
	}{
		{"default size", "", nil, []int{100, 100, 50}, []int{-1, -1, -1}},
		{"largest size", "$top=999", nil, []int{250}, []int{-1}},
		{"expanded, no page is that large", "$top=999&$expand=owners", nil, []int{100, 100, 50}, []int{-1, -1, -1}},
		{"expanded, a smaller page", "$top=60&$expand=owners", nil, []int{60, 60, 60, 60, 10}, []int{-1, -1, -1, -1, -1}},
		{"exactly full", "$top=125", nil, []int{125, 125}, []int{-1, -1}},
		{"filtered", "$top=60&$filter=isDisabled eq true", nil, []int{60, 60, 5}, []int{-1, -1, -1}},
		{"counted on the first page", "$top=200&$count=true", eventual, []int{200, 50}, []int{250, -1}},
		{"matches are counted", "$top=100&$count=true&$filter=isDisabled ne true", eventual, []int{100, 25}, []int{125, -1}},
		{"not counted without the header", "$top=200&$count=true", nil, []int{200, 50}, []int{-1, -1}},
		{"ordered", "$top=100&$count=true&$orderby=displayName desc", eventual, []int{100, 100, 50}, []int{250, -1, -1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			all, sizes, counts := walk(t, test.query, test.header, func(int) []Object { return objects })
			if !slices.Equal(sizes, test.sizes) || !slices.Equal(counts, test.counts) {
				t.Errorf("pages of %v with counts %v, want %v and %v", sizes, counts, test.sizes, test.counts)
			}
			seen := map[any]bool{}
			for _, object := range all {
				if seen[object["id"]] {
					t.Errorf("%v is on two pages", object["id"])
				}
				seen[object["id"]] = true
			}
		})
	}
}

// A client that pages through a collection that changes meanwhile sees everything that stays, once.
func TestPage_changingCollection(t *testing.T) {
	t.Parallel()
	objects := many(30)
	slices.SortFunc(objects, func(a, b Object) int { return strings.Compare(a["id"].(string), b["id"].(string)) })
	all, _, _ := walk(t, "$top=10", nil, func(page int) []Object {
		if page == 0 {
			return objects
		}
		return slices.Concat(objects[:5], objects[10:]) // the objects before the position are gone, and so is the one at it
	})
	if len(all) != 30 {
		t.Errorf("%d objects: %s", len(all), ids(all))
	}
}

func TestPage_order(t *testing.T) {
	t.Parallel()
	for order, want := range map[string]string{
		"displayName":                      "cab",
		"displayName desc":                 "bac",
		"displayName asc":                  "cab",
		"createdDateTime":                  "cab",
		"createdDateTime desc":             "bac",
		"displayName desc,createdDateTime": "bac",
	} {
		// One by one, so that the position crosses a page at every object.
		all, _, _ := walk(t, "$top=1&$count=true&$orderby="+order, eventual, func(int) []Object {
			return []Object{applications[1], applications[2], applications[0]}
		})
		if got := ids(all); got != want {
			t.Errorf("%s: %s, want %s", order, got, want)
		}
	}
	query, err := Parse(application, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := ids(query.Page([]Object{applications[2], applications[0], applications[1]}, nil).Value); got != "abc" {
		t.Errorf("without $orderby: %s", got)
	}
}

func TestPage_unpaged(t *testing.T) {
	t.Parallel()
	roles := &Type{Name: "microsoft.graph.directoryRole", Unpaged: true, Properties: []Property{{Name: "id", Type: "Edm.String"}}}
	query, err := Parse(roles, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if page := query.Page(many(150), nil); len(page.Value) != 150 || page.SkipToken != "" {
		t.Errorf("%d on the page, next %q", len(page.Value), page.SkipToken)
	}
	_, err = Parse(roles, values(t, "$top=5"), nil)
	if got := refusal(t, err); got != "Request_UnsupportedQuery: This resource does not support custom page sizes. Please retry without a page size argument." {
		t.Error(got)
	}
}

func TestNextLink_keepsOptions(t *testing.T) {
	t.Parallel()
	query, err := Parse(application, url.Values{"filter": {"startsWith(displayName,'a & b+c')"}, "$top": {"2"}, "$select": {"id,appId"}, "$skiptoken": {cursor{ID: "x"}.token()}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	link := query.NextLink("https://graph.example/v1.0/applications", "TOKEN")
	if want := "https://graph.example/v1.0/applications?$select=id%2CappId&$filter=startsWith%28displayName%2C%27a%20%26%20b%2Bc%27%29&$top=2&$skiptoken=TOKEN"; link != want {
		t.Errorf("got  %s\nwant %s", link, want)
	}
}

// show is an object as an answer would have it.
func show(t *testing.T, object Object) string {
	t.Helper()
	encoded, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

func TestProject_select(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"$select=id,displayName":                                   `{"displayName":"Alpha Deployer","id":"00000000-0000-0000-0000-00000000000a"}`,
		"$select=DISPLAYNAME":                                      `{"displayName":"Alpha Deployer"}`,
		"$select=notes,managerApplications":                        `{"managerApplications":[],"notes":null}`,
		"$select=id,owners":                                        `{"id":"00000000-0000-0000-0000-00000000000a"}`,
		"$select=keyCredentials":                                   `{"keyCredentials":[{"key":null,"keyId":"11111111-1111-4111-8111-111111111111","usage":"Verify"}]}`,
		"$select=extension_0123456789abcdef0123456789abcdef_team":  `{"extension_0123456789abcdef0123456789abcdef_team":"blue"}`,
		"$select=extension_0123456789abcdef0123456789abcdef_other": `{"extension_0123456789abcdef0123456789abcdef_other":null}`,
	} {
		parsed, err := Parse(application, values(t, query), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := show(t, parsed.Project(applications[0], nil)); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", query, got, want)
		}
	}
}

func TestProject_default(t *testing.T) {
	t.Parallel()
	query, err := Parse(application, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := query.Project(applications[0], nil)
	want := []string{
		"appId", "createdDateTime", "deletedDateTime", "description", "displayName", "extension_0123456789abcdef0123456789abcdef_team", "id", "identifierUris", "info",
		"isDisabled", "isFallbackPublicClient", "keyCredentials", "notes", "requestedVersion", "requiredResourceAccess", "tags", "tokenEncryptionKeyId",
	}
	if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, want) {
		t.Errorf("got  %v\nwant %v", names, want)
	}
	if key := got["keyCredentials"].([]any)[0].(Object)["key"]; key != nil {
		t.Errorf("key is %v", key)
	}
	if applications[0]["keyCredentials"].([]any)[0].(Object)["key"] != "AQID" {
		t.Error("the object was changed")
	}
}

// A key's value is shown to $select=keyCredentials on a single object, and to nothing else.
func TestProject_guardedInEntity(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]any{"$select=keyCredentials": "AQID", "": nil} {
		parsed, err := ParseEntity(application, values(t, query), nil)
		if err != nil {
			t.Fatal(err)
		}
		if key := parsed.Project(applications[0], nil)["keyCredentials"].([]any)[0].(Object)["key"]; key != want {
			t.Errorf("%q: key is %v, want %v", query, key, want)
		}
	}
}

func TestProject_expand(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"$select=id&$expand=federatedIdentityCredentials($select=id,subject)": `{"federatedIdentityCredentials":[{"id":"f1","subject":"repo:octo/app:ref:refs/heads/main"},{"id":"f2","subject":"repo:octo/app:environment:prod"}],"id":"00000000-0000-0000-0000-00000000000a"}`,
		"$select=appId&$expand=federatedIdentityCredentials($select=name)":    `{"appId":"aaaaaaaa-0000-4000-8000-000000000001","federatedIdentityCredentials":[{"name":"main"},{"name":"prod"}]}`,
		"$select=appId&$expand=synchronization":                               `{"appId":"aaaaaaaa-0000-4000-8000-000000000001","synchronization":null}`,
	} {
		parsed, err := ParseEntity(application, values(t, query), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := show(t, parsed.Project(applications[0], relatives)); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", query, got, want)
		}
	}
	single, err := ParseEntity(application, values(t, "$select=appId&$expand=synchronization"), nil)
	if err != nil {
		t.Fatal(err)
	}
	one := func(Object, string) []Object { return []Object{{"id": "s1"}} }
	if got, want := show(t, single.Project(applications[0], one)), `{"appId":"aaaaaaaa-0000-4000-8000-000000000001","synchronization":{"id":"s1"}}`; got != want {
		t.Errorf("a single object: %s", got)
	}
	parsed, err := Parse(application, values(t, "$select=id&$expand=federatedIdentityCredentials"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := show(t, parsed.Project(applications[2], relatives)), `{"federatedIdentityCredentials":[],"id":"00000000-0000-0000-0000-00000000000c"}`; got != want {
		t.Errorf("nothing to expand: %s", got)
	}
}

// Owners are of several types: each is shown with its type and that type's properties, 20 at most.
func TestProject_expandDerived(t *testing.T) {
	t.Parallel()
	query, err := Parse(application, values(t, "$select=id&$expand=owners"), nil)
	if err != nil {
		t.Fatal(err)
	}
	owners := query.Project(applications[0], relatives)["owners"].([]Object)
	if len(owners) != 20 {
		t.Errorf("%d owners", len(owners))
	}
	if got, want := show(t, owners[0]), `{"@odata.type":"#microsoft.graph.user","displayName":"Ada","id":"u1","mail":"ada@example.com","userPrincipalName":"ada@example.com"}`; got != want {
		t.Errorf("a user: %s", got)
	}
	if got, want := show(t, owners[1]), `{"@odata.type":"#microsoft.graph.servicePrincipal","id":"s0"}`; got != want {
		t.Errorf("of a type that is not described: %s", got)
	}

	query, err = Parse(application, values(t, "$select=id&$expand=owners($select=mail)"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := show(t, query.Project(applications[0], relatives)["owners"].([]Object)[0]), `{"@odata.type":"#microsoft.graph.user","mail":"ada@example.com"}`; got != want {
		t.Errorf("a property of the derived type: %s", got)
	}

	users, err := Parse(person, values(t, "$select=id"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := show(t, users.Project(Object{"@odata.type": "#microsoft.graph.user", "id": "u1"}, nil)); got != `{"id":"u1"}` {
		t.Errorf("where the type is plain from the context: %s", got)
	}
}

func TestQuery_Context(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"":                 "",
		"$top=5":           "",
		"$select=ID,appId": "(id,appId)",
		"$expand=owners":   "(owners())",
		"$select=id&$expand=owners($select=id,mail)": "(id,owners(id,mail))",
	} {
		parsed, err := Parse(application, values(t, query), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := parsed.Context(); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}
