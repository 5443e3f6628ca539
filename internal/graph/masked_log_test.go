package graph

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestMaskedWriter has net/http write all that it does into the log, as GODEBUG=http2debug=2 makes it do for anybody: no secret
// is among it.
func TestMaskedWriter(t *testing.T) {
	const secret, token, made = "s3cret~Of-a-client_0123456789", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2lnbmVk", "made~8Q~0123456789012345678901234567890123"
	if os.Getenv("GODEBUG") != "http2debug=2" {
		t.Parallel()
		program, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		command := exec.CommandContext(t.Context(), program, "-test.run=^TestMaskedWriter$")
		command.Env = append(os.Environ(), "GODEBUG=http2debug=2")
		output, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		if !strings.Contains(string(output), "Transport") || !strings.Contains(string(output), "DATA") {
			t.Errorf("nothing was logged:\n%s", output)
		}
		for _, hidden := range []string{secret, token, made} {
			if strings.Contains(string(output), hidden) {
				t.Errorf("the log has %s:\n%s", hidden, output)
			}
		}
		return
	}
	log.SetOutput(MaskedWriter(os.Stderr))
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"`+token+`","secretText":"`+made+`"}`)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader("client_id=x&client_secret="+secret+"&grant_type=client_credentials"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.ReadAll(response.Body)
	_ = response.Body.Close()
}
