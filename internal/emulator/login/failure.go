package login

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/httpjson"
)

// failure is a refusal with a code and in the words of Microsoft Entra ID, see
// learn.microsoft.com/entra/identity-platform/reference-error-codes.
type failure struct {
	status  int
	oauth   string // the error code of RFC 6749
	code    int    // of AADSTS
	message string
}

func (f *failure) Error() string { return fmt.Sprintf("AADSTS%d: %s", f.code, f.message) }

func invalidRequest(code int, format string, arguments ...any) *failure {
	return &failure{http.StatusBadRequest, "invalid_request", code, fmt.Sprintf(format, arguments...)}
}

func invalidClient(code int, format string, arguments ...any) *failure {
	return &failure{http.StatusUnauthorized, "invalid_client", code, fmt.Sprintf(format, arguments...)}
}

func badRequest(oauth string, code int, format string, arguments ...any) *failure {
	return &failure{http.StatusBadRequest, oauth, code, fmt.Sprintf(format, arguments...)}
}

func missingParameter(name string) *failure {
	return invalidRequest(900144, "The request body must contain the following parameter: '%s'.", name)
}

func unknownTenant(tenant string) *failure {
	return invalidRequest(90002, "Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.", tenant)
}

// failureBody is what the endpoint answers.
type failureBody struct {
	Error         string `json:"error"`
	Description   string `json:"error_description"`
	Codes         []int  `json:"error_codes"`
	Timestamp     string `json:"timestamp"`
	TraceID       string `json:"trace_id"`
	CorrelationID string `json:"correlation_id"`
	URI           string `json:"error_uri"`
}

// errorPage explains a code; it is the real one, for there is no other.
const errorPage = "https://login.microsoftonline.com/error?code="

// exchange is one request and its answer, with the identifiers that support would ask for.
type exchange struct {
	w             http.ResponseWriter
	r             *http.Request
	traceID       string
	correlationID string
}

func newExchange(w http.ResponseWriter, r *http.Request) *exchange {
	e := &exchange{w: w, r: r, traceID: uuid.NewString(), correlationID: uuid.NewString()}
	const header = "client-request-id"
	for _, given := range []string{r.Header.Get(header), r.URL.Query().Get(header)} {
		if id, err := uuid.Parse(given); err == nil {
			e.correlationID = id.String()
		}
	}
	if strings.EqualFold(r.Header.Get("return-client-request-id"), "true") {
		w.Header().Set(header, e.correlationID)
	}
	w.Header().Set("x-ms-request-id", e.traceID)
	w.Header().Set("Cache-Control", "no-store, no-cache")
	w.Header().Set("Pragma", "no-cache")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	return e
}

func (e *exchange) fail(f *failure, now time.Time) {
	timestamp := now.UTC().Format("2006-01-02 15:04:05Z")
	httpjson.Write(e.w, f.status, failureBody{
		Error: f.oauth,
		Description: fmt.Sprintf("%s Trace ID: %s Correlation ID: %s Timestamp: %s",
			f.Error(), e.traceID, e.correlationID, timestamp),
		Codes:         []int{f.code},
		Timestamp:     timestamp,
		TraceID:       e.traceID,
		CorrelationID: e.correlationID,
		URI:           fmt.Sprintf("%s%d", errorPage, f.code),
	})
}
