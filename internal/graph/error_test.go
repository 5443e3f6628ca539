package graph

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestError_fromAnswers(t *testing.T) {
	t.Parallel()
	const notFound = `{"error":{"code":"Request_ResourceNotFound","message":"Resource '1' does not exist or one of its queried reference-property objects are not present.",` +
		`"innerError":{"date":"2026-01-01T00:00:00","request-id":"inner","client-request-id":"c"}}}`
	tests := map[string]struct {
		status            int
		contentType, body string
		code, message     string
		notFound          bool
	}{
		"graph":            {404, "application/json", notFound, "Request_ResourceNotFound", "Resource '1' does not exist", true},
		"no message":       {400, "application/json", `{"error":{"code":"Request_BadRequest"}}`, "Request_BadRequest", "", false},
		"no error":         {500, "application/json", `{}`, "", "not the service's own", false},
		"html of a proxy":  {403, "text/html", "<html>\n  <h1>Blocked</h1></html>", "", "<h1>Blocked</h1>", false},
		"html not found":   {404, "text/html", "<html>nginx</html>", "", "nginx", false},
		"nothing":          {401, "", "", "", "", false},
		"redirect":         {302, "", "", "", "not followed", false},
		"json as a scalar": {400, "application/json", `"no"`, "", `"no"`, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", test.contentType)
				w.Header().Set("request-id", "r-1")
				w.Header().Set("Location", "https://elsewhere.example/")
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
			})
			_, err := builder(client).ByApplicationId("1").Get(t.Context(), nil)
			e, ok := AsError(fmt.Errorf("reading application: %w", err))
			if !ok {
				t.Fatalf("got %v, which is no Error", err)
			}
			if e.Status != test.status || e.Code != test.code || !strings.Contains(e.Message, test.message) || e.RequestID != "r-1" || len(e.ClientRequestID) != 36 {
				t.Errorf("got %+v", e)
			}
			if e.Operation != "GET /v1.0/applications/1" {
				t.Errorf("operation is %q", e.Operation)
			}
			if IsNotFound(err) != test.notFound {
				t.Errorf("IsNotFound is %v", IsNotFound(err))
			}
			for _, want := range []string{fmt.Sprint(test.status), test.code, "request-id r-1", "GET /v1.0/applications/1"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q lacks %q", err, want)
				}
			}
		})
	}
}

func TestError_details(t *testing.T) {
	t.Parallel()
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":{"code":"Request_BadRequest","message":"Invalid value.","target":"identifierUris","details":[{"code":"InvalidLength","message":"Too long.","target":"x"}],"innerError":{"request-id":"inner"}}}`)
	})
	_, err := builder(client).Get(t.Context(), nil)
	e, ok := AsError(err)
	if !ok || e.Target != "identifierUris" || len(e.Details) != 1 || e.Details[0] != (ErrorDetail{"InvalidLength", "Too long.", "x"}) || e.RequestID != "inner" {
		t.Errorf("got %+v", e)
	}
	if want := "Invalid value. Too long. (GET /v1.0/applications answered 400 Request_BadRequest, request-id inner)"; err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
}

func TestIsNotFound_otherErrors(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, errors.New("404 not found"), &NetworkError{Err: errors.New("404")}, &Error{Status: 410}} {
		if IsNotFound(err) {
			t.Errorf("%v counts as not found", err)
		}
	}
}
