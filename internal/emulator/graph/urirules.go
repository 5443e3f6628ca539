package graph

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// Limits of URIs; see learn.microsoft.com/entra/identity-platform/reply-url and …/supported-accounts-validation.
const (
	maximumIdentifier          = 255
	maximumPersonalIdentifier  = 120
	maximumPersonalIdentifiers = 50
	maximumRedirects           = 256
	maximumPersonalRedirects   = 100
)

func checkIdentifierURIs(_ *request, view *directory.View, before, after *directory.Object) error {
	uris, personal := after.Strings("identifierUris"), personalAccounts(after)
	if personal && len(uris) > maximumPersonalIdentifiers {
		return invalidValue("identifierUris")
	}
	for i, uri := range uris {
		for _, earlier := range uris[:i] {
			if strings.EqualFold(earlier, uri) {
				return badRequest("Another object with the same value for property identifierUris already exists.")
			}
		}
		if err := checkIdentifierURI(view, uri, personal); err != nil {
			return err
		}
		for other := range view.Lookup(applicationType.Name, "identifierUris", "", uri) {
			if other.ID != after.ID {
				return badRequest("Another object with the same value for property identifierUris already exists.")
			}
		}
	}
	return nil
}

func checkIdentifierURI(view *directory.View, uri string, personal bool) error {
	limit := maximumIdentifier
	if personal {
		limit = maximumPersonalIdentifier
	}
	parsed, err := url.Parse(uri)
	switch {
	case err != nil, !parsed.IsAbs(), strings.Contains(uri, "*"), utf8.RuneCountInString(uri) > limit,
		personal && (parsed.Scheme == "urn" || parsed.RawQuery != "" || parsed.Fragment != ""):
		return invalidValue("identifierUris")
	case (parsed.Scheme == "https" || parsed.Scheme == "http") && !verified(view, parsed.Hostname()):
		return failure(http.StatusBadRequest, "HostNameNotOnVerifiedDomain",
			"Values of identifierUris property must use a verified domain of the organization or its subdomain: '%s'", uri)
	}
	return nil
}

// verified reports whether a host is in a verified domain of the tenant.
func verified(view *directory.View, host string) bool {
	for organization := range view.All(entitytype.Organization.Name, directory.Live) {
		for _, domain := range organization.Items("verifiedDomains") {
			name, _ := domain["name"].(string)
			if strings.EqualFold(host, name) || strings.HasSuffix(strings.ToLower(host), "."+strings.ToLower(name)) {
				return true
			}
		}
	}
	return false
}

// checkLogoutURL judges what depends on who signs in; the rest is in the table of webApplication.
func checkLogoutURL(_ *request, _ *directory.View, _, after *directory.Object) error {
	web, _ := after.Properties["web"].(map[string]any)
	if address, _ := web["logoutUrl"].(string); personalAccounts(after) && strings.Contains(address, "*") {
		return badRequest("Invalid value specified for property 'logoutUrl' of resource 'WebApplication'.")
	}
	return nil
}

func checkRedirectURIs(_ *request, _ *directory.View, _, after *directory.Object) error {
	total := 0
	for _, platform := range []string{"web", "spa", "publicClient"} {
		settings, _ := after.Properties[platform].(map[string]any)
		uris, _ := settings["redirectUris"].([]any)
		total += len(uris)
		seen := map[any]bool{}
		for _, uri := range uris {
			if seen[uri] || !validRedirect(uri.(string), platform, personalAccounts(after)) {
				return invalidValue("redirectUris")
			}
			seen[uri] = true
		}
	}
	limit := maximumRedirects
	if personalAccounts(after) {
		limit = maximumPersonalRedirects
	}
	if total > limit {
		return invalidValue("redirectUris")
	}
	return nil
}

// validRedirect judges a redirect URI: https; http for this machine only; any other scheme where no page of a browser
// is meant, of which there are two for web that web applications of old have; wildcards and queries only where no personal
// accounts sign in.
func validRedirect(uri, platform string, personal bool) bool {
	parsed, err := url.Parse(uri)
	if err != nil || !parsed.IsAbs() || strings.ContainsAny(uri, "!$'(),; #") {
		return false
	}
	if personal && (strings.Contains(uri, "*") || parsed.RawQuery != "") {
		return false
	}
	switch parsed.Scheme {
	case "https":
		return parsed.Host != ""
	case "http": // [::1] is not supported
		return strings.EqualFold(parsed.Hostname(), "localhost") || parsed.Hostname() == "127.0.0.1"
	case "urn", "ms-appx-web":
		return platform != "spa"
	}
	if strings.HasPrefix(parsed.Scheme, "brk-") && platform != "publicClient" {
		return platform == "spa" && validBroker(uri, parsed)
	}
	return platform == "publicClient" && parsed.Scheme != "javascript" && parsed.Scheme != "data"
}

// validBroker judges the redirect URI by which a single-page application lets a host sign in for it: that of any of
// Microsoft's hosts, or of one by its client id, with the application's origin and nothing after it. See
// learn.microsoft.com/microsoftteams/platform/concepts/authentication/nested-authentication. What the service makes of
// anything else is not documented, and refused here.
func validBroker(uri string, parsed *url.URL) bool {
	of := strings.TrimPrefix(parsed.Scheme, "brk-")
	return (of == "multihub" || uuid.Validate(of) == nil && len(of) == 36) &&
		parsed.Hostname() != "" && strings.EqualFold(uri, parsed.Scheme+"://"+parsed.Host) && !strings.Contains(parsed.Host, "*")
}
