package odata

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// A small directory to ask questions of.

var complexCredential = &Type{Name: "microsoft.graph.keyCredential", Properties: []Property{
	{Name: "keyId", Type: "Edm.Guid"},
	{Name: "key", Type: "Edm.Binary", SelectOnly: true},
	{Name: "usage", Type: "Edm.String"},
}}

var complexInfo = &Type{Name: "microsoft.graph.informationalUrl", Properties: []Property{
	{Name: "logoUrl", Type: "Edm.String"},
	{Name: "termsOfServiceUrl", Type: "Edm.String"},
}}

var complexAccess = &Type{Name: "microsoft.graph.resourceAccess", Properties: []Property{
	{Name: "id", Type: "Edm.Guid"},
	{Name: "type", Type: "Edm.String"},
}}

var complexRequired = &Type{Name: "microsoft.graph.requiredResourceAccess", Properties: []Property{
	{Name: "resourceAppId", Type: "Edm.String"},
	{Name: "resourceAccess", Type: "microsoft.graph.resourceAccess", Collection: true, Complex: complexAccess},
}}

var federated = &Type{Name: "microsoft.graph.federatedIdentityCredential", Properties: []Property{
	{Name: "id", Type: "Edm.String"},
	{Name: "name", Type: "Edm.String", Filter: Eq},
	{Name: "issuer", Type: "Edm.String"},
	{Name: "subject", Type: "Edm.String", Filter: Eq | StartsWith},
}}

var person = &Type{Name: "microsoft.graph.user", Properties: []Property{
	{Name: "id", Type: "Edm.String", Filter: Eq},
	{Name: "displayName", Type: "Edm.String", Filter: Eq | StartsWith, OrderBy: true},
	{Name: "mail", Type: "Edm.String", Filter: Eq, AdvancedFilter: EndsWith},
	{Name: "userPrincipalName", Type: "Edm.String"},
}}

var directoryObject = &Type{
	Name:       "microsoft.graph.directoryObject",
	Properties: []Property{{Name: "id", Type: "Edm.String", Filter: Eq}},
	Derived:    []*Type{person},
}

var application = &Type{
	Name: "microsoft.graph.application",
	Open: true,
	Properties: []Property{
		{Name: "id", Type: "Edm.String", Filter: Eq},
		{Name: "appId", Type: "Edm.String", Filter: Eq},
		{Name: "createdDateTime", Type: "Edm.DateTimeOffset", Filter: Eq | Ge | Le | Null, AdvancedOrderBy: true},
		{Name: "deletedDateTime", Type: "Edm.DateTimeOffset"},
		{Name: "description", Type: "Edm.String", AdvancedFilter: Eq | StartsWith, Search: true},
		{Name: "displayName", Type: "Edm.String", Filter: Eq | Ge | Le | StartsWith | Null, AdvancedOrderBy: true, Search: true},
		{Name: "identifierUris", Type: "Edm.String", Collection: true, Filter: Eq | StartsWith},
		{Name: "info", Type: "microsoft.graph.informationalUrl", Complex: complexInfo, Filter: Eq | Null},
		{Name: "isFallbackPublicClient", Type: "Edm.Boolean"},
		{Name: "keyCredentials", Type: "microsoft.graph.keyCredential", Collection: true, Complex: complexCredential, Filter: Eq},
		{Name: "managerApplications", Type: "Edm.Guid", Collection: true, SelectOnly: true},
		{Name: "notes", Type: "Edm.String"},
		{Name: "isDisabled", Type: "Edm.Boolean", Filter: Eq},
		{Name: "requestedVersion", Type: "Edm.Int32", Filter: Eq | Ge | Le | Gt | Lt},
		{Name: "requiredResourceAccess", Type: "microsoft.graph.requiredResourceAccess", Collection: true, Complex: complexRequired, Filter: Eq},
		{Name: "tags", Type: "Edm.String", Collection: true, Filter: Eq | StartsWith},
		{Name: "tokenEncryptionKeyId", Type: "Edm.Guid", Filter: Eq | Null},
	},
	Navigation: []Navigation{
		{Name: "createdOnBehalfOf", Target: directoryObject},
		{Name: "federatedIdentityCredentials", Target: federated, Collection: true, Expand: true, Filter: true, Count: true},
		{Name: "owners", Target: directoryObject, Collection: true, Expand: true, Count: true},
		{Name: "synchronization", Target: directoryObject, Expand: true},
		{Name: "tokenLifetimePolicies", Target: directoryObject, Collection: true},
	},
}

var applications = []Object{
	{
		"id": "00000000-0000-0000-0000-00000000000a", "appId": "aaaaaaaa-0000-4000-8000-000000000001", "displayName": "Alpha Deployer",
		"createdDateTime": "2026-01-01T10:00:00Z", "description": "Deploys HelloWorld to hello-world.example",
		"identifierUris": []any{"api://alpha", "https://alpha.example"}, "tags": []string{"Prod", "linux"},
		"isDisabled": false, "requestedVersion": 2,
		"info":                   Object{"logoUrl": "https://alpha.example/logo"},
		"keyCredentials":         []any{Object{"keyId": "11111111-1111-4111-8111-111111111111", "key": "AQID", "usage": "Verify"}},
		"requiredResourceAccess": []any{Object{"resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": []any{Object{"id": "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "type": "Scope"}}}},
		"_secret":                "never shown",
		"extension_0123456789abcdef0123456789abcdef_team": "blue",
	},
	{
		"id": "00000000-0000-0000-0000-00000000000b", "appId": "bbbbbbbb-0000-4000-8000-000000000002", "displayName": "Beta it's Reader",
		"createdDateTime": "2026-02-01T12:00:00+02:00", "description": nil, "identifierUris": []any{}, "tags": []string{},
		"isDisabled": true, "requestedVersion": 1.0, "tokenEncryptionKeyId": "22222222-2222-4222-8222-222222222222",
	},
	{
		"id": "00000000-0000-0000-0000-00000000000c", "appId": "cccccccc-0000-4000-8000-000000000003", "displayName": nil,
		"createdDateTime": nil, "description": "Reads 李四(David Li)", "tags": []string{"prod"}, "requestedVersion": nil,
	},
}

func relatives(object Object, navigation string) []Object {
	switch fmt.Sprintf("%v %s", object["id"], navigation) {
	case "00000000-0000-0000-0000-00000000000a federatedIdentityCredentials":
		return []Object{
			{"id": "f1", "name": "main", "issuer": "https://token.actions.githubusercontent.com", "subject": "repo:octo/app:ref:refs/heads/main"},
			{"id": "f2", "name": "prod", "issuer": "https://token.actions.githubusercontent.com", "subject": "repo:octo/app:environment:prod"},
		}
	case "00000000-0000-0000-0000-00000000000b federatedIdentityCredentials":
		return []Object{{"id": "f3", "name": "cluster", "issuer": "https://oidc.example", "subject": "system:serviceaccount:ns:sa"}}
	case "00000000-0000-0000-0000-00000000000a owners":
		owners := []Object{{"@odata.type": "#microsoft.graph.user", "id": "u1", "displayName": "Ada", "mail": "ada@example.com", "userPrincipalName": "ada@example.com"}}
		for i := range 30 {
			owners = append(owners, Object{"@odata.type": "#microsoft.graph.servicePrincipal", "id": fmt.Sprint("s", i)})
		}
		return owners
	}
	return nil
}

var eventual = http.Header{"Consistencylevel": {"eventual"}}

func values(t testing.TB, query string) url.Values {
	t.Helper()
	// A semicolon is not a separator for Microsoft Graph either.
	parsed, err := url.ParseQuery(strings.ReplaceAll(strings.ReplaceAll(query, "+", "%2B"), ";", "%3B"))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// ids makes short names of objects: the last character of each id.
func ids(objects []Object) string {
	var b strings.Builder
	for _, object := range objects {
		id, _ := object["id"].(string)
		b.WriteString(id[max(0, len(id)-1):])
	}
	return b.String()
}

// refusal returns the code and the message of Graph's refusal.
func refusal(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		t.Fatal("accepted")
	}
	var refused *Error
	if !errors.As(err, &refused) {
		t.Fatalf("%v is a %T", err, err)
	}
	if refused.Status != http.StatusBadRequest {
		t.Errorf("status %d", refused.Status)
	}
	return err.Error()
}
