package federatedidentitycredential

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/validate/claimsexpression"
)

// trustedToken is what a credential says of the tokens that it trusts.
type trustedToken struct {
	name, issuer, subject, expression string
	audiences                         []string
}

// verdict is what becomes of a token.
type verdict struct {
	accepted    *string      // name of the credential
	failure     *signInError // nil: accepted
	credentials []*examined
}

// examined is what one credential makes of a token.
type examined struct {
	name        string
	failure     *signInError // nil: accepted
	explanation *string
}

// signInError is a refusal of the token endpoint.
type signInError struct {
	code    int
	message string
}

func signInErrorf(code int, format string, arguments ...any) *signInError {
	return &signInError{code, fmt.Sprintf(format, arguments...)}
}

func (e *signInError) codeOf() *string {
	if e == nil {
		return nil
	}
	return new(fmt.Sprintf("AADSTS%d", e.code))
}

func (e *signInError) messageOf() *string {
	if e == nil {
		return nil
	}
	return &e.message
}

// token is what credentials are compared with.
type token struct {
	claims    map[string]string
	issuer    string
	subject   string
	audiences []string
}

func newToken(claims map[string]string) token {
	t := token{claims: claims, issuer: claims["iss"], subject: claims["sub"]}
	if audience := claims["aud"]; audience != "" {
		if json.Unmarshal([]byte(audience), &t.audiences) != nil {
			t.audiences = []string{audience}
		}
	}
	return t
}

// judge decides as the token endpoint does: see
// https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations.
func judge(claims map[string]string, trusted []trustedToken) *verdict {
	t := newToken(claims)
	v := &verdict{failure: t.refusal(trusted)}
	for _, credential := range slices.SortedFunc(slices.Values(trusted), func(a, b trustedToken) int { return strings.Compare(a.name, b.name) }) {
		e := &examined{name: credential.name, failure: t.refusal([]trustedToken{credential})}
		if e.failure == nil {
			if v.accepted == nil {
				v.accepted = &e.name
			}
		} else {
			e.explanation = new(strings.Join(t.differences(credential), " "))
		}
		v.credentials = append(v.credentials, e)
	}
	return v
}

const (
	federationPage = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
	letterCasePage = "https://learn.microsoft.com/en-us/entra/identity-platform/reference-breaking-changes#august-2024"
)

// refusal is the error that the token ends in with these credentials, nil if one of them accepts it. The texts are those
// of the service, for people search for them.
func (t token) refusal(trusted []trustedToken) *signInError {
	if t.issuer == "" || t.subject == "" || len(t.audiences) == 0 {
		return signInErrorf(70021, "No matching federated identity record found for presented assertion. Assertion Issuer: '%s'. Assertion Subject: '%s'. Assertion Audience: '%s'. %s",
			t.issuer, t.subject, strings.Join(t.audiences, ","), federationPage)
	}
	ofIssuer := keep(trusted, func(c trustedToken) bool { return c.issuer == t.issuer })
	if len(ofIssuer) == 0 {
		return signInErrorf(700211, "No matching federated identity record found for presented assertion issuer '%s'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. %s", t.issuer, federationPage)
	}
	forAudience := keep(ofIssuer, t.isFor)
	if len(forAudience) == 0 {
		return signInErrorf(700212, "No matching federated identity record found for presented assertion audience '%s'. Please check your federated identity credential Subject, Audience and Issuer against the presented assertion. %s", strings.Join(t.audiences, ","), federationPage)
	}
	switch {
	case slices.ContainsFunc(forAudience, t.isOf):
		return nil
	case slices.ContainsFunc(forAudience, func(c trustedToken) bool { return c.expression == "" && strings.EqualFold(c.subject, t.subject) }):
		return signInErrorf(7002138, "No matching federated identity record found for presented assertion subject '%s'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. See documentation at: %s. See breaking change notification and remediation at: %s.", t.subject, federationPage, letterCasePage)
	case slices.ContainsFunc(trusted, func(c trustedToken) bool { return c.expression != "" }):
		return signInErrorf(7002131, "No matching federated identity record found for presented assertion subject '%s' or no federated identity credential expression matched. Please check your federated identity credential Subject, Expression, Audience and Issuer against the presented assertion. %s", t.subject, federationPage)
	}
	return signInErrorf(700213, "No matching federated identity record found for presented assertion subject '%s'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. %s", t.subject, federationPage)
}

func keep(credentials []trustedToken, wanted func(trustedToken) bool) []trustedToken {
	return slices.DeleteFunc(slices.Clone(credentials), func(c trustedToken) bool { return !wanted(c) })
}

func (t token) isFor(c trustedToken) bool {
	return slices.ContainsFunc(c.audiences, func(audience string) bool { return slices.Contains(t.audiences, audience) })
}

func (t token) isOf(c trustedToken) bool {
	if c.expression == "" {
		return c.subject == t.subject
	}
	expression, err := claimsexpression.Parse(c.expression)
	return err == nil && expression.Matches(t.claims)
}

// differences are sentences on all in which the token is not as the credential wants it.
func (t token) differences(c trustedToken) []string {
	var sentences []string
	if c.issuer != t.issuer {
		sentences = append(sentences, differ("issuer", "iss", t.issuer, c.issuer))
	}
	if !t.isFor(c) {
		sentences = append(sentences, differ("audience", "aud", strings.Join(t.audiences, ","), strings.Join(c.audiences, ",")))
	}
	switch {
	case c.expression != "":
		sentences = append(sentences, t.unsatisfied(c.expression)...)
	case c.subject != t.subject:
		sentences = append(sentences, differ("subject", "sub", t.subject, c.subject)+subjectHint(t.subject, c.subject))
	}
	return sentences
}

// differ says how a claim and what a credential has instead differ.
func differ(noun, claim, token, credential string) string {
	if token == "" {
		return fmt.Sprintf("The token has no %s (%s), and the credential trusts %q.", noun, claim, credential)
	}
	text := fmt.Sprintf("The %s differs: the token has %q (%s), and the credential trusts %q", noun, token, claim, credential)
	switch {
	case strings.EqualFold(token, credential):
		return text + ", in other letter case."
	case strings.TrimRight(token, "/") == strings.TrimRight(credential, "/"):
		return text + ": mind the slash at the end."
	case strings.TrimSpace(token) == strings.TrimSpace(credential):
		return text + ": mind the white space."
	}
	a, b := []rune(token), []rune(credential)
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	if at > 0 {
		return fmt.Sprintf("%s. They are the same up to %q.", text, string(a[:at]))
	}
	return text + "."
}

// gitHubIDs are those in a subject as GitHub has them since July 2026, see
// https://docs.github.com/actions/reference/security/oidc#immutable-subject-claims.
var gitHubIDs = regexp.MustCompile(`^repo:([^/@]+)@\d+/([^:@]+)@\d+:`)

// subjectHint recognises what subjects often have wrong.
func subjectHint(token, credential string) string {
	const names = "repo:$1/$2:"
	switch {
	case strings.Contains(credential, "*"):
		return " In a subject, * is no wildcard: use claims_matching_expression."
	case gitHubIDs.MatchString(token) && gitHubIDs.ReplaceAllString(token, names) == credential:
		return " The repository's subjects have the ids of the repository and its owner: give them to github_subject."
	case gitHubIDs.MatchString(credential) && gitHubIDs.ReplaceAllString(credential, names) == token:
		return " The repository's subjects have no ids yet: leave them out, or switch the repository to immutable subjects."
	}
	return ""
}

// unsatisfied are sentences on the conditions of an expression that do not hold.
func (t token) unsatisfied(source string) []string {
	expression, err := claimsexpression.Parse(source)
	if err != nil {
		return []string{fmt.Sprintf("The credential's expression cannot be read: %s", err)}
	}
	var sentences []string
	for _, c := range expression.Conditions {
		if c.Matches(t.claims) {
			continue
		}
		condition := (&claimsexpression.Expression{Conditions: []claimsexpression.Condition{c}}).String()
		value, ok := t.claims[c.Claim]
		switch {
		case !ok:
			sentences = append(sentences, fmt.Sprintf("The condition %s does not hold: the token has no such claim.", condition))
		case insensitive(c).Matches(map[string]string{c.Claim: strings.ToLower(value)}):
			sentences = append(sentences, fmt.Sprintf("The condition %s does not hold: the token has %q, in other letter case.", condition, value))
		default:
			sentences = append(sentences, fmt.Sprintf("The condition %s does not hold: the token has %q.", condition, value))
		}
	}
	return sentences
}

func insensitive(c claimsexpression.Condition) claimsexpression.Condition {
	c.Comparand = strings.ToLower(c.Comparand)
	return c
}
