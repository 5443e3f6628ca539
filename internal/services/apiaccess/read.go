package apiaccess

import (
	"context"
	"maps"
	"slices"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/api"
)

// read finds what is managed, and all that there is where nothing else may be, or where it is imported without saying what.
func read(ctx context.Context, services *entity.Services, query entity.Query) (*access, error) {
	importing := !query.Has("api")
	found := &access{
		principalID: query.String("service_principal_id"), apiID: query.String("api_id"), apiName: query.String("api"),
		exclusive: new(query.Bool("exclusive")), assignments: map[string]string{},
	}
	everything := *found.exclusive || importing && !query.Has("app_roles") && !query.Has("delegated_scopes")
	if importing {
		of, err := api.ByID(ctx, services, found.apiID)
		if err != nil {
			return nil, err
		}
		found.apiName = of.DisplayName
	}
	if known := assignmentsOf(query.Value); everything || len(known) > 0 || len(query.Strings("app_roles")) > 0 {
		if err := readRoles(ctx, services, found, query.Strings("app_roles"), known, everything); err != nil {
			return nil, err
		}
	}
	if known := query.Strings("delegated_scopes"); everything || len(known) > 0 {
		if err := readScopes(ctx, services, found, known, everything); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// readRoles believes a listing that some of what is known is there, and asks again before it believes that it is not.
func readRoles(ctx context.Context, services *entity.Services, found *access, configured []string, known map[string]string, everything bool) error {
	present, err := assigned(ctx, services, found.principalID, found.apiID)
	if err != nil {
		return err
	}
	there := slices.Collect(maps.Values(present))
	if slices.ContainsFunc(slices.Collect(maps.Values(known)), func(id string) bool { return !slices.Contains(there, id) }) {
		if present, err = assigned(graph.Singly(ctx), services, found.principalID, found.apiID); err != nil {
			return err
		}
	}
	if len(present) == 0 {
		return nil
	}
	err = api.UseID(ctx, services, found.apiID, func(of *api.API) error {
		found.roles, found.assignments = nil, map[string]string{}
		var unknown error
		for role, id := range present {
			value, offered := of.AppRoleValue(role)
			if !offered {
				unknown = &api.Problem{Summary: "there is no such app role", Detail: role}
			}
			name, managed := named(configured, value, role)
			if managed || everything {
				found.roles = append(found.roles, name)
				found.assignments[name] = id
			}
		}
		return unknown
	})
	if api.IsProblem(err) {
		return nil // a role that the API has no more is called by its id
	}
	return err
}

func readScopes(ctx context.Context, services *entity.Services, found *access, known []string, everything bool) error {
	present, err := granted(ctx, services, found.principalID, found.apiID)
	if err != nil {
		return err
	}
	scopes := scopesOf(present)
	if slices.ContainsFunc(known, func(scope string) bool { return !slices.Contains(scopes, scope) }) {
		if present, err = granted(graph.Singly(ctx), services, found.principalID, found.apiID); err != nil {
			return err
		}
		scopes = scopesOf(present)
	}
	for _, scope := range scopes {
		if everything || slices.Contains(known, scope) {
			found.scopes = append(found.scopes, scope)
		}
	}
	if len(found.scopes) > 0 {
		found.grantID = present.GetId()
	}
	return nil
}
