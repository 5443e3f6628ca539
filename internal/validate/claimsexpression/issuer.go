package claimsexpression

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// An issuer whose tokens can be matched by expressions, and by which claims.
type issuer struct {
	name   string
	urls   *regexp.Regexp
	form   string // how its URLs look, for people
	claims map[string][]Operator
}

var (
	either     = []Operator{Equals, Matches}
	equalsOnly = []Operator{Equals}
)

// The table "Issuer URLs, supported claims, and operators by platform" of
// https://learn.microsoft.com/entra/workload-id/workload-identities-flexible-federated-identity-credentials.
var (
	github = &issuer{
		name: "GitHub Actions",
		urls: regexp.MustCompile(`^https://token\.actions\.githubusercontent\.com$`),
		form: "https://token.actions.githubusercontent.com",
		claims: map[string][]Operator{
			"sub":                 either,
			"job_workflow_ref":    either,
			"repository_id":       equalsOnly,
			"repository_owner_id": equalsOnly,
		},
	}
	gitlab = &issuer{
		name:   "GitLab",
		urls:   regexp.MustCompile(`^https://gitlab\.(com|[^/]+\.(com|ca))$`),
		form:   "https://gitlab.com, https://gitlab.<name>.com, https://gitlab.<name>.ca",
		claims: map[string][]Operator{"sub": either},
	}
	terraform = &issuer{
		name:   "HCP Terraform",
		urls:   regexp.MustCompile(`^https://app\.(eu\.)?terraform\.io$`),
		form:   "https://app.terraform.io, https://app.eu.terraform.io",
		claims: map[string][]Operator{"sub": either},
	}
	issuers = []*issuer{github, gitlab, terraform}
)

func issuerOf(url string) *issuer {
	for _, known := range issuers {
		if known.urls.MatchString(url) {
			return known
		}
	}
	return nil
}

// Check parses an expression and checks it as far as Microsoft Entra enforces it
// for every credential of the issuer, old or new: the issuer can have expressions,
// the claims are among those allowed for it, each with an operator allowed for the
// claim. Its error is an *Error.
func Check(issuerURL, source string) error {
	e, err := Parse(source)
	if err != nil {
		return err
	}
	known := issuerOf(issuerURL)
	if known == nil {
		forms := make([]string, len(issuers))
		for i, supported := range issuers {
			forms[i] = supported.name + " (" + supported.form + ")"
		}
		return &Error{
			Message: fmt.Sprintf("tokens of the issuer %q cannot be matched by an expression.", issuerURL),
			Remedy:  "Use subject instead. Expressions are available for " + strings.Join(forms, ", ") + "; the URL must be exactly so.",
		}
	}
	for _, c := range e.Conditions {
		operators, allowed := known.claims[c.Claim]
		if !allowed {
			return &Error{
				c.ClaimColumn,
				fmt.Sprintf("the claim '%s' cannot be used in expressions for %s.", c.Claim, known.name),
				"Use " + alternatives(slices.Sorted(maps.Keys(known.claims))) + ".",
			}
		}
		if !slices.Contains(operators, c.Operator) {
			return &Error{
				c.OperatorColumn,
				fmt.Sprintf("the claim '%s' can only be compared with eq.", c.Claim),
				"Write claims['" + c.Claim + "'] eq, and the value in full.",
			}
		}
	}
	return nil
}

// CheckRequired says what a new expression lacks. It is apart from Check because
// Microsoft Entra asks for these claims only when a credential is created or its
// expression is changed: those that exist go on working, and must be importable.
//
// An error is what is sure to be rejected. A doubt is what documentation and
// observation disagree about: worth a warning, and left to the service to decide.
// An expression or issuer that Check refuses gives neither.
func CheckRequired(issuerURL, source string) (err, doubt *Error) {
	e, parseError := Parse(source)
	if parseError != nil {
		return nil, nil
	}
	switch issuerOf(issuerURL) {
	case github:
		return e.requiredByGitHub()
	case gitlab:
		return nil, e.doubtfulForGitLab()
	}
	return nil, nil
}

// requiredByGitHub: names of repositories and owners can be taken over by others
// when they are renamed or deleted, the ids cannot.
func (e *Expression) requiredByGitHub() (err, doubt *Error) {
	if !e.has("repository_id") && !e.has("repository_owner_id") {
		return &Error{
			Message: "expressions for GitHub Actions must match repository_id or repository_owner_id.",
			Remedy:  "Add: and claims['repository_id'] eq '<id>'. `gh api repos/<owner>/<name> --jq .id` prints the id.",
		}, nil
	}
	if !e.has("sub") {
		// The documentation requires sub as well; the service has been seen to
		// accept an expression with repository_id alone.
		return nil, &Error{
			Message: "Microsoft documents that expressions for GitHub Actions must match sub as well, and may reject this one.",
			Remedy:  "Add: and claims['sub'] matches 'repo:<owner>/<name>:*'.",
		}
	}
	return nil, nil
}

// doubtfulForGitLab: the documentation has no rule on the subject, but since
// August 2026 the service has been seen to reject those that start with
// project_path:, which can be taken over by others, unlike project_id:.
func (e *Expression) doubtfulForGitLab() *Error {
	for _, c := range e.Conditions {
		if c.Claim == "sub" && strings.HasPrefix(c.Comparand, "project_path:") {
			return &Error{
				c.ComparandColumn,
				"Microsoft Entra has been seen to reject new expressions on GitLab's project_path.",
				"Have GitLab put the project's id into the subject, and write claims['sub'] matches 'project_id:<id>:*'.",
			}
		}
	}
	return nil
}

func (e *Expression) has(claim string) bool {
	return slices.ContainsFunc(e.Conditions, func(c Condition) bool { return c.Claim == claim })
}

func alternatives(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}
