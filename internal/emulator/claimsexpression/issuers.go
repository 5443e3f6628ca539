package claimsexpression

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// platform is what the service allows in expressions for the tokens of one kind of issuer.
type platform struct {
	issuer   *regexp.Regexp
	claims   map[string][]Operator
	complete func(*Expression) bool // the required claims are there; nil requires none
}

var (
	equalsOnly      = []Operator{Equals}
	equalsOrMatches = []Operator{Equals, Matches}
)

var platforms = []platform{
	{ // GitHub Actions
		issuer: regexp.MustCompile(`^https://token\.actions\.githubusercontent\.com$`),
		claims: map[string][]Operator{
			"sub":                 equalsOrMatches,
			"job_workflow_ref":    equalsOrMatches,
			"repository_id":       equalsOnly,
			"repository_owner_id": equalsOnly,
		},
		complete: func(e *Expression) bool {
			return e.has("sub") && (e.has("repository_id") || e.has("repository_owner_id"))
		},
	},
	{ // GitLab: since August 2026 paths, which can change hands, are refused without the project's id. The other ids are
		// from learn.microsoft.com/entra/workload-id/workload-identities-federated-credential-mutable-subjects.
		issuer: regexp.MustCompile(`^https://gitlab\.(com|[^/]+\.(com|ca))$`),
		claims: map[string][]Operator{
			"sub":          equalsOrMatches,
			"project_id":   equalsOnly,
			"namespace_id": equalsOnly,
			"user_id":      equalsOnly,
		},
		complete: func(e *Expression) bool {
			return e.has("project_id") || !slices.ContainsFunc(e.Conditions, func(c Condition) bool {
				return strings.HasPrefix(c.Comparand, "project_path:")
			})
		},
	},
	{ // HCP Terraform
		issuer: regexp.MustCompile(`^https://app\.(eu\.)?terraform\.io$`),
		claims: map[string][]Operator{"sub": equalsOrMatches},
	},
}

// Validate says what Graph says of a claimsMatchingExpression for that issuer: nil, or an error whose text is
// the one Graph puts behind "Rule exception: ".
func Validate(issuer, text string) error {
	expression, err := Parse(text)
	if err != nil {
		return fmt.Errorf("the expression is malformed at %w", err)
	}
	for _, platform := range platforms {
		if platform.issuer.MatchString(issuer) && platform.allows(expression) {
			return nil
		}
	}
	return fmt.Errorf("Expression configured for issuer '%s' either lacks all required claims or contains unallowed claims.", issuer) //nolint:staticcheck,revive // Graph's words
}

func (p platform) allows(e *Expression) bool {
	for _, condition := range e.Conditions {
		if !slices.Contains(p.claims[condition.Claim], condition.Operator) {
			return false
		}
	}
	return p.complete == nil || p.complete(e)
}

func (e *Expression) has(claim string) bool {
	return slices.ContainsFunc(e.Conditions, func(c Condition) bool { return c.Claim == claim })
}
