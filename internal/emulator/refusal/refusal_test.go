package refusal

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	const id = "12345678-0000-4000-8000-000000000001"
	for _, test := range []struct {
		path    string
		refusal Refusal
		code    string
		message string
	}{
		{"/v1.0/applications/" + id + "/owners", Refusal{Status: 404}, "Request_ResourceNotFound", "Resource '" + id + "' does not exist or one of its queried reference-property objects are not present."},
		{"/beta/users/a@example.com", Refusal{Status: 404}, "Request_ResourceNotFound", "Resource 'a@example.com' does not exist or one of its queried reference-property objects are not present."},
		{"/v1.0/applications", Refusal{Status: 409}, "Directory_ConcurrencyViolation", "Error due to concurrent requests being made to the tenant. Please wait briefly and retry."},
		{"/v1.0/applications", Refusal{Status: 409, Code: "Other"}, "Other", ""},
		{"/v1.0/applications", Refusal{Status: 400, Message: "100% wrong"}, "Request_BadRequest", "100% wrong"},
		{"/v1.0/applications", Refusal{Status: 502}, "UnknownError", ""},
		{"/subscriptions/s/resourceGroups/g", Refusal{Status: 404}, "ResourceNotFound", "The Resource 'g' was not found."},
		{"/subscriptions", Refusal{Status: 503}, "ServiceUnavailable", "The service is unavailable. Please try again later."},
		{"/subscriptions", Refusal{Status: 423}, "Locked", "The request could not be served."},
	} {
		w := httptest.NewRecorder()
		Write(w, httptest.NewRequest(http.MethodGet, test.path, nil), time.Now(), test.refusal)
		var body struct {
			Error struct{ Code, Message string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Errorf("%s: %v in %s", test.path, err, w.Body)
		}
		if w.Code != test.refusal.Status || body.Error.Code != test.code || body.Error.Message != test.message {
			t.Errorf("%s: %d %s", test.path, w.Code, w.Body)
		}
	}
}

func TestWrite_login(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		refusal Refusal
		oauth   string
		begins  string
		number  int
	}{
		{Refusal{Status: 503}, "temporarily_unavailable", "AADSTS90033: A transient error has occurred. Please try again. Trace ID: ", 90033},
		{Refusal{Status: 429, RetryAfter: "3"}, "temporarily_unavailable", "AADSTS90055: There are too many incoming requests. Trace ID: ", 90055},
		{Refusal{Status: 400}, "invalid_request", "AADSTS900144: ", 900144},
		{Refusal{Status: 400, Code: "AADSTS70021", Message: "No match."}, "invalid_request", "AADSTS70021: No match. Trace ID: ", 70021},
	} {
		w := httptest.NewRecorder()
		Write(w, httptest.NewRequest(http.MethodPost, "/common/oauth2/v2.0/token", nil), now, test.refusal)
		var body struct {
			Error       string `json:"error"`
			Description string `json:"error_description"`
			Codes       []int  `json:"error_codes"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Errorf("%v in %s", err, w.Body)
		}
		if w.Code != test.refusal.Status || body.Error != test.oauth || !strings.HasPrefix(body.Description, test.begins) || len(body.Codes) != 1 ||
			body.Codes[0] != test.number || !strings.HasSuffix(body.Description, " Timestamp: 2026-05-01 12:00:00Z") || w.Header().Get("Retry-After") != test.refusal.RetryAfter {
			t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
		}
	}
}
