package graph

import (
	"net/http"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/claim"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// The directory may refuse a write to the passwords and keys of an application or service principal that comes while
// another one is under way: github.com/nais/azurerator/issues/448. Here it always does.

// credentialActions are the actions that write credentials.
var credentialActions = []string{"addPassword", "removePassword", "addKey", "removeKey"}

// Arrivals passes requests on and remembers of those that write credentials when they came. It is for the outermost place
// that requests reach, before anything that delays them.
func (s *Service) Arrivals(next http.Handler) http.Handler {
	return s.writes.Handler(writtenCredentials, next)
}

// writtenCredentials is the key of the object whose credentials a request writes by an action.
func writtenCredentials(r *http.Request) (key string, ok bool) {
	object, action := r.URL.Path, ""
	if i := strings.LastIndexByte(object, '/'); i >= 0 {
		object, action = object[:i], object[i+1:]
	}
	action = strings.TrimPrefix(action, "microsoft.graph.")
	_, object, _ = strings.Cut(strings.TrimPrefix(object, "/"), "/") // whichever version
	return object, r.Method == http.MethodPost && slices.Contains(credentialActions, action)
}

// writable is changeable for an action that writes credentials.
func (r *request) writable(t *entitytype.Type) (*directory.Object, error) {
	object, err := r.changeable(t)
	if err == nil {
		err = r.alone()
	}
	return object, err
}

// alone refuses a write of credentials while there is another one to those of the same object.
func (r *request) alone() error {
	if claim.Granted(r.Request) {
		return nil
	}
	return failure(http.StatusConflict, "Directory_ConcurrencyViolation", "Error due to concurrent requests being made to the tenant. Please wait briefly and retry.")
}
