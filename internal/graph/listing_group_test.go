package graph

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// assignments is a transport that has assignments of principals to one API, and counts requests by kind.
type assignments struct {
	principals int
	missing    string // a principal whose assignments a lagging replica does not list

	mu    sync.Mutex
	asked map[string]int
}

const anAPI = "7b5622c0-21df-5154-ad41-71e769799258"

func (a *assignments) of(principal string) map[string]any {
	return map[string]any{"id": "of-" + principal, "principalId": principal, "resourceId": anAPI}
}

func (a *assignments) RoundTrip(request *http.Request) (*http.Response, error) {
	kind, body := "single", any(map[string]any{})
	switch path := request.URL.Path; {
	case request.Method != http.MethodGet:
		kind = "write"
	case strings.HasSuffix(path, "/$count"):
		kind, body = "count", a.principals
	case strings.HasSuffix(path, "/appRoleAssignments"):
		body = map[string]any{"value": []any{a.of(strings.Split(path, "/")[3])}}
	default:
		kind = "page"
		value := []any{}
		for i := range a.principals {
			if principal := applicationID(i); principal != a.missing {
				value = append(value, a.of(principal))
			}
		}
		body = map[string]any{"value": value}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked[kind]++
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	answer := httptest.NewRecorder()
	answer.Header().Set("Content-Type", "application/json")
	_, err = answer.Write(text)
	return answer.Result(), err
}

var assignedTo = &Listing{
	Path: "/servicePrincipals/{}/appRoleAssignedTo", Select: []string{"id", "principalId", "resourceId"},
	Where: "/servicePrincipals/{principalId}/appRoleAssignments?resourceId eq {}",
}

// TestListings_groups: what a filter picks out is served once all members are listed, and what is missing from the listing,
// or was written, is read.
func TestListings_groups(t *testing.T) {
	t.Parallel()
	service := &assignments{principals: 30, missing: applicationID(29), asked: map[string]int{}}
	chain := newListings(service, "https://graph.example")
	ctx := Listed(t.Context(), assignedTo)
	read := func(ctx context.Context, i int) {
		t.Helper()
		query := url.Values{"$filter": {"resourceId eq " + anAPI}, "$select": {"id,principalId"}}
		var body struct {
			Value []struct{ PrincipalID string }
		}
		if err := json.Unmarshal(send(ctx, t, chain, http.MethodGet, "/v1.0/servicePrincipals/"+applicationID(i)+"/appRoleAssignments?"+query.Encode()), &body); err != nil {
			t.Fatal(err)
		}
		if len(body.Value) != 1 || body.Value[0].PrincipalID != applicationID(i) {
			t.Errorf("read %v of %d", body.Value, i)
		}
	}
	expect := func(kind string, want int) {
		t.Helper()
		if got := service.asked[kind]; got != want {
			t.Errorf("%d requests of the kind %s, want %d", got, kind, want)
		}
	}
	for i := range 30 {
		read(ctx, i)
	}
	// Ten in any case, and the one that is missing from the page.
	expect("count", 1)
	expect("page", 1)
	expect("single", freeReads+1)
	read(Singly(ctx), 3)
	expect("single", freeReads+2)
	// After a write to the collection its groups are read singly.
	send(ctx, t, chain, http.MethodPost, "/v1.0/servicePrincipals/"+anAPI+"/appRoleAssignedTo")
	for i := range 5 {
		read(ctx, i)
	}
	expect("single", freeReads+7)
	expect("page", 1)
}

func send(ctx context.Context, t *testing.T, chain http.RoundTripper, method, address string) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, method, "https://graph.example"+address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := chain.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestListing_matchesGroups(t *testing.T) {
	t.Parallel()
	grants := &Listing{
		Path: "/oauth2PermissionGrants", Select: []string{"id", "clientId"},
		Where: "/oauth2PermissionGrants?clientId eq '{clientId}' and consentType eq '{consentType}'",
	}
	for address, want := range map[string]string{
		"/v1.0/oauth2PermissionGrants?$filter=" + url.QueryEscape("clientId eq 'A' and consentType eq 'AllPrincipals'") + "&$select=id":  "A\nAllPrincipals",
		"/v1.0/oauth2PermissionGrants?$filter=" + url.QueryEscape("clientId eq 'A' and consentType eq 'AllPrincipals'"):                  "",
		"/v1.0/oauth2PermissionGrants?$filter=" + url.QueryEscape("clientId eq 'A'") + "&$select=id":                                     "",
		"/v1.0/oauth2PermissionGrants?$filter=" + url.QueryEscape("clientId eq 'A' and consentType eq 'B' or id eq 'C'") + "&$select=id": "",
		"/v1.0/oauth2PermissionGrants?$filter=" + url.QueryEscape("clientId eq 'A' and consentType eq 'B'") + "&$select=scope":           "",
		"/v1.0/oauth2PermissionGrants?$filter=" + url.QueryEscape("clientId eq 'A' and consentType eq 'B'") + "&$select=id&$top=1":       "",
	} {
		read, ok := grants.match(address)
		if ok != (want != "") || ok && read.group != want {
			t.Errorf("%s: got %q, %t", address, read.group, ok)
		}
	}
	if read, ok := grants.match("/v1.0/oauth2PermissionGrants/x?$select=id"); !ok || read.id != "x" || read.group != "" {
		t.Errorf("got %v, %t", read, ok)
	}
	read, ok := assignedTo.match("/v1.0/servicePrincipals/P/appRoleAssignments?$filter=resourceId%20eq%20R&$select=id")
	if !ok || read.collection != "/v1.0/servicePrincipals/R/appRoleAssignedTo" || read.group != "P" {
		t.Errorf("got %v, %t", read, ok)
	}
}
