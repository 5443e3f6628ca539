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

// Permissions of Microsoft Graph; see learn.microsoft.com/graph/permissions-reference.
const (
	applicationReadAll        = "Application.Read.All"
	applicationReadWriteAll   = "Application.ReadWrite.All"
	applicationReadWriteOwned = "Application.ReadWrite.OwnedBy"
	directoryReadAll          = "Directory.Read.All"
	directoryReadWriteAll     = "Directory.ReadWrite.All"
	assignmentReadWriteAll    = "AppRoleAssignment.ReadWrite.All"
	grantReadWriteAll         = "DelegatedPermissionGrant.ReadWrite.All"
)

// permissions is what an operation asks for: any one of those named. Where owned is set, Application.ReadWrite.OwnedBy
// is enough for applications and service principals of which the caller is an owner, and to create new ones. Where
// self is set, the caller's own application and service principal need nothing at all; see
// learn.microsoft.com/graph/api/serviceprincipal-get. The zero value asks for nothing.
type permissions struct {
	anyOf []string
	also  []string // one of these too
	owned bool
	self  bool
}

var (
	readApplications = permissions{anyOf: []string{applicationReadAll, applicationReadWriteAll, directoryReadAll, directoryReadWriteAll}}
	readApplication  = permissions{anyOf: readApplications.anyOf, owned: true}
	readOneself      = permissions{anyOf: readApplications.anyOf, owned: true, self: true}
	writeApplication = permissions{anyOf: []string{applicationReadWriteAll}, owned: true}
	writePrincipal   = permissions{anyOf: []string{applicationReadWriteAll, directoryReadWriteAll}, owned: true}
	readDirectory    = permissions{anyOf: []string{directoryReadAll, directoryReadWriteAll}}
	readObjects      = permissions{anyOf: []string{directoryReadAll, directoryReadWriteAll, applicationReadAll, applicationReadWriteAll}}
	readUsers        = permissions{anyOf: []string{"User.Read.All", "User.ReadWrite.All", directoryReadAll, directoryReadWriteAll}}
	readGroups       = permissions{anyOf: []string{"Group.Read.All", "Group.ReadWrite.All", "GroupMember.Read.All", directoryReadAll, directoryReadWriteAll}}
	assignRole       = permissions{anyOf: []string{assignmentReadWriteAll}, also: readApplications.anyOf}
	assignUserRole   = permissions{anyOf: []string{assignmentReadWriteAll}}
	assignGroupRole  = permissions{anyOf: []string{assignmentReadWriteAll}, also: readGroups.anyOf}
	removeRole       = permissions{anyOf: []string{assignmentReadWriteAll}}
	removeGroupRole  = assignGroupRole
	readUserRoles    = permissions{anyOf: []string{directoryReadAll, assignmentReadWriteAll}}
	readGroupRoles   = permissions{anyOf: []string{"Group.Read.All", directoryReadAll, assignmentReadWriteAll, directoryReadWriteAll}}
	readGrants       = permissions{anyOf: []string{directoryReadAll, grantReadWriteAll, directoryReadWriteAll}}
	readGrantsOf     = readGrants
	writeGrant       = permissions{anyOf: []string{grantReadWriteAll, directoryReadWriteAll}}
	readOrganization = permissions{anyOf: []string{"Organization.Read.All", "Organization.ReadWrite.All", directoryReadAll, directoryReadWriteAll}}
)

// authorized reports whether the caller may do this kind of operation at all; ownedOnly, selfOnly and scoped remember
// that it depends on the object.
func (r *request) authorized() bool {
	need := r.route.need
	if len(need.anyOf) == 0 {
		return true
	}
	permitted := r.has(need.anyOf) && (need.also == nil || r.has(need.also))
	if r.caller.Delegated {
		if permitted && (r.route.everyMembers() || r.byRole(nil)) {
			return true
		}
		r.ownedOnly = permitted && need.owned
		r.scoped = permitted && r.hasScopedRole()
	} else {
		if permitted || r.byRole(nil) {
			return true
		}
		r.ownedOnly = need.owned && slices.Contains(r.caller.Permissions, applicationReadWriteOwned)
		r.scoped = r.hasScopedRole()
	}
	r.selfOnly = need.self && !r.ownedOnly && !r.scoped
	return r.ownedOnly || r.selfOnly || r.scoped
}

// has reports whether the caller has any of the permissions.
func (r *request) has(permissions []string) bool {
	return slices.ContainsFunc(permissions, func(p string) bool { return slices.Contains(r.caller.Permissions, p) })
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
