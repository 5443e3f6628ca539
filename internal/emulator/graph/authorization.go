package graph

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
)

// Caller is who bears an access token.
type Caller struct {
	AppID       string
	ObjectID    string // of the service principal, or of the user
	TenantID    string
	Permissions []string // the token's roles, or its scopes
	Delegated   bool     // a user is signed in, on whose behalf the application acts

	DirectoryRoles []string // template ids of the roles that the bearer has in the whole tenant
}

// session is what is consistent in itself: a user sees what the user changed, whichever replica answers, while an
// application by itself has no such promise; see
// devblogs.microsoft.com/identity/designing-for-eventual-consistency-for-microsoft-entra.
func (c Caller) session() string {
	if !c.Delegated {
		return ""
	}
	return c.ObjectID
}

// Failures of Options.Authenticate.
var (
	ErrExpired  = errors.New("the access token has expired")
	ErrAudience = errors.New("the access token is for another resource")
)

func (s *Service) caller(r *http.Request) (Caller, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return Caller{}, unauthenticated("Access token is empty.")
	}
	if strings.Count(token, ".") != 2 {
		return Caller{}, unauthenticated("CompactToken parsing failed with error code: 80049217")
	}
	caller, err := s.Authenticate(strings.TrimSpace(token))
	switch {
	case errors.Is(err, ErrExpired):
		return Caller{}, unauthenticated("Lifetime validation failed, the token is expired.")
	case errors.Is(err, ErrAudience):
		return Caller{}, unauthenticated("Access token validation failure. Invalid audience.")
	case err != nil:
		return Caller{}, unauthenticated("Access token validation failure.")
	}
	return caller, nil
}

func unauthenticated(message string) error {
	return failure(http.StatusUnauthorized, "InvalidAuthenticationToken", "%s", message)
}

// authorized reports whether the caller may do this kind of operation at all; ownedOnly, selfOnly and scoped remember
// that it depends on the object.
func (r *request) authorized() bool {
	need := r.route.need
	if need.nothing() {
		return true
	}
	everything, owned := r.granted()
	switch {
	case r.caller.Delegated && everything:
		if r.route.everyMembers() {
			return true
		}
		if r.roleOnly = true; r.byRole(nil) {
			return true
		}
		r.ownedOnly, r.scoped = need.owners || r.createsAsOwner(), r.hasScopedRole()
	case r.caller.Delegated:
		return false
	case everything, owned && need.ownedByListsAll:
		return true
	default:
		if r.roleOnly = !owned; r.byRole(nil) {
			return true
		}
		r.ownedOnly, r.scoped = owned || r.createsAsOwner(), r.hasScopedRole()
		r.selfOnly = need.self && !r.ownedOnly && !r.scoped
	}
	return r.ownedOnly || r.selfOnly || r.scoped
}

// permitted reports whether the caller has all of some permissions.
func (r *request) permitted(permissions ...string) bool {
	return !slices.ContainsFunc(permissions, func(one string) bool { return !slices.Contains(r.caller.Permissions, one) })
}

// granted reports whether what the token says is enough: for everything there is, or for what the caller owns.
func (r *request) granted() (everything, owned bool) {
	for _, alternative := range r.route.need.of(r.caller) {
		parts := strings.Split(alternative, " and ")
		switch {
		case !r.permitted(parts...):
		case slices.Contains(parts, applicationReadWriteOwned):
			owned = true
		default:
			everything = true
		}
	}
	return everything, owned
}

// reaches reports whether an application or service principal is one that the caller may touch.
func (r *request) reaches(object *directory.Object) bool {
	switch {
	case r.route.need.self && object.String("appId") == r.caller.AppID,
		r.ownedOnly && r.owns(object),
		r.scoped && r.byRole(object):
		return true
	}
	return !r.selfOnly && !r.ownedOnly && !r.scoped
}
