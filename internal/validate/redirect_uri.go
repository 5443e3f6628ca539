package validate

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Platform is the kind of client a redirect URI belongs to, named as the
// attribute that holds it.
type Platform string

// The platforms of an application that have redirect URIs.
const (
	Web          Platform = "web"
	SPA          Platform = "spa"
	PublicClient Platform = "public_client"
)

// RedirectURI is for one redirect URI of a platform. How many an application can
// have, and what is different with personal accounts, is in RedirectURIs. See
// https://learn.microsoft.com/entra/identity-platform/reply-url.
func RedirectURI(platform Platform) validator.String {
	description := "must be an https:// URI, http:// for localhost and 127.0.0.1, or brk-multihub:// with an origin for nested app authentication, of at most 256 characters"
	if platform != SPA {
		description = "must be an absolute URI, http:// only for localhost and 127.0.0.1, of at most 256 characters"
	}
	return rule{
		description: description,
		check:       func(value string) error { return CheckRedirectURI(platform, value) },
		advise:      func(value string) error { return adviseRedirectURI(platform, value) },
	}
}

// CheckRedirectURI is the rule of RedirectURI.
func CheckRedirectURI(platform Platform, value string) error {
	if err := lengthBetween(value, 1, 256); err != nil {
		return err
	}
	scheme, rest, found := strings.Cut(value, ":")
	if !found || scheme == "" || rest == "" {
		return errors.New("must be an absolute URI, as in https://contoso.com/callback")
	}
	// Parsed only where there is a host to look at: custom schemes may hold
	// anything, and wildcards (*) are allowed.
	switch strings.ToLower(scheme) {
	case "https":
		_, err := hostOf(value)
		return err
	case "http":
		host, err := hostOf(value)
		if err != nil {
			return err
		}
		switch host {
		case "localhost", "127.0.0.1":
			return nil
		case "::1":
			return errors.New("must not have the IPv6 loopback address [::1], which Microsoft Entra does not support: use 127.0.0.1 or localhost")
		default:
			return errors.New("must start with https://: http:// is allowed only for localhost and 127.0.0.1")
		}
	}
	if platform == SPA {
		if strings.HasPrefix(value, broker) {
			return checkBroker(value)
		}
		return errors.New("must start with https://, with http:// for localhost, or with brk-multihub:// for nested app authentication: a browser cannot be sent to another scheme. Applications on devices have public_client.redirect_uris")
	}
	if platform == Web && strings.HasPrefix(value, broker) {
		return errors.New("belongs to nested app authentication, which single-page applications have: spa.redirect_uris takes it")
	}
	// Native clients have schemes of their own. For web, the documentation has
	// https alone, but the service is known to take urn: and ms-appx-web: there.
	return nil
}

// broker begins the redirect URIs of nested app authentication, where a host such as Teams or Outlook signs in for the
// application inside it: brk-multihub:// for all Microsoft's hosts, brk-<client id>:// for one. See
// https://learn.microsoft.com/office/dev/add-ins/develop/enable-nested-app-authentication-in-your-add-in and
// https://learn.microsoft.com/microsoftteams/platform/concepts/authentication/nested-authentication.
const broker = "brk-"

func checkBroker(value string) error {
	scheme, _, _ := strings.Cut(value, ":")
	if of := strings.TrimPrefix(scheme, broker); of != "multihub" && CheckUUID(of) != nil {
		return fmt.Errorf("must have brk-multihub:// or brk-<client id of the broker>:// as its scheme, and has %q", scheme)
	}
	if _, err := hostOf(value); err != nil {
		return err
	}
	// hostOf has parsed it.
	if parsed, _ := url.Parse(value); value != scheme+"://"+parsed.Host || strings.Contains(parsed.Host, "*") {
		return fmt.Errorf("must be the origin of the application alone after %s://, without a path, a query or wildcards, as in %[1]s://contoso.com", scheme)
	}
	return nil
}

func hostOf(value string) (string, error) {
	parsed, err := url.Parse(value)
	if err != nil {
		return "", errors.New("must be a valid URI")
	}
	if parsed.Hostname() == "" {
		return "", errors.New("must have a host, as in https://contoso.com/callback")
	}
	return strings.ToLower(parsed.Hostname()), nil
}

// SuspectRedirectURI says what is wrong with a redirect URI that the service may have refused; nil where nothing is.
func SuspectRedirectURI(platform Platform, audience, value string) error {
	if err := CheckRedirectURI(platform, value); err != nil {
		return err
	}
	if err := adviseRedirectURI(platform, value); err != nil {
		return err
	}
	if strings.ContainsAny(value, " \t") {
		return errors.New("has white space in it")
	}
	return RedirectURIs(audience, []string{value})
}

// adviseRedirectURI has what the documentation calls unsupported, and of which it
// is not known that the service rejects it.
func adviseRedirectURI(platform Platform, value string) error {
	if at := strings.IndexAny(value, "!$'(),;"); at >= 0 {
		return fmt.Errorf("contains %q, which Microsoft documents as unsupported in redirect URIs (! $ ' ( ) , ;)", value[at])
	}
	if strings.Contains(value, "#") {
		return errors.New("has a fragment (#), which OAuth 2.0 does not allow in a redirect URI")
	}
	scheme, _, _ := strings.Cut(strings.ToLower(value), ":")
	if platform == Web && scheme != "https" && scheme != "http" && scheme != "urn" {
		return fmt.Errorf("has the scheme %s:, which belongs to applications on devices: those have public_client.redirect_uris", scheme)
	}
	return nil
}
