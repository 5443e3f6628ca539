package odata

import (
	"fmt"
	"net/http"
)

// Error is an answer of Microsoft Graph's to a query it does not accept.
type Error struct {
	Status  int // HTTP
	Code    string
	Message string
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Graph itself parses a query, and answers BadRequest; what passes is up to the directory, which answers
// Request_UnsupportedQuery or Request_BadRequest.

func badRequest(format string, args ...any) error {
	return &Error{http.StatusBadRequest, "BadRequest", fmt.Sprintf(format, args...)}
}

func directoryBadRequest(format string, args ...any) error {
	return &Error{http.StatusBadRequest, "Request_BadRequest", fmt.Sprintf(format, args...)}
}

func unsupported(format string, args ...any) error {
	return &Error{http.StatusBadRequest, "Request_UnsupportedQuery", fmt.Sprintf(format, args...)}
}

// Texts met in more than one place.
const (
	invalidFilter   = "Invalid filter clause: "
	invalidSelect   = "Parsing OData Select and Expand failed: "
	unknownProperty = "Could not find a property named '%s' on type '%s'."
	advancedOnly    = "Operator '%s' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information"
	notIndexed      = "Unsupported or invalid query filter clause specified for property '%s' of resource '%s'."
)
