package apiaccess

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

func principal(services *entity.Services, id string) *serviceprincipals.ServicePrincipalItemRequestBuilder {
	return serviceprincipals.NewServicePrincipalsRequestBuilderInternal(nil, services.Graph.V1()).ByServicePrincipalId(id)
}

// assigned are the ids of the assignments that a principal has at an API, by the ids of the app roles.
func assigned(ctx context.Context, services *entity.Services, principalID, apiID string) (map[string]string, error) {
	assignments := map[string]string{}
	for assignment, err := range graph.Pages[models.AppRoleAssignmentable](ctx, principal(services, principalID).AppRoleAssignments().Get,
		&serviceprincipals.ItemAppRoleAssignmentsRequestBuilderGetRequestConfiguration{
			QueryParameters: &serviceprincipals.ItemAppRoleAssignmentsRequestBuilderGetQueryParameters{
				Filter: new("resourceId eq " + apiID), Select: []string{"id", "appRoleId", "principalId", "resourceId"},
			},
		}) {
		if err != nil {
			return nil, err
		}
		if role, id := assignment.GetAppRoleId(), assignment.GetId(); role != nil && id != nil {
			assignments[role.String()] = *id
		}
	}
	return assignments, nil
}

// changeRoles assigns what is wanted and removes what is not any more; sole removes what others have assigned too.
func changeRoles(ctx context.Context, services *entity.Services, done *access, wanted *wanted, sole bool) error {
	var present map[string]string
	look := func() (err error) {
		if present == nil {
			present, err = assigned(ctx, services, done.principalID, done.apiID)
		}
		return err
	}
	if sole {
		if err := look(); err != nil {
			return err
		}
	}
	for _, value := range slices.Sorted(maps.Keys(wanted.roles)) {
		if done.assignments[value] != "" {
			continue
		}
		role := wanted.roles[value]
		// Others than a request of ours that got no answer may have given it.
		taken := func() error {
			if services.AdoptLeftovers {
				done.adopted = done.adopted || !done.unanswered[role]
				return nil
			}
			if done.unanswered[role] && !done.givenByOthers(wanted, present) {
				return nil
			}
			return done.given(wanted, "app_roles", slices.DeleteFunc(slices.Sorted(maps.Keys(wanted.roles)), func(other string) bool {
				return done.assignments[other] != "" || other != value && present[wanted.roles[other]] == ""
			}))
		}
		id := present[role]
		if id != "" {
			if err := taken(); err != nil {
				return err
			}
		} else {
			var err error
			id, err = assign(ctx, services, done, role)
			if entity.IsAlreadyThere(err) {
				present = nil
				if lookErr := look(); lookErr != nil {
					return lookErr
				}
				if err := taken(); err != nil {
					return err
				}
				if id = present[role]; id == "" {
					return &entity.Unseen{Err: err}
				}
				done.found = append(done.found, value)
				err = nil
			}
			if err != nil {
				return err
			}
		}
		done.have(value, id)
	}
	for value, id := range maps.Clone(done.assignments) {
		if _, stays := wanted.roles[value]; stays {
			continue
		}
		if err := unassign(ctx, services, done, id); err != nil {
			return err
		}
		delete(done.assignments, value)
		done.roles = slices.DeleteFunc(done.roles, func(role string) bool { return role == value })
	}
	if !sole {
		return nil
	}
	managed := slices.Collect(maps.Values(done.assignments))
	for _, id := range present {
		if !slices.Contains(managed, id) {
			if err := unassign(ctx, services, done, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// have adds an app role to what there is.
func (a *access) have(value, id string) {
	a.assignments[value] = id
	a.roles = append(a.roles, value)
}

// givenByOthers reports whether others have given something of what is wanted. Then what a request without an answer may have
// given was theirs before.
func (a *access) givenByOthers(wanted *wanted, present map[string]string) bool {
	for value, role := range wanted.roles {
		if present[role] != "" && a.assignments[value] == "" && !a.unanswered[role] {
			return true
		}
	}
	return false
}

// given refuses to take over what has been given already: who else manages it would lose it with this access. The import id
// names what is wanted, so that the import leaves alone what else there is.
func (a *access) given(wanted *wanted, attribute string, values []string) error {
	for _, value := range a.found {
		delete(a.assignments, value)
		a.roles = slices.DeleteFunc(a.roles, func(role string) bool { return role == value })
	}
	// With what the state has besides, which the next plan removes.
	importID := a.id()
	if roles := union(a.roles, slices.Collect(maps.Keys(wanted.roles))); len(roles) > 0 {
		importID += "/app_roles/" + strings.Join(roles, ",")
	}
	if scopes := union(a.scopes, wanted.scopes); len(scopes) > 0 {
		importID += "/delegated_scopes/" + strings.Join(scopes, ",")
	}
	detail := fmt.Sprintf("%s has at %s already: %s. ", a.principalID, a.apiName, strings.Join(values, ", "))
	if a.inState {
		detail += "Who has given it is not known. Remove it where it was given, or have Terraform forget this resource (terraform state rm ADDRESS) and import it with what there is. "
	}
	return &entity.AttributeError{
		Path: path.Root(attribute), Summary: "it has been given already", Err: entity.ErrExists,
		Detail: detail + entity.Existing("workloadid_api_access", importID, "", "what is listed"),
	}
}

// union are the texts of both, in order, each once.
func union(a, b []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
}

// assign gives an app role. The request may reach the service twice: the second one is told that it is assigned already.
func assign(ctx context.Context, services *entity.Services, done *access, role string) (string, error) {
	body := models.NewAppRoleAssignment()
	for _, property := range []struct {
		set   func(*uuid.UUID)
		value string
	}{{body.SetPrincipalId, done.principalID}, {body.SetResourceId, done.apiID}, {body.SetAppRoleId, role}} {
		id, err := uuid.Parse(property.value)
		if err != nil {
			return "", err
		}
		property.set(&id)
	}
	var made models.AppRoleAssignmentable
	unanswered, err := graph.Persistent(ctx, func(ctx context.Context) (err error) {
		made, err = principal(services, done.apiID).AppRoleAssignedTo().Post(ctx, body, nil)
		return err
	})
	done.leftUnanswered(role, unanswered || graph.IsAmbiguous(err))
	if err != nil {
		return "", atPrincipal(err)
	}
	return *made.GetId(), nil
}

// atPrincipal points at the attribute where an answer is about the principal. Microsoft Graph calls one that it does not find
// no valid reference.
func atPrincipal(err error) error {
	if answer, ok := graph.AsError(err); ok && answer.Status == http.StatusBadRequest && answer.Message == "Not a valid reference update." {
		answer.Target = "principalId"
	}
	return err
}

func unassign(ctx context.Context, services *entity.Services, done *access, id string) error {
	return entity.Removed(ctx, services, done.id(), func() error {
		return principal(services, done.apiID).AppRoleAssignedTo().ByAppRoleAssignmentId(id).Delete(ctx, nil)
	})
}

// leftUnanswered notes that a request got no answer, for good: what is found later may come of it.
func (a *access) leftUnanswered(what string, unanswered bool) {
	if a.unanswered == nil {
		a.unanswered = map[string]bool{}
	}
	a.unanswered[what] = a.unanswered[what] || unanswered
}

func (a *access) id() string { return id(a.principalID, a.apiID) }

// named finds what a configuration calls an app role that has a value and an id.
func named(configured []string, value, id string) (string, bool) {
	for _, name := range configured {
		if name == value || mapping.SameGUID(name, id) {
			return name, true
		}
	}
	return value, false
}
