// Package claimsexpression evaluates the language of flexible federated identity credentials
// (languageVersion 1), see learn.microsoft.com/entra/workload-id/workload-identities-flexible-federated-identity-credentials.
package claimsexpression

import "errors"

// Expression is a conjunction of conditions on the claims of a token.
type Expression struct {
	Conditions []Condition
}

// Condition compares one claim.
type Condition struct {
	Claim     string
	Operator  string // "eq" or "matches"
	Comparand string // unescaped
}

// Parse reads an expression.
func Parse(text string) (*Expression, error) { return nil, errors.New("not written yet") }

// Validate says what Graph says of a claimsMatchingExpression for that issuer: nil, or an error whose text is
// the one Graph puts behind "Rule exception: ".
func Validate(issuer, text string) error { return nil }

// Matches reports whether the claims of a token satisfy every condition.
func (e *Expression) Matches(claims map[string]any) bool { return false }
