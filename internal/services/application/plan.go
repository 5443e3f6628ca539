package application

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

func plan(ctx context.Context, api *entity.Services, change *entity.Change) diag.Diagnostics {
	clientID := change.State.String("client_id")
	if clientID != "" && change.Planned.Has("identifier_uris") &&
		sameIdentifierURIs(change.Planned.Strings("identifier_uris"), change.State.Strings("identifier_uris"), clientID) {
		change.Planned = change.Planned.With("identifier_uris", change.State.Get("identifier_uris"))
	}
	diagnostics := append(checkPreAuthorized(change.Config.Object("api"), change.Planned.Object("api")), entity.CheckOwnership(ctx, api, change)...)
	diagnostics = append(diagnostics, declare(api, change.State.String("id"), change.Config, mapping.Value.Given)...)
	return append(diagnostics, planNames(ctx, api, change)...)
}

// checkPreAuthorized refuses scopes that the application does not offer. What is unknown yet may turn out right, and what is
// unmanaged is nobody's mistake.
func checkPreAuthorized(config, api mapping.Value) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	clients, ok := api.Get(preAuthorized).(types.Map)
	if !ok || !config.Given(preAuthorized) || !api.Has("oauth2_permission_scopes") {
		return nil
	}
	offered := api.Elements("oauth2_permission_scopes")
	values := slices.Sorted(maps.Keys(offered))
	ids := map[string]bool{}
	for _, scope := range offered {
		ids[strings.ToLower(scope.String("id"))] = true
	}
	for client, scopes := range clients.Elements() {
		for _, scope := range mapping.Texts(scopes) {
			// An id is empty that is not known yet.
			if !slices.Contains(values, scope) && !ids[strings.ToLower(scope)] && (uuid.Validate(scope) != nil || !ids[""]) {
				diagnostics.AddAttributeError(path.Root("api").AtName(preAuthorized).AtMapKey(client), "Unknown scope",
					fmt.Sprintf("The application offers no scope %q. Name one of its oauth2_permission_scopes (%s) or the id of one.", scope, strings.Join(values, ", ")))
			}
		}
	}
	return diagnostics
}

// validateConfiguration checks what depends on several attributes: most limits depend on the audience.
func validateConfiguration(config mapping.Value) diag.Diagnostics {
	audience := config.String("sign_in_audience") // empty where it is unset or unknown: the rules for all audiences
	if audience == "" && !config.Unknown("sign_in_audience") {
		audience = validate.AudienceMyOrg
	}
	var diagnostics diag.Diagnostics
	check := func(at path.Path, err error) {
		if err != nil {
			diagnostics.AddAttributeError(at, "Invalid "+at.String(), fmt.Sprintf("%s %s.", at, err))
		}
	}
	if config.Has("display_name") {
		check(path.Root("display_name"), validate.DisplayName(audience, config.String("display_name")))
	}
	check(path.Root("identifier_uris"), validate.IdentifierURIs(audience, config.Strings("identifier_uris")))
	var redirects []string
	for _, platform := range []string{"web", "spa", "public_client"} {
		redirects = append(redirects, config.Object(platform).Strings("redirect_uris")...)
	}
	check(path.Root("web"), validate.RedirectURIs(audience, redirects))
	api := config.Object("api")
	scopes := slices.Collect(maps.Keys(api.Elements("oauth2_permission_scopes")))
	check(path.Root("api").AtName("oauth2_permission_scopes"), validate.PermissionScopes(audience, scopes))
	clients := sizes(api.Get("pre_authorized_applications"))
	check(path.Root("api").AtName("pre_authorized_applications"), validate.PreAuthorizedApplications(audience, clients))
	if version, ok := api.Get("requested_access_token_version").(types.Int32); ok && !version.IsNull() && !version.IsUnknown() {
		check(path.Root("api").AtName("requested_access_token_version"), validate.AccessTokenVersion(audience, int64(version.ValueInt32())))
	}
	requested := map[string]int{}
	for resource, access := range config.Elements("required_resource_access") {
		requested[resource] = len(access.Strings("app_role_ids")) + len(access.Strings("scope_ids"))
	}
	for name, access := range config.Elements(byName) {
		requested[name] = len(access.Strings("app_roles")) + len(access.Strings("scopes"))
	}
	if config.Has(byName) && config.Has(byID) {
		diagnostics.AddAttributeError(path.Root(byName), "What is asked for is set twice", "Set either required_api_access, by names, or required_resource_access, by ids.")
	}
	check(path.Root("required_resource_access"), validate.RequiredResourceAccess(audience, requested))
	check(path.Root("display_name"), validate.CollectionEntries(entries(config, redirects, scopes, clients, requested)))
	checkPermissionIDs(config, &diagnostics)
	checkDefaultRedirectURI(config, redirects, &diagnostics)
	return diagnostics
}

func sizes(value attr.Value) map[string]int {
	counts := map[string]int{}
	if collection, ok := value.(types.Map); ok {
		for key, element := range collection.Elements() {
			counts[key] = len(mapping.Texts(element))
		}
	}
	return counts
}

// entries counts what the service counts together.
func entries(config mapping.Value, redirects, scopes []string, clients, requested map[string]int) int {
	total := len(redirects) + len(scopes) + len(config.Elements("app_roles")) + len(config.Strings("identifier_uris")) + len(config.Strings("tags"))
	for _, count := range clients {
		total += count
	}
	for _, count := range requested {
		total += count
	}
	return total
}

// checkPermissionIDs finds ids that are given twice among the roles and among the scopes.
func checkPermissionIDs(config mapping.Value, diagnostics *diag.Diagnostics) {
	for _, permissions := range []struct {
		at       path.Path
		elements map[string]mapping.Value
	}{
		{path.Root("app_roles"), config.Elements("app_roles")},
		{path.Root("api").AtName("oauth2_permission_scopes"), config.Object("api").Elements("oauth2_permission_scopes")},
	} {
		seen := map[string]string{}
		for _, key := range slices.Sorted(maps.Keys(permissions.elements)) {
			id := strings.ToLower(permissions.elements[key].String("id"))
			if other, twice := seen[id]; twice && id != "" {
				diagnostics.AddAttributeError(permissions.at.AtMapKey(key).AtName("id"), "Id used twice",
					fmt.Sprintf("%q and %q have the same id %s. Leave id unset and the provider generates one.", other, key, id))
			}
			seen[id] = key
		}
	}
}

func checkDefaultRedirectURI(config mapping.Value, redirects []string, diagnostics *diag.Diagnostics) {
	uri := config.String("default_redirect_uri")
	if uri == "" || slices.Contains(redirects, uri) {
		return
	}
	for _, platform := range []string{"web", "spa", "public_client"} {
		set, ok := config.Object(platform).Get("redirect_uris").(types.Set)
		if config.Unknown(platform) || ok && (set.IsUnknown() || slices.ContainsFunc(set.Elements(), attr.Value.IsUnknown)) || !ok || set.IsNull() {
			return // unmanaged or not known yet
		}
	}
	diagnostics.AddAttributeError(path.Root("default_redirect_uri"), "Not a redirect URI of the application",
		fmt.Sprintf("%q is none of the redirect URIs in web, spa and public_client. Add it to one of them.", uri))
}
