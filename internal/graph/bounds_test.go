package graph

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// endless answers for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestBounded(t *testing.T) {
	t.Parallel()
	answer := func(body io.Reader) http.RoundTripper {
		return Bounded(roundTripper(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(body)}, nil
		}))
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://graph.example/v1.0/applications", nil)
	if err != nil {
		t.Fatal(err)
	}
	sent := 0
	counted := roundTripper(func(r *http.Request) (*http.Response, error) { sent++; return answer(endless{}).RoundTrip(r) })
	_, err = NewRetry(counted).RoundTrip(request)
	if err == nil || !strings.Contains(err.Error(), "GET graph.example/v1.0/applications has more than 64 MiB") || sent != 1 {
		t.Errorf("%d requests: %v", sent, err)
	}
	response, err := answer(strings.NewReader("fine")).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(response.Body); err != nil || string(body) != "fine" {
		t.Errorf("%q, %v", body, err)
	}
}

func TestConfined(t *testing.T) {
	t.Parallel()
	public, _ := LookupCloud(PublicCloud)
	own := public.WithAuthority("https://login.contoso.example/")
	for _, c := range []struct {
		cloud           Cloud
		method, address string
		sent            bool
	}{
		{public, http.MethodPost, "https://login.microsoftonline.com/x/oauth2/v2.0/token", true},
		{public, http.MethodPost, "https://login.windows.net/x/oauth2/v2.0/token", true},
		{public, http.MethodPost, "https://LOGIN.microsoftonline.com/x/oauth2/v2.0/token", true},
		{public, http.MethodPost, "http://login.microsoftonline.com/x/oauth2/v2.0/token", false},
		{public, http.MethodPost, "https://login.microsoftonline.com.evil.example/token", false},
		{public, http.MethodGet, "https://evil.example/keys", true},
		{own, http.MethodPost, "https://login.contoso.example/x/oauth2/v2.0/token", true},
		{own, http.MethodPost, "https://login.contoso.example:8443/x/oauth2/v2.0/token", false},
		{own, http.MethodPost, "https://login.windows.net/x/oauth2/v2.0/token", false},
		{own, http.MethodPut, "https://evil.example/token", false},
		{public, http.MethodPost, "http://localhost:50342/oauth2/token", true},
		{public, http.MethodPost, "http://169.254.169.254/metadata/identity/oauth2/token", true},
	} {
		sent := false
		next := roundTripper(func(*http.Request) (*http.Response, error) {
			sent = true
			return &http.Response{Body: http.NoBody}, nil
		})
		request, err := http.NewRequestWithContext(t.Context(), c.method, c.address, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := Confined(next, c.cloud).RoundTrip(request)
		if err == nil {
			_ = response.Body.Close()
		}
		if sent != c.sent || sent != (err == nil) {
			t.Errorf("%s %s of %s: sent %t, %v", c.method, c.address, c.cloud.Authority, sent, err)
		}
	}
}

func TestIsSafe(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://graph.example": true, "http://127.0.0.1:8080": true, "http://localhost": true, "http://[::1]:1": true,
		"http://graph.example": false, "http://10.0.0.1": false, "http://127.0.0.1.evil.example": false, "ftp://localhost": false,
	} {
		u, err := url.Parse(address)
		if err != nil || IsSafe(u) != want {
			t.Errorf("%s: %t, %v", address, !want, err)
		}
	}
}

// TestIsNotFound: nothing but the service's word that an object does not exist takes it out of the state.
func TestIsNotFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status        int
		code, message string
		want          bool
	}{
		{404, "Request_ResourceNotFound", "Resource 'x' does not exist or one of its queried reference-property objects are not present.", true},
		{404, "Request_ResourceNotFound", "Resource '' does not exist or one of its queried reference-property objects are not present.", false},
		{404, "ResourceNotFound", "", true},
		{404, "RoleAssignmentNotFound", "", true},
		{404, "ResourceGroupNotFound", "", true},
		{404, "ParentResourceNotFound", "", true},
		{404, "", "", false},
		{404, "404", "", false},
		{404, "UnknownError", "", false},
		{404, "MissingSubscription", "", false},
		{404, "SubscriptionNotFound", "", false},
		{404, "InvalidResourceType", "", false},
		{404, "InvalidResourceNamespace", "", false},
		{410, "Request_ResourceNotFound", "", false},
	} {
		err := fmt.Errorf("reading: %w", &Error{Status: c.status, Code: c.code, Message: c.message})
		if IsNotFound(err) != c.want {
			t.Errorf("%d %s %s: %t", c.status, c.code, c.message, !c.want)
		}
	}
	if IsNotFound(errors.New("no answer")) {
		t.Error("no answer is taken for one")
	}
}

func TestError_asksToWait(t *testing.T) {
	t.Parallel()
	err := &Error{Status: http.StatusTooManyRequests, Message: "Too many requests.", Header: http.Header{"Retry-After": {"3600"}}}
	if text := err.Error(); !strings.HasSuffix(text, "The service asks to be left alone for 1h0m0s (Retry-After)") {
		t.Error(text)
	}
	if text := (&Error{Status: http.StatusTooManyRequests}).Error(); strings.Contains(text, "Retry-After") {
		t.Error(text)
	}
}
