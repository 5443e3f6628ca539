// Package api finds an API of the tenant, Microsoft's or one's own, and the permissions that it offers, by the names that
// people know them by.
package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipalswithappid"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/spelling"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// API is the service principal of an application that others call, as it was when it was read.
type API struct {
	ID, ClientID, DisplayName string
	AppRoles                  []AppRole
	Scopes                    []Scope
	read                      time.Time
}

// String is how a person knows the API.
func (a *API) String() string { return cmp.Or(a.DisplayName, a.ClientID, a.ID) }

// GetId is the object id of the service principal.
//
//nolint:revive // as the SDK's objects have it
func (a *API) GetId() *string { return &a.ID }

var selected = []string{"id", "appId", "displayName", "appRoles", "oauth2PermissionScopes"}

// Find finds an API by its well-known name or display name, its client id, or the object id of its service principal. It
// is asked for once in a process.
func Find(ctx context.Context, services *entity.Services, reference string) (*API, error) {
	return remembered(ctx, services, reference, time.Time{}, Read)
}

// ByID finds the API of a service principal by its object id, once in a process.
func ByID(ctx context.Context, services *entity.Services, id string) (*API, error) {
	return remembered(ctx, services, id, time.Time{}, byID)
}

// Use finds an API and has something done with it. Where that fails because the API lacks a permission, the API is read
// anew first: it may have been given the permission since.
func Use(ctx context.Context, services *entity.Services, reference string, use func(*API) error) error {
	return usedBy(ctx, services, reference, Read, use)
}

// UseID is Use for an API of which the object id of the service principal is known.
func UseID(ctx context.Context, services *entity.Services, id string, use func(*API) error) error {
	return usedBy(ctx, services, id, byID, use)
}

type reader = func(ctx context.Context, services *entity.Services, reference string) (*API, error)

func usedBy(ctx context.Context, services *entity.Services, reference string, ask reader, use func(*API) error) error {
	started := time.Now()
	api, err := remembered(ctx, services, reference, time.Time{}, ask)
	if err != nil {
		return err
	}
	err = use(api)
	if _, lacking := asProblem(err); !lacking || !api.read.Before(started) {
		return err
	}
	if api, err = remembered(ctx, services, reference, started, ask); err != nil {
		return err
	}
	return use(api)
}

// remembered is an API that was read at a time or later.
func remembered(ctx context.Context, services *entity.Services, reference string, since time.Time, ask reader) (*API, error) {
	return entity.Remembered(ctx, services, noun, reference, func(known *API) bool { return !known.read.Before(since) }, func() (*API, error) {
		return ask(ctx, services, reference)
	})
}

// Read is Find, with a request of its own.
func Read(ctx context.Context, services *entity.Services, reference string) (*API, error) {
	if validate.CheckUUID(reference) != nil {
		return byName(ctx, services, reference)
	}
	api, err := byClientID(ctx, services, reference)
	if graph.IsNotFound(err) {
		return byID(ctx, services, reference)
	}
	return api, err
}

func byName(ctx context.Context, services *entity.Services, name string) (*API, error) {
	clientID, known := knownAs(name)
	if known {
		api, err := byClientID(ctx, services, clientID)
		if err == nil || !graph.IsNotFound(err) {
			return api, err
		}
	}
	what := fmt.Sprintf("API with the display name %q", name)
	filter := entity.Equals("displayName", name)
	listed := graph.Pages[models.ServicePrincipalable](ctx, serviceprincipals.NewServicePrincipalsRequestBuilderInternal(nil, services.Graph.V1()).Get,
		&serviceprincipals.ServicePrincipalsRequestBuilderGetRequestConfiguration{
			QueryParameters: &serviceprincipals.ServicePrincipalsRequestBuilderGetQueryParameters{Select: selected, Filter: filter, Top: new(int32(entity.PageSize))},
		})
	principal, err := entity.Only(what, listed)
	switch {
	case !entity.IsNone(err):
	case known:
		err = fmt.Errorf("the tenant has no service principal of %s, whose client id is %s. A workloadid_service_principal with that client_id makes one: %w", name, clientID, err)
	default:
		err = fmt.Errorf("%w.%s An API is found by the display name, the client id or the object id of its service principal", err, spelling.Question(spelling.Nearest(name, maps.Keys(wellKnown))))
	}
	return of(principal, err)
}

func byClientID(ctx context.Context, services *entity.Services, clientID string) (*API, error) {
	return of(serviceprincipalswithappid.NewServicePrincipalsWithAppIdRequestBuilderInternal(nil, services.Graph.V1(), &clientID).
		Get(ctx, &serviceprincipalswithappid.ServicePrincipalsWithAppIdRequestBuilderGetRequestConfiguration{
			QueryParameters: &serviceprincipalswithappid.ServicePrincipalsWithAppIdRequestBuilderGetQueryParameters{Select: selected},
		}))
}

func byID(ctx context.Context, services *entity.Services, id string) (*API, error) {
	return of(serviceprincipals.NewServicePrincipalsRequestBuilderInternal(nil, services.Graph.V1()).ByServicePrincipalId(id).
		Get(ctx, &serviceprincipals.ServicePrincipalItemRequestBuilderGetRequestConfiguration{
			QueryParameters: &serviceprincipals.ServicePrincipalItemRequestBuilderGetQueryParameters{Select: selected},
		}))
}

func of(principal models.ServicePrincipalable, err error) (*API, error) {
	if err != nil {
		return nil, err
	}
	return &API{
		ID: text(principal.GetId()), ClientID: text(principal.GetAppId()), DisplayName: text(principal.GetDisplayName()),
		AppRoles: mapping.Present(principal.GetAppRoles()), Scopes: mapping.Present(principal.GetOauth2PermissionScopes()),
		read: time.Now(),
	}, nil
}

func asProblem(err error) (*Problem, bool) { return errors.AsType[*Problem](err) }
