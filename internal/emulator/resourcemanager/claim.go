package resourcemanager

import (
	"net/http"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/claim"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
)

// A user-assigned identity takes one write to its federated identity credentials at a time and refuses a second one that
// comes before the first is done: learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations.

// Arrivals passes requests on and remembers of those that write credentials when they came. It is for the outermost place
// that requests reach, before anything that delays them.
func (s *Service) Arrivals(next http.Handler) http.Handler {
	return s.writes.Handler(writtenIdentity, next)
}

// writtenIdentity is the key of the identity whose credentials a request writes.
func writtenIdentity(r *http.Request) (identity string, ok bool) {
	path := segments(r.URL.Path)
	if r.Method != http.MethodPut && r.Method != http.MethodDelete || len(path) != 10 || !strings.EqualFold(path[8], "federatedIdentityCredentials") {
		return "", false
	}
	return key("/" + strings.Join(path[:8], "/")), true
}

// alone refuses a write while there is another one to the credentials of the same identity.
func (r *request) alone(identity *directory.Object) *failure {
	if claim.Granted(r.Request) {
		return nil
	}
	// The words are of github.com/hashicorp/terraform-provider-azurerm/issues/29242 and others.
	return fail(http.StatusConflict, "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
		"Too many Federated Identity Credentials are written concurrently for the managed identity '%s'. Concurrent Federated Identity Credentials writes under the same managed identity are not supported.",
		identity.String("id"))
}
