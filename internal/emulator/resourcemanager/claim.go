package resourcemanager

import (
	"context"
	"net/http"
	"strings"
	"sync"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
)

// A user-assigned identity takes one write to its federated identity credentials at a time and refuses a second one that
// comes before the first is done: learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations. A
// write lasts from the request's arrival, whatever delays it then, to the change in the directory.

// claims are the identities whose credentials are being written.
type claims struct {
	mutex  sync.Mutex
	holder map[string]*claim // by key of the identity
}

// claim is a write's claim to the credentials of an identity.
type claim struct {
	of       *claims
	identity string
	granted  bool
}

func (c *claims) take(identity string) *claim {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.holder == nil {
		c.holder = map[string]*claim{}
	}
	made := &claim{of: c, identity: identity}
	if c.holder[identity] == nil {
		c.holder[identity], made.granted = made, true
	}
	return made
}

// release gives a claim up; again, it does nothing.
func (c *claim) release() {
	c.of.mutex.Lock()
	defer c.of.mutex.Unlock()
	if c.of.holder[c.identity] == c {
		delete(c.of.holder, c.identity)
	}
}

type claimKey struct{}

// Arrivals passes requests on and remembers of those that write credentials when they came. It is for the outermost place
// that requests reach, before anything that delays them.
func (s *Service) Arrivals(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		identity, writes := writtenIdentity(r)
		if !writes {
			next.ServeHTTP(w, r)
			return
		}
		made := s.writes.take(identity)
		defer made.release()
		next.ServeHTTP(&releasing{w, made}, r.WithContext(context.WithValue(r.Context(), claimKey{}, made)))
	})
}

// releasing gives a claim up before the client can know that its write is done.
type releasing struct {
	http.ResponseWriter
	claim *claim
}

func (w *releasing) WriteHeader(status int) {
	w.claim.release()
	w.ResponseWriter.WriteHeader(status)
}

func (w *releasing) Write(content []byte) (int, error) {
	w.claim.release()
	return w.ResponseWriter.Write(content)
}

// Unwrap lets http.ResponseController reach what is below.
func (w *releasing) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// writtenIdentity is the key of the identity whose credentials a request writes.
func writtenIdentity(r *http.Request) (identity string, ok bool) {
	path := segments(r.URL.Path)
	if r.Method != http.MethodPut && r.Method != http.MethodDelete || len(path) != 10 || !strings.EqualFold(path[8], "federatedIdentityCredentials") {
		return "", false
	}
	return key("/" + strings.Join(path[:8], "/")), true
}

// release gives up the claim of a request, if it has one.
func release(r *http.Request) {
	if made, ok := r.Context().Value(claimKey{}).(*claim); ok {
		made.release()
	}
}

// alone refuses a write while there is another one to the credentials of the same identity.
func (r *request) alone(identity *directory.Object) *failure {
	if made, ok := r.Context().Value(claimKey{}).(*claim); !ok || made.granted {
		return nil
	}
	// The words are of github.com/hashicorp/terraform-provider-azurerm/issues/29242 and others.
	return fail(http.StatusConflict, "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
		"Too many Federated Identity Credentials are written concurrently for the managed identity '%s'. Concurrent Federated Identity Credentials writes under the same managed identity are not supported.",
		identity.String("id"))
}
