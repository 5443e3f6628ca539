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
	shareIDs(change)
	return slices.Concat(
		checkIdentifierSchemes(change), checkShared(change.Planned), checkPreAuthorized(change.Config.Object("api"), change.Planned.Object("api")), entity.CheckOwnership(ctx, api, change),
		declare(api, change.State.String("id"), change.Config, mapping.Value.Given), checkDuplicates(ctx, api, change), planNames(ctx, api, change),
	)
}

// checkIdentifierSchemes refuses new identifier URIs without a scheme.
func checkIdentifierSchemes(change *entity.Change) (diagnostics diag.Diagnostics) {
	had := change.State.Strings("identifier_uris")
	for _, uri := range change.Config.Strings("identifier_uris") {
		if err := validate.CheckIdentifierScheme(uri); err != nil && !slices.Contains(had, uri) {
			diagnostics.AddAttributeError(path.Root("identifier_uris").AtSetValue(types.StringValue(uri)), "Invalid value", fmt.Sprintf("%q in identifier_uris %s.", uri, err))
		}
	}
	return diagnostics
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
	diagnostics.Append(checkShared(config)...)
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
