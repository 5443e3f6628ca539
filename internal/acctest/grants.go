package acctest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/resourcemanager"
)

// WithPermissions lets the provider call Microsoft Graph with these permissions instead of the seeded caller's.
func WithPermissions(permissions ...string) Option {
	return func(s *settings) { s.token = applicationToken(permissions) }
}

// SignIn has the provider run in a process of its own for what follows, with these permissions instead of the seeded
// caller's.
func (h *Harness) SignIn(t testing.TB, permissions ...string) {
	t.Helper()
	h.token = applicationToken(permissions)
	h.Restart(t)
}

// SignInFor is SignIn where the provider acts, with delegated permissions, for a user who is given by the object id and has
// directory roles in all of the tenant, given by their names.
func (h *Harness) SignInFor(t testing.TB, userID string, roles []string, scopes ...string) {
	t.Helper()
	definitions := h.Tenant.Objects("roleManagement/directory/roleDefinitions")
	templates := make([]string, len(roles))
	for i, role := range roles {
		at := slices.IndexFunc(definitions, func(definition map[string]any) bool { return definition["displayName"] == role })
		if at < 0 {
			t.Fatalf("the tenant has no directory role %q", role)
		}
		templates[i] = definitions[at]["templateId"].(string)
	}
	h.token = func(tenant *emulator.Tenant) string { return tenant.UserTokenAs(userID, templates, scopes...) }
	h.Restart(t)
}

// SignInAsSeeded is SignIn with what the seeded caller has been granted.
func (h *Harness) SignInAsSeeded(t testing.TB) {
	t.Helper()
	h.token = nil
	h.Restart(t)
}

func applicationToken(permissions []string) func(*emulator.Tenant) string {
	return func(tenant *emulator.Tenant) string { return tenant.Token(permissions...) }
}

// AzureRoles gives the seeded caller these built-in roles of Azure at a scope, and takes away those that it had anywhere.
func (h *Harness) AzureRoles(t testing.TB, scope string, roles ...string) {
	t.Helper()
	caller := samples.SeededCaller(h.Tenant)
	snapshot := h.Tenant.Snapshot()
	snapshot.Objects = slices.DeleteFunc(snapshot.Objects, func(object *directory.Object) bool {
		return object.Type == resourcemanager.RoleAssignment.Name && object.String("principalId") == caller
	})
	var seed emulator.Seed
	for _, role := range roles {
		seed.RoleAssignments = append(seed.RoleAssignments, map[string]any{"scope": scope, "principalId": caller, "principalType": "ServicePrincipal", "roleName": role})
	}
	if err := h.Tenant.Restore(snapshot); err != nil {
		t.Fatal(err)
	}
	if err := h.Tenant.AddSeed(seed); err != nil {
		t.Fatal(err)
	}
}

// permitted puts the harness's token for Microsoft Graph, if it has one, in the place of that which the login service gives.
func (h *Harness) permitted(next http.RoundTripper) http.RoundTripper { return &permitted{next, h} }

type permitted struct {
	http.RoundTripper
	harness *Harness
}

func (p *permitted) CloseIdleConnections() {
	(&http.Client{Transport: p.RoundTripper}).CloseIdleConnections()
}

func (p *permitted) RoundTrip(request *http.Request) (*http.Response, error) {
	token := p.harness.token
	if token == nil || !strings.HasSuffix(request.URL.Path, "/oauth2/v2.0/token") {
		return p.RoundTripper.RoundTrip(request)
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	request = request.Clone(request.Context())
	request.Body = io.NopCloser(bytes.NewReader(body))
	response, err := p.RoundTripper.RoundTrip(request)
	form, _ := url.ParseQuery(string(body))
	if err != nil || response.StatusCode != http.StatusOK || strings.HasPrefix(form.Get("scope"), "https://management.") {
		return response, err
	}
	defer func() { _ = response.Body.Close() }()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return nil, err
	}
	answer["access_token"] = token(p.harness.Tenant)
	content, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	replaced := *response
	replaced.Header = response.Header.Clone()
	replaced.Header.Del("Content-Length")
	replaced.Body, replaced.ContentLength = io.NopCloser(bytes.NewReader(content)), int64(len(content))
	return &replaced, nil
}
