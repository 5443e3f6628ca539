package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// CredentialError means that no access token could be had. Its text is the login service's own (AADSTS…) where there is
// one, never the request, which carries secrets.
type CredentialError struct {
	// Code is the login service's number, such as AADSTS7000215; empty when the failure is not its answer.
	Code string
	// Message is what went wrong.
	Message string
	err     error
}

func (e *CredentialError) Error() string {
	return "could not get an access token for Microsoft Graph: " + e.Message
}

func (e *CredentialError) Unwrap() error { return e.err }

var aadsts = regexp.MustCompile(`AADSTS\d+`)

// NewCredentialError is the failure of a credential, told by the login service where it answered.
func NewCredentialError(err error) *CredentialError {
	if known, ok := errors.AsType[*CredentialError](err); ok {
		return known
	}
	e := &CredentialError{Message: oneLine(err.Error()), err: err}
	if failed, ok := errors.AsType[*azidentity.AuthenticationFailedError](err); ok && failed.RawResponse != nil {
		e.Message = loginAnswer(failed.RawResponse)
	}
	e.Code = aadsts.FindString(e.Message)
	return e
}

// loginAnswer reads the error of the token endpoint
// (https://learn.microsoft.com/entra/identity-platform/reference-error-codes).
func loginAnswer(response *http.Response) string {
	var body []byte
	if response.Body != nil {
		body, _ = io.ReadAll(response.Body)
		response.Body = io.NopCloser(bytes.NewReader(body))
	}
	host := "the login service"
	if response.Request != nil {
		host = response.Request.URL.Host
	}
	var answer struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Error == "" && answer.Description == "" {
		return host + " answered " + response.Status + asksToWait(response.StatusCode, response.Header)
	}
	if answer.Description == "" {
		return host + " answered " + answer.Error
	}
	return oneLine(answer.Description)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
