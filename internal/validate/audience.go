package validate

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The rules of this file depend on who can sign in to an application, and on
// several attributes at once. They take what is known of a configuration and leave
// out what is not; an audience that is not known is "". They are the tables of
// https://learn.microsoft.com/entra/identity-platform/supported-accounts-validation and
// https://learn.microsoft.com/entra/identity-platform/reply-url.
//
// The first table also has "appRoles: not supported" for personal accounts; that is
// about signing in with such an account, the service stores the roles, so nothing
// is checked here.

// The values of an application's sign-in audience.
const (
	AudienceMyOrg          = "AzureADMyOrg"
	AudienceMultipleOrgs   = "AzureADMultipleOrgs"
	AudienceOrgAndPersonal = "AzureADandPersonalMicrosoftAccount"
	AudiencePersonal       = "PersonalMicrosoftAccount"
)

// Audiences has the values of an application's sign-in audience.
var Audiences = []string{AudienceMyOrg, AudienceMultipleOrgs, AudienceOrgAndPersonal, AudiencePersonal}

// HasPersonalAccounts says whether people sign in with personal Microsoft accounts.
func HasPersonalAccounts(audience string) bool {
	return audience == AudienceOrgAndPersonal || audience == AudiencePersonal
}

const withPersonal = " where personal Microsoft accounts sign in"

// DisplayName checks an application's display name. For work and school accounts
// one page says 256 characters and another 120: the larger is checked.
func DisplayName(audience, name string) error {
	if HasPersonalAccounts(audience) && length(name) > 90 {
		return fmt.Errorf("must have at most 90 characters%s, and has %d", withPersonal, length(name))
	}
	return lengthBetween(name, 1, 256)
}

// IdentifierURIs checks what is different for them with personal accounts.
func IdentifierURIs(audience string, uris []string) error {
	if !HasPersonalAccounts(audience) {
		return nil
	}
	var problems []error
	if len(uris) > 50 {
		problems = append(problems, fmt.Errorf("must have at most 50 entries%s, and has %d", withPersonal, len(uris)))
	}
	for _, uri := range uris {
		switch {
		case length(expandClientID(uri)) > 120:
			problems = append(problems, fmt.Errorf("must have at most 120 characters each%s; %q has %d", withPersonal, uri, length(expandClientID(uri))))
		case strings.HasPrefix(strings.ToLower(uri), "urn:"):
			problems = append(problems, fmt.Errorf("must not have the scheme urn:%s, as %q has", withPersonal, uri))
		case strings.ContainsAny(uri, "?#"):
			problems = append(problems, fmt.Errorf("must not have a query or fragment%s, as %q has", withPersonal, uri))
		}
	}
	return errors.Join(problems...)
}

// RedirectURIs checks the redirect URIs of all platforms together.
func RedirectURIs(audience string, uris []string) error {
	most, suffix := 256, ""
	if HasPersonalAccounts(audience) {
		most, suffix = 100, withPersonal
	}
	var problems []error
	if len(uris) > most {
		problems = append(problems, fmt.Errorf("must have at most %d entries on all platforms together%s, and has %d", most, suffix, len(uris)))
	}
	if HasPersonalAccounts(audience) {
		for _, uri := range uris {
			switch {
			case strings.Contains(uri, "*"):
				problems = append(problems, fmt.Errorf("must not have wildcards%s, as %q has", withPersonal, uri))
			case strings.Contains(uri, "?"):
				problems = append(problems, fmt.Errorf("must not have a query%s, as %q has", withPersonal, uri))
			}
		}
	}
	return errors.Join(problems...)
}

// PermissionScopes checks the values of the scopes an application defines.
func PermissionScopes(audience string, values []string) error {
	if !HasPersonalAccounts(audience) {
		return nil
	}
	var problems []error
	if len(values) > 100 {
		problems = append(problems, fmt.Errorf("must have at most 100 entries%s, and has %d", withPersonal, len(values)))
	}
	for _, value := range values {
		if length(value) > 40 {
			problems = append(problems, fmt.Errorf("must have at most 40 characters each%s; %q has %d", withPersonal, value, length(value)))
		}
	}
	return errors.Join(problems...)
}

// RequiredResourceAccess checks the permissions an application asks for: how many
// (scopes and app roles), by the client id of the API.
func RequiredResourceAccess(audience string, permissions map[string]int) error {
	var problems []error
	if len(permissions) > 50 {
		problems = append(problems, fmt.Errorf("must have at most 50 APIs, and has %d", len(permissions)))
	}
	most, suffix := 400, ""
	if HasPersonalAccounts(audience) {
		most, suffix = 200, withPersonal
	}
	total := 0
	for _, api := range slices.Sorted(maps.Keys(permissions)) {
		total += permissions[api]
		if HasPersonalAccounts(audience) && permissions[api] > 30 {
			problems = append(problems, fmt.Errorf("must have at most 30 permissions for each API%s; %s has %d", withPersonal, api, permissions[api]))
		}
	}
	if total > most {
		problems = append(problems, fmt.Errorf("must have at most %d permissions on all APIs together%s, and has %d", most, suffix, total))
	}
	return errors.Join(problems...)
}

// PreAuthorizedApplications checks the clients that need no consent: how many
// scopes, by the client id of the client.
func PreAuthorizedApplications(audience string, scopes map[string]int) error {
	if !HasPersonalAccounts(audience) {
		return nil
	}
	var problems []error
	if len(scopes) > 100 {
		problems = append(problems, fmt.Errorf("must have at most 100 clients%s, and has %d", withPersonal, len(scopes)))
	}
	total := 0
	for _, client := range slices.Sorted(maps.Keys(scopes)) {
		total += scopes[client]
		if scopes[client] > 30 {
			problems = append(problems, fmt.Errorf("must have at most 30 scopes for each client%s; %s has %d", withPersonal, client, scopes[client]))
		}
	}
	if total > 500 {
		problems = append(problems, fmt.Errorf("must have at most 500 scopes on all clients together%s, and has %d", withPersonal, total))
	}
	return errors.Join(problems...)
}

// AccessTokenVersion checks the version of access tokens an API asks for. See
// https://learn.microsoft.com/graph/api/resources/apiapplication.
func AccessTokenVersion(audience string, version int64) error {
	if HasPersonalAccounts(audience) && version != 2 {
		return fmt.Errorf("must be 2%s", withPersonal)
	}
	return nil
}

// CollectionEntries checks how many entries all collections of an application have
// together: redirect URIs, roles, scopes, permissions, credentials and so on. See
// https://learn.microsoft.com/entra/identity/users/directory-service-limits-restrictions.
func CollectionEntries(total int) error {
	if total > 1200 {
		return fmt.Errorf("must have at most 1200 entries in all its collections together, and has %d", total)
	}
	return nil
}
