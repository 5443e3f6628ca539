package apiaccess

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/api"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/serviceprincipal"
)

// NewResource is workloadid_api_access.
func NewResource() resource.Resource {
	return entity.Resource[*access]{
		Noun: "api_access",
		Description: "What a workload may do with one API: app roles, which it has by itself, and delegated scopes, which it has on behalf of any user. They are named by their values, and given with the consent of an administrator, who is the caller.\n\n" +
			"Only what is listed is managed, unless `exclusive` is set: whatever else the service principal has been given stays. What is listed and has been given already, by hand or elsewhere, is an error: whoever gave it would lose it when it leaves the list or the resource is destroyed. Import the access, or set `adopt_leftovers` in the provider block for the run that takes it over. Give each permission in one place.",
		Table:    attributes,
		Identity: []string{"service_principal_id", "api_id"},
		ImportIDs: []string{
			"<service_principal_id>/<api_id>/app_roles/<app_roles>/delegated_scopes/<delegated_scopes>",
			"<service_principal_id>/<api_id>/app_roles/<app_roles>",
			"<service_principal_id>/<api_id>/delegated_scopes/<delegated_scopes>",
			"<service_principal_id>/<api_id>",
		},
		Keys:        []entity.UniqueKey{{"service_principal_id", "api_id", "app_roles*"}, {"service_principal_id", "api_id", "delegated_scopes*"}},
		Identify:    identify,
		Permissions: permissions,
		New:         func() *access { return &access{} },
		Create:      create,
		Read:        read,
		Listings:    []*graph.Listing{api.Assignments, api.Grants},
		Update:      change,
		Delete:      remove,
		Parts:       []string{"app_roles", "delegated_scopes"},
		References: func(object mapping.Value) []string {
			return []string{object.String("service_principal_id"), object.String("api"), object.String("api_id")}
		},
		Targets: []entity.Target{entity.To("service_principal_id", "service principal", "servicePrincipals")},
		Hint: func(ctx context.Context, services *entity.Services, object mapping.Value) string {
			return serviceprincipal.Mistaken(ctx, services, "service_principal_id", object.String("service_principal_id"))
		},
		Parent:   func(object mapping.Value) string { return object.String("service_principal_id") },
		Validate: validateConfiguration,
		Plan:     plan,
	}.Resource()
}

// See https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto, serviceprincipal-delete-approleassignedto,
// serviceprincipal-list-approleassignments, oauth2permissiongrant-post, -update, -delete and -list.
var permissions = entity.Permissions{
	Read:   entity.Needs{Application: readAPI.Application, Delegated: readAPI.Delegated, DirectoryRoles: []string{"Directory Readers"}},
	Create: readAPI,
	Delete: entity.Needs{Application: []string{"none"}, Delegated: []string{"none"}},
	Features: []entity.Feature{
		{Name: "`app_roles`", Create: writeRoles, Update: writeRoles, Delete: writeRoles},
		{
			Name:   "`delegated_scopes`",
			Read:   readGrants,
			Create: writeScopes, Update: writeScopes, Delete: writeScopes,
		},
		{Name: "`exclusive`", Read: readGrants, Create: readGrants},
	},
}

var (
	readAPI    = entity.Needs{Application: []string{"Application.Read.All"}, Delegated: []string{"Application.Read.All"}}
	readGrants = entity.Needs{Application: []string{"DelegatedPermissionGrant.Read.All", "Directory.Read.All"}, Delegated: []string{"DelegatedPermissionGrant.Read.All", "Directory.Read.All"}}
	writeRoles = entity.Needs{
		Application: []string{"AppRoleAssignment.ReadWrite.All"}, Delegated: []string{"AppRoleAssignment.ReadWrite.All"},
		DirectoryRoles: []string{"Cloud Application Administrator (but for app roles of Microsoft Graph)", "Privileged Role Administrator"},
	}
	writeScopes = entity.Needs{
		Application: []string{"DelegatedPermissionGrant.ReadWrite.All"}, Delegated: []string{"DelegatedPermissionGrant.ReadWrite.All"},
		DirectoryRoles: []string{"Cloud Application Administrator", "Privileged Role Administrator"},
	}
)

// identify finds the API that an import id names, by any of its names.
func identify(ctx context.Context, services *entity.Services, values map[string]string) error {
	found, err := api.Find(ctx, services, values["api_id"])
	if err != nil {
		return err
	}
	values["api_id"] = found.ID
	return nil
}

func validateConfiguration(config mapping.Value) diag.Diagnostics {
	for _, attribute := range []string{"app_roles", "delegated_scopes"} {
		if value := config.Get(attribute); !value.IsNull() {
			return nil
		}
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("app_roles"), "No access", "Set app_roles, delegated_scopes, or both. An empty list gives none.")}
}

// create gives what is planned. What was given before a failure is kept.
func create(ctx context.Context, services *entity.Services, write *entity.Write[*access]) (*access, error) {
	err := change(ctx, services, write)
	if done := write.Object; err != nil && (done == nil || len(done.assignments) == 0 && done.grantID == nil) {
		return nil, err
	}
	write.Leftover = write.Object.adopted
	return write.Object, err
}

// change makes what there is what is planned, by one request for each app role that is added or removed and one for the
// scopes. write.Object is what there is so far; a repeated call goes on from there.
func change(ctx context.Context, services *entity.Services, write *entity.Write[*access]) error {
	wanted, err := resolve(ctx, services, write)
	if err != nil {
		return err
	}
	if write.Object == nil {
		write.Object = begin(write, wanted)
	}
	sole := write.Plan.Bool("exclusive") && !write.Prior.Bool("exclusive")
	if err = changeRoles(ctx, services, write.Object, wanted, sole); err == nil {
		err = changeScopes(ctx, services, write.Object, wanted, sole)
	}
	if entity.Ambiguous(err) {
		if lookErr := discover(ctx, services, write.Object, wanted); lookErr != nil {
			err = fmt.Errorf("%w\n\nWhat has been given is not known: %w", err, lookErr)
		}
	}
	return err
}

// discover adds what a request without an answer has given: the state must know of it, whatever comes next.
func discover(ctx context.Context, services *entity.Services, done *access, wanted *wanted) error {
	ctx, cancel := entity.Farewell(ctx)
	defer cancel()
	missing := maps.Clone(wanted.roles)
	maps.DeleteFunc(missing, func(value, _ string) bool { return done.assignments[value] != "" })
	if len(missing) > 0 {
		present, err := assigned(ctx, services, done.principalID, done.apiID)
		if err != nil {
			return err
		}
		if !services.AdoptLeftovers && done.givenByOthers(wanted, present) {
			return done.given(wanted, "app_roles", slices.DeleteFunc(slices.Sorted(maps.Keys(missing)), func(value string) bool { return present[missing[value]] == "" }))
		}
		for value, role := range missing {
			if id := present[role]; id != "" {
				done.have(value, id)
				done.found = append(done.found, value)
			}
		}
	}
	if sameTexts(done.scopes, wanted.scopes) || !done.unanswered[""] {
		return nil
	}
	grant, err := granted(ctx, services, done.principalID, done.apiID)
	if err != nil || grant == nil {
		return err
	}
	for _, scope := range wanted.scopes {
		if slices.Contains(scopesOf(grant), scope) && !slices.Contains(done.scopes, scope) {
			done.grantID, done.scopes = grant.GetId(), append(done.scopes, scope)
		}
	}
	return nil
}

// begin is what there is before the first request.
func begin(write *entity.Write[*access], wanted *wanted) *access {
	prior := write.Prior
	done := &access{
		principalID: write.Plan.String("service_principal_id"), apiID: wanted.apiID, apiName: wanted.apiName, exclusive: new(write.Plan.Bool("exclusive")),
		assignments: assignmentsOf(prior), scopes: prior.Strings("delegated_scopes"), inState: !prior.IsNull(),
	}
	for value := range done.assignments {
		done.roles = append(done.roles, value)
	}
	if grant := prior.String("delegated_permission_grant_id"); grant != "" {
		done.grantID = &grant
	}
	return done
}

func assignmentsOf(state mapping.Value) map[string]string {
	assignments := map[string]string{}
	ids, _ := state.Get("app_role_assignment_ids").(types.Map)
	for value, id := range ids.Elements() {
		assignments[value] = id.(types.String).ValueString()
	}
	return assignments
}

// wanted is what is planned, with the ids that Microsoft Graph knows it by.
type wanted struct {
	apiID, apiName string
	roles          map[string]string // ids by value; empty for those that are assigned already
	scopes         []string
}

// resolve finds the ids of the app roles that are not assigned yet. What the API lacks it may have on another replica.
func resolve(ctx context.Context, services *entity.Services, write *entity.Write[*access]) (*wanted, error) {
	have, had := assignmentsOf(write.Prior), write.Prior.Strings("delegated_scopes")
	if write.Object != nil {
		have = write.Object.assignments
	}
	w := &wanted{roles: map[string]string{}, scopes: write.Plan.Strings("delegated_scopes")}
	slices.Sort(w.scopes)
	at := path.Root("api")
	look := func(found *api.API) (err error) {
		defer func() {
			if found.MayGet(services, err) {
				err = &entity.Unseen{Err: err}
			}
		}()
		w.apiID, w.apiName = found.ID, found.DisplayName
		for _, value := range write.Plan.Strings("app_roles") {
			w.roles[value] = ""
			if have[value] != "" {
				continue
			}
			at = path.Root("app_roles").AtSetValue(types.StringValue(value))
			if w.roles[value], err = found.AppRoleID(value, api.Application); err != nil {
				return err
			}
		}
		for _, value := range w.scopes {
			if slices.Contains(had, value) {
				continue
			}
			at = path.Root("delegated_scopes").AtSetValue(types.StringValue(value))
			if err = checkScope(found, value); err != nil {
				return err
			}
		}
		return nil
	}
	var err error
	if id := write.Plan.String("api_id"); id != "" {
		err = api.UseID(ctx, services, id, look)
	} else {
		err = api.Use(ctx, services, write.Plan.String("api"), look)
	}
	return w, api.At(at, err)
}

// checkScope refuses a scope that is not offered, and one that is named by its id: grants have values.
func checkScope(found *api.API, value string) error {
	id, err := found.ScopeID(value)
	if err != nil {
		return err
	}
	if name, _ := found.ScopeValue(id); name != value {
		return &api.Problem{Summary: "a delegated scope is named by its value", Detail: "The value of " + value + " is " + name + "."}
	}
	return nil
}

// remove takes away what is managed.
func remove(ctx context.Context, services *entity.Services, state mapping.Value) error {
	done := begin(&entity.Write[*access]{Prior: state, Plan: state}, &wanted{apiID: state.String("api_id")})
	none := &wanted{apiID: done.apiID}
	if err := changeRoles(ctx, services, done, none, false); err != nil {
		return err
	}
	return changeScopes(ctx, services, done, none, false)
}
