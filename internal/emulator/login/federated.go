package login

import (
	"context"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/claimsexpression"
)

// federationPage ends the messages about federated credentials.
const federationPage = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"

// checkFederated believes an assertion that an issuer has signed of which one of the client's federated identity
// credentials speaks, see learn.microsoft.com/entra/workload-id/workload-identity-federation. Issuer, audience and
// subject are compared exactly, by letter case too.
func (l *Login) checkFederated(ctx context.Context, client Client, a *assertion) *failure {
	credentials := client.FederatedCredentials
	if len(credentials) == 0 {
		return invalidClient(70025, "The client '%s'(%s) has no configured federated identity credentials.", client.ClientID, client.DisplayName)
	}
	if a.header.Algorithm != string(jose.RS256) {
		return unsupportedAlgorithm()
	}
	if a.issuer == "" || a.subject == "" || len(a.audiences) == 0 {
		return invalidRequest(70021, "No matching federated identity record found for presented assertion. Assertion Issuer: '%s'. Assertion Subject: '%s'. Assertion Audience: '%s'. %s",
			a.issuer, a.subject, strings.Join(a.audiences, ","), federationPage)
	}
	trusted := filter(credentials, func(c FederatedCredential) bool { return c.Issuer == a.issuer })
	if len(trusted) == 0 {
		return invalidClient(700211, "No matching federated identity record found for presented assertion issuer '%s'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. %s", a.issuer, federationPage)
	}
	if f := l.trust.check(ctx, a); f != nil {
		return f
	}
	if f := a.checkTime(l.now()); f != nil {
		return f
	}
	meant := filter(trusted, func(c FederatedCredential) bool { return c.accepts(a) })
	if len(meant) == 0 {
		return invalidClient(700212, "No matching federated identity record found for presented assertion audience '%s'. Please check your federated identity credential Subject, Audience and Issuer against the presented assertion. %s",
			strings.Join(a.audiences, ","), federationPage)
	}
	if slices.ContainsFunc(meant, a.satisfies) {
		return nil
	}
	return subjectMismatch(client, meant, a)
}

func filter(credentials []FederatedCredential, keep func(FederatedCredential) bool) []FederatedCredential {
	return slices.DeleteFunc(slices.Clone(credentials), func(c FederatedCredential) bool { return !keep(c) })
}

// satisfies reports whether the assertion is about the workload that the credential describes.
func (a *assertion) satisfies(credential FederatedCredential) bool {
	if credential.Expression == "" {
		return credential.Subject == a.subject
	}
	expression, err := claimsexpression.Parse(credential.Expression)
	return err == nil && expression.Matches(a.claims)
}

// subjectMismatch chooses among the codes for a workload that no credential describes. Microsoft Entra ID tells of
// expressions as soon as the application has one, whichever its issuer.
func subjectMismatch(client Client, meant []FederatedCredential, a *assertion) *failure {
	differsInCase := func(c FederatedCredential) bool { return c.Expression == "" && strings.EqualFold(c.Subject, a.subject) }
	hasExpression := func(c FederatedCredential) bool { return c.Expression != "" }
	switch {
	case slices.ContainsFunc(meant, differsInCase):
		return invalidClient(7002138, "No matching federated identity record found for presented assertion subject '%s'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. See documentation at: %s. See breaking change notification and remediation at: https://learn.microsoft.com/en-us/entra/identity-platform/reference-breaking-changes#august-2024.", a.subject, federationPage)
	case slices.ContainsFunc(client.FederatedCredentials, hasExpression):
		return invalidClient(7002131, "No matching federated identity record found for presented assertion subject '%s' or no federated identity credential expression matched. Please check your federated identity credential Subject, Expression, Audience and Issuer against the presented assertion. %s", a.subject, federationPage)
	default:
		return invalidClient(700213, "No matching federated identity record found for presented assertion subject '%s'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. %s", a.subject, federationPage)
	}
}
