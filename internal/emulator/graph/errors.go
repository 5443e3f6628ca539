package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// failure is an error as Microsoft Graph answers it; see learn.microsoft.com/graph/errors.
func failure(status int, code, format string, args ...any) error {
	return &odata.Error{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) error {
	return failure(http.StatusBadRequest, "Request_BadRequest", format, args...)
}

func denied() error {
	return failure(http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
}

func notFound(id string) error {
	return failure(http.StatusNotFound, "Request_ResourceNotFound",
		"Resource '%s' does not exist or one of its queried reference-property objects are not present.", id)
}

func conflict(format string, args ...any) error {
	return failure(http.StatusConflict, "Request_MultipleObjectsWithSameKeyValue", format, args...)
}

type errorBody struct {
	Error struct {
		Code       string     `json:"code"`
		Message    string     `json:"message"`
		InnerError innerError `json:"innerError"`
	} `json:"error"`
}

type innerError struct {
	Date            string `json:"date"`
	RequestID       string `json:"request-id"`
	ClientRequestID string `json:"client-request-id"`
}

func (s *Service) fail(w http.ResponseWriter, r *http.Request, err error) {
	answer, ok := errors.AsType[*odata.Error](err)
	if !ok {
		s.Logger.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
		answer = &odata.Error{Status: http.StatusInternalServerError, Code: "Service_InternalServerError", Message: "Encountered an internal server error."}
	}
	var body errorBody
	body.Error.Code, body.Error.Message = answer.Code, answer.Message
	body.Error.InnerError = innerError{
		Date:            s.Now().UTC().Format("2006-01-02T15:04:05"),
		RequestID:       w.Header().Get("request-id"),
		ClientRequestID: w.Header().Get("client-request-id"),
	}
	w.Header().Del("OData-Version")
	w.Header().Set("Content-Type", "application/json")
	if answer.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="", authorization_uri="`+s.Origin(r)+`/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"`)
	}
	w.WriteHeader(answer.Status)
	content, _ := json.Marshal(body) // strings only: cannot fail
	_, _ = w.Write(content)          // a client that went away
}
