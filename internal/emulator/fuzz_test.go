package emulator_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// FuzzServe looks for requests that the tenant does not answer: a panic, or an internal error.
func FuzzServe(f *testing.F) {
	tenant, err := emulator.New(emulator.Options{})
	if err != nil {
		f.Fatal(err)
	}
	token := tenant.Token("Application.ReadWrite.All", "Directory.Read.All")
	const id = "c0ffee00-0000-4000-8000-000000000a99"
	for _, s := range [][3]string{
		{"POST", "/v1.0/applications", `{"displayName":"a","appRoles":[{"id":"00000000-0000-4000-8000-000000000001","allowedMemberTypes":["User"]}],"keyCredentials":[{"key":"AA=="}]}`},
		{"PATCH", "/v1.0/applications/" + id, `{"web":{"redirectUris":["https://a"]},"tags":["a"],"passwordCredentials":[{"keyId":"c0ffee00-0000-4000-8000-0000000005ec"}]}`},
		{"PATCH", "/beta/applications/" + id, `{"api":{"preAuthorizedApplications":[{"appId":"x","permissionIds":[]}]},"info":null}`},
		{"POST", "/beta/applications/" + id + "/federatedIdentityCredentials", `{"name":"abc","issuer":"i","audiences":["a"],"claimsMatchingExpression":{"languageVersion":1,"value":"x"}}`},
		{"POST", "/v1.0/applications/" + id + "/addKey", `{"keyCredential":{"type":"X"},"proof":"a.b.c"}`},
		{"POST", "/v1.0/directoryObjects/getByIds", `{"ids":["x"],"types":["user"]}`},
		{"GET", "/v1.0/applications/delta?$deltatoken=e30", ""},
		{"GET", "/v1.0/applications(appId='x')/owners/$ref", ""},
		{"PATCH", "/v1.0/servicePrincipals(appId='x')", `{"tags":["x"]}`},
		{"POST", "/v1.0/applications/" + id + "/owners/$ref", `{"@odata.id":"https://x/y"}`},
		{"POST", "/v1.0/$batch", `{"requests":[{"id":"1","method":"GET","url":"/users"}]}`},
		{"PUT", "/_local/snapshot", `{"objects":[]}`},
		{"POST", "/_local/seed", `{"users":[{"id":"00000000-0000-4000-8000-000000000001"}]}`},
	} {
		f.Add(s[0], s[1], s[2])
	}
	f.Fuzz(func(t *testing.T, method, target, body string) {
		if !strings.HasPrefix(target, "/") || strings.Contains(target, "snapshot") || strings.Contains(target, "log") {
			return
		}
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return
		}
		r := httptest.NewRequest("GET", "/", strings.NewReader(body))
		r.Method, r.URL = method, u
		r.RemoteAddr = "127.0.0.1:1"
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Prefer", "create-if-missing")
		w := httptest.NewRecorder()
		tenant.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	})
}
