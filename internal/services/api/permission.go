package api

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/spelling"
)

// AppRole is a permission that a principal has by itself.
// See https://learn.microsoft.com/graph/api/resources/approle.
type AppRole = models.AppRoleable

// Scope is a permission that a client has on behalf of a user: a delegated permission.
// See https://learn.microsoft.com/graph/api/resources/permissionscope.
type Scope = models.PermissionScopeable

// permission is what both have.
type permission interface {
	GetId() *uuid.UUID
	GetValue() *string
	GetIsEnabled() *bool
}

// Who can be given an app role. Groups are given those of users.
const (
	User        = "User"
	Application = "Application"
)

// DefaultAccess is the id of the app role that stands for access without any of the API's own roles, and the value that it
// is named by (https://learn.microsoft.com/graph/api/resources/approleassignment).
const DefaultAccess = "00000000-0000-0000-0000-000000000000"

// Problem is a permission that cannot be given: the API has none of that value, or has disabled it, or not for such a
// principal. The API may get it while Terraform runs.
type Problem struct{ Summary, Detail string }

func (p *Problem) Error() string { return p.Summary + ": " + p.Detail }

// IsProblem reports whether a failure is one of these.
func IsProblem(err error) bool {
	_, ok := asProblem(err)
	return ok
}

// At puts a failure of this package where it comes from in the configuration; others stay as they are.
func At(at path.Path, err error) error {
	problem, ok := asProblem(err)
	if !ok {
		return err
	}
	placed := error(&entity.AttributeError{Path: at, Summary: problem.Summary, Detail: problem.Detail})
	if _, unseen := errors.AsType[*entity.Unseen](err); unseen {
		placed = &entity.Unseen{Err: placed}
	}
	return placed
}

// AppRoleID is the id of the app role that has a value, or that id, and may be given to members of a kind: User, Application,
// or "" for any.
func (a *API) AppRoleID(value, member string) (string, error) {
	if value == DefaultAccess {
		return value, nil
	}
	role, err := find(a, "app role", value, a.AppRoles, a.scopeOnly)
	if err != nil {
		return "", err
	}
	if members := role.GetAllowedMemberTypes(); member != "" && !slices.Contains(members, member) {
		return "", &Problem{
			"the app role is not for such principals",
			fmt.Sprintf("Members of the app role %q of %s can be of the type %s, and not %s.", value, a, strings.Join(members, " and "), member),
		}
	}
	return idOf(role), nil
}

// ScopeID is the id of the delegated scope that has a value, or that id.
func (a *API) ScopeID(value string) (string, error) {
	scope, err := find(a, "delegated scope", value, a.Scopes, a.roleOnly)
	if err != nil {
		return "", err
	}
	return idOf(scope), nil
}

// AppRoleValue is the value of the app role with an id; the id itself where it has none or the API has no such role, which
// is false in the latter case.
func (a *API) AppRoleValue(id string) (string, bool) { return valueOf(a.AppRoles, id) }

// ScopeValue is the value of the delegated scope with an id, in the same way.
func (a *API) ScopeValue(id string) (string, bool) { return valueOf(a.Scopes, id) }

// find finds an enabled permission by its value, or by its id. hint says what else the value may be.
func find[P permission](a *API, kind, value string, offered []P, hint func(string) string) (P, error) {
	for _, p := range offered {
		if text(p.GetValue()) != value && !mapping.SameGUID(idOf(p), value) {
			continue
		}
		if enabled := p.GetIsEnabled(); enabled != nil && !*enabled {
			return p, &Problem{"the " + kind + " is disabled", fmt.Sprintf("%s has disabled its %s %q: it cannot be given to anybody.", a, kind, value)}
		}
		return p, nil
	}
	var none P
	detail := fmt.Sprintf("%s offers no %s %q.%s", a, kind, value, hint(value))
	return none, &Problem{"there is no such " + kind, detail + spelling.Question(spelling.Nearest(value, values(offered)))}
}

// scopeOnly and roleOnly recognise what is only of the other kind.
func (a *API) scopeOnly(value string) string {
	if slices.ContainsFunc(a.Scopes, func(s Scope) bool { return text(s.GetValue()) == value }) {
		return " It is a delegated scope, which needs a signed-in user."
	}
	return ""
}

func (a *API) roleOnly(value string) string {
	if slices.ContainsFunc(a.AppRoles, func(r AppRole) bool { return text(r.GetValue()) == value }) {
		return " It is an app role, which a workload has by itself."
	}
	return ""
}

func values[P permission](offered []P) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, p := range offered {
			if value := text(p.GetValue()); value != "" && !yield(value) {
				return
			}
		}
	}
}

func valueOf[P permission](offered []P, id string) (string, bool) {
	for _, p := range offered {
		if mapping.SameGUID(idOf(p), id) {
			return key(p), true
		}
	}
	return id, mapping.SameGUID(id, DefaultAccess)
}

// key is what a permission is called by: its value, or its id where it has none.
func key(p permission) string {
	if value := text(p.GetValue()); value != "" {
		return value
	}
	return idOf(p)
}

func idOf(p permission) string {
	if id := p.GetId(); id != nil {
		return id.String()
	}
	return ""
}

func text(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}
