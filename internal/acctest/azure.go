package acctest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"
)

// Azure sends a request to Azure Resource Manager behind Terraform's back, as the seeded caller. The path begins with a
// slash and has no query; the body is sent as JSON unless nil. It returns the answer, nil where there is none, and fails
// the test on an error.
func (h *Harness) Azure(t testing.TB, method, path, version string, body any) map[string]any {
	t.Helper()
	content := []byte{}
	if body != nil {
		var err error
		if content, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	request, err := http.NewRequest(method, h.URL+path+"?"+url.Values{"api-version": {version}}.Encode(), bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+h.Tenant.ManagementToken())
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	status, answer, err := h.send(request)
	if err == nil && status >= 300 {
		err = fmt.Errorf("got status %d: %v", status, answer)
	}
	if err != nil {
		t.Fatalf("%s %s behind Terraform's back: %v", method, path, err)
	}
	return answer
}
