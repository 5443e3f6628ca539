// Package claimsexpression reads the language in which a flexible federated
// identity credential says which tokens it trusts, and checks an expression
// against what Microsoft Entra allows for a token issuer:
//
//	claims['sub'] matches 'repo:contoso/*' and claims['repository_id'] eq '1'
//
// See https://learn.microsoft.com/entra/workload-id/workload-identities-flexible-federated-identity-credentials.
// Columns are 1-based and count characters.
package claimsexpression

import (
	"fmt"
	"strings"
)

// Expression is one or more conditions that must all hold.
type Expression struct {
	Conditions []Condition
}

// Condition compares one claim of the incoming token with a value.
type Condition struct {
	Claim           string
	ClaimColumn     int
	Operator        Operator
	OperatorColumn  int
	Comparand       string // unescaped: a doubled quote is one quote
	ComparandColumn int    // of the opening quote
}

// Operator compares a claim with a comparand.
type Operator string

// The operators of language version 1.
const (
	Equals  Operator = "eq"
	Matches Operator = "matches" // '*' stands for any characters, '?' for one
)

// String writes the expression in the one form Parse accepts.
func (e *Expression) String() string {
	conditions := make([]string, len(e.Conditions))
	for i, c := range e.Conditions {
		conditions[i] = fmt.Sprintf("claims['%s'] %s '%s'", c.Claim, c.Operator, strings.ReplaceAll(c.Comparand, "'", "''"))
	}
	return strings.Join(conditions, " and ")
}

// Error is a mistake in an expression.
type Error struct {
	Column  int    // where it is; 0 when the expression as a whole is at fault
	Message string // what is wrong: expected and found
	Remedy  string // what to write instead
}

func (e *Error) Error() string {
	text := e.Message
	if e.Column > 0 {
		text = fmt.Sprintf("column %d: %s", e.Column, e.Message)
	}
	if e.Remedy != "" {
		text += " " + e.Remedy
	}
	return text
}

// excerptWidth keeps an excerpt and its caret on one line of a terminal, inside
// the frame that Terraform draws around a diagnostic.
const excerptWidth = 68

// Excerpt shows the part of an expression around a column, and under it a line
// with a caret at that column.
func Excerpt(expression string, column int) string {
	characters := []rune(expression)
	for i, r := range characters {
		if r == '\n' || r == '\r' || r == '\t' {
			characters[i] = ' ' // keeps the caret under its character
		}
	}
	caret := min(max(column-1, 0), len(characters))
	start := 0
	if len(characters) > excerptWidth {
		start = min(max(caret-excerptWidth/2, 0), len(characters)-excerptWidth)
	}
	end := min(start+excerptWidth, len(characters))
	before, after := "", ""
	if start > 0 {
		before = "…"
	}
	if end < len(characters) {
		after = "…"
	}
	indent := strings.Repeat(" ", len([]rune(before))+caret-start)
	return before + string(characters[start:end]) + after + "\n" + indent + "^"
}
