package validate

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/workloadid/terraform-provider-workloadid/internal/issuer"
)

// The limits of a federated identity credential are those of
// https://learn.microsoft.com/graph/api/resources/federatedidentitycredential and
// https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations.
const federatedCredentialText = 600

var federatedCredentialNameForm = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]*$`)

// FederatedCredentialName is for the name of a federated identity credential.
func FederatedCredentialName() validator.String {
	return rule{
		description: "must have 3 to 120 characters: letters, digits, - and _, the first a letter or digit",
		check:       CheckFederatedCredentialName,
	}
}

// CheckFederatedCredentialName is the rule of FederatedCredentialName.
func CheckFederatedCredentialName(value string) error {
	if err := lengthBetween(value, 3, 120); err != nil {
		return err
	}
	if !federatedCredentialNameForm.MatchString(value) {
		return errors.New("must consist of letters without accents, digits, - and _, and start with a letter or digit")
	}
	return nil
}

// Issuer is for the URL of the identity provider a federated identity credential
// trusts.
func Issuer() validator.String {
	return rule{
		description: "must be the issuer's URL exactly as in its tokens, of at most 600 characters",
		check:       checkFederatedCredentialText,
		advise:      adviseIssuer,
	}
}

// adviseIssuer has what is stored without complaint, but never matches a token.
func adviseIssuer(value string) error {
	if known, meant := issuer.Meant(value); known != nil {
		return fmt.Errorf("looks like the issuer of %s, and no token will match it: the tokens say exactly %s in the claim iss", known.Name, meant)
	}
	if strings.TrimSpace(value) != value {
		return errors.New("starts or ends with white space: no token will match it")
	}
	if parsed, err := url.Parse(value); err != nil || parsed.Scheme != "https" || parsed.Host == "" {
		return errors.New("is not an https:// URL: Microsoft Entra will not find the issuer's keys")
	}
	return adviseWildcard(value)
}

// Subject is for the subject a federated identity credential trusts.
func Subject() validator.String {
	return rule{
		description: "must be the subject exactly as in the issuer's tokens, of at most 600 characters",
		check:       checkFederatedCredentialText,
		advise:      adviseSubject,
	}
}

func adviseSubject(value string) error {
	if err := adviseWildcard(value); err != nil {
		return errors.New(err.Error() + ". For patterns, use claims_matching_expression")
	}
	return nil
}

// adviseWildcard: the documentation forbids wildcards, the service stores them and
// compares them as the characters they are.
func adviseWildcard(value string) error {
	if strings.Contains(value, "*") {
		return errors.New("contains *, which is no wildcard here and matches only itself")
	}
	return nil
}

// TokenAudience is for the audience a federated identity credential expects in the
// token of the issuer.
func TokenAudience() validator.String {
	return rule{
		description: "must have 1 to 600 characters",
		check:       checkFederatedCredentialText,
		advise:      adviseWildcard,
	}
}

func checkFederatedCredentialText(value string) error {
	return lengthBetween(value, 1, federatedCredentialText)
}
