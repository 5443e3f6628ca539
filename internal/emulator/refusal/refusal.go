// Package refusal answers requests with an error that does not come from looking at what they ask for: the service is
// busy, down, or has been asked too often.
package refusal

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/httpjson"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/requestpath"
)

// Refusal is an error to answer with.
type Refusal struct {
	Status     int
	Code       string // empty is the one the service usually has for the status; an AADSTS number at the token endpoint
	Message    string // empty is what the service says with its code
	RetryAfter string // the header of that name; empty is none
}

// problem is what a service answers for a status: a code and a message, in which %s is the last key of the path.
type problem struct{ code, message string }

// graphProblems are of Microsoft Graph (learn.microsoft.com/graph/errors, learn.microsoft.com/graph/throttling); what
// fails in front of the directory has no better name there than UnknownError.
var graphProblems = map[int]problem{
	http.StatusBadRequest:          {"Request_BadRequest", "Invalid request."},
	http.StatusUnauthorized:        {"InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."},
	http.StatusForbidden:           {"Authorization_RequestDenied", "Insufficient privileges to complete the operation."},
	http.StatusNotFound:            {"Request_ResourceNotFound", "Resource '%s' does not exist or one of its queried reference-property objects are not present."},
	http.StatusConflict:            {"Directory_ConcurrencyViolation", "Error due to concurrent requests being made to the tenant. Please wait briefly and retry."},
	http.StatusTooManyRequests:     {"TooManyRequests", "Please retry again later."},
	http.StatusInternalServerError: {"Service_InternalServerError", "Encountered an internal server error."},
	http.StatusServiceUnavailable:  {"serviceNotAvailable", "Service unavailable"},
}

// managerProblems are of Azure Resource Manager
// (learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors).
var managerProblems = map[int]problem{
	http.StatusUnauthorized:        {"ExpiredAuthenticationToken", "The access token is expired."},
	http.StatusForbidden:           {"AuthorizationFailed", "The client does not have authorization to perform the action."},
	http.StatusNotFound:            {"ResourceNotFound", "The Resource '%s' was not found."},
	http.StatusConflict:            {"Conflict", "Another operation is in progress on the resource. Please retry later."},
	http.StatusTooManyRequests:     {"TooManyRequests", "The request is being throttled as the limit has been reached for the operation."},
	http.StatusInternalServerError: {"InternalServerError", "The server encountered an internal error. Please retry the request."},
	http.StatusServiceUnavailable:  {"ServiceUnavailable", "The service is unavailable. Please try again later."},
	http.StatusGatewayTimeout:      {"GatewayTimeout", "The gateway did not receive a response from the resource provider within the specified time period."},
}

// Write answers with the refusal, in the form that the service has which the request is for.
func Write(w http.ResponseWriter, r *http.Request, now time.Time, refusal Refusal) {
	if refusal.RetryAfter != "" {
		w.Header().Set("Retry-After", refusal.RetryAfter)
	}
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	w.Header().Set("Cache-Control", "no-cache")
	segments := requestpath.Segments(r.URL)
	switch {
	case requestpath.IsGraph(segments):
		writeGraph(w, r, now, refusal.or(graphProblems, problem{"UnknownError", ""}, segments))
	case slices.Contains(segments, "oauth2"):
		writeLogin(w, now, refusal)
	default:
		writeManager(w, r, refusal.or(managerProblems, problem{strings.ReplaceAll(http.StatusText(refusal.Status), " ", ""), "The request could not be served."}, segments))
	}
}

// or fills in what the refusal leaves open.
func (f Refusal) or(problems map[int]problem, otherwise problem, segments []string) Refusal {
	usual, known := problems[f.Status]
	if !known {
		usual = otherwise
	}
	if f.Code == "" {
		f.Code = usual.code
	}
	if f.Message == "" && f.Code == usual.code {
		f.Message = strings.ReplaceAll(usual.message, "%s", key(segments))
	}
	return f
}

// key is what a path says it is about: the last of its GUIDs, or else its end.
func key(segments []string) string {
	for _, segment := range slices.Backward(segments) {
		if _, err := uuid.Parse(segment); err == nil {
			return segment
		}
	}
	return segments[len(segments)-1]
}

func writeGraph(w http.ResponseWriter, r *http.Request, now time.Time, refusal Refusal) {
	id := uuid.NewString()
	client := r.Header.Get("client-request-id")
	if client == "" {
		client = id
	}
	w.Header().Set("request-id", id)
	w.Header().Set("client-request-id", client)
	inner := map[string]any{"date": now.UTC().Format("2006-01-02T15:04:05"), "request-id": id, "client-request-id": client}
	switch refusal.Status {
	case http.StatusTooManyRequests:
		inner["code"], inner["status"] = "429", "429"
		inner["message"] = "Please retry after"
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="", authorization_uri="https://`+r.Host+`/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"`)
	}
	httpjson.Write(w, refusal.Status, map[string]any{"error": map[string]any{
		"code": refusal.Code, "message": refusal.Message, "innerError": inner,
	}})
}

func writeManager(w http.ResponseWriter, r *http.Request, refusal Refusal) {
	w.Header().Set("x-ms-request-id", uuid.NewString())
	if refusal.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer authorization_uri="https://`+r.Host+`/common", error="invalid_token", error_description="`+refusal.Message+`"`)
	}
	httpjson.Write(w, refusal.Status, map[string]any{"error": map[string]any{"code": refusal.Code, "message": refusal.Message}})
}

// writeLogin answers as the token endpoint does; see learn.microsoft.com/entra/identity-platform/reference-error-codes.
func writeLogin(w http.ResponseWriter, now time.Time, refusal Refusal) {
	number, text, oauth := 90033, "A transient error has occurred. Please try again.", "temporarily_unavailable"
	switch {
	case refusal.Status == http.StatusTooManyRequests:
		number, text = 90055, "There are too many incoming requests."
	case refusal.Status < http.StatusInternalServerError:
		number, text, oauth = 900144, "The request is not valid.", "invalid_request"
	}
	if given, err := strconv.Atoi(strings.TrimPrefix(refusal.Code, "AADSTS")); err == nil {
		number = given
	}
	if refusal.Message != "" {
		text = refusal.Message
	}
	trace, correlation := uuid.NewString(), uuid.NewString()
	timestamp := now.UTC().Format("2006-01-02 15:04:05Z")
	w.Header().Set("x-ms-request-id", trace)
	httpjson.Write(w, refusal.Status, map[string]any{
		"error":             oauth,
		"error_description": fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s", number, text, trace, correlation, timestamp),
		"error_codes":       []int{number},
		"timestamp":         timestamp,
		"trace_id":          trace,
		"correlation_id":    correlation,
	})
}
