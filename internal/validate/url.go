package validate

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// URL is for addresses that people follow: absolute, http or https.
func URL() validator.String {
	return rule{description: "must be an http:// or https:// URL", check: func(value string) error {
		return checkURL(value, "https", "http")
	}}
}

// LogoutURL is for an application's front-channel logout URL. See
// https://learn.microsoft.com/entra/identity-platform/supported-accounts-validation.
func LogoutURL() validator.String {
	return rule{description: "must be an https:// URL of at most 255 characters", check: CheckLogoutURL, advise: adviseLogoutURL}
}

// CheckLogoutURL is the rule of LogoutURL.
func CheckLogoutURL(value string) error {
	if err := checkURL(value, "https", "http"); err != nil {
		return err
	}
	return lengthBetween(value, 1, 255)
}

// adviseLogoutURL: the documentation does not allow http, other tools know of
// applications that have it.
func adviseLogoutURL(value string) error {
	if checkURL(value, "https") != nil {
		return errors.New("is not an https:// URL, which Microsoft documents as not allowed")
	}
	return nil
}

func checkURL(value string, schemes ...string) error {
	parsed, err := url.Parse(value)
	// url.Parse writes the scheme in lower case.
	if err == nil && parsed.Host != "" && slices.Contains(schemes, parsed.Scheme) {
		return nil
	}
	return fmt.Errorf("must be an absolute URL that starts with %s://", strings.Join(schemes, ":// or "))
}

// IdentifierURI is for an application ID URI. {client_id} in it stands for the
// application's own client id. See
// https://learn.microsoft.com/entra/identity-platform/supported-accounts-validation.
//
// The scheme is checked by CheckIdentifierScheme, and not here: older applications have
// URIs without one. Whether a host is among the tenant's verified domains only the tenant knows.
func IdentifierURI() validator.String {
	return rule{
		description: "must have 1 to 255 characters and no wildcard; {client_id} stands for the application's client id",
		check:       CheckIdentifierURI,
		advise:      adviseIdentifierURI,
	}
}

const clientIDPlaceholder = "{client_id}"

// expandClientID gives a URI the length it has once the client id is known.
func expandClientID(uri string) string {
	return strings.ReplaceAll(uri, clientIDPlaceholder, "00000000-0000-0000-0000-000000000000")
}

// CheckIdentifierURI is the rule of IdentifierURI.
func CheckIdentifierURI(value string) error {
	if err := lengthBetween(expandClientID(value), 1, 255); err != nil {
		return err
	}
	if strings.Contains(value, "*") {
		return errors.New("must not contain the wildcard *")
	}
	return nil
}

// CheckIdentifierScheme refuses a new identifier URI that has no scheme. Those that an application has already may be of a
// time when any text was taken, or of its gallery's template.
func CheckIdentifierScheme(value string) error {
	if scheme, rest, found := strings.Cut(value, ":"); found && rest != "" && schemeForm.MatchString(scheme) {
		return nil
	}
	return errors.New("must have a scheme, as api://{client_id}, api://" + value + " and https:// with a verified domain have")
}

var schemeForm = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*$`)

func adviseIdentifierURI(value string) error {
	if strings.ContainsAny(expandClientID(value), "{}") {
		return errors.New("has braces that are sent as they stand: the only placeholder is " + clientIDPlaceholder)
	}
	return nil
}
