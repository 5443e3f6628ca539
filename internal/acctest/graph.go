package acctest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// Graph sends a request to Microsoft Graph behind Terraform's back, as the seeded
// caller: to change what the tenant holds, or to see it. The path is relative to
// v1.0 unless it names a version: "/applications", "/beta/applications". The body is
// sent as JSON unless nil. It returns the answer, nil where there is none, and fails
// the test on an error.
func (h *Harness) Graph(t testing.TB, method, path string, body any) map[string]any {
	t.Helper()
	status, answer, err := h.graph(method, path, body)
	if err == nil && status >= 300 {
		err = fmt.Errorf("got status %d: %v", status, answer)
	}
	if err != nil {
		t.Fatalf("%s %s behind Terraform's back: %v", method, path, err)
	}
	return answer
}

// GraphStatus is the status Microsoft Graph answers a GET with.
func (h *Harness) GraphStatus(t testing.TB, path string) int {
	t.Helper()
	status, _, err := h.graph(http.MethodGet, path, nil)
	if err != nil {
		t.Fatalf("GET %s behind Terraform's back: %v", path, err)
	}
	return status
}

func (h *Harness) graph(method, path string, body any) (int, map[string]any, error) {
	token, err := h.ownAccessToken()
	if err != nil {
		return 0, nil, err
	}
	if !strings.HasPrefix(path, "/beta/") && !strings.HasPrefix(path, "/v1.0/") {
		path = "/v1.0" + path
	}
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequest(method, h.URL+path, content)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return h.send(request)
}

// ExternalToken is a token of another issuer, such as GitHub's, for a subject.
func (h *Harness) ExternalToken(t testing.TB, issuer, subject string) string {
	t.Helper()
	content, err := json.Marshal(map[string]any{"issuer": "external", "as": issuer, "subject": subject})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, h.URL+"/_local/token", bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	status, answer, err := h.send(request)
	token, ok := answer["value"].(string)
	if err != nil || !ok {
		t.Fatalf("getting a token of %s: got status %d: %v, %v", issuer, status, answer, err)
	}
	return token
}

// PasswordStatus is the status with which the login service answers an application that signs in with a password.
func (h *Harness) PasswordStatus(t testing.TB, clientID, secret string) int {
	t.Helper()
	status, _, err := h.signInAs(clientID, secret)
	if err != nil {
		t.Fatalf("signing in as %s: %v", clientID, err)
	}
	return status
}

func (h *Harness) signInAs(clientID, secret string) (int, map[string]any, error) {
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {secret},
		"scope": {"https://graph.microsoft.com/.default"},
	}
	request, err := http.NewRequest(http.MethodPost, h.URL+"/"+h.Tenant.TenantID()+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return h.send(request)
}

// ownToken is the access token of requests behind Terraform's back.
type ownToken struct {
	mutex sync.Mutex
	text  string
	got   time.Time // by the tenant's clock, which tests put forward
}

func (h *Harness) ownAccessToken() (string, error) {
	h.ownToken.mutex.Lock()
	defer h.ownToken.mutex.Unlock()
	now := h.Tenant.Clock().Now()
	if age := now.Sub(h.ownToken.got); h.ownToken.text != "" && age >= 0 && age < 30*time.Minute {
		return h.ownToken.text, nil
	}
	text, err := h.signIn()
	if err == nil {
		h.ownToken.text, h.ownToken.got = text, now
	}
	return text, err
}

// signIn gets an access token for the seeded caller.
func (h *Harness) signIn() (string, error) {
	status, answer, err := h.signInAs(emulator.CallerClientID, emulator.CallerClientSecret)
	if err != nil {
		return "", err
	}
	token, ok := answer["access_token"].(string)
	if !ok {
		return "", fmt.Errorf("signing in to the local tenant: got status %d: %v", status, answer)
	}
	return token, nil
}

func (h *Harness) send(request *http.Request) (int, map[string]any, error) {
	response, err := h.own.RoundTrip(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil || len(content) == 0 {
		return response.StatusCode, nil, err
	}
	var answer map[string]any
	if err := json.Unmarshal(content, &answer); err != nil {
		return 0, nil, fmt.Errorf("reading the answer %q: %w", content, err)
	}
	return response.StatusCode, answer, nil
}
