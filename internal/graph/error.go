package graph

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Error is an answer of Microsoft Graph that is not a success. Every failed request ends in one, whichever call of the
// SDK made it; failures that never became an answer are a [NetworkError] or a [CredentialError].
//
// See Microsoft Graph documentation, "Microsoft Graph error responses and resource types":
// https://learn.microsoft.com/graph/errors.
type Error struct {
	// Status is the HTTP status.
	Status int
	// Code is Graph's error code, such as Request_ResourceNotFound; empty when the answer did not come from Graph
	// itself (a proxy's page, for instance).
	Code string
	// Message is Graph's text.
	Message string
	// Target names the property or parameter that is at fault, when Graph says so.
	Target string
	// Details are further errors that belong to this one.
	Details []ErrorDetail
	// RequestID is what Microsoft's support asks for.
	RequestID string
	// ClientRequestID is the identifier this provider gave the request.
	ClientRequestID string
	// Operation is the request that failed: method and path, no query.
	Operation string
	// Header is the answer's header.
	Header http.Header
}

// ErrorDetail is one of several reasons inside an [Error].
type ErrorDetail struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Target  string `json:"target"`
}

// Error gives Graph's words first, then what support would ask for.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(cmp.Or(strings.TrimSpace(e.Message), "The service gave no reason."))
	for _, d := range e.Details {
		if d.Message != "" && d.Message != e.Message {
			fmt.Fprintf(&b, " %s", d.Message)
		}
	}
	fmt.Fprintf(&b, " (%s answered %s", e.Operation, strings.TrimSpace(fmt.Sprint(e.Status, " ", cmp.Or(e.Code, http.StatusText(e.Status)))))
	if e.RequestID != "" {
		fmt.Fprintf(&b, ", request-id %s", e.RequestID)
	}
	b.WriteString(")")
	b.WriteString(asksToWait(e.Status, e.Header))
	return b.String()
}

// asksToWait says for how long a service that refuses asks to be left alone, which is longer than the time that was left.
func asksToWait(status int, header http.Header) string {
	pause, ok := retryAfter(header, time.Now())
	if !ok || pause < time.Second || status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable {
		return ""
	}
	return fmt.Sprintf(". The service asks to be left alone for %s (Retry-After)", pause.Round(time.Second))
}

// AsError finds the answer of Microsoft Graph in err, however deeply it is wrapped.
func AsError(err error) (*Error, bool) { return errors.AsType[*Error](err) }

// IsNotFound reports whether err is the service's word that an object does not exist. Any other 404 is a proxy's, a gateway's, or
// about something else, such as a subscription that a caller of another tenant does not see: it says nothing of the object,
// which must not leave the state for it.
func IsNotFound(err error) bool {
	e, ok := AsError(err)
	return ok && e.Status == http.StatusNotFound && slices.Contains(missing, e.Code) && !strings.HasPrefix(e.Message, "Resource '' ")
}

// missing are the codes of an object that does not exist, or of what it is in: those of https://learn.microsoft.com/graph/errors,
// and those that Microsoft Graph and Azure Resource Manager were recorded to answer.
var missing = []string{
	"Request_ResourceNotFound", "ResourceNotFound", "NotFound", "itemNotFound", "ImageNotFound",
	"ResourceGroupNotFound", "ParentResourceNotFound", "RoleAssignmentNotFound", "RoleDefinitionDoesNotExist", "ManagementGroupNotFound",
}

// NotFound is the answer that there would be if what is a part of another object could be asked for by itself.
func NotFound(operation, message string) *Error {
	return &Error{Status: http.StatusNotFound, Code: "Request_ResourceNotFound", Message: message, Operation: operation}
}

// errorBody is the shape of Graph's error answers.
type errorBody struct {
	Error struct {
		Code       string         `json:"code"`
		Message    string         `json:"message"`
		Target     string         `json:"target"`
		Details    []ErrorDetail  `json:"details"`
		InnerError map[string]any `json:"innerError"`
	} `json:"error"`
}

// NewError reads a failed answer, of Microsoft Graph or of Azure Resource Manager, whose errors have the same shape. What
// is not their JSON (a gateway's or proxy's page) is kept short as the message.
func NewError(request *http.Request, response *http.Response, body []byte) *Error {
	e := &Error{
		Status:          response.StatusCode,
		RequestID:       cmp.Or(response.Header.Get("request-id"), response.Header.Get("x-ms-request-id")),
		ClientRequestID: request.Header.Get(clientRequestID),
		Operation:       request.Method + " " + request.URL.Path,
		Header:          response.Header,
	}
	var parsed errorBody
	if err := json.Unmarshal(body, &parsed); err != nil || parsed.Error.Code == "" && parsed.Error.Message == "" {
		e.Message = foreignMessage(response, body)
		return e
	}
	e.Code, e.Message, e.Target, e.Details = parsed.Error.Code, parsed.Error.Message, parsed.Error.Target, parsed.Error.Details
	if id, ok := parsed.Error.InnerError["request-id"].(string); ok {
		e.RequestID = cmp.Or(e.RequestID, id)
	}
	return e
}

func foreignMessage(response *http.Response, body []byte) string {
	const longest = 300
	text := oneLine(string(body))
	switch {
	case response.StatusCode < 400:
		return fmt.Sprintf("The service redirected the request to %q, which is not followed.", response.Header.Get("Location"))
	case text == "":
		return ""
	case len(text) > longest:
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return fmt.Sprintf("The answer is not the service's own, a proxy or gateway may be in between: %s", text)
}

// NetworkError is a request that got no answer.
type NetworkError struct {
	// Operation is the request: method and path, no query.
	Operation string
	// Host is where it went.
	Host string
	Err  error
}

func (e *NetworkError) Error() string {
	if wrong, ok := errors.AsType[*unsound](e.Err); ok {
		return fmt.Sprintf("%s answered wrongly: %s. Nothing was concluded from that. Run the command again; if that does not help, something between here and the service changes its answers.", e.Host, wrong)
	}
	return fmt.Sprintf("no answer from %s to %s: %v. Check the network, the proxy settings (HTTPS_PROXY, NO_PROXY) and, where TLS is inspected, ca_certificate_file.", e.Host, e.Operation, e.Err)
}

func (e *NetworkError) Unwrap() error { return e.Err }
